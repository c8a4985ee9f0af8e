// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "scenarios/campaign.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/progress.h"
#include "scenarios/cli/seeds.h"
#include "scenarios/cli/usage.h"
#include "scenarios/memory_need.h"
#include "scenarios/report.h"
#include "scenarios/shell_words.h"
#include "scenarios/traced_run.h"
#include "scenarios/values.h"

namespace scenarios::cli {

namespace {

struct Arguments {
  std::vector<std::string> files;
  std::optional<uint64_t> seed;
  std::string seeds;
  int32_t jobs = 1;
  std::vector<std::string> sets;
  std::string trace;
  std::string until;
  std::string format = "text";
  bool verbose = false;
  bool quiet = false;
  bool no_color = false;
  bool no_invariants = false;
};

// What the arguments come to, checked before anything runs.
struct Plan {
  std::vector<std::shared_ptr<const Scenario>> scenarios;
  RunOptions run;
  std::optional<std::pair<uint64_t, uint64_t>> seeds;
  Replay replay;
};

bool complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return false;
}

// A run that the machine has no room for would be killed without a word.
bool fits_in_memory(const Scenario& scenario) {
  int64_t pages = ::sysconf(_SC_PHYS_PAGES), page_bytes = ::sysconf(_SC_PAGESIZE);
  MemoryNeed need = memory_need(scenario);
  if (pages <= 0 || page_bytes <= 0 || need.bytes / page_bytes < pages) return true;
  return complain(fmt::format("{}: {}, and this machine has {} GB", scenario.file, to_string(need),
                              pages * page_bytes / 1'000'000'000));
}

bool make_plan(const Arguments& arguments, Plan& plan) {
  std::vector<Override> overrides;
  if (!parse_overrides(arguments.sets, overrides)) return false;
  for (const std::string& set : arguments.sets)
    plan.replay.arguments += " --set " + shell_quote(set);
  if (!arguments.seeds.empty()) {
    plan.seeds.emplace();
    if (!parse_seeds(arguments.seeds, /*count_alone=*/false, *plan.seeds)) return false;
    if (arguments.seed) return complain("--seed and --seeds exclude each other");
    if (!arguments.trace.empty()) return complain("--trace needs one run: use --seed");
  }
  if (!arguments.trace.empty() && arguments.files.size() > 1)
    return complain("--trace needs one scenario");
  if (!arguments.until.empty()) {
    auto until = parse_duration(arguments.until);
    if (!until.ok())
      return complain("--until " + arguments.until + ": " + std::string(until.status().message()));
    plan.run.until = sim::SimTime() + *until;
    plan.replay.arguments += " --until " + shell_quote(arguments.until);
  }
  plan.run.seed = arguments.seed;
  plan.run.invariants = !arguments.no_invariants;
  if (arguments.no_invariants) plan.replay.arguments += " --no-invariants";
  plan.replay.program = program_name();
  bool all = true;
  for (const std::string& file : arguments.files) {
    auto scenario = load_or_complain(file, overrides);
    all = all && scenario != nullptr && fits_in_memory(*scenario);
    plan.scenarios.push_back(std::move(scenario));
  }
  return all;
}

int64_t nanos_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                              start)
      .count();
}

// What was run, kept for JUnit, which is one document.
struct Kept {
  std::vector<std::pair<const Scenario*, RunResult>> runs;
  std::vector<int64_t> wall_nanos;

