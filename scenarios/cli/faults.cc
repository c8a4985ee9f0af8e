// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/cli/command.h"
#include "scenarios/fault_catalogue.h"

namespace scenarios::cli {

void add_faults(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("faults", "The faults that a scenario can name");
  command->footer("Example:\n  faultline faults");
  command->callback([&exit_code] {
    for (const FaultCard& card : fault_catalogue()) {
      std::printf("%s\n    %s\n", std::string(card.name).c_str(), std::string(card.about).c_str());
      if (!card.keys.empty()) std::printf("    keys: %s\n", std::string(card.keys).c_str());
      std::printf("    %s\n", std::string(card.example).c_str());
    }
    exit_code = 0;
  });
}

}  // namespace scenarios::cli
