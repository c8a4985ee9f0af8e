// SPDX-License-Identifier: Apache-2.0
//
// A whole random scenario from a seed, as the JSON of a file that the loader accepts: cluster, topics,
// settings, load, readers, faults, and what must hold afterwards. Equal seeds and options give equal
// bytes, everywhere.

#ifndef SCENARIOS_HUNT_SCENARIO_GEN_H_
#define SCENARIOS_HUNT_SCENARIO_GEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/hunt/draw.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct DrawOptions {
  // A scenario whose cluster, topics and clients are taken as they are; its faults, and what it expects
  // of them, give way to drawn ones. Empty: all is drawn.
  Json base;
  // The same scenarios with acks=1 and min.insync.replicas=1 everywhere: losses are permitted then.
  bool weak = false;
  std::vector<std::string> mutations;
};

Json draw_scenario(uint64_t seed, const DrawOptions& options);

// Loads what was drawn, or what is part of it. A problem is a bug of the generator: SIM_CHECK.
Scenario must_load(const Json& scenario, const std::string& file);

// Whether an expectation names what must never be, whatever the faults: "lost == 0"; others measure
// what a scenario's own faults do.
bool is_promise(const Expectation& expectation);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_SCENARIO_GEN_H_
