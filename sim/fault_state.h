// SPDX-License-Identifier: Apache-2.0
//
// One fault at work: its identity and what it has bitten so far. A fault that bit nothing is worth a
// warning: a run is not green for lack of trouble.

#ifndef SIM_FAULT_STATE_H_
#define SIM_FAULT_STATE_H_

#include <cstdint>

#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

using FaultId = StrongId<struct FaultIdTag, uint64_t>;

struct FaultBite {
  int64_t processes_stopped = 0;
  int64_t messages_dropped = 0;   // Never arrived.
  int64_t messages_held = 0;      // Held back until the path healed.
  int64_t messages_slowed = 0;
  int64_t connects_failed = 0;
  int64_t connections_cut = 0;
  int64_t timers_kept = 0;        // Would have fired, and did not or did late.
  int64_t events_delayed = 0;     // Waited for a paused process.
  int64_t bytes_lost = 0;         // Written, not durable, gone.
  int64_t directory_operations_lost = 0;
  int64_t disk_operations_slowed = 0;
  int64_t disk_operations_failed = 0;
  int64_t disk_writes_refused = 0;
  int64_t flushes_ignored = 0;
  int64_t places_corrupted = 0;
  int64_t threads_stalled = 0;
  int64_t work_slowed = 0;        // Pieces of computing.
  int64_t clock_readings = 0;     // Of a wrong clock.

  bool nothing() const { return *this == FaultBite(); }
  bool operator==(const FaultBite&) const = default;
  static void fields(auto&& f) {
    f("processes_stopped", &FaultBite::processes_stopped);
    f("messages_dropped", &FaultBite::messages_dropped);
    f("messages_held", &FaultBite::messages_held);
    f("messages_slowed", &FaultBite::messages_slowed);
    f("connects_failed", &FaultBite::connects_failed);
    f("connections_cut", &FaultBite::connections_cut);
    f("timers_kept", &FaultBite::timers_kept);
    f("events_delayed", &FaultBite::events_delayed);
    f("bytes_lost", &FaultBite::bytes_lost);
    f("directory_operations_lost", &FaultBite::directory_operations_lost);
    f("disk_operations_slowed", &FaultBite::disk_operations_slowed);
    f("disk_operations_failed", &FaultBite::disk_operations_failed);
    f("disk_writes_refused", &FaultBite::disk_writes_refused);
    f("flushes_ignored", &FaultBite::flushes_ignored);
    f("places_corrupted", &FaultBite::places_corrupted);
    f("threads_stalled", &FaultBite::threads_stalled);
    f("work_slowed", &FaultBite::work_slowed);
    f("clock_readings", &FaultBite::clock_readings);
  }
};

struct FaultState {
  FaultId id;
  EventId event;      // The trace record of its beginning: the cause of what it suppresses.
  SimTime since;
  bool active = true;
  FaultBite bite;
};

}  // namespace sim

#endif  // SIM_FAULT_STATE_H_
