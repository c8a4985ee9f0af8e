// SPDX-License-Identifier: Apache-2.0

#include "sim/network.h"

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace sim {

namespace {

using namespace sim::literals;

constexpr int64_t kControlBytes = 60;  // A packet without data: SYN, FIN, RST.
constexpr int kConnectTries = 6;       // tcp_syn_retries of Linux.
constexpr Duration kFirstConnectRetry = 1_s;
constexpr Duration kFirstRetransmit = 200_ms;  // TCP_RTO_MIN; doubles up to TCP_RTO_MAX.
constexpr Duration kLastRetransmit = 120_s;

// The moment of the first retransmission at or after `now` of data first sent at `sent`.
SimTime next_retransmission(SimTime sent, SimTime now) {
  Duration wait = kFirstRetransmit;
  SimTime at = sent + wait;
  while (at < now) {
    wait = std::min(wait * 2, kLastRetransmit);
    at += wait;
  }
  return at;
}

}  // namespace

Network::Connection* Network::find(ConnectionId id) {
  size_t index = static_cast<size_t>(id.value() & 0xffffffffu);
  if (index >= connections_.size()) return nullptr;
  Connection& connection = connections_[index];
  if (connection.state == State::kFree || connection.generation != id.value() >> 32) return nullptr;
  return &connection;
}

ConnectionId Network::id_of(size_t index) const {
  return ConnectionId(uint64_t{connections_[index].generation} << 32 | index);
}

int Network::side_of(const Connection& connection, ProcessId process) const {
  return connection.ends[0] == process ? 0 : 1;
}

void Network::free(Connection& connection) {
  uint32_t generation = connection.generation + 1;
  connection = Connection();
  connection.generation = generation;
  free_.push_back(static_cast<uint32_t>(&connection - connections_.data()));
}

ConnectionId Network::connect(World& world, ProcessId from, ProcessId to) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(connections_.size()));
    connections_.emplace_back();
    connections_.back().generation = 1;
  }
  size_t index = free_.back();
  free_.pop_back();
  Connection& connection = connections_[index];
  connection.state = State::kConnecting;
  connection.ends = {from, to};
  connection.hosts = {world.entry(from).host, world.entry(to).host};
  connection.lives = {world.entry(from).life, Incarnation(0)};
  connection.knows = {true, false};
  Event event;
  event.kind = EventKind::kConnectRequest;
  event.process = to;
  event.cause = world.current_;
  event.connection = id_of(index);
  event.sent = world.now_;
  const Route& route = world.topology_.route(connection.hosts[0], connection.hosts[1]);
  Duration delay = world.topology_.draw_delay(world.network_rng_, route, kControlBytes);
  world.scheduler_.schedule(world.now_ + delay, std::move(event));
  return id_of(index);
}

void Network::on_connect_request(World& world, const Event& event) {
  Connection* connection = find(event.connection);
  if (connection == nullptr || connection->state != State::kConnecting) return;  // Given up.
  auto [client, server] = connection->hosts;
  World::ProcessEntry& target = world.entry(event.process);
  EventId because(0);
  if (world.host(server).is_off()) {
    because = world.host(server).off_by.front();
  } else if (world.topology_.blocked(client, server)) {
    because = EventId(world.topology_.blocked_because(client, server));
  }
  if (because != EventId(0)) {
    world.suppressed(connection->ends[0], event.process, "connect", nullptr, because);
    if (FaultState* fault = world.fault_by_event(because)) ++fault->bite.connects_failed;
    if (event.number >= kConnectTries) return;
    Event retry = event;
    retry.number = event.number + 1;
    world.scheduler_.schedule(world.now_ + kFirstConnectRetry * (int64_t{1} << event.number),
                              std::move(retry));
    return;
  }
  Event answer;
  answer.process = connection->ends[0];
  answer.incarnation = connection->lives[0];
  answer.cause = event.cause;  // The request itself leaves no record.
  answer.connection = event.connection;
  if (target.process == nullptr) {
    if (FaultState* fault = world.fault_by_event(target.down_because))
      ++fault->bite.connects_failed;
    if (target.down_because != EventId(0)) answer.cause2 = target.down_because;
    answer.kind = EventKind::kClosed;
    answer.number = static_cast<int64_t>(CloseReason::kRefused);
  } else {
    connection->state = State::kOpen;
    connection->lives[1] = target.life;
    connection->knows[1] = true;
    answer.kind = EventKind::kConnected;
  }
  carry(world, *connection, 1, std::move(answer), world.now_, kControlBytes);
}

