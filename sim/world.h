// SPDX-License-Identifier: Apache-2.0
//
// A world is a value: time, pending events, random state, network, hosts with their disks, and
// processes. It can be copied; the copy runs on to the same bytes as the original. That gives time
// travel (checkpoints), what-if branches and cheap shrinking. Nothing in a world points into another
// world; large immutable things (messages, record batches) are shared.
//
//   World world({.seed = 1});
//   HostId host = world.add_host({...});  ProcessId p = world.add_process(host, "broker 1", factory);
//   world.boot(p);
//   while (world.step()) { ... world.last() ... }
//
// Causes. Each event knows the event that caused it. What a fault keeps from happening (a message, a
// dead process's timer) is an event too, caused by the fault; a timer that gives up on it names the
// latest such event as its second cause. So an election leads back to the crash, through the
// heartbeats that did not come.

#ifndef SIM_WORLD_H_
#define SIM_WORLD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/cpu.h"
#include "sim/disk.h"
#include "sim/fault.h"
#include "sim/host_clock.h"
#include "sim/network.h"
#include "sim/process.h"
#include "sim/rng.h"
#include "sim/scheduler.h"
#include "sim/timer_table.h"
#include "sim/topology.h"
#include "sim/trace_digest.h"
#include "sim/trace_event.h"
#include "sim/trace_ring.h"

namespace sim {

struct WorldOptions {
  uint64_t seed = 1;
  SimTime start;                                  // May be negative: a warm-up before time 0.
  size_t ring = 0;                                // Trace records kept for failure reports.
  Duration state_digest_every = Duration::seconds(1);  // 0: never.
};

struct HostSpec {
  std::string name;
  ZoneId zone;
  DiskSpec disk;
  int64_t nic_bytes_per_second = 0;  // 0: unlimited.
};

// What the last step did.
struct LastEvent {
  EventId id;
  EventKind kind = EventKind::kNone;
  ProcessId process{-1};
  std::string_view at;       // Empty if the event did not reach its process.
};

class World {
 public:
  explicit World(const WorldOptions& options);
  World(const World& other);             // The fork. It has no trace sink.
  World& operator=(const World&) = delete;
  World(World&&) = default;
  World& operator=(World&&) = default;

  // --- Building ---
  Topology& topology() { return topology_; }
  const Topology& topology() const { return topology_; }
  HostId add_host(HostSpec spec);
  ProcessId add_process(HostId host, std::string name, std::shared_ptr<const ProcessFactory> factory);
  // Starts a process that is down, now. `cause`: the event that led to it, if any.
  void boot(ProcessId process, EventId cause = EventId(0));
  // Not owned; must outlive its use; null: none.
  void set_sink(TraceSink* sink) { sink_ = sink; }

  // --- Running ---
  SimTime now() const { return now_; }
  std::optional<SimTime> next_time() const;
  // Runs the next event. False if there is none.
  bool step();
  // Runs all events before `t` and moves the clock to `t`.
  void run_until(SimTime t);
  const LastEvent& last() const { return last_; }
  uint64_t events_run() const { return events_run_; }
  size_t events_pending() const { return scheduler_.size(); }
  // Takes the final state into the digest and returns it; may be called once, at the end.
  uint64_t finish();
  uint64_t digest() const { return digest_.value(); }

  // --- Faults: at the current time ---
  FaultId begin_fault(Fault fault);
  void end_fault(FaultId id);
  const FaultState& fault_state(FaultId id) const;
  // What it has bitten by now.
  FaultBite bite_of(FaultId id) const;
  // No fault is at work, nor has any left a trace but in disks and monotonic clocks.
  bool is_undisturbed() const;
  // The trace record of a fault's beginning, or of its end once it has ended.
  EventId fault_event(FaultId id) const { return fault_state(id).event; }

  // --- Looking ---
  size_t host_count() const { return hosts_.size(); }
  size_t process_count() const { return processes_.size(); }
  HostId host_of(ProcessId process) const;
  const std::string& name_of(ProcessId process) const;
  const std::string& name_of(HostId host) const;
  bool is_up(ProcessId process) const;
  bool is_paused(ProcessId process) const;
  bool is_stalled(ProcessId process) const;
  bool is_off(HostId host) const;
  // The living process object, or null. Whoever changes it from outside bends history.
  Process* find(ProcessId process);
  const Process* find(ProcessId process) const;
  // The process if it has ended by itself in the event that was run last: for its last words.
  Process* find_departed(ProcessId process) {
    return process == departed_id_ ? departed_.get() : nullptr;
  }
  SimDisk& disk(HostId host);
  const SimDisk& disk(HostId host) const;
  HostClock& clock(HostId host);
  std::vector<TraceEvent> ring() const { return ring_.last(); }
  const Rng& root_rng() const { return rng_; }
  // Counters of the processes' own choice (Context::count), outside the digest.
  static constexpr size_t kCounters = 256;
  const std::array<int64_t, kCounters>& counters() const { return counters_; }

