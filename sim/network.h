// SPDX-License-Identifier: Apache-2.0
//
// Connections between processes, behaving as TCP does: in order, no silent loss inside a connection.
// Packet loss shows as delay; a cut network holds data back until it heals or somebody gives up; a
// crashed process resets its peers; a dead host is silence.
//
//   connect ----SYN----> refused (no process) | accepted        SYN retried after 1, 2, 4 ... s
//   send    --NIC--link--NIC--> on_message                      held while the path is cut, sent
//                                                               again 0.2, 0.6, 1.4 ... s after
//   crash   ----RST----> on_closed(kReset)                      nothing from a host that is off
//   dropped by a fault, with all that follows it on its connection, until somebody closes that
//
// Part of a World, whose members pass themselves in; knows no protocol.

#ifndef SIM_NETWORK_H_
#define SIM_NETWORK_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/event.h"
#include "sim/rng.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

class World;

// What one host's network card sends and receives, one thing after the other. 0: unlimited.
struct Nic {
  int64_t bytes_per_second = 0;
  SimTime sends_until = SimTime::at_nanos(INT64_MIN);
  SimTime receives_until = SimTime::at_nanos(INT64_MIN);

  Duration time_for(int64_t bytes) const {
    return bytes_per_second == 0 ? Duration() : Duration::nanos(bytes * 1'000'000'000 / bytes_per_second);
  }
};

class Network {
 public:
  ConnectionId connect(World& world, ProcessId from, ProcessId to);
  void send(World& world, ProcessId from, ConnectionId connection, MessageHandle message,
            SimTime departs);
  // Orderly end by one side; the other hears of it after what was sent before.
  void close(World& world, ProcessId from, ConnectionId connection);

  // Of each message, kConnected and kClosed, before anything else is made of it.
  void on_arrival(const Event& event);
  // Decide whether an arriving event may go on to its process now. False: held, dropped or answered.
  bool admit_message(World& world, Event& event, EventId id);
  bool admit_connected(World& world, const Event& event);
  bool admit_closed(World& world, const Event& event);
  // It was meant for a life that has ended.
  void on_stale_arrival(World& world, const Event& event);
  void on_connect_request(World& world, const Event& event);

  // The process is gone. With `reset_peers` its host's system tells the others, else silence.
  void process_gone(World& world, ProcessId process, bool reset_peers);
  // The host is back: it does not know the old connections, and says so to whoever still sends.
  void host_back(World& world, HostId host);
  // Paths may have healed: sends what was held back.
  void release(World& world);

  // What a fault does to messages of one name.
  struct Rule {
    uint64_t token = 0;
    std::vector<HostId> from, to;  // Empty: any.
    std::string message;
    Ratio probability;
    int64_t count = 0;  // That are hit in all; 0: no limit.
    bool drops = false;
    Duration delay;
  };
  void begin_rule(Rule rule, const World& world);
  void end_rule(uint64_t token);
  bool is_undisturbed() const { return rules_.empty(); }

  // Live connections, for reports and tests.
  size_t open_connections() const;

 private:
  enum class State : uint8_t { kFree, kConnecting, kOpen };

  struct Held {
    Event event;
    EventId cause;
  };
  // One direction of a connection: from ends[i] to ends[1 - i].
  struct Direction {
    SimTime last_arrival = SimTime::at_nanos(INT64_MIN);
    SimTime held_since;
    std::vector<Held> held;
    size_t held_from_the_air = 0;  // The first of them: sent before the block began.
    uint32_t in_the_air = 0;       // Sent, and not arrived yet.
    bool lost_to_dead_host = false;  // Data went to a host that is off; it will be sent again.
    EventId swallowed_by;            // A fault dropped data: what follows does not arrive either.
  };
  struct Connection {
    State state = State::kFree;
    uint32_t generation = 0;
    std::array<ProcessId, 2> ends{};
    std::array<HostId, 2> hosts{};
    std::array<Incarnation, 2> lives{};
    std::array<bool, 2> knows{};  // Does this end still hold the connection?
    std::array<Direction, 2> directions;
  };

  Connection* find(ConnectionId id);
  ConnectionId id_of(size_t index) const;
  void free(Connection& connection);
  int side_of(const Connection& connection, ProcessId process) const;
  // What rules make of a message; false: it does not arrive.
  bool pass_rules(World& world, Connection& connection, int from, const Event& event,
                  SimTime& departs);
  // Schedules `event` from side `from`, or holds it if the path is cut.
  void carry(World& world, Connection& connection, int from, Event event, SimTime departs,
             int64_t bytes);
  void hold(World& world, Connection& connection, int from, Event event, bool was_in_the_air);
  // Sends what was held again, unless the path is still cut, or older messages are on their way.
  void release(World& world, Connection& connection, int from);
  void notify_closed(World& world, Connection& connection, ConnectionId id, int survivor,
                     CloseReason reason);

  struct RuleAtWork {
    Rule rule;
    Rng rng;
    int64_t hits = 0;
  };

  std::vector<RuleAtWork> rules_;
  std::vector<Connection> connections_;
  std::vector<uint32_t> free_;
};

}  // namespace sim

#endif  // SIM_NETWORK_H_
