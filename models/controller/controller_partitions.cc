// SPDX-License-Identifier: Apache-2.0
//
// Leaders, ISRs, new topics and producer ids.

#include <algorithm>

#include "models/common/config_keys.h"
#include "models/controller/controller.h"
#include "models/controller/leader_election.h"
#include "models/controller/random_uuid.h"

namespace models {

namespace {

constexpr size_t kTopicNameBytesMax = 249;
constexpr size_t kElectionsPerBalance = 1000;  // MAX_ELECTIONS_PER_IMBALANCE
constexpr sim::Duration kBalanceAgainDelay = sim::Duration::millis(10);
constexpr int32_t kProducerIdBlock = 1000;  // ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE

std::vector<NodeId> without(const std::vector<NodeId>& ids, NodeId removed) {
  std::vector<NodeId> left;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(left),
               [&](NodeId id) { return id != removed; });
  return left;
}

bool is_legal_topic_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.size() > kTopicNameBytesMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// Names that differ only here give the same name of a metric.
std::string unify_collision_chars(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

ErrorCode check_configs(const CreatableTopic& topic) {
  TopicConfig scratch;
  for (const auto& [key, value] : topic.configs) {
    if (!set_topic_config(scratch, key, value).ok()) return ErrorCode::kInvalidConfig;
  }
  return ErrorCode::kNone;
}

}  // namespace

bool Controller::leads_any(NodeId id) const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (const PartitionRegistration& partition : topic.partitions) {
      if (partition.leader == id) return true;
    }
  }
  return false;
}

void Controller::add_change(const TopicImage& topic, size_t index, std::vector<NodeId> isr,
                            absl::FunctionRef<bool(NodeId)> acceptable, Records& records) const {
  const PartitionRegistration& partition = topic.partitions[index];
  PartitionTarget target{topic.id, static_cast<int32_t>(index), std::move(isr)};
  target.recovering = partition.recovering;
  if (topic.config.unclean_leader_election_enable) target.election = Election::kUnclean;
  std::optional<PartitionChangeRecord> change = change_partition(partition, target, acceptable);
  if (change) records.emplace_back(*std::move(change));
}

void Controller::add_changes_without(NodeId removed, Records& records) const {
  auto acceptable = [&](NodeId id) { return id != removed && is_available(id); };
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      if (!topic.partitions[i].in_isr(removed)) continue;
      add_change(topic, i, without(topic.partitions[i].isr, removed), acceptable, records);
    }
  }
}

void Controller::add_elections_with(NodeId added, Records& records) const {
  auto acceptable = [&](NodeId id) { return id == added || is_available(id); };
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      if (topic.partitions[i].leader != kNoNode) continue;
      add_change(topic, i, topic.partitions[i].isr, acceptable, records);
    }
  }
}

void Controller::on_alter_partition(RequestToken token, const AlterPartitionRequest& request,
                                    Step& step) {
  AlterPartitionResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
  } else if (!has_broker_epoch(request.broker_id, request.broker_epoch)) {
    response.error = ErrorCode::kStaleBrokerEpoch;
  }
  if (response.error != ErrorCode::kNone) {
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const AlterPartitionData& wanted : request.partitions) {
    response.partitions.push_back(alter_partition(request.broker_id, wanted, records));
  }
  append(records, "leader " + std::to_string(request.broker_id.value()) + " asked for it", step);
  answer(token, std::move(response), step);
}

