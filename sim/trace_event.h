// SPDX-License-Identifier: Apache-2.0
//
// One record of the trace: what happened, where, and because of what.
//
//   {"id":4812,"cause":4790,"time":12003456000,"host":3,"at":"replica_manager.on_fetch",
//    "message":"FetchRequest","size":120,"fields":{...}}
//
// `at` is the file stem and the function that handled the event, so it leads from a trace line to
// the code. `cause` is the event that led to this one; `cause2` is set where two things were needed,
// as in a timeout: the event that armed the timer, and the latest suppressed event of what it
// awaited (see sim/world.h).

#ifndef SIM_TRACE_EVENT_H_
#define SIM_TRACE_EVENT_H_

#include <cstdint>
#include <string_view>

#include "sim/message.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

// What kind of occurrence a trace record tells of.
enum class TraceKind : uint8_t {
  kEvent,       // An event reached a process and was handled.
  kSuppressed,  // A message, timer or connection that a fault kept from happening.
  kFault,       // A fault began or ended.
  kNote,        // Something a handler wants to be known (an election, a truncation).
};
std::string_view name_of(TraceKind kind);

// Shows fields of a note or fault; lives only during the call to the sink.
class FieldSource {
 public:
  virtual ~FieldSource() = default;
  virtual void show(FieldSink& sink) const = 0;
};

struct TraceEvent {
  EventId id;
  EventId cause;
  EventId cause2;
  SimTime time;
  TraceKind kind = TraceKind::kEvent;
  HostId host{-1};
  ProcessId process{-1};
  ProcessId peer{-1};            // The other end, for messages.
  std::string_view at;           // "replica_manager.on_fetch"; static storage.
  std::string_view what;         // Message name, timer name, fault verb or note; static storage.
  int64_t size = 0;              // Bytes, for messages.
  SimTime sent;                  // When a message left its sender; else equal to time.
  const MessageBody* message = nullptr;     // For kEvent and kSuppressed of messages.
  const FieldSource* fields = nullptr;      // For kNote and kFault.
};

// Where trace records go. Not part of a world: a fork has no sink until it is given one.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void record(const TraceEvent& event) = 0;
};

}  // namespace sim

#endif  // SIM_TRACE_EVENT_H_