void Network::send(World& world, ProcessId from, ConnectionId id, MessageHandle message,
                   SimTime departs) {
  Connection* connection = find(id);
  if (connection == nullptr || connection->state != State::kOpen) return;
  int side = side_of(*connection, from);
  if (!connection->knows[side]) return;
  int64_t bytes = message->encoded_size();
  Event event;
  event.kind = EventKind::kMessage;
  event.process = connection->ends[1 - side];
  event.incarnation = connection->lives[1 - side];
  event.cause = world.current_;
  event.connection = id;
  event.number = from.value();
  event.sent = departs;
  event.message = std::move(message);
  Nic& nic = world.host(connection->hosts[side]).nic;
  if (nic.bytes_per_second > 0) {
    // A message that departs later does not keep the card waiting for it.
    nic.sends_until = std::max(world.now(), nic.sends_until) + nic.time_for(bytes);
    departs = std::max(departs + nic.time_for(bytes), nic.sends_until);
  }
  bool disturbed = !rules_.empty() || connection->directions[side].swallowed_by != EventId(0);
  if (disturbed && !pass_rules(world, *connection, side, event, departs)) return;
  carry(world, *connection, side, std::move(event), departs, bytes);
}

void Network::begin_rule(Rule rule, const World& world) {
  // A stream of its own for each content, so that faults do not disturb each other.
  uint64_t content = stable_hash(rule.message, rule.drops ? 1 : 0);
  auto mix = [&](int64_t number) {
    content = stable_hash(rule.message, content ^ static_cast<uint64_t>(number));
  };
  for (const std::vector<HostId>* hosts : {&rule.from, &rule.to}) {
    mix(-1);
    for (HostId host : *hosts) mix(host.value());
  }
  for (int64_t number :
       {rule.probability.numerator, rule.probability.denominator, rule.count, rule.delay.nanos()})
    mix(number);
  Rng rng =
      world.root_rng().stream("network.rule", content, static_cast<uint64_t>(world.now().nanos()));
  rules_.push_back({std::move(rule), rng, 0});
}

void Network::end_rule(uint64_t token) {
  std::erase_if(rules_, [&](const RuleAtWork& each) { return each.rule.token == token; });
}

bool Network::pass_rules(World& world, Connection& connection, int from, const Event& event,
                         SimTime& departs) {
  Direction& direction = connection.directions[from];
  auto holds = [](const std::vector<HostId>& hosts, HostId host) {
    return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
  };
  std::string_view name = event.message->name();
  for (RuleAtWork& each : rules_) {
    const Rule& rule = each.rule;
    bool is_meant = rule.message == name && holds(rule.from, connection.hosts[from]) &&
                    holds(rule.to, connection.hosts[1 - from]);
    // Each rule draws for itself, whatever the others do.
    if (!is_meant || (rule.count > 0 && each.hits >= rule.count)) continue;
    if (!each.rng.chance(rule.probability)) continue;
    ++each.hits;
    FaultState* fault = world.fault_by_event(EventId(rule.token));
    if (!rule.drops) {
      departs += rule.delay;
      if (fault != nullptr) ++fault->bite.messages_slowed;
    } else if (direction.swallowed_by == EventId(0)) {
      direction.swallowed_by = EventId(rule.token);
    }
  }
  if (direction.swallowed_by == EventId(0)) return true;
  world.suppressed(connection.ends[from], event.process, name, event.message.get(),
                   direction.swallowed_by);
  if (FaultState* fault = world.fault_by_event(direction.swallowed_by))
    ++fault->bite.messages_dropped;
  return false;
}