AlterPartitionResult Controller::alter_partition(NodeId sender, const AlterPartitionData& wanted,
                                                 Records& records) const {
  AlterPartitionResult result;
  result.partition = wanted.partition;
  auto topic = latest_.image().topics.find(wanted.partition.topic);
  if (topic == latest_.image().topics.end()) {
    result.error = ErrorCode::kUnknownTopicId;
    return result;
  }
  const PartitionRegistration* partition = latest_.image().find(wanted.partition);
  result.error = partition == nullptr ? ErrorCode::kUnknownTopicOrPartition
                                      : check_alter_partition(sender, *partition, wanted);
  if (result.error != ErrorCode::kNone) return result;
  PartitionTarget target{topic->second.id, wanted.partition.partition};
  for (const IsrMember& member : wanted.new_isr) target.isr.push_back(member.broker_id);
  std::optional<PartitionChangeRecord> change =
      change_partition(*partition, target, [&](NodeId id) { return is_available(id); });
  PartitionRegistration next = change ? merge(*partition, *change) : *partition;
  result.leader = next.leader;
  result.leader_epoch = next.leader_epoch;
  result.isr = next.isr;
  result.partition_epoch = next.partition_epoch;
  if (change) records.emplace_back(*std::move(change));
  return result;
}

// In Kafka's order: the first that fails is answered.
ErrorCode Controller::check_alter_partition(NodeId sender, const PartitionRegistration& partition,
                                            const AlterPartitionData& wanted) const {
  // A leader that knows more than this controller has heard from a later one.
  if (wanted.leader_epoch > partition.leader_epoch) return ErrorCode::kNotController;
  if (wanted.partition_epoch > partition.partition_epoch) return ErrorCode::kNotController;
  if (wanted.leader_epoch < partition.leader_epoch) return ErrorCode::kFencedLeaderEpoch;
  if (sender != partition.leader) return ErrorCode::kInvalidRequest;
  if (wanted.partition_epoch < partition.partition_epoch) return ErrorCode::kInvalidUpdateVersion;
  return check_new_isr(partition, wanted);
}

ErrorCode Controller::check_new_isr(const PartitionRegistration& partition,
                                    const AlterPartitionData& wanted) const {
  std::vector<NodeId> members;
  for (const IsrMember& member : wanted.new_isr) {
    if (!partition.has_replica(member.broker_id)) return ErrorCode::kInvalidRequest;
    members.push_back(member.broker_id);
  }
  if (std::find(members.begin(), members.end(), partition.leader) == members.end()) {
    return ErrorCode::kInvalidRequest;
  }
  std::sort(members.begin(), members.end());
  if (std::adjacent_find(members.begin(), members.end()) != members.end()) {
    return ErrorCode::kInvalidRequest;
  }
  for (const IsrMember& member : wanted.new_isr) {
    bool epoch_fits = member.broker_epoch == kNoBrokerEpoch ||
                      has_broker_epoch(member.broker_id, member.broker_epoch);
    if (!is_available(member.broker_id) || !epoch_fits) return ErrorCode::kIneligibleReplica;
  }
  return ErrorCode::kNone;
}

