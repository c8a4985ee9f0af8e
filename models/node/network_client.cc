// SPDX-License-Identifier: Apache-2.0

#include "models/node/network_client.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "models/common/backoff.h"
#include "models/common/marks.h"
#include "sim/check.h"

namespace models {

namespace {

sim::TimerName name_of_timer(Timer kind, size_t index) {
  return {static_cast<uint16_t>(kind), static_cast<int64_t>(index)};
}

// How often Kafka's channel looks whether a controller is known.
constexpr sim::Duration kControllerPoll = sim::Duration::millis(100);

// NodeToControllerRequestThread asks for the reply's errorCounts(), which has those of partitions
// too: a controller answers so for one of which it knows less than the leader.
bool is_not_controller(const Message& reply) {
  if (const auto* altered = std::get_if<AlterPartitionResponse>(&reply)) {
    auto knows_less = [](const AlterPartitionResult& result) {
      return result.error == ErrorCode::kNotController;
    };
    if (std::any_of(altered->partitions.begin(), altered->partitions.end(), knows_less))
      return true;
  }
  return std::visit(
      [](const auto& body) {
        if constexpr (requires { body.error; }) return body.error == ErrorCode::kNotController;
        return false;
      },
      reply);
}

}  // namespace

NodeId NetworkClient::controller_of(Channel channel) {
  NodeId& address = controllers_[static_cast<size_t>(channel)];
  if (address == kNoNode) address = known_controller_;
  if (address == kNoNode && asks_around_)
    address = cluster_->controllers[asked_++ % cluster_->controllers.size()];
  return address;
}

void NetworkClient::forget_controller(const Peer& peer) {
  NodeId& address = controllers_[static_cast<size_t>(peer.channel)];
  if (address == peer.node) address = kNoNode;
}

void NetworkClient::set_controller(NodeId controller, sim::Context& context) {
  known_controller_ = controller;
  place_homeless({}, context);
}

void NetworkClient::place_homeless(sim::Duration after, sim::Context& context) {
  if (homeless_.empty()) return;
  for (Homeless& each : std::exchange(homeless_, {})) {
    NodeId node = controller_of(each.channel);
    if (node == kNoNode) {
      homeless_.push_back(std::move(each));
    } else {
      hand_over(peer_of(each.channel, node), std::move(each.flight), after, context);
    }
  }
  if (!homeless_.empty() && !context.armed(name_of_timer(Timer::kFindController, 0)))
    context.arm({name_of_timer(Timer::kFindController, 0), kControllerPoll, "FindController"});
}

std::optional<Disconnected> NetworkClient::on_find_controller(sim::Context& context) {
  std::vector<FailedRequest> failed;
  std::erase_if(homeless_, [&](Homeless& each) {
    const ChannelOptions& channel = options_[static_cast<size_t>(each.channel)];
    if (context.now() - each.flight.handed_over < channel.retry_timeout) return false;
    failed.push_back(
        {each.channel, kNoNode, std::move(each.flight.request), RequestFailure::kTimedOut});
    return true;
  });
  place_homeless({}, context);
  if (failed.empty()) return std::nullopt;
  return Disconnected{failed.front().channel, kNoNode, {}, std::move(failed)};
}

NetworkClient::Peer& NetworkClient::peer_of(Channel channel, NodeId node, int32_t lane) {
  auto [found, is_new] = by_node_.try_emplace({channel, node, lane}, peers_.size());
  if (is_new) {
    Peer peer;
    peer.channel = channel;
    peer.node = node;
    peer.lane = lane;
    peer.not_before = sim::SimTime::at_nanos(INT64_MIN);
    peers_.push_back(std::move(peer));
  }
  return peers_[found->second];
}

void NetworkClient::send(SendRequest&& request, sim::Duration after, sim::Context& context) {
  InFlight flight;
  flight.request =
      std::make_shared<const Envelope>(next_correlation_++, true, std::move(request.message));
  flight.handed_over = context.now() + after;
  flight.expects_reply = request.expects_reply;
  flight.to_controller = request.to == kNoNode;
  if (flight.to_controller) {
    homeless_.push_back({request.channel, std::move(flight)});
    place_homeless(after, context);
  } else {
    hand_over(peer_of(request.channel, request.to, request.lane), std::move(flight), after,
              context);
  }
}

void NetworkClient::hand_over(Peer& peer, InFlight flight, sim::Duration after,
                              sim::Context& context) {
  size_t index = static_cast<size_t>(&peer - peers_.data());
  flight.deadline = context.now() + after + options(peer).request_timeout;
  if (peer.state == State::kReady) {
    transmit(peer, std::move(flight), after, context);
    arm_timeout(index, context);
    return;
  }
  peer.waiting.push_back(std::move(flight));
  arm_timeout(index, context);
  if (peer.state == State::kConnecting) return;
  reconnect_later(index, context);
}

// As soon as the backoff allows.
void NetworkClient::reconnect_later(size_t index, sim::Context& context) {
  Peer& peer = peers_[index];
  if (context.now() >= peer.not_before) {
    connect(index, context);
  } else if (!context.armed(name_of_timer(Timer::kReconnect, index))) {
    context.arm(
        {name_of_timer(Timer::kReconnect, index), peer.not_before - context.now(), "Reconnect"});
  }
}

void NetworkClient::open(Channel channel, NodeId node, sim::Context& context) {
  Peer& peer = peer_of(channel, node);
  if (peer.state == State::kDisconnected)
    connect(static_cast<size_t>(&peer - peers_.data()), context);
}

void NetworkClient::close(const Disconnect& which, sim::Context& context) {
  Peer& peer = peer_of(which.channel, which.to, which.lane);
  size_t index = static_cast<size_t>(&peer - peers_.data());
  peer.in_flight.clear();
  peer.waiting.clear();
  for (Timer timer : {Timer::kRequestTimeout, Timer::kReconnect, Timer::kConnectTimeout}) {
    context.cancel(name_of_timer(timer, index));
  }
  peer.timeout_armed = false;
  if (peer.state == State::kDisconnected) return;
  by_connection_.erase(peer.connection);
  context.close(peer.connection);
  peer.state = State::kDisconnected;
}

void NetworkClient::connect(size_t index, sim::Context& context) {
  Peer& peer = peers_[index];
  peer.state = State::kConnecting;
  peer.connection = context.connect(cluster_->process_of(peer.node));
  by_connection_[peer.connection] = index;
  sim::Duration limit =
      exponential_backoff(options(peer).connect_timeout, options(peer).connect_timeout_max,
                          peer.failed_connects, context.rng());
  limit = std::min(limit, options(peer).connect_limit);
  context.arm({name_of_timer(Timer::kConnectTimeout, index),
               limit,
               "ConnectTimeout",
               {},
               cluster_->process_of(peer.node),
               "*"});
}

void NetworkClient::transmit(Peer& peer, InFlight request, sim::Duration after,
                             sim::Context& context) {
  context.send(peer.connection, request.request, after);
  if (!request.expects_reply) {
    uint64_t id = static_cast<uint32_t>(request.request->correlation_id());
    uint64_t index = static_cast<uint64_t>(&peer - peers_.data());
    context.serve_at(context.now() + after, static_cast<int64_t>(index << 32 | id));
  }
  peer.in_flight.push_back(std::move(request));
}

std::optional<MatchedReply> NetworkClient::on_sent(int64_t work) {
  Peer& peer = peers_[static_cast<size_t>(work >> 32)];
  int32_t id = static_cast<int32_t>(static_cast<uint32_t>(work));
  auto sent = std::find_if(peer.in_flight.begin(), peer.in_flight.end(), [&](const InFlight& each) {
    return each.request->correlation_id() == id && !each.expects_reply;
  });
  if (sent == peer.in_flight.end()) return std::nullopt;
  MatchedReply match{peer.channel, peer.node, std::move(sent->request), peer.lane};
  peer.in_flight.erase(sent);
  return match;
}

void NetworkClient::arm_timeout(size_t index, sim::Context& context) {
  Peer& peer = peers_[index];
  if (peer.timeout_armed) return;
  const InFlight* oldest = nullptr;
  if (!peer.waiting.empty()) oldest = &peer.waiting.front();
  if (!peer.in_flight.empty()) oldest = &peer.in_flight.front();
  if (oldest == nullptr) return;
  // One timer a connection, looked at again when it fires: almost every request is answered, and
  // re-arming for each would cost more than the request.
  peer.timeout_armed = true;
  context.arm({name_of_timer(Timer::kRequestTimeout, index),
               oldest->deadline - context.now(),
               "RequestTimeout",
               {},
               cluster_->process_of(peer.node),
               "*"});
}

int64_t NetworkClient::unguarded(const sim::Context& context) const {
  int64_t count = 0;
  for (size_t index = 0; index < peers_.size(); ++index) {
    size_t under_way = peers_[index].in_flight.size() + peers_[index].waiting.size();
    if (under_way == 0 || context.armed(name_of_timer(Timer::kRequestTimeout, index))) continue;
    count += static_cast<int64_t>(under_way);
  }
  return count;
}

std::optional<std::pair<Channel, NodeId>> NetworkClient::on_connected(sim::ConnectionId connection,
                                                                      sim::Context& context) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return std::nullopt;
  Peer& peer = peers_[found->second];
  peer.state = State::kReady;
  peer.failures = peer.failed_connects = 0;
  context.cancel(name_of_timer(Timer::kConnectTimeout, found->second));
  for (InFlight& flight : std::exchange(peer.waiting, {})) {
    flight.deadline = context.now() + options(peer).request_timeout;  // From when it is sent on.
    transmit(peer, std::move(flight), sim::Duration(), context);
  }
  return std::pair(peer.channel, peer.node);
}

