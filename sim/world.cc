// SPDX-License-Identifier: Apache-2.0
//
// The run: takes events out, brings each to its process, and records it.

#include "sim/world.h"

#include <algorithm>

namespace sim {

World::World(const WorldOptions& options)
    : now_(options.start),
      rng_(options.seed),
      network_rng_(rng_.stream("network")),
      ring_(options.ring),
      state_every_(options.state_digest_every),
      next_state_(options.start + options.state_digest_every) {}

World::World(const World& other)
    : now_(other.now_),
      scheduler_(other.scheduler_),
      topology_(other.topology_),
      network_(other.network_),
      rng_(other.rng_),
      network_rng_(other.network_rng_),
      hosts_(other.hosts_),
      faults_(other.faults_),
      last_suppressed_(other.last_suppressed_),
      digest_(other.digest_),
      ring_(other.ring_),
      state_every_(other.state_every_),
      next_state_(other.next_state_),
      events_run_(other.events_run_),
      counters_(other.counters_),
      current_(other.current_),
      current_cause2_(other.current_cause2_),
      handled_at_(other.handled_at_),
      last_(other.last_) {
  processes_.reserve(other.processes_.size());
  for (const ProcessEntry& process : other.processes_) processes_.emplace_back(process);
}

World::ProcessEntry::ProcessEntry(const ProcessEntry& other)
    : host(other.host),
      name(other.name),
      factory(other.factory),
      process(other.process ? other.process->clone() : nullptr),
      life(other.life),
      rng(other.rng),
      timers(other.timers),
      held_by(other.held_by),
      paused_by(other.paused_by),
      stalled_by(other.stalled_by),
      down_because(other.down_because),
      exiting(other.exiting),
      backlog(other.backlog) {}

HostId World::add_host(HostSpec spec) {
  HostId id = topology_.add_host(spec.name, spec.zone);
  SIM_CHECK(static_cast<size_t>(id.value()) == hosts_.size(), id.value());
  uint64_t number = static_cast<uint64_t>(id.value());
  Host host;
  host.name = std::move(spec.name);
  host.disk = SimDisk(spec.disk);
  host.disk_rng = rng_.stream("disk", number);
  host.nic.bytes_per_second = spec.nic_bytes_per_second;
  hosts_.push_back(std::move(host));
  return id;
}

ProcessId World::add_process(HostId host, std::string name,
                             std::shared_ptr<const ProcessFactory> factory) {
  ProcessId id(static_cast<int32_t>(processes_.size()));
  ProcessEntry entry;
  entry.host = host;
  entry.name = std::move(name);
  entry.factory = std::move(factory);
  entry.rng = rng_.stream("process", static_cast<uint64_t>(id.value()));
  processes_.push_back(std::move(entry));
  return id;
}

void World::boot(ProcessId process, EventId cause) { start(process, cause); }

std::optional<SimTime> World::next_time() const {
  if (scheduler_.empty()) return std::nullopt;
  return scheduler_.next_time();
}

bool World::step() {
  if (scheduler_.empty()) return false;
  while (next_state_ <= scheduler_.next_time() && state_every_ > Duration()) take_state();
  Scheduler::Due due = scheduler_.pop();
  now_ = due.time;
  current_ = due.id;
  current_cause2_ = due.event.cause2;
  handled_at_ = {};
  last_ = LastEvent{due.id, due.event.kind, due.event.process, {}};
  ++events_run_;
  dispatch(due.event);
  return true;
}

void World::run_until(SimTime t) {
  while (!scheduler_.empty() && scheduler_.next_time() < t) step();
  while (next_state_ <= t && state_every_ > Duration()) take_state();
  now_ = std::max(now_, t);
}

void World::dispatch(Event& event) {
  if (event.kind == EventKind::kConnectRequest) {
    network_.on_connect_request(*this, event);
    return;
  }
  ProcessEntry& target = entry(event.process);
  bool arrives = !event.admitted && is_of_the_network(event.kind);
  if (arrives) network_.on_arrival(event);
  if (event.kind == EventKind::kMessage && !event.admitted) {
    if (!network_.admit_message(*this, event, current_)) return;
  } else if (event.incarnation != target.life || target.process == nullptr) {
    if (arrives) network_.on_stale_arrival(*this, event);
    return;  // Meant for a former life.
  } else if (event.kind == EventKind::kConnected && !event.admitted) {
    if (!network_.admit_connected(*this, event)) return;
  } else if (event.kind == EventKind::kClosed && !event.admitted) {
    if (!network_.admit_closed(*this, event)) return;
  }
  if (!target.paused_by.empty()) {
    if (FaultState* fault = fault_by_event(target.paused_by.front())) ++fault->bite.events_delayed;
    target.backlog.emplace_back(current_, std::move(event));
    return;
  }
  deliver(target, event);
}

void World::deliver(ProcessEntry& target, Event& event) {
  Context context(*this, event.process);
  switch (event.kind) {
    case EventKind::kMessage: {
      Nic& nic = host(target.host).nic;
      SimTime received = now_;
      if (nic.bytes_per_second > 0) {
        received = std::max(now_, nic.receives_until) + nic.time_for(event.message->encoded_size());
        nic.receives_until = received;
      }
      ProcessId sender(static_cast<int32_t>(event.number));
      target.process->on_message(event.connection, sender, event.message, received, context);
      break;
    }
    case EventKind::kTimer: {
      TimerName name{event.timer_kind, event.number};
      const TimerState* timer = target.timers.find(name);
      SIM_CHECK(timer != nullptr, target.name, name.kind, name.number);
      EventId missed = missed_by(event.process, *timer);
      if (missed != EventId(0)) current_cause2_ = missed;
      event.cause2 = current_cause2_;
      last_.at = timer->what;
      target.timers.erase(name);
      target.process->on_timer(name, context);
      break;
    }
    case EventKind::kService:
      target.process->on_service(event.number, context);
      break;
    case EventKind::kFlushed:
      target.process->on_flushed(event.number, context);
      break;
    case EventKind::kConnected:
      target.process->on_connected(event.connection, context);
      break;
    case EventKind::kClosed:
      target.process->on_closed(event.connection, static_cast<CloseReason>(event.number), context);
      break;
    case EventKind::kBoot:
      target.process->on_boot(context);
      if (!target.stalled_by.empty()) stall(target, context);
      break;
    case EventKind::kNone:
    case EventKind::kConnectRequest:
      SIM_CHECK(false, "event kind never delivered");
      break;
  }
  record_event(event);
  after_handler(event.process);
}

void World::after_handler(ProcessId id) {
  ProcessEntry& process = entry(id);
  departed_.reset();
  if (host(process.host).disk.hit_crash_point()) crash_at_disk_operation(id);
  if (process.exiting) {
    process.exiting = false;
    process.down_because = current_;
    stop(id, current_, true, nullptr);
    departed_id_ = id;
  }
}

Process* World::begin_poke(ProcessId id, std::string_view at) {
  ProcessEntry& target = entry(id);
  if (target.process == nullptr) return nullptr;
  EventId cause = current_;
  current_ = scheduler_.take_id();
  current_cause2_ = EventId(0);
  handled_at_ = at;
  last_ = LastEvent{current_, EventKind::kNone, id, at};
  (void)cause;
  return target.process.get();
}

void World::end_poke(ProcessId id) {
  Event event;
  event.process = id;
  record_event(event);
  after_handler(id);
}

void World::take_state() {
  digest_.word(static_cast<uint64_t>(next_state_.nanos()));
  DigestSink sink(digest_);
  for (ProcessEntry& process : processes_) {
    digest_.word(static_cast<uint64_t>(process.life.value()));
    if (process.process != nullptr) process.process->show_state(sink);
  }
  for (Host& each : hosts_) digest_.word(each.disk.take_written_hash());
  next_state_ += state_every_;
}

uint64_t World::finish() {
  next_state_ = now_;
  take_state();
  return digest_.value();
}

// --- Looking ---

HostId World::host_of(ProcessId process) const { return entry(process).host; }
const std::string& World::name_of(ProcessId process) const { return entry(process).name; }
const std::string& World::name_of(HostId id) const {
  return hosts_[static_cast<size_t>(id.value())].name;
}
bool World::is_up(ProcessId process) const { return entry(process).process != nullptr; }
bool World::is_paused(ProcessId process) const { return !entry(process).paused_by.empty(); }
bool World::is_stalled(ProcessId process) const { return !entry(process).stalled_by.empty(); }
bool World::is_off(HostId id) const { return hosts_[static_cast<size_t>(id.value())].is_off(); }
Process* World::find(ProcessId process) { return entry(process).process.get(); }
const Process* World::find(ProcessId process) const { return entry(process).process.get(); }
SimDisk& World::disk(HostId id) { return host(id).disk; }
const SimDisk& World::disk(HostId id) const { return hosts_[static_cast<size_t>(id.value())].disk; }
HostClock& World::clock(HostId id) { return host(id).clock; }

}  // namespace sim
