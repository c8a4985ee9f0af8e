// SPDX-License-Identifier: Apache-2.0
//
// A simulated process and what it can ask of the world.
//
// A Process object is one life of a process: its factory builds it at each boot and the kernel
// destroys it at each crash, so memory cannot survive by mistake; only the host's disk does. It is a
// value behind a pointer: `clone` copies it when the world is copied. It must hold no reference into
// its world; the Context passed with each call is good for that call only.

#ifndef SIM_PROCESS_H_
#define SIM_PROCESS_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/event.h"
#include "sim/file_system.h"
#include "sim/message.h"
#include "sim/rng.h"
#include "sim/strong_id.h"
#include "sim/time.h"
#include "sim/trace_event.h"

namespace sim {

class World;
class SimDisk;

// A process's own name for a timer. Arming a name again replaces its former timer.
struct TimerName {
  uint16_t kind = 0;
  int64_t number = 0;
  auto operator<=>(const TimerName&) const = default;
};

struct TimerRequest {
  TimerName name;
  Duration after;                 // On the host's monotonic clock.
  std::string_view what;          // For the trace; static storage.
  // What this timer's firing brings about ("BrokerHeartbeatRequest" for the timer that sends the
  // next heartbeat); if a fault keeps it from firing, that is what did not come. May be empty.
  std::string_view leads_to = {};
  // What this timer gives up on: its expiry is then also caused by the latest suppressed event of
  // that process with that name. "*": of any name, of that process or this one (a reply that may have
  // been lost on either way).
  ProcessId awaits_process{-1};
  std::string_view awaits_what = {};
};

// What a process may do while it handles an event.
class Context {
 public:
  Context(World& world, ProcessId self) : world_(world), self_(self) {}

  ProcessId self() const { return self_; }
  HostId host() const;
  SimTime now() const;
  MonoTime mono() const;
  WallTime wall() const;
  // How long work takes here that takes `cost` on a host that is not slowed.
  Duration computing(Duration cost) const;
  Rng& rng();         // The process's own stream; it goes on over restarts.
  SimDisk& disk();
  Rng& disk_rng();

  // Opens a connection; `on_connected` or `on_closed` follows. Fails silently as TCP does: against a
  // dead host or a cut network nothing comes until the process gives up with `close`.
  ConnectionId connect(ProcessId to);
  // Sends over an open connection, `after` from now (the time that the handler's own work takes).
  // Messages of a connection arrive in the order of their departure. No-op if it is gone.
  void send(ConnectionId connection, MessageHandle message, Duration after = {});
  void close(ConnectionId connection);

  void arm(const TimerRequest& request, Duration handler_cost = {});
  void cancel(TimerName name);
  bool armed(TimerName name) const;

  // `on_service(work)` at the given time.
  void serve_at(SimTime at, int64_t work);
  // `on_flushed(key)` at the given time.
  void flushed_at(SimTime at, int64_t key);

  // Which handler has taken the current event: "file_stem.on_something", static storage.
  void handled_at(std::string_view at);
  // A trace record caused by the current event.
  EventId note(std::string_view what, const FieldSource& fields);
  EventId current_event() const;
  bool tracing() const;

  // Adds to one of the world's counters, which are outside the digest and outlive the process.
  void count(size_t counter, int64_t n);

  // Ends this process after the current handler, in an orderly way.
  void exit();

 private:
  World& world_;
  ProcessId self_;
};

class Process {
 public:
  virtual ~Process() = default;
  virtual std::unique_ptr<Process> clone() const = 0;

  virtual void on_boot(Context& context) = 0;
  // SIGTERM: begin an orderly stop, which ends in Context::exit.
  virtual void on_stop(Context& context) = 0;
  // The application's thread stands still from now on, and goes on again. Who has no such thread
  // does nothing.
  virtual void on_stall(Context&) {}
  virtual void on_resume(Context&) {}
  // `received`: when the last byte was in, at or after now (the NIC may be busy).
  virtual void on_message(ConnectionId from, ProcessId sender, const MessageHandle& message,
                          SimTime received, Context& context) = 0;
  virtual void on_connected(ConnectionId connection, Context& context) = 0;
  virtual void on_closed(ConnectionId connection, CloseReason reason, Context& context) = 0;
  virtual void on_timer(TimerName name, Context& context) = 0;
  virtual void on_service(int64_t work, Context& context) = 0;
  virtual void on_flushed(int64_t key, Context& context) = 0;

  // The process's whole state, for the state digest.
  virtual void show_state(FieldSink& sink) const = 0;
};

// Builds one life of a process. Immutable and shared by worlds.
class ProcessFactory {
 public:
  virtual ~ProcessFactory() = default;
  virtual std::unique_ptr<Process> build() const = 0;
};

}  // namespace sim

#endif  // SIM_PROCESS_H_