  void add(const Scenario& scenario, RunResult result, int64_t nanos) {
    runs.emplace_back(&scenario, std::move(result));
    wall_nanos.push_back(nanos);
  }
};

int run_campaign(const Arguments& arguments, const Plan& plan,
                 const std::shared_ptr<const Scenario>& scenario, Kept& kept) {
  Progress progress(arguments.quiet);
  CampaignOptions options;
  options.first_seed = plan.seeds->first;
  options.last_seed = plan.seeds->second;
  options.jobs = arguments.jobs;
  options.run = plan.run;
  options.stop = &interrupted();
  options.on_progress = [&](size_t done, size_t all) {
    progress.show_seeds(scenario->name, done, all);
  };
  auto start = std::chrono::steady_clock::now();
  std::vector<RunResult> results = run_seeds(scenario, options);
  progress.clear();
  SummaryOptions summary;
  summary.wall_nanos = nanos_since(start);
  summary.color = stdout_is_colorful(arguments.no_color);
  summary.replay = plan.replay;
  summary.asked = static_cast<size_t>(plan.seeds->second - plan.seeds->first + 1);
  if (arguments.format == "json") {
    std::printf("%s\n", summary_json(*scenario, results, summary).c_str());
  } else if (arguments.format == "text") {
    std::fputs(summary_text(*scenario, results, summary).c_str(), stdout);
  }
  int exit_code = interrupted() ? 130 : exit_code_of(worst_of(results));
  for (RunResult& result : results) kept.add(*scenario, std::move(result), 0);
  return exit_code;
}

// One run, reported. Its exit code.
int run_one(const Arguments& arguments, const Plan& plan,
            const std::shared_ptr<const Scenario>& scenario, Kept& kept) {
  Progress progress(arguments.quiet);
  auto start = std::chrono::steady_clock::now();
  auto done = run_traced(scenario, plan.run, arguments.trace, &interrupted(),
                         [&](const Run& run) { progress.show_run(run); });
  progress.clear();
  if (!done.ok()) {
    complain(std::string(done.status().message()));
    return 2;
  }
  ReportOptions report;
  report.color = stdout_is_colorful(arguments.no_color);
  report.verbose = arguments.verbose;
  report.wall_nanos = nanos_since(start);
  bool untraced = !done->trace_problem.empty();
  if (!untraced) report.trace_file = arguments.trace;
  report.replay = plan.replay;
  if (arguments.format == "json") {
    std::printf("%s\n", json_report(*scenario, *done, report).c_str());
  } else if (arguments.format == "text") {
    if (scenario != plan.scenarios.front()) std::printf("\n");
    std::fputs(text_report(*scenario, *done, report).c_str(), stdout);
  }
  if (untraced) {
    std::fflush(stdout);
    complain("the trace was not written: " + done->trace_problem);
  }
  int exit_code = untraced ? 2 : exit_code_of(done->outcome);
  kept.add(*scenario, *std::move(done), report.wall_nanos);
  return exit_code;
}

void print_junit(const Plan& plan, const Kept& kept, size_t begun) {
  std::vector<JunitCase> cases;
  for (size_t i = 0; i < kept.runs.size(); ++i)
    cases.push_back({kept.runs[i].first, &kept.runs[i].second, kept.wall_nanos[i], plan.replay});
  for (size_t i = begun; i < plan.scenarios.size(); ++i)
    cases.push_back({plan.scenarios[i].get(), nullptr, 0, plan.replay});
  std::fputs(junit_report(cases).c_str(), stdout);
}

int run(const Arguments& arguments) {
  Plan plan;
  if (!make_plan(arguments, plan)) return 2;
  watch_interrupts();
  Kept kept;
  int exit_code = 0;
  size_t begun = 0;
  for (; begun < plan.scenarios.size() && !interrupted(); ++begun) {
    const std::shared_ptr<const Scenario>& scenario = plan.scenarios[begun];
    int code = plan.seeds ? run_campaign(arguments, plan, scenario, kept)
                          : run_one(arguments, plan, scenario, kept);
    exit_code = std::max(exit_code, code);
  }
  if (arguments.format == "junit") print_junit(plan, kept, begun);
  if (begun < plan.scenarios.size()) std::fflush(stdout);
  for (size_t i = begun; i < plan.scenarios.size(); ++i)
    complain(plan.scenarios[i]->file + ": not run, as the program was interrupted before");
  return exit_code;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("run", "Run scenarios and print the verdict");
  command->footer(
      "Examples:\n"
      "  faultline run scenarios/library/leader_crash.json\n"
      "  faultline run leader_crash --seed 7 --trace run.db\n"
      "  faultline run leader_crash --seeds 1..200 --jobs 2\n"
      "  faultline run my.json --set /topics/orders/partitions=12 --format json");
  command->add_option("FILE", a->files, "Scenario files, or names of shipped scenarios")
      ->required();
  command->add_option("--seed", a->seed, "The seed, instead of the scenario's")
      ->check(whole_number(0, UINT64_MAX))
      ->type_name("N");
  command->add_option("--seeds", a->seeds, "Many seeds, and a summary")
      ->check(not_empty("--seeds 1..200"))
      ->type_name("A..B");
  command->add_option("--jobs", a->jobs, "Threads for --seeds")
      ->check(whole_number(1, 256))
      ->type_name("N");
  command->add_option("--set", a->sets, "Override a value of the scenario")
      ->type_name("/PATH=VALUE");
  command
      ->add_option("--trace", a->trace, "Write a trace: SQLite, or JSON lines if it ends in .jsonl")
      ->check(not_empty("--trace run.db"))
      ->type_name("PATH");
  command->add_option("--until", a->until, "Stop at this simulated time, without drain and audit")
      ->check(not_empty("--until 30s"))
      ->type_name("T");
  command->add_option("--format", a->format, "text, json or junit")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  command->add_flag("-v,--verbose", a->verbose, "Every setting, every entry of the timeline");
  command->add_flag("--quiet", a->quiet, "No progress");
  command->add_flag("--no-color", a->no_color, "No colours, also if stdout is a terminal");
  command->add_flag("--no-invariants", a->no_invariants,
                    "Do not check the cluster's own state after each event");
  command->callback([a, &exit_code] { exit_code = run(*a); });
}

}  // namespace scenarios::cli