void Network::carry(World& world, Connection& connection, int from, Event event, SimTime departs,
                    int64_t bytes) {
  Direction& direction = connection.directions[from];
  HostId source = connection.hosts[from];
  HostId target = connection.hosts[1 - from];
  if (!direction.held.empty() || world.topology_.blocked(source, target)) {
    hold(world, connection, from, std::move(event), /*was_in_the_air=*/false);
    return;
  }
  const Route& route = world.topology_.route(source, target);
  if (world.topology_.modified(source, target)) {
    EventId because(world.topology_.modified_because(source, target));
    if (FaultState* fault = world.fault_by_event(because)) ++fault->bite.messages_slowed;
  }
  SimTime arrival = departs + world.topology_.draw_delay(world.network_rng_, route, bytes);
  // In order: a packet that was lost delays all that were sent after it.
  arrival = std::max(arrival, direction.last_arrival);
  direction.last_arrival = arrival;
  ++direction.in_the_air;
  world.scheduler_.schedule(arrival, std::move(event));
}

void Network::hold(World& world, Connection& connection, int from, Event event,
                   bool was_in_the_air) {
  Direction& direction = connection.directions[from];
  EventId because(
      world.topology_.blocked_because(connection.hosts[from], connection.hosts[1 - from]));
  if (direction.held.empty()) {
    direction.held_since = world.now_;
    direction.held_from_the_air = 0;
  }
  if (event.kind == EventKind::kMessage) {
    world.suppressed(connection.ends[from], event.process, event.message->name(),
                     event.message.get(), because);
    if (FaultState* fault = world.fault_by_event(because)) ++fault->bite.messages_held;
  }
  // In the order of sending: what was in the air when the block began comes here only on arrival,
  // when some that was sent since may be held already.
  Held held{std::move(event), because};
  if (!was_in_the_air) return direction.held.push_back(std::move(held));
  auto behind = direction.held.begin() + static_cast<ptrdiff_t>(direction.held_from_the_air++);
  direction.held.insert(behind, std::move(held));
  release(world, connection, from);
}

void Network::on_arrival(const Event& event) {
  Connection* connection = find(event.connection);
  if (connection == nullptr) return;
  --connection->directions[1 - side_of(*connection, event.process)].in_the_air;
}

void Network::on_stale_arrival(World& world, const Event& event) {
  Connection* connection = find(event.connection);
  if (connection != nullptr) release(world, *connection, 1 - side_of(*connection, event.process));
}

bool Network::admit_message(World& world, Event& event, EventId) {
  Connection* connection = find(event.connection);
  ProcessId sender(static_cast<int32_t>(event.number));
  World::ProcessEntry& target = world.entry(event.process);
  if (connection == nullptr) return false;  // Closed by the receiver meanwhile.
  int from = 1 - side_of(*connection, event.process);
  if (!connection->knows[1 - from]) {
    // The receiver's process, or its whole host, is gone since this was sent.
    bool off = world.host(target.host).is_off();
    EventId because = off ? world.host(target.host).off_by.front() : target.down_because;
    if (because == EventId(0)) return false;
    world.suppressed(sender, event.process, event.message->name(), event.message.get(), because);
    if (FaultState* fault = world.fault_by_event(because)) ++fault->bite.messages_dropped;
    if (off) {
      Direction& direction = connection->directions[from];
      if (!direction.lost_to_dead_host) direction.held_since = world.now_;
      direction.lost_to_dead_host = true;
    } else {
      notify_closed(world, *connection, event.connection, from, CloseReason::kReset);
    }
    return false;
  }
  Direction& direction = connection->directions[from];
  if (!direction.held.empty() ||
      world.topology_.blocked(connection->hosts[from], connection->hosts[1 - from])) {
    hold(world, *connection, from, std::move(event), /*was_in_the_air=*/true);
    return false;
  }
  return true;
}

bool Network::admit_connected(World& world, const Event& event) {
  Connection* connection = find(event.connection);
  if (connection == nullptr || !connection->knows[0]) return false;
  return !world.topology_.blocked(connection->hosts[1], connection->hosts[0]);
}