std::optional<MatchedReply> NetworkClient::on_reply(sim::ConnectionId connection,
                                                    const Envelope& reply, sim::Context& context) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return std::nullopt;
  Peer& peer = peers_[found->second];
  auto oldest = std::find_if(peer.in_flight.begin(), peer.in_flight.end(),
                             [](const InFlight& each) { return each.expects_reply; });
  SIM_CHECK(oldest != peer.in_flight.end(), "a reply without a request", std::string(reply.name()));
  InFlight flight = std::move(*oldest);
  peer.in_flight.erase(oldest);
  SIM_CHECK(flight.request->correlation_id() == reply.correlation_id(), reply.correlation_id());
  if (flight.to_controller && is_not_controller(reply.body())) {
    context.count(static_cast<size_t>(Mark::kControllerRedirected), 1);
    forget_controller(peer);
    if (context.now() - flight.handed_over < options(peer).retry_timeout) {
      // As Kafka's channel: it closes this connection, and asks again when it may connect anew.
      peer.in_flight.insert(peer.in_flight.begin(), std::move(flight));
      context.close(connection);
      (void)disconnect(peer, RequestFailure::kDisconnected, context);
      place_homeless({}, context);
      return std::nullopt;
    }
  }
  return MatchedReply{peer.channel, peer.node, std::move(flight.request), peer.lane};
}

