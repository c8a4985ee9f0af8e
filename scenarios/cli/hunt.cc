// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/hunt.h"

#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "models/common/mutations.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/progress.h"
#include "scenarios/cli/seeds.h"
#include "scenarios/cli/usage.h"
#include "scenarios/hunt/hunt_report.h"
#include "scenarios/hunt/json_text.h"
#include "scenarios/values.h"

namespace scenarios::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kNoEnd = 1'000'000'000;  // Of seeds that only the time ends.

struct Arguments {
  std::string file;
  std::string seeds;  // Empty: 200, or with --for as many as there is time for.
  std::string lasts;
  int32_t jobs = 1;
  std::string out = "findings";
  std::vector<std::string> mutations;
  bool weak = false;
  bool museum = false;
  bool marks = false;
  bool no_shrink = false;
  int64_t shrink_runs = 400;
  std::string format = "text";
  bool quiet = false;
  bool no_color = false;
};

int complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

// That findings can go to: it, or the nearest folder above it that exists, is one that can be
// written to. Nothing is made before there is a finding.
int check_folder(const std::string& out) {
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(out, error);
  while (!std::filesystem::exists(there, error) && there.has_relative_path())
    there = there.parent_path();
  if (!std::filesystem::is_directory(there, error))
    return complain("--out " + out + ": " + there.string() + " is a file; name a folder");
  if (access(there.c_str(), W_OK | X_OK) != 0)
    return complain("--out " + out + ": " + there.string() + " cannot be written to");
  return 0;
}

// Exit code 0: all is well, and `options` are set.
int read_options(const Arguments& arguments, HuntOptions& options) {
  std::pair<uint64_t, uint64_t> seeds = {1, arguments.lasts.empty() ? 200 : kNoEnd};
  if (!arguments.seeds.empty() && !parse_seeds(arguments.seeds, /*count_alone=*/true, seeds))
    return 2;
  options.first_seed = seeds.first;
  options.last_seed = seeds.second;
  options.jobs = arguments.jobs;
  options.draw.weak = arguments.weak;
  options.interrupted = &interrupted();
  for (const std::string& name : arguments.mutations) {
    if (models::mutation_named(name)) continue;
    std::vector<std::string_view> known;
    for (int i = 0; i < models::kMutationCount; ++i)
      known.push_back(models::card_of(static_cast<models::Mutation>(i)).name);
    return unknown_name("mutation", name, known, "validate --schema");
  }
  options.draw.mutations = arguments.mutations;
  if (!arguments.file.empty()) {
    auto base = load_or_complain(arguments.file, {});
    if (base == nullptr) return 2;
    options.draw.base = Json::parse(base->source);
  }
  return check_folder(arguments.out);
}

// "log-matching: prefix" -> "log-matching-prefix"
std::string slug_of(const std::string& signature) {
  std::string slug;
  for (char c : signature) {
    bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (word) slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!word && !slug.empty() && slug.back() != '-') slug += '-';
  }
  slug.resize(std::min<size_t>(slug.size(), 50));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

bool save(const std::filesystem::path& file, const Json& scenario) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  std::ofstream out(file);
  out << json_text(scenario) << std::flush;
  if (out.good()) return true;
  complain(file.string() + ": cannot be written");
  return false;
}

// Saves the scenario of each finding, and what shrinking leaves of it. False: one could not be
// written; the report then tells the seeds alone.
bool save_findings(const Arguments& arguments, const HuntOptions& options, const HuntResult& result,
                   std::vector<SavedFinding>& all) {
  for (const Finding& finding : result.findings) {
    uint64_t seed = result.runs[finding.runs[0]].seed;
    std::string stem = fmt::format("{}-seed-{}", slug_of(finding.signature), seed);
    std::filesystem::path folder(arguments.out);
    Json scenario = draw_scenario(seed, options.draw);
    SavedFinding saved;
    saved.file = (folder / (stem + ".json")).string();
    if (!save(saved.file, scenario)) return false;
    if (!arguments.no_shrink && !interrupted()) {
      Progress progress(arguments.quiet);
      ShrinkOptions shrinking;
      shrinking.most_runs = arguments.shrink_runs;
      shrinking.stop = [] { return interrupted().load(); };
      shrinking.on_step = [&](const std::string&, int64_t runs) {
        progress.show_seeds("shrinking", static_cast<size_t>(runs),
                            static_cast<size_t>(shrinking.most_runs));
      };
      Shrunk small = shrink(scenario, shrinking);
      progress.clear();
      saved.small = (folder / (stem + ".small.json")).string();
      saved.steps = small.steps;
      saved.runs = small.runs;
      saved.complete = small.complete;
      if (!save(saved.small, small.scenario)) return false;
    }
    all.push_back(std::move(saved));
  }
  return true;
}

int exit_code_of_hunt(const HuntResult& result) {
  if (interrupted()) return 130;
  if (result.runs.empty()) return 2;  // Held by none is not held by all.
  return result.findings.empty() ? 0
                                 : exit_code_of(result.runs[result.findings[0].runs[0]].outcome);
}

