// SPDX-License-Identifier: Apache-2.0
//
// A scenario's fault as the kernel knows it: what the world is told to do, and how people call it.

#ifndef SCENARIOS_KERNEL_FAULTS_H_
#define SCENARIOS_KERNEL_FAULTS_H_

#include <string>
#include <vector>

#include "scenarios/scenario.h"
#include "scenarios/selectors.h"
#include "sim/fault.h"
#include "sim/world.h"

namespace scenarios {

// `sides`: those of the plan, found; `log_directories`: the brokers'. Nothing for restart_rolling,
// which goes step by step.
std::vector<sim::Fault> kernel_faults(const FaultPlan& plan,
                                      const std::vector<std::vector<Hit>>& sides,
                                      const std::vector<std::string>& log_directories,
                                      const sim::World& world);

// "crash broker 2 (leader of orders-0)"; "partition broker 1 | broker 2, broker 3, one way"
std::string text_of(const FaultPlan& plan, const std::vector<std::vector<Hit>>& sides);

}  // namespace scenarios

#endif  // SCENARIOS_KERNEL_FAULTS_H_