Disconnected NetworkClient::disconnect(Peer& peer, RequestFailure why, sim::Context& context) {
  size_t index = static_cast<size_t>(&peer - peers_.data());
  by_connection_.erase(peer.connection);
  sim::Duration wait =
      exponential_backoff(options(peer).reconnect_backoff, options(peer).reconnect_backoff_max,
                          peer.failures, context.rng());
  ++peer.failures;
  peer.failed_connects = peer.state == State::kConnecting ? peer.failed_connects + 1 : 0;
  if (options(peer).forgets_failures) peer.failures = peer.failed_connects = 0;
  peer.state = State::kDisconnected;
  peer.not_before = context.now() + wait;
  context.cancel(name_of_timer(Timer::kConnectTimeout, index));
  context.cancel(name_of_timer(Timer::kRequestTimeout, index));
  peer.timeout_armed = false;
  std::vector<InFlight> lost = std::exchange(peer.in_flight, {});
  for (InFlight& flight : std::exchange(peer.waiting, {})) lost.push_back(std::move(flight));
  Disconnected told{peer.channel, peer.node, wait, fail(peer, std::move(lost), why, context)};
  if (!peer.waiting.empty()) {
    arm_timeout(index, context);
    reconnect_later(index, context);
  }
  return told;
}

std::vector<FailedRequest> NetworkClient::fail(Peer& peer, std::vector<InFlight> flights,
                                               RequestFailure why, sim::Context& context) {
  std::vector<FailedRequest> failed;
  for (InFlight& flight : flights) {
    if (flight.to_controller) forget_controller(peer);
    bool is_over = context.now() - flight.handed_over >= options(peer).retry_timeout;
    if (is_over) {
      failed.push_back({peer.channel, peer.node, std::move(flight.request), why, peer.lane});
    } else if (!flight.to_controller || controller_of(peer.channel) == peer.node) {
      flight.deadline = context.now() + options(peer).request_timeout;
      peer.waiting.push_back(std::move(flight));
    } else {
      homeless_.push_back({peer.channel, std::move(flight)});
    }
  }
  return failed;
}

std::optional<Disconnected> NetworkClient::on_closed(sim::ConnectionId connection,
                                                     sim::CloseReason reason,
                                                     sim::Context& context) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return std::nullopt;
  RequestFailure why = reason == sim::CloseReason::kRefused ? RequestFailure::kConnectFailed
                                                            : RequestFailure::kDisconnected;
  Disconnected lost = disconnect(peers_[found->second], why, context);
  place_homeless({}, context);
  return lost;
}

std::optional<Disconnected> NetworkClient::on_timer(TimerKey key, sim::Context& context) {
  if (key.kind == Timer::kFindController) return on_find_controller(context);
  std::optional<Disconnected> lost = on_peer_timer(key, context);
  place_homeless({}, context);
  return lost;
}

std::optional<Disconnected> NetworkClient::on_peer_timer(TimerKey key, sim::Context& context) {
  size_t index = static_cast<size_t>(key.id);
  Peer& peer = peers_[index];
  if (key.kind == Timer::kReconnect) {
    if (peer.state == State::kDisconnected && !peer.waiting.empty()) connect(index, context);
    return std::nullopt;
  }
  if (key.kind == Timer::kConnectTimeout) {
    context.close(peer.connection);
    return disconnect(peer, RequestFailure::kConnectFailed, context);
  }
  peer.timeout_armed = false;
  if (!peer.in_flight.empty() && peer.in_flight.front().deadline <= context.now()) {
    context.close(peer.connection);
    return disconnect(peer, RequestFailure::kTimedOut, context);
  }
  // Who waits for a connection may lose patience, but the attempt goes on.
  std::vector<InFlight> waiting = std::exchange(peer.waiting, {}), late;
  for (InFlight& flight : waiting)
    (flight.deadline <= context.now() ? late : peer.waiting).push_back(std::move(flight));
  std::vector<FailedRequest> failed =
      fail(peer, std::move(late), RequestFailure::kTimedOut, context);
  arm_timeout(index, context);
  if (failed.empty()) return std::nullopt;
  return Disconnected{peer.channel, peer.node, {}, std::move(failed)};
}

}  // namespace models
