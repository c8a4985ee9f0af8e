// SPDX-License-Identifier: Apache-2.0

#include "models/clients/client_connections.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

const ClientConnections::Node* ClientConnections::find(NodeId node) const {
  for (const Node& each : nodes_) {
    if (each.id == node) return &each;
  }
  return nullptr;
}

ClientConnections::Node& ClientConnections::get(NodeId node) {
  for (Node& each : nodes_) {
    if (each.id == node) return each;
  }
  nodes_.emplace_back().id = node;
  return nodes_.back();
}

bool ClientConnections::can_send(NodeId node) const {
  const Node* found = find(node);
  return found != nullptr && found->state == State::kUp && found->in_flight < max_in_flight_;
}

bool ClientConnections::ready(NodeId node, Step& step) {
  Node& it = get(node);
  if (it.state == State::kUp) return it.in_flight < max_in_flight_;
  if (!it.may_connect(step.mono)) return false;
  it.state = State::kConnecting;
  it.last_attempt = step.mono;
  step.effects.connect(Channel::kClient, node);
  return false;
}

std::optional<sim::MonoTime> ClientConnections::retry_at(NodeId node) const {
  const Node* found = find(node);
  if (found == nullptr || found->state != State::kDisconnected) return std::nullopt;
  return found->retry_at;
}

void ClientConnections::send(NodeId node, Message message, Step& step, bool expects_reply) {
  Node& it = get(node);
  SIM_CHECK(it.state == State::kUp, "a request to a node without connection", node.value());
  ++it.in_flight;
  step.effects.request(Channel::kClient, node, std::move(message), expects_reply);
}

void ClientConnections::on_connected(NodeId node) { get(node).state = State::kUp; }

void ClientConnections::on_disconnected(NodeId node, sim::Duration retry_after, sim::MonoTime now) {
  Node& it = get(node);
  it.state = State::kDisconnected;
  it.in_flight = 0;
  it.last_attempt = now;  // As ClusterConnectionStates.disconnected.
  it.retry_at = now + retry_after;
}

void ClientConnections::on_answered(NodeId node) {
  Node& it = get(node);
  if (it.in_flight > 0) --it.in_flight;
}

NodeId ClientConnections::least_loaded(std::span<const NodeId> nodes, sim::MonoTime now,
                                       sim::Rng& rng) const {
  NodeId up = kNoNode, connecting = kNoNode, connectable = kNoNode;
  int32_t least = max_in_flight_;
  std::optional<sim::MonoTime> oldest;
  size_t offset = rng.below(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    NodeId id = nodes[(offset + i) % nodes.size()];
    const Node* node = find(id);
    if (node != nullptr && node->state == State::kUp) {
      if (node->in_flight == 0) return id;
      if (node->in_flight >= least) continue;
      least = node->in_flight;
      up = id;
    } else if (node != nullptr && node->state == State::kConnecting) {
      connecting = id;
    } else if (node == nullptr || node->may_connect(now)) {
      std::optional<sim::MonoTime> attempt = node == nullptr ? std::nullopt : node->last_attempt;
      if (connectable != kNoNode && oldest <= attempt) continue;  // Nothing is older than any.
      connectable = id;
      oldest = attempt;
    }
  }
  if (up != kNoNode) return up;
  return connecting != kNoNode ? connecting : connectable;
}

bool ClientConnections::any_connecting(std::span<const NodeId> nodes) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) {
    const Node* node = find(id);
    return node != nullptr && node->state == State::kConnecting;
  });
}

}  // namespace models
