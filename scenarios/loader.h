// SPDX-License-Identifier: Apache-2.0
//
// From a scenario file to a Scenario. All problems of a file are reported at once, each with its
// place and, where there is one, the way to put it right; a scenario comes out only when there is
// none.

#ifndef SCENARIOS_LOADER_H_
#define SCENARIOS_LOADER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/problem.h"
#include "scenarios/scenario.h"

namespace scenarios {

// `--set /topics/orders/partitions=12`. The pointer names a value of the file, or a known key that
// the file leaves at its default; "-" at the end adds to a list (/faults/-={...}), and a new name
// to a map of the author's names (/topics/audit={...}). The value is JSON or, if it is not, a
// string: 500/s.
struct Override {
  std::string pointer;
  std::string value;
};

struct Loaded {
  std::optional<Scenario> scenario;
  std::vector<Problem> problems;  // In the order of their places.
};

Loaded load_scenario(const std::string& file, const std::vector<Override>& overrides);
// The same for text in hand; `file` is the name that problems and the scenario carry.
Loaded load_scenario_text(std::string_view text, const std::string& file,
                          const std::vector<Override>& overrides);

}  // namespace scenarios

#endif  // SCENARIOS_LOADER_H_
