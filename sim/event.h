// SPDX-License-Identifier: Apache-2.0
//
// An event as data. Events are small values in the scheduler's slots, never closures, so that a
// world can be copied with events pending.

#ifndef SIM_EVENT_H_
#define SIM_EVENT_H_

#include <cstdint>

#include "sim/message.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

enum class EventKind : uint8_t {
  kNone,
  kMessage,         // A message arrives at `process` over `connection`.
  kTimer,           // Timer (timer_kind, number) of `process` fires.
  kService,         // A thread of `process` takes up work `number` (see sim/service.h).
  kFlushed,         // Files that `process` asked to make durable are; `number` is its key.
  kConnectRequest,  // A connection attempt arrives at `process`'s host; `number` counts tries.
  kConnected,       // `process`'s attempt succeeded.
  kClosed,          // `connection` ended; `number` is a CloseReason.
  kBoot,            // `process` starts.
};

// Travels over a connection.
constexpr bool is_of_the_network(EventKind kind) {
  return kind == EventKind::kMessage || kind == EventKind::kConnected || kind == EventKind::kClosed;
}

struct Event {
  EventKind kind = EventKind::kNone;
  bool admitted = false;       // The network has let it through already; it waited for a paused process.
  uint16_t timer_kind = 0;
  ProcessId process{-1};
  Incarnation incarnation{0};  // Life of `process` that this is meant for; stale events are dropped.
  EventId cause;
  EventId cause2;
  ConnectionId connection;
  int64_t number = 0;
  SimTime sent;
  MessageHandle message;
};

// Why a connection ended, as the remaining end sees it.
enum class CloseReason : uint8_t {
  kClosedByPeer,  // Orderly (FIN).
  kReset,         // The peer's process is gone, or does not know the connection (RST).
  kRefused,       // No process listens.
};

}  // namespace sim

#endif  // SIM_EVENT_H_
