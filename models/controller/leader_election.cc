// SPDX-License-Identifier: Apache-2.0

#include "models/controller/leader_election.h"

#include <algorithm>

namespace models {

namespace {

bool contains(const std::vector<NodeId>& ids, NodeId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

ElectionResult elect_leader(const PartitionRegistration& partition,
                            const std::vector<NodeId>& target_isr, Election election,
                            IsAcceptableLeader acceptable) {
  auto valid = [&](NodeId id) { return contains(target_isr, id) && acceptable(id); };
  if (election == Election::kPreferred && valid(partition.replicas.front())) {
    return {partition.replicas.front()};
  }
  if (valid(partition.leader)) return {partition.leader};
  for (NodeId id : partition.replicas) {
    if (valid(id)) return {id};
  }
  if (election == Election::kUnclean) {
    for (NodeId id : partition.replicas) {
      if (acceptable(id)) return {id, true};
    }
  }
  return {};
}

std::optional<PartitionChangeRecord> change_partition(const PartitionRegistration& partition,
                                                      const PartitionTarget& target,
                                                      IsAcceptableLeader acceptable) {
  PartitionChangeRecord change;
  change.topic_id = target.topic_id;
  change.partition_id = target.partition_id;
  ElectionResult elected = elect_leader(partition, target.isr, target.election, acceptable);
  if (elected.leader != partition.leader) {
    change.leader = elected.leader;
    if (elected.unclean) {
      change.isr = std::vector<NodeId>{elected.leader};
      if (!partition.recovering) change.recovering = true;
    }
  }
  if (!change.isr && !target.isr.empty() && target.isr != partition.isr) change.isr = target.isr;
  if (target.recovering != partition.recovering) change.recovering = target.recovering;
  if (change.is_no_op()) return std::nullopt;
  return change;
}

}  // namespace models
