// SPDX-License-Identifier: Apache-2.0
//
// What a misused command line is told: the option, what was found, what is allowed, the nearest
// name.

#ifndef SCENARIOS_CLI_USAGE_H_
#define SCENARIOS_CLI_USAGE_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scenarios::cli {

// Digits alone, least..most; CLI11 by itself takes -1 for 2^64 - 1 and "" for nothing said.
CLI::Validator whole_number(uint64_t least, uint64_t most);
// Refuses the empty text of an unset variable: --trace "$TRACE". `example` is shown.
CLI::Validator not_empty(std::string example);

// One line for a command line that CLI11 refused, and where to read on.
std::string usage_problem(const CLI::App* app, const CLI::Error& error);

// "NAME: unknown WHAT "NAME"; did you mean "..."?" on stderr. Returns exit code 2.
int unknown_name(std::string_view what, std::string_view name,
                 const std::vector<std::string_view>& known, std::string_view list_command);

}  // namespace scenarios::cli

#endif  // SCENARIOS_CLI_USAGE_H_
