// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/pause.h"

#include <utility>

#include "sim/world.h"

namespace sim {

void Pause::begin(World& world, FaultState& state) const {
  World::ProcessEntry& entry = world.entry(process);
  entry.paused_by.push_back(state.event);
  if (entry.paused_by.size() > 1 || entry.process == nullptr) return;
  ++state.bite.processes_stopped;
  world.suppress_timers(process, state.event, &state.bite);
}

void Pause::end(World& world, FaultState& state) const {
  World::ProcessEntry& entry = world.entry(process);
  std::erase(entry.paused_by, state.event);
  if (!entry.paused_by.empty()) return;
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
