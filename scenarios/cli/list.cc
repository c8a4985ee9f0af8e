// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/cli/command.h"

namespace scenarios::cli {

namespace {

int list() {
  std::vector<std::string> files = shipped_scenarios();
  if (files.empty()) {
    std::fprintf(stderr, "%s: no scenarios there; set FAULTLINE_LIBRARY to their folder\n",
                 library_folder().c_str());
    return 2;
  }
  int exit_code = 0;
  for (const std::string& file : files) {
    auto scenario = load_or_complain(file, {});
    if (!scenario) {
      exit_code = 2;
      continue;
    }
    print_wrapped(fmt::format("{:<18} {}", scenario->name, scenario->title), 19);
    if (!scenario->why.empty()) print_wrapped(std::string(19, ' ') + scenario->why, 19);
  }
  return exit_code;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("list", "The shipped scenarios and what each teaches");
  command->footer("Example:\n  faultline list\n  faultline run leader_crash");
  command->callback([&exit_code] { exit_code = list(); });
}

}  // namespace scenarios::cli
