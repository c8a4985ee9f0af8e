// SPDX-License-Identifier: Apache-2.0
//
// Blow after blow on those who must agree, the controllers or a partition's brokers, while all that
// they say to each other is slow. Single faults heal before the next one comes; here leaders fall while
// others are still coming back, with tails that nobody has yet.

#ifndef SCENARIOS_HUNT_STORM_GEN_H_
#define SCENARIOS_HUNT_STORM_GEN_H_

#include <cstdint>
#include <string>

#include "scenarios/hunt/draw.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct StormRules {
  std::string focus;         // "orders-0": the partition whose brokers are hit.
  bool loses_tails = false;  // Power may fail.
  int64_t heal_by_ms = 0;    // All is over by then.
};

// For the scenario's "faults".
Json draw_storm(Draw& draw, const Scenario& scenario, const StormRules& rules);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_STORM_GEN_H_
