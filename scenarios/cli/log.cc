// SPDX-License-Identifier: Apache-2.0
//
// `faultline log dump` and `log verify`; `log export` is in log_export.cc, `log import` in
// log_import.cc.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "models/log/log_file_name.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/log_typed.h"
#include "scenarios/cli/usage.h"
#include "scenarios/format.h"
#include "scenarios/json_line.h"
#include "scenarios/log_dump.h"
#include "scenarios/log_verify.h"
#include "scenarios/printable.h"
#include "scenarios/shell_words.h"

namespace scenarios::cli {

namespace {

constexpr size_t kMostShown = 50;  // Findings of one directory, as text.

// --- dump ---

struct DumpArguments {
  std::vector<std::string> paths;
  bool records = false;
  bool json = false;
};

int dump_one(const std::string& typed, const DumpArguments& arguments, DumpWriter& writer) {
  auto opened = open_typed(typed);
  if (!opened) return 2;
  DumpOptions options;
  options.records = arguments.records;
  options.shown_as = shown_path(typed, "");
  if (!opened->path.empty()) return dump_path(opened->files, opened->path, options, writer) ? 0 : 1;
  std::vector<LogPlace> places = places_in(*opened, typed);
  if (places.empty()) return 2;
  bool all = true;
  for (const LogPlace& place : places) {
    options.shown_as = shown_path(typed, place.path);
    all = dump_path(opened->files, place.path, options, writer) && all;
  }
  return all ? 0 : 1;
}

int dump(const DumpArguments& arguments) {
  LineOut out = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
  LineOut line_out = [](const std::string& text) { std::puts(text.c_str()); };
  auto writer = arguments.json ? dump_as_json(line_out) : dump_as_text(out);
  int exit_code = 0;
  for (const std::string& typed : arguments.paths)
    exit_code = std::max(exit_code, dump_one(typed, arguments, *writer));
  return exit_code;
}

void add_dump(CLI::App& log, int& exit_code) {
  auto a = std::make_shared<DumpArguments>();
  CLI::App* command = log.add_subcommand("dump", "Show what is in the files of a Kafka log");
  command->footer(
      "Examples:\n"
      "  faultline log dump kafka-logs/orders-0/00000000000000000000.log --records\n"
      "  faultline log dump kafka-logs/orders-0\n"
      "  faultline log dump kafka-logs --json | jq 'select(.type == \"batch\" and .valid == "
      "false)'\n\n"
      "Shows .log, .index, .timeindex, .txnindex, .snapshot, checkpoints and properties. Exit "
      "codes: "
      "0 all was\nreadable, 1 something was not, 2 there is no such file or log.");
  command->add_option("FILE_OR_DIR", a->paths, "Files, partitions' directories, or whole log.dirs")
      ->required();
  command->add_flag("--records", a->records, "Each record, with headers, key and value");
  command->add_flag("--json", a->json, "A JSON object a line, for programs");
  command->callback([a, &exit_code] { exit_code = dump(*a); });
}

// --- verify ---

struct VerifyArguments {
  std::vector<std::string> folders;
  bool compacted = false;
  bool json = false;
};

std::string text_of(const LogFinding& finding, const std::string& typed) {
  std::string place = printable(shown_path(typed, finding.file));
  if (finding.position >= 0) place += fmt::format(": byte {}", finding.position);
  if (finding.offset != models::kNoOffset)
    place +=
        fmt::format("{}offset {}", finding.position >= 0 ? ", " : ": ", finding.offset.value());
  return fmt::format("{}: {}{}\n", place, finding.is_problem ? "" : "note: ", finding.text);
}

std::string json_of(const LogFinding& finding, const std::string& typed) {
  auto some = [](int64_t number) { return number < 0 ? std::nullopt : std::optional(number); };
  JsonLine line("finding");
  line.add("severity", finding.is_problem ? "problem" : "note");
  line.add("file", shown_path(typed, finding.file)).add("position", some(finding.position));
  line.add("offset", some(finding.offset.value())).add("text", finding.text);
  return line.text();
}

std::string count_of(int64_t number, const char* one, const char* many) {
  return with_commas(number) + " " + (number == 1 ? one : many);
}

std::string summary_of(const VerifyTotals& totals, const std::string& place) {
  std::string found =
      totals.problems == 0 ? "ok" : count_of(totals.problems, "problem", "problems");
  if (totals.notes > 0) found += ", " + count_of(totals.notes, "note", "notes");
  return fmt::format("{}: {} in {}, {}, {}, {}, {}\n", printable(place), found,
                     count_of(totals.partitions, "partition", "partitions"),
                     count_of(totals.segments, "segment", "segments"),
                     count_of(totals.batches, "batch", "batches"),
                     count_of(totals.records, "record", "records"), bytes_of(totals.bytes));
}

std::string summary_json(const VerifyTotals& totals, const std::string& place) {
  JsonLine line("summary");
  line.add("directory", place).add("problems", totals.problems).add("notes", totals.notes);
  line.add("partitions", totals.partitions).add("segments", totals.segments);
  line.add("batches", totals.batches).add("records", totals.records);
  return line.add("bytes", totals.bytes).text();
}

// True: no problem.
bool verify_place(Opened& opened, const LogPlace& place, const std::string& typed,
                  const VerifyArguments& arguments) {
  VerifyOptions options;
  options.compacted = arguments.compacted;
  auto directory = models::parse_log_directory_name(opened.name);
  if (place.is_partition && directory && is_compacted_by_kafka(directory->partition.topic))
    options.compacted = true;
  size_t shown = 0;
  VerifyTotals totals = verify_logs(opened.files, place, options, [&](const LogFinding& finding) {
    if (arguments.json) {
      std::puts(json_of(finding, typed).c_str());
    } else if (++shown <= kMostShown) {
      std::fputs(text_of(finding, typed).c_str(), stdout);
    }
  });
  std::string name = shown_path(typed, place.path);
  if (arguments.json) {
    std::puts(summary_json(totals, name).c_str());
  } else {
    if (shown > kMostShown)
      std::printf("... and %zu more  (--json lists all)\n", shown - kMostShown);
    std::fputs(summary_of(totals, name).c_str(), stdout);
  }
  return totals.problems == 0;
}

int verify(const VerifyArguments& arguments) {
  int exit_code = 0;
  for (const std::string& typed : arguments.folders) {
    auto opened = open_typed(typed);
    int code = 0;
    if (!opened) {
      code = 2;
    } else if (!opened->path.empty()) {
      code = complain(printable(typed) +
                      ": is a file; verify needs the directory it is in  "
                      "(faultline log dump shows a file)");
    } else {
      std::vector<LogPlace> places = places_in(*opened, typed);
      if (places.empty()) code = 2;
      for (const LogPlace& place : places)
        if (!verify_place(*opened, place, typed, arguments)) code = 1;
    }
    exit_code = std::max(exit_code, code);
  }
  return exit_code;
}

void add_verify(CLI::App& log, int& exit_code) {
  auto a = std::make_shared<VerifyArguments>();
  CLI::App* command = log.add_subcommand("verify", "Check a Kafka log for anything that is wrong");
  command->footer(
      "Examples:\n"
      "  faultline log verify /var/lib/kafka/data\n"
      "  faultline log verify kafka-logs/orders-0 kafka-logs/orders-1\n"
      "  faultline log verify out --json | jq 'select(.severity == \"problem\")'\n\n"
      "Checks checksums, framing, offsets, epochs, records, every index entry, producer snapshots, "
      "aborted\ntransactions and checkpoints, each against the others. Only reads. A note is what "
      "Kafka itself puts\nright at its next start. Exit codes: 0 sound, 1 something is wrong, 2 "
      "there "
      "is no such log.");
  command->add_option("DIR", a->folders, "Log.dirs, or partitions' directories")->required();
  command->add_flag(
      "--compacted", a->compacted,
      "The logs are compacted: offsets may have gaps (else found out where possible)");
  command->add_flag("--json", a->json, "A JSON object a line, for programs");
  command->callback([a, &exit_code] { exit_code = verify(*a); });
}

}  // namespace

void add_log(CLI::App& app, int& exit_code) {
  CLI::App* log = app.add_subcommand("log", "Read, check and write Kafka log directories");
  log->footer(
      "Examples:\n"
      "  faultline log export leader_crash --broker 1 --at 25s --to out\n"
      "  faultline log verify out\n"
      "  faultline log dump out/kafka-logs/orders-0 --records\n"
      "  faultline log import /var/lib/kafka/data\n\n"
      "faultline log COMMAND --help tells more.");
  log->require_subcommand(1);
  add_dump(*log, exit_code);
  add_verify(*log, exit_code);
  add_log_export(*log, exit_code);
  add_log_import(*log, exit_code);
}

}  // namespace scenarios::cli
