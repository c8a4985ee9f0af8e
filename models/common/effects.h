// SPDX-License-Identifier: Apache-2.0
//
// What a machine wants done: the closed list of wishes that a handler appends to. Only the shell
// (models/node/effect_runner.*) carries them out, in order, after the handler has returned and the
// cost of its files and CPU has passed.

#ifndef MODELS_COMMON_EFFECTS_H_
#define MODELS_COMMON_EFFECTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "models/common/client_event.h"
#include "models/common/ids.h"
#include "models/common/timer_key.h"
#include "models/protocol/message.h"
#include "sim/file_system.h"
#include "sim/time.h"

namespace models {

// Names a request that waits for its reply. Valid for the life of the process that got it; a reply
// to a connection that is gone is dropped by the shell.
using RequestToken = sim::StrongId<struct RequestTokenTag, uint64_t>;
inline constexpr RequestToken kNoToken{0};

// Why a request got no reply. The connection is closed in each case, and everything in flight on it
// fails with it, oldest first (NetworkClient.java).
enum class RequestFailure : uint8_t {
  kDisconnected,   // Reset or closed by the peer.
  kTimedOut,       // No reply within the request timeout.
  kConnectFailed,  // No connection: refused, or the set-up timeout passed.
};
std::string_view name_of(RequestFailure failure);

// A machine's way to other nodes. Each (channel, node, lane) has a connection of its own, as in
// Kafka, with the in-flight limit, request timeout and reconnect backoff of its owner.
enum class Channel : uint8_t {
  kHeartbeat,      // Broker to controller: registration, heartbeat.
  kToController,   // Broker to controller: AlterPartition, producer ids. Administrator.
  kMetadataFetch,  // Broker: the metadata log.
  kReplicaFetch,   // Broker: follower's fetches, one connection a fetcher.
  kClient,         // Producer or consumer.
  kQuorum,         // Controller to controller.
};
inline constexpr size_t kChannelCount = 6;
std::string_view name_of(Channel channel);

// With `expects_reply` the sender later gets the reply, or the failure (disconnected, timed out), each
// with the request that it belongs to. Without (acks=0) it hears when the request has left.
// `lane`: which of several connections of the channel to that node.
struct SendRequest {
  Channel channel;
  NodeId to;
  Message message;
  bool expects_reply = true;
  int32_t lane = 0;
};
// Ends a connection to a node that is named: nothing is heard of what is in flight on it.
struct Disconnect {
  Channel channel;
  NodeId to;
  int32_t lane = 0;
};
// Opens a connection; a client hears whether it came about. A request opens its own if need be.
struct Connect {
  Channel channel;
  NodeId to;
};
struct SendReply {
  RequestToken to;
  Message message;
};
// Closes the connection of a request without a reply (an error on acks=0).
struct DropConnection {
  RequestToken of;
};
// Completes as `on_flushed(key)` when the files, and the names in `directory` unless empty, are durable.
struct Flush {
  int64_t key;
  std::vector<sim::FileId> files;
  std::string directory;
};
// `awaits_*`: what the timer gives up on, so that its expiry can name its cause: the latest
// suppressed event of process `awaits_node` (broker or controller) whose message or timer has that
// name. Empty: nothing.
struct ArmTimer {
  TimerKey key;
  sim::Duration after;
  NodeId awaits_node = kNoNode;
  std::string_view awaits_what = {};
};
struct CancelTimer {
  TimerKey key;
};
// Something to be known outside: a trace line and, in the report, an entry. `text` is for people;
// `what` and `fields` are for programs. `what` has static storage.
struct Note {
  std::string_view what;
  std::vector<std::pair<std::string_view, std::string>> fields;
};
// What a client's application saw: the history the judge works on.
struct Observed {
  ClientEvent event;
};
// From here on what is sent to kNoNode goes to this controller, the active one; kNoNode: none known.
struct FollowController {
  NodeId controller;
};
// The process ends of its own will (a controlled shutdown is complete).
struct Exit {};

using Effect = std::variant<SendRequest, Connect, Disconnect, SendReply, DropConnection, Flush,
                            ArmTimer, CancelTimer, Note, Observed, FollowController, Exit>;

class Effects {
 public:
  void request(Channel channel, NodeId to, Message message, bool expects_reply = true,
               int32_t lane = 0) {
    list_.emplace_back(SendRequest{channel, to, std::move(message), expects_reply, lane});
  }
  void disconnect(Channel channel, NodeId to, int32_t lane) {
    list_.emplace_back(Disconnect{channel, to, lane});
  }
  void connect(Channel channel, NodeId to) { list_.emplace_back(Connect{channel, to}); }
  void reply(RequestToken to, Message message) {
    list_.emplace_back(SendReply{to, std::move(message)});
  }
  void drop_connection(RequestToken of) { list_.emplace_back(DropConnection{of}); }
  void flush(int64_t key, std::vector<sim::FileId> files, std::string directory = {}) {
    list_.emplace_back(Flush{key, std::move(files), std::move(directory)});
  }
  void arm(TimerKey key, sim::Duration after, NodeId awaits_node = kNoNode,
           std::string_view awaits_what = {}) {
    list_.emplace_back(ArmTimer{key, after, awaits_node, awaits_what});
  }
  void cancel(TimerKey key) { list_.emplace_back(CancelTimer{key}); }
  void note(std::string_view what,
            std::vector<std::pair<std::string_view, std::string>> fields = {}) {
    list_.emplace_back(Note{what, std::move(fields)});
  }
  void observed(ClientEvent event) { list_.emplace_back(Observed{std::move(event)}); }
  void follow_controller(NodeId controller) { list_.emplace_back(FollowController{controller}); }
  void exit() { list_.emplace_back(Exit{}); }

  const std::vector<Effect>& list() const { return list_; }
  std::vector<Effect>& list() { return list_; }
  bool empty() const { return list_.empty(); }
  void clear() { list_.clear(); }

 private:
  std::vector<Effect> list_;
};

}  // namespace models

#endif  // MODELS_COMMON_EFFECTS_H_
