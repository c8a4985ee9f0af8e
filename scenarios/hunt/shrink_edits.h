// SPDX-License-Identifier: Apache-2.0
//
// Edits that make a scenario smaller or plainer, most promising first: without faults, clients, topics
// and settings; with fewer brokers, partitions and records; with shorter times. They follow the
// declarations of scenarios/declarations.h, so what is new there is shrunk without a line here. What an
// edit leaves without meaning (a fault of a topic that is gone) goes with it.

#ifndef SCENARIOS_HUNT_SHRINK_EDITS_H_
#define SCENARIOS_HUNT_SHRINK_EDITS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace scenarios {

struct Edited {
  nlohmann::ordered_json scenario;
  std::string edit;  // "without /faults/2", "/duration 12s -> 6s"
};

// All load. In a fixed order.
std::vector<Edited> smaller_scenarios(const nlohmann::ordered_json& scenario);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_SHRINK_EDITS_H_
