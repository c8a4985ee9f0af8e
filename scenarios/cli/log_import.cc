// SPDX-License-Identifier: Apache-2.0
//
// `faultline log import`: a real broker's log.dir as the disk of a simulated broker, which starts
// on it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "models/node/cluster.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/log_typed.h"
#include "scenarios/cli/usage.h"
#include "scenarios/disk_export.h"
#include "scenarios/disk_import.h"
#include "scenarios/format.h"
#include "scenarios/json_line.h"
#include "scenarios/log_verify.h"
#include "scenarios/printable.h"
#include "scenarios/shell_words.h"

namespace scenarios::cli {

namespace {

struct Arguments {
  std::string folder;
  std::optional<int32_t> broker;
  std::string to;
  bool json = false;
};

// All that there is to say.
struct Outcome {
  std::string shown;  // The log.dir as it was typed.
  ImportedDisk disk;
  int32_t node = 1;
  std::vector<StartedLog> logs;
  std::vector<SetAside> set_aside;
  VerifyTotals verified;

  int64_t bytes_cut() const {
    int64_t total = 0;
    for (const StartedLog& log : logs) total += log.bytes_cut;
    return total;
  }
  bool is_sound() const { return verified.problems == 0 && bytes_cut() == 0 && set_aside.empty(); }
};

std::string name_of_log(const StartedLog& log) {
  return printable(models::to_string(log.partition));
}

void print_text(const Outcome& outcome) {
  const ImportedDisk& disk = outcome.disk;
  std::printf("%s: %s of %s, cluster %s, %s\n", printable(outcome.shown).c_str(),
              bytes_of(disk.bytes).c_str(),
              disk.node_id ? fmt::format("node {}", *disk.node_id).c_str() : "an unknown node",
              disk.cluster_id.empty() ? "unknown" : printable(disk.cluster_id).c_str(),
              disk.was_clean ? "stopped cleanly" : "not stopped cleanly: recovered");
  for (const LeftOut& left : disk.left_out)
    std::printf("  left out: %s: %s\n", printable(left.path).c_str(), left.why.c_str());
  size_t width = 9;
  for (const StartedLog& log : outcome.logs) width = std::max(width, name_of_log(log).size());
  if (!outcome.logs.empty()) {
    std::printf("  %-*s %12s %12s %12s %12s %6s %8s %10s %9s\n", static_cast<int>(width),
                "partition", "log start", "log end", "watermark", "last stable", "epoch",
                "segments", "size", "producers");
  }
  for (const StartedLog& log : outcome.logs) {
    std::printf("  %-*s %12s %12s %12s %12s %6d %8lld %10s %9lld\n", static_cast<int>(width),
                name_of_log(log).c_str(), with_commas(log.log_start.value()).c_str(),
                with_commas(log.log_end.value()).c_str(),
                with_commas(log.high_watermark.value()).c_str(),
                with_commas(log.last_stable.value()).c_str(), log.epoch.value(),
                static_cast<long long>(log.segments), bytes_of(log.bytes).c_str(),
                static_cast<long long>(log.producers));
    if (log.bytes_cut > 0) {
      std::printf("  %-*s   recovery cut %s behind the last good batch\n", static_cast<int>(width),
                  "", bytes_of(log.bytes_cut).c_str());
    }
  }
  for (const SetAside& log : outcome.set_aside) {
    std::printf("  %s: set aside (-stray): %s\n",
                printable(models::to_string(log.partition)).c_str(), log.why.c_str());
  }
  int64_t cut = outcome.bytes_cut();
  std::printf("broker %d starts on it with %zu partition%s; %s\n", outcome.node,
              outcome.logs.size(), outcome.logs.size() == 1 ? "" : "s",
              cut == 0 ? "nothing was cut off" : fmt::format("{} cut off", bytes_of(cut)).c_str());
  if (outcome.verified.problems > 0) {
    std::printf("%s problem%s found    all of them: ./faultline log verify %s\n",
                with_commas(outcome.verified.problems).c_str(),
                outcome.verified.problems == 1 ? "" : "s", shell_quote(outcome.shown).c_str());
  }
}

void print_json(const Outcome& outcome) {
  for (const LeftOut& left : outcome.disk.left_out) {
    JsonLine line("leftOut");
    line.add("path", left.path).add("why", left.why);
    std::puts(line.text().c_str());
  }
  for (const SetAside& log : outcome.set_aside) {
    JsonLine line("setAside");
    line.add("topic", log.partition.topic).add("partition", log.partition.partition);
    line.add("why", log.why);
    std::puts(line.text().c_str());
  }
  for (const StartedLog& log : outcome.logs) {
    JsonLine line("partition");
    line.add("topic", log.partition.topic).add("partition", log.partition.partition);
    line.add("topicId", to_string(log.topic_id)).add("logStartOffset", log.log_start.value());
    line.add("logEndOffset", log.log_end.value());
    line.add("highWatermark", log.high_watermark.value());
    line.add("lastStableOffset", log.last_stable.value()).add("leaderEpoch", log.epoch.value());
    line.add("segments", log.segments).add("bytes", log.bytes).add("producers", log.producers);
    line.add("bytesCut", log.bytes_cut);
    std::puts(line.text().c_str());
  }
  JsonLine line("summary");
  line.add("directory", outcome.shown).add("node", outcome.disk.node_id);
  line.add("clusterId", outcome.disk.cluster_id).add("cleanShutdown", outcome.disk.was_clean);
  line.add("broker", outcome.node).add("partitions", outcome.logs.size());
  line.add("files", outcome.disk.files).add("bytes", outcome.disk.bytes);
  line.add("bytesCut", outcome.bytes_cut()).add("problems", outcome.verified.problems);
  std::puts(line.text().c_str());
}

// The one log.dir or partition's directory that was typed.
std::optional<LogPlace> one_place(Opened& opened, const std::string& typed) {
  if (!opened.path.empty()) {
    complain(printable(typed) + ": is a file; import takes the log.dir it is in");
    return std::nullopt;
  }
  std::vector<LogPlace> places = places_in(opened, typed);
  if (places.size() == 1) return places.front();
  if (!places.empty()) {
    std::string names;
    for (const LogPlace& place : places)
      names += (names.empty() ? "" : ", ") + printable(shown_path(typed, place.path));
    complain(fmt::format("{}: holds {} log.dirs, and a simulated broker has one; name one of {}",
                         printable(typed), places.size(), names));
  }
  return std::nullopt;
}

int write_disk(sim::SimDisk& disk, const Arguments& arguments) {
  sim::Rng rng;
  sim::DiskView view = sim::DiskView::observer(disk, sim::SimTime(), rng);
  auto written = export_disk(view, arguments.to, &interrupted());
  if (absl::IsCancelled(written.status())) return 130;
  if (!written.ok()) return complain(std::string(written.status().message()));
  return 0;
}

int import(const Arguments& arguments) {
  if (!arguments.to.empty()) {
    if (absl::Status good = check_export_target(arguments.to); !good.ok())
      return complain("--to " + std::string(good.message()));
  }
  auto opened = open_typed(arguments.folder);
  if (!opened) return 2;
  auto place = one_place(*opened, arguments.folder);
  if (!place) return 2;
  watch_interrupts();
  Outcome outcome;
  outcome.shown = shown_path(arguments.folder, place->path);
  sim::SimDisk disk;
  auto imported = import_disk(opened->files, *place,
                              {.partition_name = opened->name, .stop = &interrupted()}, disk);
  if (absl::IsCancelled(imported.status())) return 130;
  if (!imported.ok())
    return complain(printable(arguments.folder) + ": " + std::string(imported.status().message()));
  outcome.disk = *std::move(imported);
  outcome.node = arguments.broker.value_or(outcome.disk.node_id.value_or(1));
  outcome.verified = verify_logs(opened->files, *place, {}, [](const LogFinding&) {});
  models::NodeId node(outcome.node);
  std::string cluster_id = outcome.disk.cluster_id;
  if (cluster_id.empty()) cluster_id = models::kClusterId;
  absl::Status given = give_to(node, cluster_id, disk);
  auto started = given.ok() ? start_on(disk, node, cluster_id) : given;
  if (!started.ok()) {
    return complain(fmt::format("{}: the broker cannot start on it: {}",
                                printable(arguments.folder), std::string(started.status().message())));
  }
  outcome.logs = std::move(started->logs);
  outcome.set_aside = std::move(started->set_aside);
  arguments.json ? print_json(outcome) : print_text(outcome);
  int code = arguments.to.empty() ? 0 : write_disk(disk, arguments);
  return code != 0 ? code : outcome.is_sound() ? 0 : 1;
}

}  // namespace

void add_log_import(CLI::App& log, int& exit_code) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command =
      log.add_subcommand("import", "Start a simulated broker on a real broker's log.dir");
  command->footer(
      "Examples:\n"
      "  faultline log import /var/lib/kafka/data\n"
      "  faultline log import backup/orders-0 --json | jq 'select(.type == \"partition\")'\n"
      "  faultline log import /var/lib/kafka/data --to recovered\n\n"
      "Copies the directory to a simulated disk (the folder itself is only read), checks it, and "
      "starts a\nbroker there, which recovers what was not stopped cleanly as Kafka does. Exit "
      "codes: 0 sound and\nwhole, 1 something is wrong or was cut off, 2 it is no log.dir of Kafka "
      "4, or cannot be read.");
  command->add_option("DIR", a->folder, "A log.dir, or one partition's directory")->required();
  command->add_option("--broker", a->broker, "The broker's id, instead of meta.properties'")
      ->check(whole_number(0, INT32_MAX))
      ->type_name("N");
  command->add_option("--to", a->to, "A folder to make: the disk once the broker has started")
      ->check(not_empty("--to out"))
      ->type_name("DIR");
  command->add_flag("--json", a->json, "A JSON object a line, for programs");
  command->callback([a, &exit_code] { exit_code = import(*a); });
}

}  // namespace scenarios::cli
