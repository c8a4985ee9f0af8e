// SPDX-License-Identifier: Apache-2.0
//
// Random work of an administrator: reassignments that begin, end or are called off under load,
// elections, deleted records, topics that come and go, settings that change. A new verb is one line of
// the table in action_gen.cc, which says whether a cluster survives it without a permission.

#ifndef SCENARIOS_HUNT_ACTION_GEN_H_
#define SCENARIOS_HUNT_ACTION_GEN_H_

#include <optional>
#include <string_view>

#include "scenarios/hunt/draw.h"
#include "scenarios/hunt/fault_gen.h"
#include "scenarios/scenario.h"

namespace scenarios {

// For the scenario's "actions", often none. `scenario`: loaded, without actions.
Json draw_actions(Draw& draw, const Scenario& scenario, FaultClass kind);

// Whether hunts draw a verb of the catalogue.
bool is_drawn_action(std::string_view verb);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_ACTION_GEN_H_
