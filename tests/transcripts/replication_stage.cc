// SPDX-License-Identifier: Apache-2.0

#include "tests/transcripts/replication_stage.h"

#include <algorithm>

#include "tests/transcripts/wire_text.h"

namespace models {
namespace {

std::string number(auto id) { return std::to_string(id.value()); }
std::string end_name(NodeId id) { return id == kNoNode ? "controller" : number(id); }
std::string broker_name(NodeId id) { return "broker " + number(id); }

}  // namespace

ReplicationStage::ReplicationStage(const Options& options, Tell tell)
    : options_(options),
      tell_(std::move(tell)),
      image_(image_of(kNoNode, -1, {}, -1, options.topic)) {
  for (NodeId id : {kOne, kTwo, kThree}) {
    brokers_[id] = std::make_unique<Broker>();
    for (Mutation mutation : options.mutations) broker(id).at.mutations().insert(mutation);
    boot(id);
  }
}

std::vector<NodeId> ReplicationStage::up() const {
  std::vector<NodeId> ids;
  for (const auto& [id, broker] : brokers_) {
    if (broker->manager && !isolated_.contains(id)) ids.push_back(id);
  }
  return ids;
}

void ReplicationStage::boot(NodeId id) {
  Broker& one = broker(id);
  one.manager =
      std::make_unique<ReplicaManager>(ReplicaManagerOptions{.node_id = id,
                                                             .config = options_.broker,
                                                             .log_directory = "kafka-logs",
                                                             .cluster_id = "cluster"});
  absl::Status started = one.manager->on_start(one.at.step());
  if (!started.ok()) tell_(broker_name(id) + " cannot start: " + std::string(started.message()));
  BrokerEpoch epoch(100 + id.value() + 10 * one.lives++);
  one.manager->set_broker_epoch(epoch);
  image_.brokers[id].epoch = epoch;
  collect(id);
}

void ReplicationStage::publish(NodeId id) {
  if (!broker(id).manager) return;
  broker(id).manager->on_metadata(image_, everything(image_), broker(id).at.step());
  collect(id);
}

void ReplicationStage::elect(NodeId leader, std::vector<NodeId> isr,
                             const std::vector<NodeId>& heard) {
  PartitionRegistration& partition = image_.topics["orders"].partitions[0];
  partition.leader = leader;
  partition.isr = std::move(isr);
  partition.leader_epoch = partition.leader_epoch + 1;
  partition.partition_epoch = partition.partition_epoch + 1;
  tell_("controller: leader " + number(leader) + ", leader epoch " +
        number(partition.leader_epoch) + ", partition epoch " + number(partition.partition_epoch) +
        ", isr " + ids_text(partition.isr));
  for (NodeId id : heard) publish(id);
}

void ReplicationStage::produce(NodeId to, int16_t acks, int records, sim::Duration timeout) {
  uint64_t token = next_token_++;
  std::string name = "produce " + std::to_string(++produces_);
  clients_[token] = {name, to};
  ProduceRequest request = produce_request(acks, records, static_cast<int32_t>(timeout.millis()));
  broker(to).manager->on_produce(RequestToken(token), request, broker(to).at.step());
  collect(to);
  if (acks == 0) clients_.erase(token);  // Nobody waits.
  if (clients_.contains(token)) tell_(name + " waits");
}

void ReplicationStage::consume(NodeId from, int64_t offset) {
  uint64_t token = next_token_++;
  clients_[token] = {"consumer", from};
  FetchRequest request = fetch_request(kNoNode, offset, -1);
  request.max_wait_ms = 0;
  broker(from).manager->on_fetch(RequestToken(token), request, broker(from).at.step());
  collect(from);
}

void ReplicationStage::collect(NodeId id) {
  Broker& one = broker(id);
  std::vector<Effect> effects = std::move(one.at.effects().list());
  one.at.clear();
  tell_progress(id);
  for (Effect& effect : effects) {
    if (auto* send = std::get_if<SendRequest>(&effect)) {
      uint64_t token = next_token_++;
      NodeId to = send->channel == Channel::kToController ? kNoNode : send->to;
      tell_message(number(id) + " -> " + end_name(to) + " " + text_of(send->message));
      asked_[token] = {id, to, send->message};
      wires_.push_back({id, to, token, std::move(send->message), true});
    } else if (auto* reply = std::get_if<SendReply>(&effect)) {
      take_reply(id, *reply);
    } else if (auto* arm = std::get_if<ArmTimer>(&effect)) {
      one.timers[arm->key] = one.at.mono() + arm->after;
    } else if (auto* cancel = std::get_if<CancelTimer>(&effect)) {
      one.timers.erase(cancel->key);
    } else if (auto* note = std::get_if<Note>(&effect)) {
      tell_(broker_name(id) + ": " + text_of(*note));
    } else if (std::holds_alternative<Exit>(effect)) {
      tell_(broker_name(id) + " exits");
    }
  }
}

void ReplicationStage::take_reply(NodeId id, SendReply& reply) {
  uint64_t token = reply.to.value();
  if (auto client = clients_.find(token); client != clients_.end()) {
    std::string text;
    if (auto* produced = std::get_if<ProduceResponse>(&reply.message)) {
      const PartitionProduceResponse& one = produced->partitions.at(0);
      text = one.error == ErrorCode::kNone ? "acknowledged at " + number(one.base_offset)
                                           : std::string(name_of(one.error));
    } else {
      text = text_of(reply.message);
    }
    tell_(number(id) + " -> client " + client->second.first + ": " + text);
    clients_.erase(client);
  } else if (auto asked = asked_.find(token); asked != asked_.end()) {
    tell_message(number(id) + " -> " + number(asked->second.from) + " " + text_of(reply.message));
    wires_.push_back({id, asked->second.from, token, std::move(reply.message), false});
  }
}

void ReplicationStage::tell_progress(NodeId id) {
  Broker& one = broker(id);
  const HostedPartition* replica = one.manager ? one.manager->find(kOrders0) : nullptr;
  if (replica == nullptr) return;
  int64_t end = replica->log.log_end_offset().value();
  int64_t watermark = replica->log.high_watermark().value();
  auto moved = [&](std::string_view what, int64_t& from, int64_t to) {
    if (from == to) return;
    tell_(broker_name(id) + ": " + std::string(what) + " " + std::to_string(from) + " -> " +
          std::to_string(to));
    from = to;
  };
  moved("log end", one.end, end);
  moved("hw", one.watermark, watermark);
}

bool ReplicationStage::can_pass(const Wire& wire) const {
  return !isolated_.contains(wire.from) && !isolated_.contains(wire.to);
}

void ReplicationStage::deliver(std::optional<NodeId> from, std::optional<NodeId> to) {
  std::vector<Wire> now;
  std::vector<Wire> rest;
  for (Wire& wire : wires_) {
    bool wanted = can_pass(wire) && (!from || *from == wire.from) && (!to || *to == wire.to);
    (wanted ? now : rest).push_back(std::move(wire));
  }
  wires_ = std::move(rest);
  for (const Wire& wire : now) pass(wire);
}

void ReplicationStage::settle() {
  auto deliverable = [this] {
    return std::any_of(wires_.begin(), wires_.end(), [this](const Wire& w) { return can_pass(w); });
  };
  while (deliverable()) deliver(std::nullopt, std::nullopt);
}

void ReplicationStage::pass(const Wire& wire) {
  if (wire.to == kNoNode) return answer_proposal(wire);
  if (wire.is_request) return pass_request(wire);
  pass_reply(wire);
}

void ReplicationStage::pass_request(const Wire& wire) {
  auto asked = asked_.find(wire.token);
  if (asked == asked_.end()) return;
  Broker& one = broker(wire.to);
  if (!one.manager) {
    Asked failed = asked->second;
    asked_.erase(asked);
    return fail(failed);
  }
  RequestToken token(wire.token);
  size_t before = wires_.size();
  if (auto* fetch = std::get_if<FetchRequest>(&wire.message)) {
    one.manager->on_fetch(token, *fetch, one.at.step());
  } else if (auto* list = std::get_if<ListOffsetsRequest>(&wire.message)) {
    one.manager->on_list_offsets(token, *list, one.at.step());
  }
  collect(wire.to);
  bool answered = std::any_of(wires_.begin() + static_cast<ptrdiff_t>(before), wires_.end(),
                              [&](const Wire& w) { return w.token == wire.token; });
  if (!answered) tell_message(broker_name(wire.to) + ": fetch of " + number(wire.from) + " waits");
}

void ReplicationStage::pass_reply(const Wire& wire) {
  auto asked = asked_.find(wire.token);
  Broker& one = broker(wire.to);
  if (asked == asked_.end() || !one.manager) return;
  Message sent = asked->second.request;
  asked_.erase(asked);
  ReplicaManager& manager = *one.manager;
  if (auto* fetch = std::get_if<FetchResponse>(&wire.message)) {
    manager.on_fetch_response(wire.from, *fetch, std::get<FetchRequest>(sent), one.at.step());
  } else if (auto* list = std::get_if<ListOffsetsResponse>(&wire.message)) {
    manager.on_list_offsets_response(wire.from, *list, std::get<ListOffsetsRequest>(sent),
                                     one.at.step());
  } else if (auto* altered = std::get_if<AlterPartitionResponse>(&wire.message)) {
    manager.on_alter_partition_response(*altered, std::get<AlterPartitionRequest>(sent),
                                        one.at.step());
  }
  collect(wire.to);
}

void ReplicationStage::answer_proposal(const Wire& wire) {
  AlterPartitionResponse response;
  for (const AlterPartitionData& wanted :
       std::get<AlterPartitionRequest>(wire.message).partitions) {
    response.partitions.push_back(decide(wanted));
  }
  tell_("controller -> " + number(wire.from) + " " + text_of(response));
  wires_.push_back({kNoNode, wire.from, wire.token, std::move(response), false});
}

// Agrees to every proposal that is up to date, as ReplicationControlManager does.
AlterPartitionResult ReplicationStage::decide(const AlterPartitionData& wanted) {
  PartitionRegistration& partition = image_.topics["orders"].partitions[0];
  AlterPartitionResult result;
  result.topic_id = wanted.topic_id;
  result.partition = wanted.partition;
  if (wanted.leader_epoch < partition.leader_epoch) {
    result.error = ErrorCode::kFencedLeaderEpoch;
    return result;
  }
  if (wanted.partition_epoch < partition.partition_epoch) {
    result.error = ErrorCode::kInvalidUpdateVersion;
    return result;
  }
  partition.isr.clear();
  for (const IsrMember& member : wanted.new_isr) partition.isr.push_back(member.broker_id);
  partition.partition_epoch = partition.partition_epoch + 1;
  result.leader = partition.leader;
  result.leader_epoch = partition.leader_epoch;
  result.isr = partition.isr;
  result.partition_epoch = partition.partition_epoch;
  return result;
}

void ReplicationStage::fail(const Asked& asked) {
  Broker& one = broker(asked.from);
  if (!one.manager) return;
  tell_message(number(asked.from) + ": no connection to " + end_name(asked.to));
  if (auto* fetch = std::get_if<FetchRequest>(&asked.request)) {
    one.manager->on_fetch_failed(asked.to, *fetch, RequestFailure::kDisconnected, one.at.step());
  } else if (auto* list = std::get_if<ListOffsetsRequest>(&asked.request)) {
    one.manager->on_list_offsets_failed(asked.to, *list, RequestFailure::kDisconnected,
                                        one.at.step());
  }
  collect(asked.from);
}

void ReplicationStage::heal(NodeId id) {
  isolated_.erase(id);
  publish(id);
}

void ReplicationStage::crash(NodeId id) {
  Broker& one = broker(id);
  one.manager.reset();
  one.timers.clear();
  std::erase_if(wires_, [id](const Wire& wire) { return wire.from == id || wire.to == id; });
  std::erase_if(clients_, [&](const auto& entry) {
    if (entry.second.second != id) return false;
    tell_("client " + entry.second.first + " loses its connection");
    return true;
  });
  std::vector<Asked> broken;
  std::erase_if(asked_, [&](const auto& entry) {
    const Asked& asked = entry.second;
    if (asked.to == id) broken.push_back(asked);
    return asked.to == id || asked.from == id;
  });
  for (const Asked& asked : broken) fail(asked);
}

void ReplicationStage::restart(NodeId id) {
  Broker& one = broker(id);
  boot(id);
  one.end = one.watermark = 0;  // Until it hears of its replicas it has opened no log.
  tell_(broker_name(id) + ": starts");
  for (NodeId other : up()) publish(other);  // Of its new broker epoch.
}

void ReplicationStage::move_to(sim::MonoTime time) {
  for (auto& [id, one] : brokers_) one->at.advance(time - one->at.mono());
}

bool ReplicationStage::fire_next(sim::MonoTime end) {
  Broker* next = nullptr;
  NodeId next_id;
  std::pair<sim::MonoTime, TimerKey> due{end + sim::Duration::nanos(1), {}};
  for (auto& [id, one] : brokers_) {
    for (const auto& [key, when] : one->timers) {
      if (when >= due.first) continue;
      due = {when, key};
      next = one.get();
      next_id = id;
    }
  }
  if (next == nullptr) return false;
  move_to(due.first);
  next->timers.erase(due.second);
  next->manager->on_timer(due.second, next->at.step());
  collect(next_id);
  return true;
}

void ReplicationStage::advance(sim::Duration span) {
  sim::MonoTime end = broker(kOne).at.mono() + span;
  while (fire_next(end)) {
  }
  move_to(end);
}

void ReplicationStage::run(sim::Duration span) {
  sim::MonoTime end = broker(kOne).at.mono() + span;
  quiet_ = true;
  do {
    settle();
  } while (fire_next(end));
  move_to(end);
  quiet_ = false;
}

void ReplicationStage::tell_wires() {
  if (wires_.empty()) tell_("nothing");
  for (const Wire& wire : wires_) {
    tell_(end_name(wire.from) + " -> " + end_name(wire.to) + " " + text_of(wire.message));
  }
}

void ReplicationStage::tell_log(NodeId id) {
  Broker& one = broker(id);
  const HostedPartition* replica = one.manager ? one.manager->find(kOrders0) : nullptr;
  if (replica == nullptr) return tell_(broker_name(id) + ": down");
  const PartitionLog& log = replica->log;
  std::string text = broker_name(id) + ": " + std::string(name_of(replica->role)) + " in epoch " +
                     number(replica->version.leader_epoch) + ", epochs";
  for (const EpochStart& start : log.epochs().entries()) {
    text += " " + number(start.epoch) + "@" + number(start.start);
  }
  text += ", log end " + number(log.log_end_offset()) + ", hw " + number(log.high_watermark());
  if (replica->is_leader()) text += ", isr " + ids_text(replica->as_leader.isr());
  tell_(text);
}

}  // namespace models
