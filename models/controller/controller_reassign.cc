// SPDX-License-Identifier: Apache-2.0
//
// Replicas move to other brokers, and leaders to other replicas, because someone asked for it.
// Source: ReplicationControlManager.java (alterPartitionReassignments, listPartitionReassignments,
// electLeaders).

#include "models/controller/controller.h"

namespace models {

void Controller::on_alter_partition_reassignments(RequestToken token,
                                                  const AlterPartitionReassignmentsRequest& request,
                                                  Step& step) {
  AlterPartitionReassignmentsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const ReassignablePartition& wanted : request.partitions) {
    ErrorCode error = reassign(wanted, request.allow_replication_factor_change, records);
    response.results.push_back({wanted.partition, error});
  }
  append(records, "replicas were reassigned", step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::reassign(const ReassignablePartition& wanted, bool may_change_factor,
                               Records& records) const {
  const PartitionRegistration* partition = latest_.image().find(wanted.partition);
  if (partition == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  const TopicImage& topic = latest_.image().topics.at(wanted.partition.topic);
  size_t index = static_cast<size_t>(wanted.partition.partition);
  if (!wanted.replicas) {
    if (!partition->is_reassigning()) return ErrorCode::kNoReassignmentInProgress;
    PartitionTarget target = target_of(topic, index, election_of(topic));
    bool unclean = cancel_reassignment(*partition, target);
    bool allowed = topic.config.unclean_leader_election_enable && !target.replicas.empty();
    if (unclean && !allowed) return ErrorCode::kInvalidReplicaAssignment;
    change(topic, std::move(target), records);
    return ErrorCode::kNone;
  }
  ErrorCode error = check_assignment(*wanted.replicas, std::nullopt);
  if (error != ErrorCode::kNone) return error;
  bool same_factor = final_replica_count(*partition) == wanted.replicas->size();
  if (!may_change_factor && !same_factor) return ErrorCode::kInvalidReplicationFactor;
  PartitionTarget target = target_of(topic, index, Election::kOnline);
  begin_reassignment(*partition, *wanted.replicas, target);
  for (NodeId id : target.replicas) target.directories.emplace(id, default_directory(id));
  change(topic, std::move(target), records);
  return ErrorCode::kNone;
}

void Controller::on_list_partition_reassignments(RequestToken token,
                                                 const ListPartitionReassignmentsRequest& request,
                                                 Step& step) {
  ListPartitionReassignmentsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  // A read: of what is committed.
  auto list = [&](const TopicPartition& name, const PartitionRegistration& partition) {
    if (!partition.is_reassigning()) return;
    response.ongoing.push_back({name, partition.replicas, partition.adding, partition.removing});
  };
  for (const TopicPartition& name : request.partitions) {
    const PartitionRegistration* partition = committed_.image().find(name);
    if (partition != nullptr) list(name, *partition);
  }
  if (request.partitions.empty()) {
    for (const auto& [name, topic] : committed_.image().topics) {
      for (size_t i = 0; i < topic.partitions.size(); ++i) {
        list({name, static_cast<int32_t>(i)}, topic.partitions[i]);
      }
    }
  }
  step.effects.reply(token, std::move(response));
}

void Controller::on_elect_leaders(RequestToken token, const ElectLeadersRequest& request,
                                  Step& step) {
  ElectLeadersResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  auto elect = [&](const TopicPartition& partition, bool tells_not_needed) {
    ErrorCode error = elect_asked(partition, request.type, records);
    if (error == ErrorCode::kElectionNotNeeded && !tells_not_needed) return;
    if (error != ErrorCode::kNone) step.mark(Mark::kElectionRefused);
    response.results.push_back({partition, error});
  };
  for (const TopicPartition& partition : request.partitions) elect(partition, true);
  if (request.partitions.empty()) {
    for (const auto& [name, topic] : latest_.image().topics) {
      for (size_t i = 0; i < topic.partitions.size(); ++i) {
        elect({name, static_cast<int32_t>(i)}, false);
      }
    }
  }
  append(records, "an election was asked for", step);
  answer(token, std::move(response), step);
}

// Whether unclean elections are enabled does not matter to who asks for one.
ErrorCode Controller::elect_asked(const TopicPartition& name, ElectionType type,
                                  Records& records) const {
  const PartitionRegistration* partition = latest_.image().find(name);
  if (partition == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  bool preferred = type == ElectionType::kPreferred;
  bool needed =
      preferred ? partition->leader != partition->replicas.front() : partition->leader == kNoNode;
  if (!needed) return ErrorCode::kElectionNotNeeded;
  const TopicImage& topic = latest_.image().topics.at(name.topic);
  PartitionTarget target = target_of(topic, static_cast<size_t>(name.partition),
                                     preferred ? Election::kPreferred : Election::kUnclean);
  if (change(topic, std::move(target), records)) return ErrorCode::kNone;
  return preferred ? ErrorCode::kPreferredLeaderNotAvailable
                   : ErrorCode::kEligibleLeadersNotAvailable;
}

}  // namespace models
