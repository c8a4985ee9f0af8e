// SPDX-License-Identifier: Apache-2.0

#include "models/node/replica_watch.h"

#include <variant>

namespace models {

void ReplicaWatch::suspect(const TopicPartition& partition, const ReplicaManager& manager) {
  const HostedPartition* replica = manager.find(partition);
  if (replica == nullptr) return;
  size_t number = static_cast<size_t>(replica - manager.replicas().data());
  if (suspects_.empty() || suspects_.back() != number) suspects_.push_back(number);
}

void ReplicaWatch::suspect_named(const Message& message, const ReplicaManager& manager) {
  if (is_needless(manager)) return;
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.partitions; }) {
          for (const auto& part : body.partitions) {
            if constexpr (requires { part.partition.topic; }) suspect(part.partition, manager);
          }
        }
      },
      message);
}

void ReplicaWatch::suspect(const absl::btree_set<TopicPartition>& partitions,
                           const ReplicaManager& manager) {
  if (is_needless(manager)) return;
  for (const TopicPartition& partition : partitions) suspect(partition, manager);
}

void ReplicaWatch::suspect_after(Timer timer) {
  switch (timer) {
    case Timer::kDelayedProduce:
    case Timer::kDelayedFetch:
    case Timer::kFetchBackoff:
    case Timer::kBrokerHeartbeat:
    case Timer::kMetadataFetchBackoff:
      return;  // They send or answer.
    default:
      suspect_all();
  }
}

}  // namespace models
