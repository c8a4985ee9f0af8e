// SPDX-License-Identifier: Apache-2.0
//
// The incoming side of a broker or controller: network threads read requests from connections, a
// queue leads to request handler threads, replies go back through the network threads.
//
//   connection --read--> [num.network.threads] --queue--> [num.io.threads] handler --> purgatory?
//        ^                                                                               |
//        +----------------- unmuted when the reply has been sent ------------------------+
//
// A connection's next request is read only after the last one's reply has been sent (Kafka mutes
// the socket), so requests of a connection are handled in order. Source: network/SocketServer.scala,
// server/KafkaRequestHandler.scala.

#ifndef MODELS_NODE_REQUEST_SERVER_H_
#define MODELS_NODE_REQUEST_SERVER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/effects.h"
#include "models/node/cost_model.h"
#include "sim/process.h"
#include "sim/service.h"

namespace models {

class RequestServer {
 public:
  RequestServer(const CostModel& costs, int32_t network_threads, int32_t io_threads)
      : costs_(costs), network_(network_threads), handlers_(io_threads) {}

  struct Request {
    sim::ConnectionId connection;
    sim::ProcessId sender;
    std::shared_ptr<const Envelope> envelope;
  };

  // A request has arrived; its last byte at `received`.
  void on_request(sim::ConnectionId connection, sim::ProcessId sender,
                  std::shared_ptr<const Envelope> request, sim::SimTime received,
                  sim::Context& context);
  void on_closed(sim::ConnectionId connection);

  // `work` is no handler's: a connection has sent its reply, and its next request is read. False: it
  // is a handler's.
  bool read_next(int64_t work, sim::Context& context);
  // A handler thread takes up `work`. Null if its connection is gone; then call `finish` all the same.
  const Request* take_up(int64_t work) const { return find(token_of(work)); }
  RequestToken token_of(int64_t work) const { return RequestToken(static_cast<uint64_t>(work)); }
  // The handler thread has to wait (a lock): `take_up` again at `until`.
  void wait(int64_t work, sim::SimTime until, sim::Context& context) const {
    context.serve_at(until, work);
  }
  // The handler is done, `spent` after now; the thread goes on to the next request.
  void finish(sim::Duration spent, sim::Context& context);

  // Null if its connection is gone.
  const Request* find(RequestToken token) const;
  // What leaves; null if the connection is gone.
  std::shared_ptr<const Envelope> reply(RequestToken token, Message&& message, sim::Duration after,
                                        sim::Context& context);
  // The request needs no reply: read the connection's next one.
  void complete(RequestToken token, sim::Duration after, sim::Context& context);
  void drop_connection(RequestToken token, sim::Context& context);

  // Requests that have been read and not answered.
  size_t unanswered() const { return slots_.size() - free_.size(); }
  // Those of them that wait for a handler or are with one.
  size_t in_hand() const { return handlers_.in_hand(); }

 private:
  struct Pending {
    std::shared_ptr<const Envelope> envelope;
    sim::ProcessId sender;
    sim::SimTime received;
  };
  struct Channel {
    bool muted = false;
    sim::SimTime sends_until = sim::kAlways;  // A request that comes earlier waits.
    std::vector<Pending> unread;              // Sent ahead by the client; oldest first.
  };
  struct Slot {
    uint32_t generation = 1;
    Request request;  // Empty envelope: free.
  };

  void begin(sim::ConnectionId connection, Pending&& pending, sim::SimTime ready,
             sim::Context& context);
  void release(RequestToken token);
  void unmute(sim::ConnectionId connection, sim::SimTime at, sim::Context& context);

  CostModel costs_;
  sim::FixedServers network_;
  sim::ServiceQueue handlers_;
  absl::btree_map<sim::ConnectionId, Channel> channels_;
  absl::btree_map<int64_t, sim::ConnectionId> sending_;  // By the work that `read_next` gets, < 0.
  int64_t last_sending_ = 0;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace models

#endif  // MODELS_NODE_REQUEST_SERVER_H_
