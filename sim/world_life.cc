// SPDX-License-Identifier: Apache-2.0
//
// How processes begin and end.

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace sim {

void World::start(ProcessId id, EventId cause) {
  ProcessEntry& process = entry(id);
  if (process.process != nullptr || !process.held_by.empty() || host(process.host).is_off()) return;
  process.life += 1;
  process.process = process.factory->build();
  Event event;
  event.kind = EventKind::kBoot;
  event.process = id;
  event.incarnation = process.life;
  event.cause = cause;
  event.sent = now_;
  scheduler_.schedule(now_, std::move(event));
}

void World::suppress_timers(ProcessId id, EventId because, FaultBite* bite) {
  // By the order in which they were armed, so that ids do not depend on the order of names.
  std::vector<std::pair<uint64_t, std::string_view>> kept;
  ProcessEntry& process = entry(id);
  process.timers.for_each([&](TimerName, const TimerState& timer) {
    if (!scheduler_.pending(timer.handle)) return;
    if (bite != nullptr) ++bite->timers_kept;
    if (!timer.leads_to.empty()) kept.emplace_back(timer.handle.sequence, timer.leads_to);
  });
  std::sort(kept.begin(), kept.end());
  for (const auto& [sequence, what] : kept) suppressed(id, ProcessId(-1), what, nullptr, because);
}

void World::stop(ProcessId id, EventId because, bool reset_peers, FaultBite* bite) {
  ProcessEntry& process = entry(id);
  if (process.process == nullptr) return;
  if (bite != nullptr) ++bite->processes_stopped;
  suppress_timers(id, because, bite);
  process.timers.for_each(
      [&](TimerName, const TimerState& timer) { scheduler_.cancel(timer.handle); });
  process.timers.clear();
  process.backlog.clear();
  process.exiting = false;
  departed_ = std::move(process.process);
  departed_id_ = ProcessId(-1);
  process.life += 1;  // What is on its way to the former life is stale from now on.
  process.down_because = because;
  host(process.host).disk.close_all();
  network_.process_gone(*this, id, reset_peers);
}

void World::hold_down(ProcessId id, EventId because, bool reset_peers, FaultBite* bite) {
  entry(id).held_by.push_back(because);
  stop(id, because, reset_peers, bite);
}

void World::let_up(ProcessId id, EventId fault) {
  ProcessEntry& process = entry(id);
  if (std::erase(process.held_by, fault) == 0) return;  // It was armed, and never struck.
  if (!process.held_by.empty()) process.down_because = process.held_by.front();
  start(id, current_);
}

void World::stall(ProcessEntry& entry, Context& context) {
  for (EventId fault : entry.stalled_by) {
    if (FaultState* state = fault_by_event(fault)) ++state->bite.threads_stalled;
  }
  entry.process->on_stall(context);
}

void World::start_stopped(HostId id) {
  for (size_t i = 0; i < processes_.size(); ++i) {
    if (processes_[i].host == id) start(ProcessId(static_cast<int32_t>(i)), current_);
  }
}

void World::crash_at_disk_operation(ProcessId id) {
  SimDisk& disk = host(entry(id).host).disk;
  for (ActiveFault& fault : faults_) {
    const Crash* crash = std::get_if<Crash>(&fault.fault);
    if (crash == nullptr || crash->process != id || !fault.state.active) continue;
    if (disk.hit_crash_point(fault.state.event.value()))
      hold_down(id, fault.state.event, true, &fault.state.bite);
  }
  disk.survive_crash_point();
}

}  // namespace sim
