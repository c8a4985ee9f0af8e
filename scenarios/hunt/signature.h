// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a run, as a name that is equal for runs that fail in the same way: without times,
// offsets, numbers and names of the run's own. Hunts count findings by it, and a shrinker keeps it.

#ifndef SCENARIOS_HUNT_SIGNATURE_H_
#define SCENARIOS_HUNT_SIGNATURE_H_

#include <string>

#include "scenarios/run_result.h"

namespace scenarios {

// "log-matching: prefix", "check: fetcher.cc:120", "stall: ...", "expect: lost == 0, permitted by ...",
// "promise: reordered"; empty: the run passed, or was interrupted.
std::string signature_of(const RunResult& result);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_SIGNATURE_H_
