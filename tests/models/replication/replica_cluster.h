// SPDX-License-Identifier: Apache-2.0
//
// Three replica managers and a scripted controller, joined by hand: messages are passed on in order
// until none is left, timers fire as time is moved on. No kernel: what happens is what the machines
// decided.
//
//   ReplicaCluster cluster;
//   cluster.elect(kOne, {kOne, kTwo, kThree});
//   int produce = cluster.produce(kOne, -1);
//   cluster.settle();
//   EXPECT_EQ(cluster.result(produce), ErrorCode::kNone);

#ifndef TESTS_MODELS_REPLICATION_REPLICA_CLUSTER_H_
#define TESTS_MODELS_REPLICATION_REPLICA_CLUSTER_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/models/replication/replication_fixture.h"

namespace models {

class ReplicaCluster {
 public:
  explicit ReplicaCluster(TopicConfig config = {}, std::vector<Mutation> mutations = {})
      : image_(image_of(kNoNode, -1, {}, -1, config)) {
    for (NodeId id : {kOne, kTwo, kThree}) {
      nodes_[id] = std::make_unique<Node>();
      for (Mutation mutation : mutations) nodes_[id]->at.mutations().insert(mutation);
      boot(id);
    }
  }

  // The controller names a leader in a new epoch, and everybody up and connected hears of it.
  void elect(NodeId leader, std::vector<NodeId> isr) {
    PartitionRegistration& partition = image_.topics["orders"].partitions[0];
    partition.leader = leader;
    partition.isr = std::move(isr);
    partition.leader_epoch = partition.leader_epoch + 1;
    partition.partition_epoch = partition.partition_epoch + 1;
    for (auto& [id, node] : nodes_) publish(id);
    settle();
  }

  int produce(NodeId to, int16_t acks) {
    int number = next_produce_++;
    Node& node = *nodes_[to];
    uint64_t token = next_token_++;
    produce_tokens_[token] = number;
    node.manager->on_produce(RequestToken(token), produce_request(acks), node.at.step());
    collect(to);
    return number;
  }
  // Of an answered produce; nothing while it waits.
  std::optional<ErrorCode> result(int number) const {
    auto it = results_.find(number);
    return it == results_.end() ? std::nullopt : std::optional(it->second);
  }

  // Passes messages on until none is on its way.
  void settle() {
    while (!wires_.empty()) {
      Wire wire = std::move(wires_.front());
      wires_.pop_front();
      deliver(wire);
    }
  }
  // Moves time on, a timer at a time.
  void advance(sim::Duration span) {
    sim::MonoTime end = nodes_[kOne]->at.mono() + span;
    settle();
    for (auto next = next_timer(); next && next->first <= end; next = next_timer()) {
      sim::Duration wait = next->first - nodes_[kOne]->at.mono();
      for (auto& [id, node] : nodes_) node->at.advance(wait);
      fire(next->second, next->first);
      settle();
    }
    sim::Duration rest = end - nodes_[kOne]->at.mono();
    for (auto& [id, node] : nodes_) node->at.advance(rest);
  }

  // From now on nothing passes to or from `id`; what is sent arrives when it is healed, as over
  // TCP.
  void isolate(NodeId id) { isolated_.insert(id); }
  void heal(NodeId id) {
    isolated_.erase(id);
    for (Wire& wire : std::exchange(held_, {})) wires_.push_back(std::move(wire));
    publish(id);
    settle();
  }
  // The process ends, files stay. Requests to it fail.
  void crash(NodeId id) {
    nodes_[id]->manager.reset();
    nodes_[id]->timers.clear();
    std::deque<Wire> wires = std::move(wires_);
    wires_.clear();
    for (Wire& wire : wires) {
      if (wire.from != id) wires_.push_back(std::move(wire));
    }
    std::vector<Asked> broken;
    for (auto it = asked_.begin(); it != asked_.end();) {
      if (it->second.to == id && it->second.from != id) broken.push_back(it->second);
      it = it->second.to == id || it->second.from == id ? asked_.erase(it) : std::next(it);
    }
    for (const Asked& asked : broken) fail(asked);
    settle();
  }
  void restart(NodeId id) {
    boot(id);
    for (auto& [other, node] : nodes_) publish(other);  // Of its new broker epoch.
    settle();
  }

