// SPDX-License-Identifier: Apache-2.0
//
// `faultline log export`: a simulated broker's disk as a folder.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "scenarios/cli/command.h"
#include "scenarios/cli/progress.h"
#include "scenarios/cli/usage.h"
#include "scenarios/disk_export.h"
#include "scenarios/format.h"
#include "scenarios/printable.h"
#include "scenarios/report.h"
#include "scenarios/run.h"
#include "scenarios/shell_words.h"
#include "scenarios/values.h"

namespace scenarios::cli {

namespace {

struct Arguments {
  std::string file;
  int32_t broker = -1;
  std::string at;
  std::optional<uint64_t> seed;
  std::vector<std::string> sets;
  std::string out;
  bool durable = false;
  bool quiet = false;
};

int complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

// Runs up to the wanted time. False: interrupted.
bool drive(Run& run, bool quiet) {
  Progress progress(quiet);
  int64_t steps = 0;
  while (run.step()) {
    if (++steps % 4096 != 0) continue;
    if (interrupted()) return false;
    progress.show_run(run);
  }
  return true;
}

const char* state_of(const sim::World& world, sim::ProcessId broker) {
  if (world.is_off(world.host_of(broker))) return "without power";
  if (!world.is_up(broker)) return "down";
  return world.is_paused(broker) ? "paused" : "up";
}

void print(const Run& run, const RunResult& result, const Arguments& arguments,
           const std::vector<ExportedDirectory>& written) {
  sim::ProcessId process = run.cluster().process_of(models::NodeId(arguments.broker));
  std::printf("%s  seed %llu  at %s  digest %s\nbroker %d is %s; %s\n", run.scenario().name.c_str(),
              static_cast<unsigned long long>(result.seed), clock_of(run.world().now()).c_str(),
              digest_of(result.digest).c_str(), arguments.broker, state_of(run.world(), process),
              arguments.durable ? "its disk if everything unsynced were lost now:"
                                : "its disk as its processes see it:");
  int64_t files = 0, bytes = 0;
  for (const ExportedDirectory& directory : written) {
    files += directory.files;
    bytes += directory.bytes;
    if (directory.files == 0) continue;
    std::printf("  %-40s %5lld files  %10s\n",
                directory.path.empty() ? "." : directory.path.c_str(),
                static_cast<long long>(directory.files), bytes_of(directory.bytes).c_str());
  }
  std::printf("wrote %s files, %s to %s    check them: ./faultline log verify %s\n",
              with_commas(files).c_str(), bytes_of(bytes).c_str(), printable(arguments.out).c_str(),
              shell_quote(arguments.out).c_str());
}

int export_from(Run& run, const Arguments& arguments, std::optional<sim::SimTime> until) {
  if (!drive(run, arguments.quiet)) return 130;
  RunResult result = run.finish();
  sim::SimTime now = run.world().now();
  bool broken = result.violation.has_value() || !result.stalled.empty();
  if (until && now < *until && !broken) {
    return complain(fmt::format("--at {}: the run is over at {}", arguments.at, clock_of(now)));
  }
  if (broken) {
    std::fprintf(stderr, "the run ended at %s: %s\n", clock_of(now).c_str(),
                 result.violation ? result.violation->text.c_str() : result.stalled.c_str());
  }
  sim::ProcessId process = run.cluster().process_of(models::NodeId(arguments.broker));
  sim::SimDisk disk = run.world().disk(run.world().host_of(process));
  if (arguments.durable) (void)disk.lose_all_unsynced(now);
  sim::Rng rng;
  sim::DiskView view = sim::DiskView::observer(disk, now, rng);
  auto written = export_disk(view, arguments.out, &interrupted());
  if (absl::IsCancelled(written.status())) return 130;
  if (!written.ok()) return complain(std::string(written.status().message()));
  print(run, result, arguments, *written);
  return broken ? exit_code_of(result.outcome) : 0;
}

int run_and_export(const Arguments& arguments) {
  // Before a run that may take minutes.
  if (absl::Status good = check_export_target(arguments.out); !good.ok())
    return complain("--to " + std::string(good.message()));
  std::vector<Override> overrides;
  if (!parse_overrides(arguments.sets, overrides)) return 2;
  RunOptions options;
  options.seed = arguments.seed;
  if (!arguments.at.empty()) {
    auto at = parse_duration(arguments.at);
    if (!at.ok())
      return complain("--at " + arguments.at + ": " + std::string(at.status().message()));
    options.until = sim::SimTime() + *at;
  }
  auto scenario = load_or_complain(arguments.file, overrides);
  if (!scenario) return 2;
  Run run(scenario, options);
  size_t count = run.cluster().brokers().size();
  if (arguments.broker < 1 || static_cast<size_t>(arguments.broker) > count) {
    return complain(
        fmt::format("--broker {}: the cluster has {}", arguments.broker,
                    count == 1 ? "broker 1 alone" : fmt::format("brokers 1 to {}", count)));
  }
  watch_interrupts();
  return export_from(run, arguments, options.until);
}

}  // namespace

void add_log_export(CLI::App& log, int& exit_code) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command =
      log.add_subcommand("export", "Run a scenario and write a broker's disk as a folder");
  command->footer(
      "Examples:\n"
      "  faultline log export leader_crash --broker 1 --at 25s --to out\n"
      "  faultline log export power_loss --broker 2 --at 22s --durable --to out\n"
      "  faultline log export my.json --broker 1 --seed 7 --set /producers/checkout/rate=70/s "
      "--to out\n\n"
      "The folder appears as a whole or not at all. In it, kafka-logs is a log.dir as Kafka's own "
      "tools read it.\nExit codes: 0 written, 2 bad usage or input, or it cannot be written; "
      "then nothing is. 3 or 4 if the run\nended before its time, by an invariant or a stall: "
      "written as it was then. 130 interrupted.");
  command->add_option("FILE", a->file, "A scenario file, or the name of a shipped scenario")
      ->required();
  command->add_option("--broker", a->broker, "Whose disk")
      ->required()
      ->check(whole_number(0, INT32_MAX))
      ->type_name("N");
  command->add_option("--at", a->at, "The simulated time; without it: the end of the run")
      ->check(not_empty("--at 25s"))
      ->type_name("T");
  command->add_option("--seed", a->seed, "The seed, instead of the scenario's")
      ->check(whole_number(0, UINT64_MAX))
      ->type_name("N");
  command->add_option("--set", a->sets, "Override a value of the scenario")
      ->type_name("/PATH=VALUE");
  command->add_option("--to,--out", a->out, "The folder to make; must not exist, or be empty")
      ->required()
      ->check(not_empty("--to out"))
      ->type_name("DIR");
  command->add_flag("--durable", a->durable,
                    "What would be left if the power went now and nothing unsynced survived");
  command->add_flag("--quiet", a->quiet, "No progress");
  command->callback([a, &exit_code] { exit_code = run_and_export(*a); });
}

}  // namespace scenarios::cli
