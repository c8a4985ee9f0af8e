// SPDX-License-Identifier: Apache-2.0
//
// Leaders, ISRs and producer ids.

#include <algorithm>

#include "models/controller/controller.h"
#include "models/controller/leader_election.h"

namespace models {

namespace {

constexpr int32_t kProducerIdBlock = 1000;  // ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE

std::vector<NodeId> without(const std::vector<NodeId>& ids, const BrokerChange& change) {
  std::vector<NodeId> left;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(left),
               [&](NodeId id) { return id != change.removed && id != change.unclean_shutdown; });
  return left;
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

PartitionTarget Controller::target_of(const TopicImage& topic, size_t index,
                                      Election election) const {
  const PartitionRegistration& partition = topic.partitions[index];
  PartitionTarget target = PartitionTarget::of(partition);
  target.topic_id = topic.id;
  target.partition_id = static_cast<int32_t>(index);
  target.election = election;
  target.elr_enabled = latest_.image().elr_enabled;
  // Of the first partition's replicas, as in Kafka.
  target.min_isr = std::min(static_cast<size_t>(topic.config.min_insync_replicas),
                            topic.partitions.front().replicas.size());
  return target;
}

Election Controller::election_of(const TopicImage& topic) {
  return topic.config.unclean_leader_election_enable ? Election::kUnclean : Election::kOnline;
}

std::optional<PartitionRegistration> Controller::change(const TopicImage& topic,
                                                        PartitionTarget target,
                                                        Records& records) const {
  const PartitionRegistration& partition =
      topic.partitions[static_cast<size_t>(target.partition_id)];
  std::optional<PartitionChangeRecord> record = change_partition(
      partition, std::move(target),
      [&](NodeId id) { return is_available(id) && has_online_directory(id, partition); });
  if (!record) return std::nullopt;
  PartitionRegistration next = merge(partition, *record);
  records.emplace_back(*std::move(record));
  return next;
}

void Controller::add_change(const TopicImage& topic, size_t index, const BrokerChange& brokers,
                            Records& records) const {
  const PartitionRegistration& partition = topic.partitions[index];
  auto acceptable = [&](NodeId id) {
    if (id == brokers.removed || id == brokers.unclean_shutdown) return false;
    bool available = id == brokers.added || is_available(id);
    return available && has_online_directory(id, partition);
  };
  PartitionTarget target = target_of(topic, index, election_of(topic));
  target.isr = without(partition.isr, brokers);
  target.unclean_shutdown = brokers.unclean_shutdown;
  std::optional<PartitionChangeRecord> change =
      change_partition(partition, std::move(target), acceptable);
  if (change) records.emplace_back(*std::move(change));
}

void Controller::add_isr_changes(const BrokerChange& brokers, Records& records) const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionRegistration& partition = topic.partitions[i];
      bool concerned =
          partition.in_isr(brokers.removed) || partition.in_isr(brokers.unclean_shutdown);
      if (concerned) add_change(topic, i, brokers, records);
    }
  }
}

void Controller::add_elr_changes(const BrokerChange& brokers, Records& records) const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionRegistration& partition = topic.partitions[i];
      bool concerned =
          partition.in_elr(brokers.removed) || partition.in_elr(brokers.unclean_shutdown);
      if (concerned) add_change(topic, i, brokers, records);
    }
  }
}

void Controller::add_changes_without(NodeId removed, Records& records) const {
  add_isr_changes({.removed = removed}, records);
}

// A new incarnation has registered: whatever the former one led or was in sync with, this one may
// have lost, unless it shut down cleanly.
void Controller::add_shutdown_changes(NodeId id, bool clean, Step& step, Records& records) const {
  bool elr = latest_.image().elr_enabled && !step.mutated(Mutation::kKip966);
  if (clean || !elr) return add_changes_without(id, records);
  BrokerChange brokers{.unclean_shutdown = id};
  add_isr_changes(brokers, records);
  size_t before = records.size();
  add_elr_changes(brokers, records);
  if (records.size() > before) step.mark(Mark::kElrDroppedUnclean);
}

void Controller::add_elections_with(NodeId added, Records& records) const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      if (topic.partitions[i].leader != kNoNode) continue;
      add_change(topic, i, {.added = added}, records);
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
    response.partitions.push_back(alter_partition(request.broker_id, wanted, step, records));
  }
  append(records, "leader " + std::to_string(request.broker_id.value()) + " asked for it", step);
  answer(token, std::move(response), step);
}

AlterPartitionResult Controller::alter_partition(NodeId sender, const AlterPartitionData& wanted,
                                                 Step& step, Records& records) const {
  AlterPartitionResult result;
  result.topic_id = wanted.topic_id;
  result.partition = wanted.partition;
  const TopicImage* topic = latest_.find_topic(wanted.topic_id);
  if (topic == nullptr) {
    result.error = ErrorCode::kUnknownTopicId;
    return result;
  }
  const PartitionRegistration* partition =
      latest_.image().find(TopicPartition{topic->name, wanted.partition.partition});
  result.error = partition == nullptr ? ErrorCode::kUnknownTopicOrPartition
                                      : check_alter_partition(sender, *partition, wanted, step);
  if (result.error != ErrorCode::kNone) return result;
  PartitionTarget target =
      target_of(*topic, static_cast<size_t>(wanted.partition.partition), election_of(*topic));
  target.isr.clear();
  for (const IsrMember& member : wanted.new_isr) target.isr.push_back(member.broker_id);
  target.recovering = false;
  PartitionRegistration next = change(*topic, std::move(target), records).value_or(*partition);
  if (next.leader != sender) {
    // This ISR completes a reassignment that takes the sender away. An error, and yet a record.
    step.mark(Mark::kNewLeaderByReassignment);
    result.error = ErrorCode::kNewLeaderElected;
    return result;
  }
  result.leader = next.leader;
  result.leader_epoch = next.leader_epoch;
  result.isr = next.isr;
  result.partition_epoch = next.partition_epoch;
  return result;
}

// In Kafka's order: the first that fails is answered.
ErrorCode Controller::check_alter_partition(NodeId sender, const PartitionRegistration& partition,
                                            const AlterPartitionData& wanted, Step& step) const {
  // A leader that knows more than this controller has heard from a later one.
  if (wanted.leader_epoch > partition.leader_epoch) return ErrorCode::kNotController;
  if (wanted.partition_epoch > partition.partition_epoch) return ErrorCode::kNotController;
  bool stale = wanted.leader_epoch < partition.leader_epoch ||
               wanted.partition_epoch < partition.partition_epoch;
  if (stale) step.mark(Mark::kStaleAlterPartition);
  if (wanted.leader_epoch < partition.leader_epoch) return ErrorCode::kFencedLeaderEpoch;
  if (sender != partition.leader) return ErrorCode::kInvalidRequest;
  if (wanted.partition_epoch < partition.partition_epoch) return ErrorCode::kInvalidUpdateVersion;
  return check_new_isr(partition, wanted, step);
}

ErrorCode Controller::check_new_isr(const PartitionRegistration& partition,
                                    const AlterPartitionData& wanted, Step& step) const {
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
    // A replica that was reborn since it fetched may have lost what it had then.
    bool epoch_fits = member.broker_epoch == kNoBrokerEpoch ||
                      has_broker_epoch(member.broker_id, member.broker_epoch) ||
                      step.mutated(Mutation::kKip903);
    if (is_available(member.broker_id) && epoch_fits) continue;
    step.mark(Mark::kIneligibleIsrMember);
    return ErrorCode::kIneligibleReplica;
  }
  return ErrorCode::kNone;
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

}  // namespace models
