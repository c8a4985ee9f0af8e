// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>

#include "scenarios/cli/command.h"
#include "scenarios/version.h"

int main(int argc, char** argv) {
  using namespace scenarios::cli;
  CLI::App app("Puts a Kafka-style cluster on trial: runs failure scenarios, and judges what clients were promised.",
               "faultline");
  app.footer(
      "Examples:\n"
      "  faultline list\n"
      "  faultline run scenarios/library/leader_crash.json\n"
      "  faultline run leader_crash --seeds 1..200 --jobs 2\n\n"
      "Exit codes: 0 all expectations hold, 1 one failed, 2 bad usage or input, 3 an invariant failed,\n"
      "4 the run stalled, 130 interrupted.");
  app.set_version_flag("--version", "faultline " + std::string(scenarios::kVersion));
  app.require_subcommand(1);
  int exit_code = 0;
  add_run(app, exit_code);
  add_explain(app, exit_code);
  add_validate(app, exit_code);
  add_list(app, exit_code);
  add_faults(app, exit_code);
  add_metrics(app, exit_code);
  add_config(app, exit_code);
  if (argc == 1) {
    std::cout << app.help();
    return 0;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return exit_code;
}
