// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"
#include "scenarios/declarations.h"
#include "scenarios/fault_catalogue.h"

namespace scenarios::cli {

namespace {

// One that was asked for by name: what each of its keys says.
void print_keys(const FaultCard& card) {
  for (std::string_view name : split_words(card.keys)) {
    const KeyDecl* key = find_key(*fault_declaration(), name);
    std::string left = fmt::format("    {:<18} ", name);
    print_wrapped(left + std::string(key->doc), left.size());
  }
}

void print(const FaultCard& card) {
  std::printf("%s\n", std::string(card.name).c_str());
  print_wrapped("    " + std::string(card.about), 4);
  if (!card.keys.empty()) print_wrapped("    keys: " + std::string(card.keys), 10);
  std::printf("    %s\n", std::string(card.example).c_str());  // To be copied: never broken.
}

int faults(const std::string& wanted) {
  std::vector<std::string_view> known;
  bool found = false;
  for (const FaultCard& card : fault_catalogue()) {
    known.push_back(card.name);
    if (!wanted.empty() && card.name != wanted) continue;
    print(card);
    if (!wanted.empty()) print_keys(card);
    found = true;
  }
  return found ? 0 : unknown_name("fault", wanted, known, "faultline faults");
}

}  // namespace

void add_faults(CLI::App& app, int& exit_code) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("faults", "The faults that a scenario can name");
  command->footer("Examples:\n  faultline faults\n  faultline faults partition");
  command->add_option("NAME", *name, "One fault; without it: all")->type_name("");
  command->callback([name, &exit_code] { exit_code = faults(*name); });
}

}  // namespace scenarios::cli
