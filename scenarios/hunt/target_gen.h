// SPDX-License-Identifier: Apache-2.0
//
// Whom a random fault hits, in each form that a fault's value may have.

#ifndef SCENARIOS_HUNT_TARGET_GEN_H_
#define SCENARIOS_HUNT_TARGET_GEN_H_

#include <string>
#include <vector>

#include "scenarios/declarations.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/hunt/draw.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct TargetRules {
  std::string focus;         // "orders-0": the partition that is hit most.
  bool controllers = false;  // May be hit.
  FaultCard::Hits hits = FaultCard::Hits::kNodes;
};

// "broker 1", ...; "controller 3000", ...
std::vector<std::string> broker_names(const Scenario& scenario);
std::vector<std::string> controller_names(const Scenario& scenario);
// "orders-0"
std::string draw_partition(Draw& draw, const Scenario& scenario);
// Of the forms of targets: kTargets, kSides, kLinkSides, kBrokersOrAll.
Json draw_targets(Draw& draw, const Scenario& scenario, KeyKind form, const TargetRules& rules);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_TARGET_GEN_H_
