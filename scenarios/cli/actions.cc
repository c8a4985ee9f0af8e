// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "scenarios/action_catalogue.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"

namespace scenarios::cli {

namespace {

void print(const ActionCard& card) {
  std::printf("%s\n", std::string(card.name).c_str());
  print_wrapped("    " + std::string(card.about), 4);
  if (!card.keys.empty()) print_wrapped("    keys: " + std::string(card.keys), 10);
  std::printf("    %s\n", std::string(card.example).c_str());  // To be copied: never broken.
}

int actions(const std::string& wanted) {
  std::vector<std::string_view> known;
  bool found = false;
  for (const ActionCard& card : action_catalogue()) {
    known.push_back(card.name);
    if (!wanted.empty() && card.name != wanted) continue;
    print(card);
    found = true;
  }
  return found ? 0 : unknown_name("action", wanted, known, "faultline actions");
}

}  // namespace

void add_actions(CLI::App& app, int& exit_code) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("actions", "The actions that a scenario can name");
  command->footer("Examples:\n  faultline actions\n  faultline actions reassign");
  command->add_option("NAME", *name, "One action; without it: all")->type_name("");
  command->callback([name, &exit_code] { exit_code = actions(*name); });
}

}  // namespace scenarios::cli
