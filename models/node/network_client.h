// SPDX-License-Identifier: Apache-2.0
//
// The outgoing side of a node: one connection for each (channel, node), opened when first needed,
// with the request timeout, connection set-up timeout and reconnect backoff of its channel. Replies
// come in the order of the requests, as Kafka's protocol promises; when a connection ends, all that
// is in flight on it fails, oldest first. Source: clients/.../NetworkClient.java,
// ClusterConnectionStates.java, InFlightRequests.java.
//
// Holds no reference to the world; every call gets the context. A part of NodeShell.

#ifndef MODELS_NODE_NETWORK_CLIENT_H_
#define MODELS_NODE_NETWORK_CLIENT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/effects.h"
#include "models/node/cluster_map.h"
#include "sim/process.h"

namespace models {

struct ChannelOptions {
  sim::Duration request_timeout = sim::Duration::millis(30000);
  sim::Duration connect_timeout = sim::Duration::millis(10000);
  sim::Duration connect_timeout_max = sim::Duration::millis(30000);
  sim::Duration reconnect_backoff = sim::Duration::millis(50);
  sim::Duration reconnect_backoff_max = sim::Duration::millis(1000);
  // Whoever waits for a connection gives up after this, however long its set-up may take.
  sim::Duration connect_limit = sim::Duration::nanos(INT64_MAX);
  // A failure closes the connection for good: the next one knows nothing of it
  // (BrokerBlockingSender).
  bool forgets_failures = false;
  // A request that failed is sent again over the next connection, until this long after it was
  // handed over (NodeToControllerChannelManager). Zero: its sender is told at once.
  sim::Duration retry_timeout;
};

// A request that will get no reply.
struct FailedRequest {
  Channel channel;
  NodeId to;
  std::shared_ptr<const Envelope> sent;
  RequestFailure why;
};

// A connection that broke or did not come about, when it may be tried again, and what failed with
// it, oldest first.
struct Disconnected {
  Channel channel;
  NodeId node;
  sim::Duration retry_after;
  std::vector<FailedRequest> failed;
};

// A reply, or that a request without reply has left, with the request.
struct MatchedReply {
  Channel channel;
  NodeId from;
  std::shared_ptr<const Envelope> sent;
};

class NetworkClient {
 public:
  explicit NetworkClient(ClusterMapHandle cluster) : cluster_(std::move(cluster)) {}
  void configure(Channel channel, const ChannelOptions& options) {
    options_[static_cast<size_t>(channel)] = options;
  }

  // Sends now, or as soon as there is a connection. `after`: when the handler's own work is done.
  void send(SendRequest&& request, sim::Duration after, sim::Context& context);

  // Opens a connection unless there is one. The caller minds the backoff.
  void open(Channel channel, NodeId node, sim::Context& context);

  // Whether `connection` is one of ours (else it came in from outside).
  bool owns(sim::ConnectionId connection) const { return by_connection_.count(connection) > 0; }
  // Which one it is.
  std::optional<std::pair<Channel, NodeId>> on_connected(sim::ConnectionId connection,
                                                         sim::Context& context);
  std::optional<MatchedReply> on_reply(sim::ConnectionId connection, const Envelope& reply);
  // A request that expects no reply has left, unless its connection broke before. `work` is what
  // the kernel was given for it.
  std::optional<MatchedReply> on_sent(int64_t work);
  std::optional<Disconnected> on_closed(sim::ConnectionId connection, sim::CloseReason reason,
                                        sim::Context& context);
  std::optional<Disconnected> on_timer(TimerKey key, sim::Context& context);

  static bool owns_timer(Timer timer) {
    return timer == Timer::kRequestTimeout || timer == Timer::kReconnect ||
           timer == Timer::kConnectTimeout;
  }

 private:
  enum class State : uint8_t { kDisconnected, kConnecting, kReady };
  struct InFlight {
    std::shared_ptr<const Envelope> request;
    sim::SimTime handed_over;
    sim::SimTime deadline;
    bool expects_reply;
  };
  struct Peer {
    Channel channel{};
    NodeId node;
    State state = State::kDisconnected;
    sim::ConnectionId connection;
    int32_t failures = 0;             // Disconnects without success in between.
    int32_t failed_connects = 0;      // Of these in a row, attempts to connect.
    sim::SimTime not_before;          // Reconnect backoff.
    std::vector<InFlight> in_flight;  // Oldest first.
    std::vector<InFlight> waiting;    // For the connection.
    bool timeout_armed = false;
  };

  Peer& peer_of(Channel channel, NodeId node);
  NodeId resolve(NodeId node) const;
  void connect(size_t index, sim::Context& context);
  void transmit(Peer& peer, InFlight request, sim::Duration after, sim::Context& context);
  void arm_timeout(size_t index, sim::Context& context);
  Disconnected disconnect(Peer& peer, RequestFailure why, sim::Context& context);
  // Those of `flights` that are not to be sent again.
  std::vector<FailedRequest> fail(Peer& peer, std::vector<InFlight> flights, RequestFailure why,
                                  sim::Context& context);
  void reconnect_later(size_t index, sim::Context& context);
  const ChannelOptions& options(const Peer& peer) const {
    return options_[static_cast<size_t>(peer.channel)];
  }

  ClusterMapHandle cluster_;
  std::array<ChannelOptions, 5> options_;  // By Channel.
  std::vector<Peer> peers_;
  absl::btree_map<std::pair<Channel, NodeId>, size_t> by_node_;
  absl::btree_map<sim::ConnectionId, size_t> by_connection_;
  int32_t next_correlation_ = 0;
};

}  // namespace models

#endif  // MODELS_NODE_NETWORK_CLIENT_H_