void Controller::on_create_topics(RequestToken token, const CreateTopicsRequest& request,
                                  Step& step) {
  CreateTopicsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const CreatableTopic& topic : request.topics) {
    response.topics.push_back(create_topic(topic, request, records, step));
  }
  append(records, "the topic was created", step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::check_new_topic(const CreatableTopic& topic,
                                      const CreateTopicsRequest& request) const {
  auto same_name = [&](const CreatableTopic& other) { return other.name == topic.name; };
  if (std::count_if(request.topics.begin(), request.topics.end(), same_name) > 1) {
    return ErrorCode::kInvalidRequest;
  }
  if (!is_legal_topic_name(topic.name)) return ErrorCode::kInvalidTopicException;
  if (latest_.image().topics.contains(topic.name)) return ErrorCode::kTopicAlreadyExists;
  for (const auto& [name, existing] : latest_.image().topics) {
    if (unify_collision_chars(name) == unify_collision_chars(topic.name)) {
      return ErrorCode::kInvalidTopicException;
    }
  }
  if (ErrorCode error = check_configs(topic); error != ErrorCode::kNone) return error;
  if (topic.replication_factor <= 0) return ErrorCode::kInvalidReplicationFactor;
  return topic.num_partitions <= 0 ? ErrorCode::kInvalidPartitions : ErrorCode::kNone;
}

CreatableTopicResult Controller::create_topic(const CreatableTopic& topic,
                                              const CreateTopicsRequest& request, Records& records,
                                              Step& step) const {
  CreatableTopicResult result;
  result.name = topic.name;
  result.error = check_new_topic(topic, request);
  if (result.error != ErrorCode::kNone) return result;
  auto placed =
      place_replicas(usable_brokers(), topic.num_partitions, topic.replication_factor, step.rng);
  if (!placed) {
    result.error = ErrorCode::kInvalidReplicationFactor;
    return result;
  }
  result.topic_id = random_uuid(step.rng);
  Records created = {TopicRecord{topic.name, result.topic_id}};
  for (const auto& [key, value] : topic.configs) {
    created.emplace_back(ConfigRecord{kTopicResource, topic.name, key, value});
  }
  for (size_t i = 0; i < placed->size(); ++i) {
    PartitionRecord record{static_cast<int32_t>(i), result.topic_id};
    PartitionRegistration& partition = record.partition;
    partition.replicas = std::move((*placed)[i]);
    std::copy_if(partition.replicas.begin(), partition.replicas.end(),
                 std::back_inserter(partition.isr), [&](NodeId id) { return is_available(id); });
    if (partition.isr.empty()) {
      result.error = ErrorCode::kInvalidReplicationFactor;
      return result;
    }
    partition.leader = partition.isr.front();
    created.emplace_back(std::move(record));
  }
  std::move(created.begin(), created.end(), std::back_inserter(records));
  return result;
}

void Controller::on_allocate_producer_ids(RequestToken token,
                                          const AllocateProducerIdsRequest& request, Step& step) {
  ErrorCode error = ErrorCode::kNone;
  if (!active_) {
    error = ErrorCode::kNotController;
  } else if (!has_broker_epoch(request.broker_id, request.broker_epoch)) {
    error = ErrorCode::kStaleBrokerEpoch;
  }
  if (error != ErrorCode::kNone) {
    step.effects.reply(token, AllocateProducerIdsResponse{error});
    return;
  }
  int64_t first = latest_.image().next_producer_id.value();
  append({ProducerIdsRecord{request.broker_id, request.broker_epoch,
                            ProducerId(first + kProducerIdBlock)}},
         "", step);
  answer(token, AllocateProducerIdsResponse{ErrorCode::kNone, first, kProducerIdBlock}, step);
}

bool Controller::leaders_are_imbalanced() const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (const PartitionRegistration& partition : topic.partitions) {
      if (partition.leader != partition.replicas.front()) return true;
    }
  }
  return false;
}

void Controller::schedule_leader_balance(Step& step) {
  if (balance_scheduled_ || !options_.config.auto_leader_rebalance_enable) return;
  if (!leaders_are_imbalanced()) return;
  balance_scheduled_ = true;
  step.effects.arm({Timer::kLeaderBalance},
                   balance_again_soon_ ? kBalanceAgainDelay
                                       : options_.config.leader_imbalance_check_interval_seconds);
}

void Controller::on_leader_balance(Step& step) {
  Records records;
  auto acceptable = [&](NodeId id) { return is_available(id); };
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionRegistration& partition = topic.partitions[i];
      if (records.size() >= kElectionsPerBalance) break;
      if (partition.leader == partition.replicas.front()) continue;
      PartitionTarget target{topic.id, static_cast<int32_t>(i), partition.isr, Election::kPreferred,
                             partition.recovering};
      std::optional<PartitionChangeRecord> change = change_partition(partition, target, acceptable);
      if (change) records.emplace_back(*std::move(change));
    }
  }
  balance_scheduled_ = false;
  balance_again_soon_ = records.size() >= kElectionsPerBalance;
  append(records, "the preferred leader is back in the ISR", step);
  schedule_leader_balance(step);
}

}  // namespace models