  const PartitionLog& log(NodeId id) { return nodes_[id]->manager->find(kOrders0)->log; }
  int64_t log_end(NodeId id) { return log(id).log_end_offset().value(); }
  int64_t watermark(NodeId id) { return log(id).high_watermark().value(); }
  // The bytes of the whole log, as a follower would get them.
  std::string bytes(NodeId id) {
    Node& node = *nodes_[id];
    PartitionLog copy = log(id);
    ReadResult read = copy.read(Offset(0), 1 << 20, copy.log_end_offset(), true, node.at.step());
    return std::string(read.records);
  }
  const std::vector<NodeId>& isr() { return image_.topics["orders"].partitions[0].isr; }
  int64_t marked(Mark mark) {
    int64_t total = 0;
    for (auto& [id, node] : nodes_) total += node->at.marks().of(mark);
    return total;
  }

 private:
  struct Node {
    StepFixture at;
    std::unique_ptr<ReplicaManager> manager;  // Absent while it is down.
    std::map<TimerKey, sim::MonoTime> timers;
    int64_t lives = 0;
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

  void boot(NodeId id) {
    Node& node = *nodes_[id];
    node.manager = std::make_unique<ReplicaManager>(ReplicaManagerOptions{
        .node_id = id, .log_directory = "kafka-logs", .cluster_id = "cluster"});
    EXPECT_TRUE(node.manager->on_start(node.at.step()).ok());
    BrokerEpoch epoch(100 + id.value() + 10 * node.lives++);
    node.manager->set_broker_epoch(epoch);
    image_.brokers[id].epoch = epoch;
    collect(id);
  }
  void publish(NodeId id) {
    Node& node = *nodes_[id];
    if (!node.manager || isolated_.contains(id)) return;
    node.manager->on_metadata(image_, everything(image_), node.at.step());
    collect(id);
  }
  bool connected(NodeId a, NodeId b) const {
    return !isolated_.contains(a) && !isolated_.contains(b);
  }

  // Takes over the effects of `id`'s last step.
  void collect(NodeId id) {
    Node& node = *nodes_[id];
    for (Effect& effect : node.at.effects().list()) {
      if (auto* send = std::get_if<SendRequest>(&effect)) {
        uint64_t token = next_token_++;
        asked_[token] = {id, send->to, send->message};
        wires_.push_back({id, send->to, token, std::move(send->message), true});
      } else if (auto* reply = std::get_if<SendReply>(&effect)) {
        take_reply(id, *reply);
      } else if (auto* arm = std::get_if<ArmTimer>(&effect)) {
        node.timers[arm->key] = node.at.mono() + arm->after;
      } else if (auto* cancel = std::get_if<CancelTimer>(&effect)) {
        node.timers.erase(cancel->key);
      }
    }
    node.at.clear();
  }
  void take_reply(NodeId id, SendReply& reply) {
    uint64_t token = reply.to.value();
    if (auto produced = produce_tokens_.find(token); produced != produce_tokens_.end()) {
      results_[produced->second] = std::get<ProduceResponse>(reply.message).partitions[0].error;
    } else if (auto asked = asked_.find(token); asked != asked_.end()) {
      wires_.push_back({id, asked->second.from, token, std::move(reply.message), false});
    }
  }

