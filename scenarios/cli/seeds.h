// SPDX-License-Identifier: Apache-2.0
//
// Ranges of seeds as they are typed.

#ifndef SCENARIOS_CLI_SEEDS_H_
#define SCENARIOS_CLI_SEEDS_H_

#include <cstdint>
#include <string>
#include <utility>

namespace scenarios::cli {

// "1..200", or where `count_alone` also "200". False: it is none, and stderr says what is expected.
bool parse_seeds(const std::string& text, bool count_alone, std::pair<uint64_t, uint64_t>& seeds);

}  // namespace scenarios::cli

#endif  // SCENARIOS_CLI_SEEDS_H_