int hunt_museum(const Arguments& arguments, HuntOptions& options) {
  std::vector<MuseumFind> finds;
  bool all = true;
  for (int i = 0; i < models::kMutationCount; ++i) {
    std::string name(models::card_of(static_cast<models::Mutation>(i)).name);
    Progress progress(arguments.quiet);
    options.on_progress = [&](size_t done, size_t of) { progress.show_seeds(name, done, of); };
    finds.push_back(find_mutation(name, options));
    progress.clear();
    all = all && finds.back().found.has_value();
  }
  std::string text = arguments.format == "json" ? museum_json(finds) + "\n" : museum_text(finds);
  std::fputs(text.c_str(), stdout);
  return interrupted() ? 130 : all ? 0 : 1;
}

int run(const Arguments& arguments) {
  HuntOptions options;
  if (int wrong = read_options(arguments, options); wrong != 0) return wrong;
  Clock::time_point start = Clock::now();
  std::optional<Clock::time_point> until;
  if (!arguments.lasts.empty()) {
    auto lasts = parse_duration(arguments.lasts);
    if (!lasts.ok())
      return complain("--for " + arguments.lasts + ": " + std::string(lasts.status().message()));
    until = start + std::chrono::nanoseconds(lasts->nanos());
  }
  watch_interrupts();
  options.stop = [until] { return interrupted().load() || (until && Clock::now() >= *until); };
  if (arguments.museum) return hunt_museum(arguments, options);
  Progress progress(arguments.quiet);
  options.on_progress = [&](size_t done, size_t all) { progress.show_seeds("hunt", done, all); };
  HuntResult result = hunt(options);
  progress.clear();
  HuntReportOptions report;
  report.program = program_name();
  if (options.last_seed != kNoEnd)
    report.asked = static_cast<size_t>(options.last_seed - options.first_seed + 1);
  report.wall_nanos =
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
  report.marks = arguments.marks;
  report.color = stdout_is_colorful(arguments.no_color);
  bool saved = save_findings(arguments, options, result, report.saved);
  report.interrupted = interrupted();
  std::string text =
      arguments.format == "json" ? hunt_json(result, report) + "\n" : hunt_text(result, report);
  std::fputs(text.c_str(), stdout);
  return saved ? exit_code_of_hunt(result) : 2;
}

}  // namespace

void add_hunt(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("hunt", "Run many random scenarios; save and shrink what fails");
  command->footer(
      "Each seed is a random cluster with random topics, settings, load and faults; all must heal "
      "in "
      "the end.\nWith FILE, cluster, topics and clients are the file's, and its promises (lost == "
      "0 "
      "...) must hold.\n\n"
      "Examples:\n"
      "  faultline hunt --seeds 500 --jobs 4\n"
      "  faultline hunt --seeds 1..100000 --for 10m --out findings\n"
      "  faultline hunt leader_crash --seeds 100\n"
      "  faultline hunt --mutation KAFKA-7128\n"
      "  faultline hunt --museum");
  command->add_option("FILE", a->file, "A scenario file, or the name of a shipped one")
      ->check(not_empty("my.json"));
  command->add_option("--seeds", a->seeds, "How many seeds, or which; 200, or with --for no limit")
      ->check(not_empty("--seeds 1..200"))
      ->type_name("N|A..B");
  command->add_option("--for", a->lasts, "Begin no further seed after this time")
      ->check(not_empty("--for 10m"))
      ->type_name("T");
  command->add_option("--jobs", a->jobs, "Threads")->check(whole_number(1, 256))->type_name("N");
  CLI::Option* out = command->add_option("--out", a->out, "Folder for the scenarios that fail")
                         ->check(not_empty("--out findings"))
                         ->type_name("DIR");
  CLI::Option* mutation =
      command->add_option("--mutation", a->mutations, "Switch a historical bug on")
          ->type_name("NAME");
  command->add_flag(
      "--weak", a->weak,
      "The same scenarios with acks=1 and min.insync.replicas=1: losses are permitted");
  CLI::Option* marks =
      command->add_flag("--marks", a->marks,
                        "List how often each mark was reached (what they mean: faultline marks)");
  CLI::Option* no_shrink =
      command->add_flag("--no-shrink", a->no_shrink, "Save what fails as it was drawn, no more");
  command->add_flag("--museum", a->museum, "Find each historical bug; a table of the seeds needed")
      ->excludes(out)
      ->excludes(mutation)
      ->excludes(marks)
      ->excludes(no_shrink);
  command->add_option("--shrink-runs", a->shrink_runs, "Runs that shrinking one finding may take")
      ->check(whole_number(1, 1'000'000))
      ->type_name("N");
  command->add_option("--format", a->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--quiet", a->quiet, "No progress");
  command->add_flag("--no-color", a->no_color, "No colours, also if stdout is a terminal");
  command->callback([a, &exit_code] { exit_code = run(*a); });
}

}  // namespace scenarios::cli
