// SPDX-License-Identifier: Apache-2.0

#include "models/node/network_client.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

namespace {

// `base` doubled for each failure after the first, up to `max`, plus or minus 20 per cent.
sim::Duration backoff(sim::Duration base, sim::Duration max, int32_t failures, sim::Rng& rng) {
  sim::Duration wait = base;
  for (int32_t i = 1; i < failures && wait < max; ++i) wait = std::min(wait * 2, max);
  return wait * rng.between(800, 1200) / 1000;
}

sim::TimerName name_of_timer(Timer kind, size_t index) {
  return {static_cast<uint16_t>(kind), static_cast<int64_t>(index)};
}

}  // namespace

NodeId NetworkClient::resolve(NodeId node) const {
  // One controller: it is the active one. Finding the active one among several comes with Raft.
  return node == kNoNode ? cluster_->controllers.front() : node;
}

NetworkClient::Peer& NetworkClient::peer_of(Channel channel, NodeId node) {
  auto [found, is_new] = by_node_.try_emplace({channel, node}, peers_.size());
  if (is_new) {
    Peer peer;
    peer.channel = channel;
    peer.node = node;
    peer.not_before = sim::SimTime::at_nanos(INT64_MIN);
    peers_.push_back(std::move(peer));
  }
  return peers_[found->second];
}

void NetworkClient::send(SendRequest&& request, sim::Duration after, sim::Context& context) {
  Peer& peer = peer_of(request.channel, resolve(request.to));
  size_t index = static_cast<size_t>(&peer - peers_.data());
  InFlight flight;
  flight.request =
      std::make_shared<const Envelope>(next_correlation_++, true, std::move(request.message));
  flight.deadline = context.now() + after + options(peer).request_timeout;
  flight.expects_reply = request.expects_reply;
  if (peer.state == State::kReady) {
    transmit(peer, std::move(flight), after, context);
    arm_timeout(index, context);
    return;
  }
  peer.waiting.push_back(std::move(flight));
  arm_timeout(index, context);
  if (peer.state == State::kConnecting) return;
  if (context.now() >= peer.not_before) {
    connect(index, context);
  } else if (!context.armed(name_of_timer(Timer::kReconnect, index))) {
    context.arm(
        {name_of_timer(Timer::kReconnect, index), peer.not_before - context.now(), "Reconnect"});
  }
}

void NetworkClient::connect(size_t index, sim::Context& context) {
  Peer& peer = peers_[index];
  peer.state = State::kConnecting;
  peer.connection = context.connect(cluster_->process_of(peer.node));
  by_connection_[peer.connection] = index;
  sim::Duration limit = options(peer).connect_timeout;
  for (int32_t i = 0; i < peer.failures && limit < options(peer).connect_timeout_max; ++i)
    limit = std::min(limit * 2, options(peer).connect_timeout_max);
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
  if (request.expects_reply) peer.in_flight.push_back(std::move(request));
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

void NetworkClient::on_connected(sim::ConnectionId connection, sim::Context& context) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  Peer& peer = peers_[found->second];
  peer.state = State::kReady;
  peer.failures = 0;
  context.cancel(name_of_timer(Timer::kConnectTimeout, found->second));
  for (InFlight& flight : std::exchange(peer.waiting, {}))
    transmit(peer, std::move(flight), sim::Duration(), context);
}

std::optional<MatchedReply> NetworkClient::on_reply(sim::ConnectionId connection,
                                                    const Envelope& reply) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return std::nullopt;
  Peer& peer = peers_[found->second];
  SIM_CHECK(!peer.in_flight.empty(), "a reply without a request", std::string(reply.name()));
  InFlight flight = std::move(peer.in_flight.front());
  peer.in_flight.erase(peer.in_flight.begin());
  SIM_CHECK(flight.request->correlation_id() == reply.correlation_id(), reply.correlation_id());
  return MatchedReply{peer.channel, peer.node, std::move(flight.request)};
}

std::vector<FailedRequest> NetworkClient::disconnect(Peer& peer, RequestFailure why,
                                                     sim::Context& context) {
  size_t index = static_cast<size_t>(&peer - peers_.data());
  by_connection_.erase(peer.connection);
  peer.state = State::kDisconnected;
  ++peer.failures;
  peer.not_before =
      context.now() + backoff(options(peer).reconnect_backoff, options(peer).reconnect_backoff_max,
                              peer.failures, context.rng());
  context.cancel(name_of_timer(Timer::kConnectTimeout, index));
  context.cancel(name_of_timer(Timer::kRequestTimeout, index));
  peer.timeout_armed = false;
  std::vector<FailedRequest> failed;
  for (InFlight& flight : std::exchange(peer.in_flight, {}))
    failed.push_back({peer.channel, peer.node, std::move(flight.request), why});
  for (InFlight& flight : std::exchange(peer.waiting, {})) {
    if (flight.expects_reply)
      failed.push_back({peer.channel, peer.node, std::move(flight.request), why});
  }
  return failed;
}

std::vector<FailedRequest> NetworkClient::on_closed(sim::ConnectionId connection,
                                                    sim::CloseReason reason,
                                                    sim::Context& context) {
  auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return {};
  RequestFailure why = reason == sim::CloseReason::kRefused ? RequestFailure::kConnectFailed
                                                            : RequestFailure::kDisconnected;
  return disconnect(peers_[found->second], why, context);
}

std::vector<FailedRequest> NetworkClient::on_timer(TimerKey key, sim::Context& context) {
  size_t index = static_cast<size_t>(key.id);
  Peer& peer = peers_[index];
  if (key.kind == Timer::kReconnect) {
    if (peer.state == State::kDisconnected && !peer.waiting.empty()) connect(index, context);
    return {};
  }
  if (key.kind == Timer::kConnectTimeout) {
    context.close(peer.connection);
    return disconnect(peer, RequestFailure::kConnectFailed, context);
  }
  peer.timeout_armed = false;
  const InFlight* oldest = nullptr;
  if (!peer.waiting.empty()) oldest = &peer.waiting.front();
  if (!peer.in_flight.empty()) oldest = &peer.in_flight.front();
  if (oldest == nullptr || oldest->deadline > context.now()) {
    arm_timeout(index, context);
    return {};
  }
  if (peer.state != State::kDisconnected) context.close(peer.connection);
  return disconnect(peer, RequestFailure::kTimedOut, context);
}

}  // namespace models
