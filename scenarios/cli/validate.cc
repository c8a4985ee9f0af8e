// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/cli/command.h"
#include "scenarios/schema.h"

namespace scenarios::cli {

namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> sets;
  bool schema = false;
};

int validate(const Arguments& arguments) {
  if (arguments.schema) {
    std::fputs(scenario_schema_json().c_str(), stdout);
    return 0;
  }
  if (arguments.files.empty()) {
    std::fprintf(stderr, "validate: name a scenario file, or --schema\n");
    return 2;
  }
  std::vector<Override> overrides;
  if (!parse_overrides(arguments.sets, overrides)) return 2;
  int exit_code = 0;
  for (const std::string& file : arguments.files) {
    if (auto scenario = load_or_complain(file, overrides)) {
      std::printf("%s: ok\n", file.c_str());
      for (const std::string& note : scenario->notes) std::printf("  note: %s\n", note.c_str());
    } else {
      exit_code = 2;
    }
  }
  return exit_code;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("validate", "Check scenario files without running them");
  command->footer(
      "Examples:\n  faultline validate my.json\n  faultline validate --schema > "
      "scenario.schema.json");
  command->add_option("FILE", arguments->files, "Scenario files, or names of shipped scenarios");
  command->add_option("--set", arguments->sets, "Override a value: /path=value")
      ->type_name("/PATH=VALUE");
  command->add_flag("--schema", arguments->schema, "Print the JSON Schema of scenario files");
  command->callback([arguments, &exit_code] { exit_code = validate(*arguments); });
}

}  // namespace scenarios::cli
