// SPDX-License-Identifier: Apache-2.0
//
// Brokers 1, 2, 3 with a replica of "orders-0" each, and a controller that only does what it is
// told. Nothing moves by itself: messages lie on the wires until they are delivered, timers wait
// until time is moved on. Everything that happens is told, one line each.

#ifndef TESTS_TRANSCRIPTS_REPLICATION_STAGE_H_
#define TESTS_TRANSCRIPTS_REPLICATION_STAGE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/models/replication/replication_fixture.h"

namespace models {

class ReplicationStage {
 public:
  using Tell = std::function<void(const std::string&)>;
  struct Options {
    TopicConfig topic;
    BrokerConfig broker;
    std::vector<Mutation> mutations;
  };
  ReplicationStage(const Options& options, Tell tell);

  // The controller names a leader in a new epoch; the brokers in `heard` learn of it.
  void elect(NodeId leader, std::vector<NodeId> isr, const std::vector<NodeId>& heard);
  // A broker learns of what the controller has decided.
  void hear(NodeId id) { publish(id); }

  void produce(NodeId to, int16_t acks, int records, sim::Duration timeout);
  void consume(NodeId from, int64_t offset);

  // Delivers what is on the wires now (not what comes of it), of these ends if given.
  void deliver(std::optional<NodeId> from, std::optional<NodeId> to);
  // Delivers until nothing is left that can be.
  void settle();
  // Fires timers for `span`; messages stay on the wires.
  void advance(sim::Duration span);
  // Fires timers and delivers for `span`, and tells results only, not messages.
  void run(sim::Duration span);

  void isolate(NodeId id) { isolated_.insert(id); }
  void heal(NodeId id);
  void crash(NodeId id);
  void restart(NodeId id);

  void tell_log(NodeId id);
  void tell_wires();
  std::vector<NodeId> up() const;

 private:
  struct Broker {
    StepFixture at;
    std::unique_ptr<ReplicaManager> manager;  // Absent while it is down.
    std::map<TimerKey, sim::MonoTime> timers;
    int64_t lives = 0;
    int64_t end = 0;  // As last told.
    int64_t watermark = 0;
  };
  struct Asked {
    NodeId from;
    NodeId to;
    Message request;
  };
  struct Wire {
    NodeId from;
    NodeId to;
    uint64_t token;
    Message message;
    bool is_request;
  };

  Broker& broker(NodeId id) { return *brokers_.at(id); }
  void boot(NodeId id);
  void publish(NodeId id);
  // Takes over the effects of `id`'s last handler and tells what changed.
  void collect(NodeId id);
  void take_reply(NodeId id, SendReply& reply);
  void tell_progress(NodeId id);
  void tell_message(const std::string& line) {
    if (!quiet_) tell_(line);
  }
  bool can_pass(const Wire& wire) const;
  void pass(const Wire& wire);
  void pass_request(const Wire& wire);
  void pass_reply(const Wire& wire);
  void answer_proposal(const Wire& wire);
  AlterPartitionResult decide(const AlterPartitionData& wanted);
  void fail(const Asked& asked);
  bool fire_next(sim::MonoTime end);
  void move_to(sim::MonoTime time);

  Options options_;
  Tell tell_;
  bool quiet_ = false;
  MetadataImage image_;
  std::map<NodeId, std::unique_ptr<Broker>> brokers_;
  std::set<NodeId> isolated_;
  std::vector<Wire> wires_;
  std::map<uint64_t, Asked> asked_;
  std::map<uint64_t, std::pair<std::string, NodeId>> clients_;  // Requests of clients, and to whom.
  uint64_t next_token_ = 1;
  int produces_ = 0;
};

}  // namespace models

#endif  // TESTS_TRANSCRIPTS_REPLICATION_STAGE_H_