  void deliver(const Wire& wire) {
    if (!connected(wire.from, wire.to)) {
      held_.push_back(wire);
      return;
    }
    if (wire.to == kNoNode) return control(wire);
    Node& node = *nodes_[wire.to];
    if (wire.is_request) {
      if (!node.manager) {
        Asked asked = asked_[wire.token];
        asked_.erase(wire.token);
        return fail(asked);
      }
      RequestToken token(wire.token);
      if (auto* fetch = std::get_if<FetchRequest>(&wire.message)) {
        node.manager->on_fetch(token, *fetch, node.at.step());
      } else if (auto* list = std::get_if<ListOffsetsRequest>(&wire.message)) {
        node.manager->on_list_offsets(token, *list, node.at.step());
      }
    } else if (auto asked = asked_.find(wire.token); asked != asked_.end() && node.manager) {
      const Message& sent = asked->second.request;
      if (auto* fetch = std::get_if<FetchResponse>(&wire.message)) {
        node.manager->on_fetch_response(wire.from, *fetch, std::get<FetchRequest>(sent),
                                        node.at.step());
      } else if (auto* list = std::get_if<ListOffsetsResponse>(&wire.message)) {
        node.manager->on_list_offsets_response(wire.from, *list, std::get<ListOffsetsRequest>(sent),
                                               node.at.step());
      }
      asked_.erase(asked);
    }
    collect(wire.to);
  }
  void fail(const Asked& asked) {
    Node& node = *nodes_[asked.from];
    if (!node.manager) return;
    if (auto* fetch = std::get_if<FetchRequest>(&asked.request)) {
      node.manager->on_fetch_failed(asked.to, *fetch, RequestFailure::kDisconnected,
                                    node.at.step());
    }
    collect(asked.from);
  }

  // The controller agrees to every proposal that is up to date.
  void control(const Wire& wire) {
    const auto& request = std::get<AlterPartitionRequest>(wire.message);
    Node& node = *nodes_[wire.from];
    if (!node.manager) return;
    PartitionRegistration& partition = image_.topics["orders"].partitions[0];
    AlterPartitionResponse response;
    for (const AlterPartitionData& proposal : request.partitions) {
      AlterPartitionResult& result = response.partitions.emplace_back();
      result.topic_id = proposal.topic_id;
      result.partition = proposal.partition;
      if (proposal.leader_epoch != partition.leader_epoch) {
        result.error = ErrorCode::kFencedLeaderEpoch;
      } else if (proposal.partition_epoch != partition.partition_epoch) {
        result.error = ErrorCode::kInvalidUpdateVersion;
      } else {
        partition.isr.clear();
        for (const IsrMember& member : proposal.new_isr) partition.isr.push_back(member.broker_id);
        partition.partition_epoch = partition.partition_epoch + 1;
        result.leader = partition.leader;
        result.leader_epoch = partition.leader_epoch;
        result.isr = partition.isr;
        result.partition_epoch = partition.partition_epoch;
      }
    }
    node.manager->on_alter_partition_response(response, request, node.at.step());
    collect(wire.from);
  }

  std::optional<std::pair<sim::MonoTime, NodeId>> next_timer() const {
    std::optional<std::pair<sim::MonoTime, NodeId>> next;
    for (const auto& [id, node] : nodes_) {
      for (const auto& [key, due] : node->timers) {
        if (!next || due < next->first) next = {due, id};
      }
    }
    return next;
  }
  void fire(NodeId id, sim::MonoTime due) {
    Node& node = *nodes_[id];
    for (const auto& [key, when] : node.timers) {
      if (when != due) continue;
      TimerKey fired = key;
      node.timers.erase(fired);
      node.manager->on_timer(fired, node.at.step());
      collect(id);
      return;
    }
  }

  MetadataImage image_;
  std::map<NodeId, std::unique_ptr<Node>> nodes_;
  std::set<NodeId> isolated_;
  std::deque<Wire> wires_;
  std::vector<Wire> held_;  // Undeliverable for now.
  std::map<uint64_t, Asked> asked_;
  std::map<uint64_t, int> produce_tokens_;
  std::map<int, ErrorCode> results_;
  uint64_t next_token_ = 1;
  int next_produce_ = 0;
};

}  // namespace models

#endif  // TESTS_MODELS_REPLICATION_REPLICA_CLUSTER_H_
