// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/acknowledged_is_stored.h"

#include <algorithm>

#include "models/checkers/words.h"

namespace models {
namespace {

// min.insync.replicas, or all replicas that the leader knows of if they are fewer.
size_t promised_by(const ReplicaFacts& leader, const PartitionMemory& partition) {
  const PartitionRegistration* known = partition.registration_of(leader.partition_epoch);
  size_t replicas = known != nullptr ? known->replicas.size() : 1;
  return std::min(static_cast<size_t>(std::max(leader.min_isr, 1)), replicas);
}

}  // namespace

std::optional<Violation> AcknowledgedIsStored::on_replica(const ReplicaChange& change) {
  const std::optional<ReplicaFacts>& before = change.news.before;
  const PartitionMemory& partition = change.partition;
  const ReplicaFacts& now = partition.replicas().at(change.view.broker).facts;
  if (!now.is_leader || !before || now.high_watermark <= before->high_watermark)
    return std::nullopt;
  const PartitionRegistration* known = partition.registration_of(now.partition_epoch);
  if (known == nullptr || known->isr.size() >= promised_by(now, partition)) return std::nullopt;
  return violation(
      "watermark moved below min.insync.replicas",
      to_string(partition.partition()) + ": the high watermark of leader " +
          broker_text(change.view.broker) + " went from " + text_of(before->high_watermark) +
          " to " + text_of(now.high_watermark) + " with " + std::to_string(known->isr.size()) +
          " in the ISR of partition epoch " + std::to_string(now.partition_epoch.value()) +
          "; min.insync.replicas is " + std::to_string(now.min_isr));
}

std::optional<Violation> AcknowledgedIsStored::on_acknowledgement(const Acknowledgement& told) {
  const PartitionMemory& partition = told.partition;
  auto leader = partition.replicas().find(told.broker);
  if (leader == partition.replicas().end() || !leader->second.known) return std::nullopt;
  const ReplicaMemory& replica = leader->second;
  if (partition.awaits_release() || replica.facts.leader_epoch < partition.floor())
    return std::nullopt;
  std::string text = to_string(partition.partition()) + ": " + broker_text(told.broker) +
                     " acknowledged " + text_of(told.first) + ".." + text_of(told.last) +
                     " with acks=all, but ";
  if (replica.matched <= told.last) {
    return violation("acknowledged too early",
                     text + "its high watermark is " + text_of(replica.facts.high_watermark) +
                         " and only what is below " + text_of(replica.matched) +
                         " of its log is committed");
  }
  size_t holders = partition.holders_of(told.last + 1);
  size_t promised = promised_by(replica.facts, partition);
  if (holders >= promised) return std::nullopt;
  return violation("acknowledged with too few copies",
                   text + std::to_string(holders) + " replicas have it; min.insync.replicas is " +
                       std::to_string(replica.facts.min_isr));
}

}  // namespace models
