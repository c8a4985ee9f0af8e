// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/pause.h"

#include <utility>

#include "sim/world.h"

namespace sim {

void Pause::begin(World& world, FaultState& state) const {
  World::ProcessEntry& entry = world.entry(process);
  if (entry.paused++ > 0 || entry.process == nullptr) return;
  entry.paused_because = state.event;
  ++state.bite.processes_stopped;
  world.suppress_timers(process, state.event, &state.bite);
}

void Pause::end(World& world, FaultState& state) const {
  World::ProcessEntry& entry = world.entry(process);
  if (--entry.paused > 0) return;
  auto backlog = std::exchange(entry.backlog, {});
  for (auto& [id, event] : backlog) {
    if (event.kind == EventKind::kNone) continue;  // A timer that was cancelled meanwhile.
    event.admitted = true;
    event.cause2 = state.event;
    TimerName name{event.timer_kind, event.number};
    bool is_timer = event.kind == EventKind::kTimer;
    QueueHandle handle = world.scheduler_.schedule(world.now_, std::move(event));
    if (is_timer) entry.timers.find_or_add(name).handle = handle;
  }
}

}  // namespace sim
