// SPDX-License-Identifier: Apache-2.0
//
// The version of the program.

#ifndef SCENARIOS_VERSION_H_
#define SCENARIOS_VERSION_H_

#include <string_view>

namespace scenarios {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace scenarios

#endif  // SCENARIOS_VERSION_H_