  // Calls a process from outside, as an event of its own (an operator's action): `call` gets the
  // living process and its context. `at` names it in the trace and digest.
  template <class Call>
  void poke(ProcessId id, std::string_view at, const Call& call) {
    if (Process* process = begin_poke(id, at)) {
      Context context(*this, id);
      call(*process, context);
      end_poke(id);
    }
  }

 private:
  friend class Context;
  friend class Network;
  friend struct Crash;
  friend struct PowerOff;
  friend struct Pause;
  friend struct ShutDown;
  friend struct Partition;
  friend struct Isolate;
  friend struct SlowLink;
  friend struct LossyLink;
  friend struct SlowDisk;
  friend struct FailingDisk;
  friend struct FullDisk;
  friend struct CorruptDisk;
  friend struct Drop;
  friend struct Delay;
  friend struct SlowCpu;
  friend struct StallClient;

  struct Host {
    std::string name;
    SimDisk disk;
    HostClock clock;
    Rng disk_rng;
    Nic nic;
    Cpu cpu;
    std::vector<EventId> off_by;    // Faults that keep it without power, by their events.
    bool is_off() const { return !off_by.empty(); }
  };
  struct ProcessEntry {
    HostId host;
    std::string name;
    std::shared_ptr<const ProcessFactory> factory;
    std::unique_ptr<Process> process;  // Null while down.
    Incarnation life{0};
    Rng rng;
    TimerTable timers;
    std::vector<EventId> held_by;     // Faults that keep it from running, by their events.
    std::vector<EventId> paused_by;   // Faults that make it stand still.
    std::vector<EventId> stalled_by;  // Faults that make its application's thread stand still.
    EventId down_because;
    bool exiting = false;
    std::vector<std::pair<EventId, Event>> backlog;  // What came while paused.

    ProcessEntry() = default;
    ProcessEntry(const ProcessEntry& other);
    ProcessEntry& operator=(const ProcessEntry&) = delete;
    ProcessEntry(ProcessEntry&&) = default;
    ProcessEntry& operator=(ProcessEntry&&) = default;
  };
  struct ActiveFault {
    Fault fault;
    FaultState state;
  };

  Host& host(HostId id) { return hosts_[static_cast<size_t>(id.value())]; }
  ProcessEntry& entry(ProcessId id) { return processes_[static_cast<size_t>(id.value())]; }
  const ProcessEntry& entry(ProcessId id) const { return processes_[static_cast<size_t>(id.value())]; }

  // World, run (world.cc).
  void dispatch(Event& event);
  void deliver(ProcessEntry& entry, Event& event);
  void after_handler(ProcessId id);
  void record_event(const Event& event);
  void take_state();
  Process* begin_poke(ProcessId id, std::string_view at);
  void end_poke(ProcessId id);

  // Life of processes (world_life.cc).
  void start(ProcessId id, EventId cause);
  // `reset_peers`: its host's system closes its connections; false for a host without power.
  void stop(ProcessId id, EventId because, bool reset_peers, FaultBite* bite);
  void suppress_timers(ProcessId id, EventId because, FaultBite* bite);
  void hold_down(ProcessId id, EventId because, bool reset_peers, FaultBite* bite);
  void start_stopped(HostId host);  // Its processes that do not run, unless a fault holds them.
  // Takes back a `hold_down` of the fault, if there was one, and starts what nobody holds any more.
  void let_up(ProcessId id, EventId fault);
  // The application's thread of a process stands still, because of the faults at work.
  void stall(ProcessEntry& entry, Context& context);
  void crash_at_disk_operation(ProcessId id);

  // Trace (world_trace.cc).
  bool tracing() const { return sink_ != nullptr || ring_.enabled(); }
  void emit(const TraceEvent& event);
  // A thing that `source` would have done and that a fault kept from happening.
  EventId suppressed(ProcessId source, ProcessId peer, std::string_view what,
                     const MessageBody* message, EventId because);
  EventId record_fault(const Fault& fault, bool begins, EventId cause);
  FaultState* fault_by_event(EventId event);
  // The latest suppressed event that explains why `timer` of `owner` expired; 0: none.
  EventId missed_by(ProcessId owner, const TimerState& timer) const;

  SimTime now_;
  Scheduler scheduler_;
  Topology topology_;
  Network network_;
  Rng rng_;
  Rng network_rng_;
  std::vector<Host> hosts_;
  std::vector<ProcessEntry> processes_;
  std::vector<ActiveFault> faults_;
  absl::btree_map<std::pair<ProcessId, std::string>, EventId> last_suppressed_;
  TraceDigest digest_;
  TraceRing ring_;
  TraceSink* sink_ = nullptr;
  Duration state_every_;
  SimTime next_state_;
  uint64_t events_run_ = 0;
  std::array<int64_t, kCounters> counters_{};
  // The event being handled.
  EventId current_;
  EventId current_cause2_;
  std::string_view handled_at_;
  LastEvent last_;
  std::unique_ptr<Process> departed_;  // Not part of the state: a copy has none.
  ProcessId departed_id_{-1};
};

}  // namespace sim

#endif  // SIM_WORLD_H_
