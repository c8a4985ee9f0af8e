// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/shut_down.h"

#include "sim/world.h"

namespace sim {

void ShutDown::begin(World& world, FaultState& state) const {
  World::ProcessEntry& entry = world.entry(process);
  entry.held_by.push_back(state.event);
  if (entry.process == nullptr) return;
  ++state.bite.processes_stopped;
  world.poke(process, "process.on_stop", [](Process& p, Context& context) { p.on_stop(context); });
}

void ShutDown::end(World& world, FaultState& state) const {
  // Others that keep it from running may still give it time.
  if (world.entry(process).held_by.size() == 1) world.stop(process, state.event, true, nullptr);
  world.let_up(process, state.event);
}

}  // namespace sim
