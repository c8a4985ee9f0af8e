// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/stall_client.h"

#include "sim/world.h"

namespace sim {

void StallClient::begin(World& world, FaultState& state) const {
  std::vector<EventId>& stalled_by = world.entry(process).stalled_by;
  stalled_by.push_back(state.event);
  if (stalled_by.size() > 1 || !world.is_up(process)) return;
  ++state.bite.threads_stalled;
  world.poke(process, "process.on_stall",
             [](Process& p, Context& context) { p.on_stall(context); });
}

void StallClient::end(World& world, FaultState& state) const {
  std::vector<EventId>& stalled_by = world.entry(process).stalled_by;
  std::erase(stalled_by, state.event);
  if (!stalled_by.empty()) return;
  world.poke(process, "process.on_resume",
             [](Process& p, Context& context) { p.on_resume(context); });
}

}  // namespace sim
