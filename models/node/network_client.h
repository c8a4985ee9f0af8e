// SPDX-License-Identifier: Apache-2.0
//
// The outgoing side of a node: one connection for each (channel, node, lane), opened when first
// needed, with the request timeout, connection set-up timeout and reconnect backoff of its channel.
// Replies come in the order of the requests, as Kafka's protocol promises; when a connection ends,
// all that is in flight on it fails, oldest first. Source: clients/.../NetworkClient.java,
// ClusterConnectionStates.java, InFlightRequests.java.
//
// Holds no reference to the world; every call gets the context. A part of NodeShell.

#ifndef MODELS_NODE_NETWORK_CLIENT_H_
#define MODELS_NODE_NETWORK_CLIENT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
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
  int32_t lane = 0;
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
  int32_t lane = 0;
};

class NetworkClient {
 public:
  explicit NetworkClient(ClusterMapHandle cluster) : cluster_(std::move(cluster)) {}
  // What is sent to kNoNode goes to the controller that `set_controller` names, and waits for one; a
  // node that does not call this asks the controllers in turn.
  void follow_metadata() { asks_around_ = false; }
  void set_controller(NodeId controller, sim::Context& context);
  void configure(Channel channel, const ChannelOptions& options) {
    options_[static_cast<size_t>(channel)] = options;
  }

  // Sends now, or as soon as there is a connection. `after`: when the handler's own work is done.
  void send(SendRequest&& request, sim::Duration after, sim::Context& context);

  // Opens a connection unless there is one. The caller minds the backoff.
  void open(Channel channel, NodeId node, sim::Context& context);

  // Ends a connection, and forgets what waits for it or is in flight there.
  void close(const Disconnect& which, sim::Context& context);

  // Whether `connection` is one of ours (else it came in from outside).
  bool owns(sim::ConnectionId connection) const { return by_connection_.count(connection) > 0; }
  // Which one it is.
  std::optional<std::pair<Channel, NodeId>> on_connected(sim::ConnectionId connection,
                                                         sim::Context& context);
  // Nothing if it is of no use: from a controller that is not the active one, whose request goes to
  // another, unless it has waited for too long already.
  std::optional<MatchedReply> on_reply(sim::ConnectionId connection, const Envelope& reply,
                                       sim::Context& context);
  // A request that expects no reply has left, unless its connection broke before. `work` is what
  // the kernel was given for it.
  std::optional<MatchedReply> on_sent(int64_t work);
  std::optional<Disconnected> on_closed(sim::ConnectionId connection, sim::CloseReason reason,
                                        sim::Context& context);
  std::optional<Disconnected> on_timer(TimerKey key, sim::Context& context);

  // Requests under way whose loss nothing would notice, as no timer minds them.
  int64_t unguarded(const sim::Context& context) const;

  static bool owns_timer(Timer timer) {
    return timer == Timer::kRequestTimeout || timer == Timer::kReconnect ||
           timer == Timer::kConnectTimeout || timer == Timer::kFindController;
  }

 private:
  enum class State : uint8_t { kDisconnected, kConnecting, kReady };
  struct InFlight {
    std::shared_ptr<const Envelope> request;
    sim::SimTime handed_over;
    sim::SimTime deadline;
    bool expects_reply;
    bool to_controller;  // To whichever is active.
  };
  struct Peer {
    Channel channel{};
    NodeId node;
    int32_t lane = 0;
    State state = State::kDisconnected;
    sim::ConnectionId connection;
    int32_t failures = 0;             // Disconnects without success in between.
    int32_t failed_connects = 0;      // Of these in a row, attempts to connect.
    sim::SimTime not_before;          // Reconnect backoff.
    std::vector<InFlight> in_flight;  // Oldest first.
    std::vector<InFlight> waiting;    // For the connection.
    bool timeout_armed = false;
  };

  struct Homeless {
    Channel channel;
    InFlight flight;
  };

  Peer& peer_of(Channel channel, NodeId node, int32_t lane = 0);
  // The active controller as this channel takes it to be; kNoNode: unknown.
  NodeId controller_of(Channel channel);
  void forget_controller(const Peer& peer);
  void hand_over(Peer& peer, InFlight flight, sim::Duration after, sim::Context& context);
  // Sends what waited for a controller to be known, or waits on.
  void place_homeless(sim::Duration after, sim::Context& context);
  std::optional<Disconnected> on_find_controller(sim::Context& context);
  std::optional<Disconnected> on_peer_timer(TimerKey key, sim::Context& context);
  void connect(size_t index, sim::Context& context);
  void transmit(Peer& peer, InFlight request, sim::Duration after, sim::Context& context);
  void arm_timeout(size_t index, sim::Context& context);
  Disconnected disconnect(Peer& peer, RequestFailure why, sim::Context& context);
  // Those of `flights` that are not to be sent again.
  std::vector<FailedRequest> fail(Peer& peer, std::vector<InFlight> flights, RequestFailure why,
                                  sim::Context& context);
  void reconnect_later(size_t index, sim::Context& context);
  static std::array<NodeId, kChannelCount> no_controllers() {
    std::array<NodeId, kChannelCount> none;
    none.fill(kNoNode);
    return none;
  }
  const ChannelOptions& options(const Peer& peer) const {
    return options_[static_cast<size_t>(peer.channel)];
  }

  ClusterMapHandle cluster_;
  std::array<ChannelOptions, kChannelCount> options_;  // By Channel.
  // Kafka's NodeToControllerChannelManager: an address is kept until a request fails.
  std::array<NodeId, kChannelCount> controllers_ = no_controllers();
  NodeId known_controller_ = kNoNode;
  bool asks_around_ = true;
  size_t asked_ = 0;
  std::vector<Homeless> homeless_;  // Requests that wait for a controller to be known.
  std::vector<Peer> peers_;
  absl::btree_map<std::tuple<Channel, NodeId, int32_t>, size_t> by_node_;
  absl::btree_map<sim::ConnectionId, size_t> by_connection_;
  int32_t next_correlation_ = 0;
};

}  // namespace models

#endif  // MODELS_NODE_NETWORK_CLIENT_H_
