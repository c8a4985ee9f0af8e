// SPDX-License-Identifier: Apache-2.0
//
// What a world tells of itself: trace records, causes, and the life of faults.

#include <algorithm>

#include "sim/world.h"

namespace sim {

namespace {

std::string_view default_at(EventKind kind) {
  switch (kind) {
    case EventKind::kMessage: return "network.receive";
    case EventKind::kTimer: return "process.on_timer";
    case EventKind::kService: return "process.on_service";
    case EventKind::kFlushed: return "process.on_flushed";
    case EventKind::kConnected: return "network.connected";
    case EventKind::kClosed: return "network.closed";
    case EventKind::kBoot: return "process.on_boot";
    case EventKind::kConnectRequest: return "network.connect";
    case EventKind::kNone: break;
  }
  return "process.poke";
}

class FaultFields final : public FieldSource {
 public:
  FaultFields(const Fault& fault, bool begins) : fault_(fault), begins_(begins) {}
  void show(FieldSink& sink) const override {
    sink.boolean("begins", begins_);
    std::visit([&](const auto& kind) { show_fields(kind, sink); }, fault_);
  }

 private:
  const Fault& fault_;
  bool begins_;
};

}  // namespace

std::string_view name_of(const Fault& fault) {
  return std::visit([](const auto& kind) { return std::decay_t<decltype(kind)>::kName; }, fault);
}

void World::emit(const TraceEvent& event) {
  if (ring_.enabled()) ring_.record(event);
  if (sink_ != nullptr) sink_->record(event);
}

void World::record_event(const Event& event) {
  std::string_view timer_name = last_.at;
  std::string_view at = handled_at_.empty() ? default_at(event.kind) : handled_at_;
  last_.at = at;
  std::string_view what;
  int64_t size = 0;
  if (event.message != nullptr) {
    what = event.message->name();
    size = event.message->encoded_size();
  } else if (event.kind == EventKind::kTimer) {
    what = timer_name;
  }
  HostId where = entry(event.process).host;
  digest_.event(now_, where, at, what, size);
  if (!tracing()) return;
  TraceEvent record;
  record.id = current_;
  record.cause = event.cause;
  record.cause2 = current_cause2_;
  record.time = now_;
  record.sent = event.kind == EventKind::kNone ? now_ : event.sent;
  record.kind = TraceKind::kEvent;
  record.host = where;
  record.process = event.process;
  if (event.kind == EventKind::kMessage) record.peer = ProcessId(static_cast<int32_t>(event.number));
  record.at = at;
  record.what = what;
  record.size = size;
  record.message = event.message.get();
  emit(record);
}

EventId World::suppressed(ProcessId source, ProcessId peer, std::string_view what,
                          const MessageBody* message, EventId because) {
  TraceEvent record;
  record.id = scheduler_.take_id();
  record.cause = because;
  record.cause2 = current_;
  record.time = record.sent = now_;
  record.kind = TraceKind::kSuppressed;
  record.host = entry(source).host;
  record.process = source;
  record.peer = peer;
  record.at = "network.suppressed";
  record.what = what;
  record.size = message == nullptr ? 0 : message->encoded_size();
  record.message = message;
  digest_.event(now_, record.host, record.at, what, record.size);
  last_suppressed_[{source, std::string(what)}] = record.id;
  last_suppressed_[{source, "*"}] = record.id;
  if (tracing()) emit(record);
  return record.id;
}

EventId World::missed_by(ProcessId owner, const TimerState& timer) const {
  if (timer.awaits_what.empty() || last_suppressed_.empty()) return EventId(0);
  auto latest = [&](ProcessId process) {
    auto found = last_suppressed_.find({process, std::string(timer.awaits_what)});
    return found == last_suppressed_.end() ? EventId(0) : found->second;
  };
  EventId missed = latest(timer.awaits_process);
  if (timer.awaits_what == "*") missed = std::max(missed, latest(owner));
  // What was missed before the timer was armed cannot be why it expired.
  return missed.value() > timer.handle.sequence ? missed : EventId(0);
}

EventId World::record_fault(const Fault& fault, bool begins, EventId cause) {
  FaultFields fields(fault, begins);
  TraceEvent record;
  record.id = scheduler_.take_id();
  record.cause = cause;
  record.time = record.sent = now_;
  record.kind = TraceKind::kFault;
  record.at = begins ? "fault.begin" : "fault.end";
  record.what = sim::name_of(fault);
  record.fields = &fields;
  if (tracing()) emit(record);
  return record.id;
}

FaultState* World::fault_by_event(EventId event) {
  for (ActiveFault& fault : faults_) {
    if (fault.state.event == event) return &fault.state;
  }
  return nullptr;
}

FaultId World::begin_fault(Fault fault) {
  FaultId id(faults_.size() + 1);
  FaultState state;
  state.id = id;
  state.event = record_fault(fault, true, EventId(0));
  state.since = now_;
  faults_.push_back(ActiveFault{std::move(fault), state});
  current_ = state.event;
  ActiveFault& active = faults_.back();  // Stays put: no fault begins inside another's begin.
  std::visit([&](const auto& kind) { kind.begin(*this, active.state); }, active.fault);
  return id;
}

void World::end_fault(FaultId id) {
  ActiveFault& fault = faults_[static_cast<size_t>(id.value() - 1)];
  if (!fault.state.active) return;
  current_ = record_fault(fault.fault, false, fault.state.event);
  fault.state.active = false;
  std::visit([&](const auto& kind) { kind.end(*this, fault.state); }, fault.fault);
}

FaultBite World::bite_of(FaultId id) const {
  const ActiveFault& fault = faults_[static_cast<size_t>(id.value() - 1)];
  FaultBite bite = fault.state.bite;
  if (!fault.state.active) return bite;
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.add_bites(*this, fault.state, bite); })
          kind.add_bites(*this, fault.state, bite);
      },
      fault.fault);
  return bite;
}

bool World::is_undisturbed() const {
  bool hosts = std::all_of(hosts_.begin(), hosts_.end(), [](const Host& each) {
    return each.off_by.empty() && !each.cpu.is_slow() && !each.clock.is_skewed() &&
           each.disk.is_undisturbed();
  });
  bool processes = std::all_of(processes_.begin(), processes_.end(), [](const ProcessEntry& each) {
    return each.held_by.empty() && each.paused_by.empty() && each.stalled_by.empty();
  });
  return hosts && processes && topology_.is_undisturbed() && network_.is_undisturbed();
}

const FaultState& World::fault_state(FaultId id) const {
  return faults_[static_cast<size_t>(id.value() - 1)].state;
}

}  // namespace sim
