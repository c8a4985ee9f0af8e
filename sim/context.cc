// SPDX-License-Identifier: Apache-2.0
//
// What a process asks of its world.

#include "sim/process.h"
#include "sim/world.h"

namespace sim {

HostId Context::host() const { return world_.entry(self_).host; }
SimTime Context::now() const { return world_.now_; }
MonoTime Context::mono() const { return world_.host(host()).clock.mono(world_.now_); }
WallTime Context::wall() const {
  const HostClock& clock = world_.host(host()).clock;
  clock.for_each_skew([&](uint64_t token) {
    if (FaultState* fault = world_.fault_by_event(EventId(token))) ++fault->bite.clock_readings;
  });
  return clock.wall(world_.now_);
}
Duration Context::computing(Duration cost) const {
  const Cpu& cpu = world_.host(host()).cpu;
  if (!cpu.is_slow() || cost == Duration()) return cost;
  cpu.for_each([&](uint64_t token) {
    if (FaultState* fault = world_.fault_by_event(EventId(token))) ++fault->bite.work_slowed;
  });
  return cpu.time_for(cost);
}
Rng& Context::rng() { return world_.entry(self_).rng; }
SimDisk& Context::disk() { return world_.host(host()).disk; }
Rng& Context::disk_rng() { return world_.host(host()).disk_rng; }

ConnectionId Context::connect(ProcessId to) { return world_.network_.connect(world_, self_, to); }

void Context::send(ConnectionId connection, MessageHandle message, Duration after) {
  world_.network_.send(world_, self_, connection, std::move(message), world_.now_ + after);
}

void Context::close(ConnectionId connection) { world_.network_.close(world_, self_, connection); }

namespace {

// The timer no longer fires as it was to. One that fired while the process was paused waits in the
// backlog; it must not fire now.
template <class Scheduler, class Backlog>
void forget(TimerName name, const TimerState& timer, Scheduler& scheduler, Backlog& backlog) {
  if (scheduler.cancel(timer.handle)) return;
  for (auto& [id, event] : backlog) {
    if (event.kind == EventKind::kTimer && event.timer_kind == name.kind &&
        event.number == name.number)
      event.kind = EventKind::kNone;
  }
}

}  // namespace

void Context::arm(const TimerRequest& request, Duration handler_cost) {
  World::ProcessEntry& process = world_.entry(self_);
  HostClock& clock = world_.host(process.host).clock;
  SimTime start = world_.now_ + handler_cost;
  SimTime at = start;
  if (request.after > Duration()) at = clock.when(clock.mono(start) + request.after);
  Event event;
  event.kind = EventKind::kTimer;
  event.timer_kind = request.name.kind;
  event.process = self_;
  event.incarnation = process.life;
  event.cause = world_.current_;
  event.number = request.name.number;
  event.sent = world_.now_;
  TimerState& timer = process.timers.find_or_add(request.name);
  forget(request.name, timer, world_.scheduler_, process.backlog);
  timer.handle = world_.scheduler_.schedule(at, std::move(event));
  timer.what = request.what;
  timer.leads_to = request.leads_to;
  timer.awaits_what = request.awaits_what;
  timer.awaits_process = request.awaits_process;
}

void Context::cancel(TimerName name) {
  World::ProcessEntry& process = world_.entry(self_);
  const TimerState* timer = process.timers.find(name);
  if (timer == nullptr) return;
  forget(name, *timer, world_.scheduler_, process.backlog);
  process.timers.erase(name);
}

bool Context::armed(TimerName name) const { return world_.entry(self_).timers.contains(name); }

void Context::serve_at(SimTime at, int64_t work) {
  Event event;
  event.kind = EventKind::kService;
  event.process = self_;
  event.incarnation = world_.entry(self_).life;
  event.cause = world_.current_;
  event.number = work;
  event.sent = world_.now_;
  world_.scheduler_.schedule(at, std::move(event));
}

void Context::flushed_at(SimTime at, int64_t key) {
  Event event;
  event.kind = EventKind::kFlushed;
  event.process = self_;
  event.incarnation = world_.entry(self_).life;
  event.cause = world_.current_;
  event.number = key;
  event.sent = world_.now_;
  world_.scheduler_.schedule(at, std::move(event));
}

void Context::handled_at(std::string_view at) { world_.handled_at_ = at; }
EventId Context::current_event() const { return world_.current_; }
bool Context::tracing() const { return world_.tracing(); }

EventId Context::note(std::string_view what, const FieldSource& fields) {
  TraceEvent event;
  event.id = world_.scheduler_.take_id();
  event.cause = world_.current_;
  event.time = event.sent = world_.now_;
  event.kind = TraceKind::kNote;
  event.host = host();
  event.process = self_;
  event.at = world_.handled_at_;
  event.what = what;
  event.fields = &fields;
  world_.digest_.event(world_.now_, event.host, world_.handled_at_, what, 0);
  if (world_.tracing()) world_.emit(event);
  return event.id;
}

void Context::count(size_t counter, int64_t n) { world_.counters_.at(counter) += n; }
void Context::exit() { world_.entry(self_).exiting = true; }

}  // namespace sim
