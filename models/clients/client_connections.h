// SPDX-License-Identifier: Apache-2.0
//
// What a client knows of its connections to brokers: which are up, how many requests are out on
// each, and which may be tried again. A client sends only over a connection that is up: what it has
// for a node that is not ready stays where it is, and may go elsewhere when the leader changes.
//
//   disconnected --ready()--> connecting --on_connected--> up --send()--> n in flight
//        ^  retry_at            |                           |
//        +-------------------- on_disconnected -------------+   all in flight has failed
//
// The shell opens and closes connections and knows their backoff; this is told of it. Source:
// clients/.../{NetworkClient,ClusterConnectionStates,InFlightRequests}.java.

#ifndef MODELS_CLIENTS_CLIENT_CONNECTIONS_H_
#define MODELS_CLIENTS_CLIENT_CONNECTIONS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/common/step.h"

namespace models {

class ClientConnections {
 public:
  // `max_in_flight`: requests on one connection.
  explicit ClientConnections(int32_t max_in_flight) : max_in_flight_(max_in_flight) {}

  // Whether a request may go to the node now.
  bool can_send(NodeId node) const;
  // The same; if not, begins to connect unless that goes on already or must wait.
  bool ready(NodeId node, Step& step);
  // When the node, if it is disconnected, may be tried again.
  std::optional<sim::MonoTime> retry_at(NodeId node) const;
  void send(NodeId node, Message message, Step& step, bool expects_reply = true);

  void on_connected(NodeId node);
  void on_disconnected(NodeId node, sim::Duration retry_after, sim::MonoTime now);
  // A request got its reply, or, if it expects none, has left.
  void on_answered(NodeId node);

  // Whom to ask what any broker can answer: one that is up with nothing in flight, else with the
  // least in flight, else one that is being connected to, else the one whose last attempt is the
  // oldest. kNoNode: none can be used now.
  NodeId least_loaded(std::span<const NodeId> nodes, sim::MonoTime now, sim::Rng& rng) const;
  bool any_connecting(std::span<const NodeId> nodes) const;

  static void fields(auto&& f) { f("nodes", &ClientConnections::nodes_); }

 private:
  enum class State : uint8_t { kDisconnected, kConnecting, kUp };
  struct Node {
    NodeId id;
    State state = State::kDisconnected;
    int32_t in_flight = 0;
    std::optional<sim::MonoTime> last_attempt;  // Nothing: never tried.
    std::optional<sim::MonoTime> retry_at;
    bool may_connect(sim::MonoTime now) const {
      return state == State::kDisconnected && (!retry_at || now >= *retry_at);
    }
    static void fields(auto&& f) {
      f("id", &Node::id);
      f("state", &Node::state);
      f("in_flight", &Node::in_flight);
    }
  };

  const Node* find(NodeId node) const;
  Node& get(NodeId node);

  int32_t max_in_flight_;
  std::vector<Node> nodes_;  // By first use.
};

}  // namespace models

#endif  // MODELS_CLIENTS_CLIENT_CONNECTIONS_H_
