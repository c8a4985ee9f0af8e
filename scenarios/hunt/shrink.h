// SPDX-License-Identifier: Apache-2.0
//
// The smallest scenario that still fails in the same way: RapidCheck's search for a local minimum, over
// the edits of shrink_edits.h. A scenario goes in and a scenario comes out, so any file can be shrunk,
// found by a hunt or written by hand.

#ifndef SCENARIOS_HUNT_SHRINK_H_
#define SCENARIOS_HUNT_SHRINK_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/run_result.h"

namespace scenarios {

struct ShrinkOptions {
  int64_t most_runs = 400;
  std::function<bool()> stop = [] { return false; };  // Ends the search early.
  // An edit that was kept, in words, and how many runs that took so far.
  std::function<void(const std::string& edit, int64_t runs)> on_step = [](const auto&, int64_t) {};
};

struct Shrunk {
  nlohmann::ordered_json scenario;
  RunResult result;       // Of it.
  std::string signature;  // Empty: the scenario did not fail, and is as it was.
  int64_t steps = 0;      // Edits that were kept.
  int64_t runs = 0;       // The first included.
  bool complete = true;   // No edit makes it smaller; false: most_runs or stop() ended the search.
};

// `scenario` must load. Deterministic, unless stop() is not.
Shrunk shrink(const nlohmann::ordered_json& scenario, const ShrinkOptions& options);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_SHRINK_H_