bool Network::admit_closed(World& world, const Event& event) {
  Connection* connection = find(event.connection);
  if (connection == nullptr) return false;
  int side = side_of(*connection, event.process);
  if (!connection->knows[side]) return false;
  if (!connection->directions[1 - side].held.empty() ||
      world.topology_.blocked(connection->hosts[1 - side], connection->hosts[side])) {
    // Held like data: TCP repeats a FIN; a lost RST comes again as the answer to the next packet.
    hold(world, *connection, 1 - side, event, /*was_in_the_air=*/true);
    return false;
  }
  connection->knows[side] = false;
  if (!connection->knows[1 - side]) free(*connection);
  return true;
}

void Network::notify_closed(World& world, Connection& connection, ConnectionId id, int survivor,
                            CloseReason reason) {
  Event event;
  event.kind = EventKind::kClosed;
  event.process = connection.ends[survivor];
  event.incarnation = connection.lives[survivor];
  event.cause = world.current_;
  event.connection = id;
  event.number = static_cast<int64_t>(reason);
  event.sent = world.now_;
  carry(world, connection, 1 - survivor, std::move(event), world.now_, kControlBytes);
}

void Network::close(World& world, ProcessId from, ConnectionId id) {
  Connection* connection = find(id);
  if (connection == nullptr) return;
  int side = side_of(*connection, from);
  connection->knows[side] = false;
  if (!connection->knows[1 - side]) {
    free(*connection);
    return;
  }
  notify_closed(world, *connection, id, 1 - side, CloseReason::kClosedByPeer);
}

void Network::process_gone(World& world, ProcessId process, bool reset_peers) {
  for (size_t index = 0; index < connections_.size(); ++index) {
    Connection& connection = connections_[index];
    if (connection.state == State::kFree) continue;
    if (connection.ends[0] != process && connection.ends[1] != process) continue;
    int side = side_of(connection, process);
    if (!connection.knows[side]) continue;
    connection.knows[side] = false;
    if (FaultState* fault = world.fault_by_event(world.entry(process).down_because))
      ++fault->bite.connections_cut;
    // Nobody is left to send again what did not get through.
    if (!reset_peers) connection.directions[side].held.clear();
    if (!connection.knows[1 - side]) {
      free(connection);
    } else if (reset_peers) {
      notify_closed(world, connection, id_of(index), 1 - side, CloseReason::kReset);
    }
  }
}

void Network::host_back(World& world, HostId host) {
  for (size_t index = 0; index < connections_.size(); ++index) {
    Connection& connection = connections_[index];
    if (connection.state == State::kFree) continue;
    for (int side = 0; side < 2; ++side) {
      Direction& towards = connection.directions[1 - side];
      if (connection.hosts[side] != host || connection.knows[side] || !towards.lost_to_dead_host)
        continue;
      towards.lost_to_dead_host = false;
      if (!connection.knows[1 - side]) continue;
      // The peer repeats its data, and the host that does not know it answers with a reset.
      Event event;
      event.kind = EventKind::kClosed;
      event.process = connection.ends[1 - side];
      event.incarnation = connection.lives[1 - side];
      event.cause = world.current_;
      event.connection = id_of(index);
      event.number = static_cast<int64_t>(CloseReason::kReset);
      event.sent = world.now_;
      carry(world, connection, side, std::move(event),
            next_retransmission(towards.held_since, world.now_), kControlBytes);
    }
  }
}

void Network::release(World& world) {
  for (Connection& connection : connections_) {
    if (connection.state == State::kFree) continue;
    for (int from = 0; from < 2; ++from) release(world, connection, from);
  }
}

// What is in the air and older than the block has not arrived, or it would be held too; sent again
// before it, the rest would overtake it.
void Network::release(World& world, Connection& connection, int from) {
  Direction& direction = connection.directions[from];
  if (direction.held.empty() || direction.in_the_air > 0) return;
  if (world.topology_.blocked(connection.hosts[from], connection.hosts[1 - from])) return;
  SimTime departs = next_retransmission(direction.held_since, world.now_);
  std::vector<Held> held = std::exchange(direction.held, {});
  for (Held& each : held) {
    int64_t bytes = each.event.message ? each.event.message->encoded_size() : kControlBytes;
    each.event.cause2 = each.cause;
    carry(world, connection, from, std::move(each.event), departs, bytes);
  }
}

size_t Network::open_connections() const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const Connection& c) { return c.state == State::kOpen; }));
}

}  // namespace sim
