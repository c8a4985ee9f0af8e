// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "scenarios/cause_graph.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"
#include "scenarios/report_parts.h"

namespace scenarios::cli {

namespace {

int explain_trace(const std::string& path, std::optional<uint64_t> event) {
  auto trace = open_trace_to_read(path);
  if (!trace.ok()) {
    std::fprintf(stderr, "%s\n", std::string(trace.status().message()).c_str());
    return 2;
  }
  auto text = event ? explain(*trace, sim::EventId(*event)) : explain(*trace);
  if (!text.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), std::string(text.status().message()).c_str());
    return 2;
  }
  constexpr size_t kStepAt = 19;  // Where the words of a step begin, behind its time.
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    std::string_view line = std::string_view(*text).substr(at, end - at);
    bool is_step = line.starts_with(' ') || line.starts_with("because");
    std::printf("%s\n", wrapped_step(line, is_step ? kStepAt : 8, stdout_columns()).c_str());
    at = end + 1;
  }
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  struct Arguments {
    std::string trace;
    std::optional<uint64_t> event;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("explain", "From a finding or an event of a trace back to its cause");
  command->footer(
      "Examples:\n  faultline run acks_1_loses --trace run.db\n  faultline explain run.db\n  "
      "faultline explain run.db 482113");
  command->add_option("TRACE", arguments->trace, "A trace, SQLite or JSON lines")->required();
  command
      ->add_option("EVENT", arguments->event,
                   "The event's id; without it: each finding, or the elections")
      ->check(whole_number(1, UINT64_MAX))
      ->type_name("N");
  command->callback(
      [arguments, &exit_code] { exit_code = explain_trace(arguments->trace, arguments->event); });
}

}  // namespace scenarios::cli
