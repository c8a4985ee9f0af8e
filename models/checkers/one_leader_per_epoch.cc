// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/one_leader_per_epoch.h"

namespace models {

std::optional<Violation> OneLeaderPerEpoch::claim(const TopicPartition& partition,
                                                  LeaderEpoch epoch, NodeId leader) {
  auto [entry, first] = leaders_[partition].try_emplace(epoch, leader);
  if (entry->second == leader) return std::nullopt;
  return violation("two leaders", to_string(partition) + ": in epoch " +
                                      std::to_string(epoch.value()) + " both broker " +
                                      std::to_string(entry->second.value()) + " and broker " +
                                      std::to_string(leader.value()) + " lead");
}

std::optional<Violation> OneLeaderPerEpoch::on_replica(const ReplicaChange& change) {
  const ReplicaView& view = change.view;
  if (!view.is_leader) return std::nullopt;
  const std::optional<ReplicaFacts>& before = change.news.before;
  if (before && before->is_leader && before->leader_epoch == view.leader_epoch) return std::nullopt;
  return claim(change.partition.partition(), view.leader_epoch, view.broker);
}

void OneLeaderPerEpoch::on_topic_gone(const std::string& topic) {
  auto first = leaders_.lower_bound(TopicPartition{topic, 0});
  auto last = first;
  while (last != leaders_.end() && last->first.topic == topic) ++last;
  leaders_.erase(first, last);
}

std::optional<Violation> OneLeaderPerEpoch::on_registration(const RegistrationChange& change) {
  if (change.after.leader == kNoNode) return std::nullopt;
  return claim(change.partition, change.after.leader_epoch, change.after.leader);
}

}  // namespace models
