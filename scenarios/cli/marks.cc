// SPDX-License-Identifier: Apache-2.0

#include "models/common/marks.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "models/checkers/invariant_set.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"

namespace scenarios::cli {

namespace {

void print(std::string_view name, std::string_view about) {
  std::printf("%s\n", std::string(name).c_str());
  print_wrapped("    " + std::string(about), 4);
}

int marks(const std::string& wanted) {
  std::vector<std::string_view> known;
  bool found = false;
  for (int i = 0; i < models::kMarkCount; ++i) {
    models::Mark mark = static_cast<models::Mark>(i);
    known.push_back(name_of(mark));
    if (!wanted.empty() && known.back() != wanted) continue;
    print(known.back(), about(mark));
    found = true;
  }
  return found ? 0 : unknown_name("mark", wanted, known, "faultline marks");
}

int invariants(const std::string& wanted) {
  std::vector<std::string_view> known;
  bool found = false;
  for (const models::InvariantCard& card : models::InvariantSet::catalogue()) {
    known.push_back(card.name);
    if (!wanted.empty() && card.name != wanted) continue;
    print(card.name, card.why);
    found = true;
  }
  return found ? 0 : unknown_name("invariant", wanted, known, "faultline invariants");
}

}  // namespace

void add_marks(CLI::App& app, int& exit_code) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "marks", "Rare places in the code, which runs count: \"marks\" in JSON reports");
  command->footer("Examples:\n  faultline marks\n  faultline marks isr_shrunk");
  command->add_option("NAME", *name, "One mark; without it: all")->type_name("");
  command->callback([name, &exit_code] { exit_code = marks(*name); });
}

void add_invariants(CLI::App& app, int& exit_code) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "invariants", "What is checked after every event of a run; one that breaks is exit code 3");
  command->footer("Examples:\n  faultline invariants\n  faultline invariants log-matching");
  command->add_option("NAME", *name, "One invariant; without it: all")->type_name("");
  command->callback([name, &exit_code] { exit_code = invariants(*name); });
}

}  // namespace scenarios::cli
