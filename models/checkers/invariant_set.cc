// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/invariant_set.h"

#include <iterator>

#include "models/checkers/committed_data_survives.h"
#include "models/checkers/high_watermark_monotonic.h"
#include "models/checkers/in_sync_means_committed.h"
#include "models/checkers/log_matching.h"
#include "models/checkers/metadata_sane.h"
#include "models/checkers/one_leader_per_epoch.h"

namespace models {

InvariantSet InvariantSet::all() {
  InvariantSet set;
  set.invariants_.push_back(std::make_unique<MetadataSane>());
  set.invariants_.push_back(std::make_unique<OneLeaderPerEpoch>());
  set.invariants_.push_back(std::make_unique<HighWatermarkMonotonic>());
  set.invariants_.push_back(std::make_unique<LogMatching>());
  set.invariants_.push_back(std::make_unique<CommittedDataSurvives>());
  set.invariants_.push_back(std::make_unique<InSyncMeansCommitted>());
  return set;
}

std::vector<InvariantCard> InvariantSet::catalogue() {
  std::vector<InvariantCard> cards;
  for (const auto& invariant : all().invariants_) {
    cards.push_back({invariant->name(), invariant->why()});
  }
  return cards;
}

InvariantSet::InvariantSet(const InvariantSet& other)
    : partitions_(other.partitions_),
      topic_ids_(other.topic_ids_),
      next_metadata_offset_(other.next_metadata_offset_) {
  invariants_.reserve(other.invariants_.size());
  for (const auto& invariant : other.invariants_) invariants_.push_back(invariant->clone());
}

InvariantSet& InvariantSet::operator=(const InvariantSet& other) {
  if (this != &other) *this = InvariantSet(other);
  return *this;
}

PartitionMemory& InvariantSet::memory_of(const TopicPartition& partition) {
  return partitions_.try_emplace(partition, partition).first->second;
}

const PartitionMemory* InvariantSet::find(const TopicPartition& partition) const {
  auto entry = partitions_.find(partition);
  return entry == partitions_.end() ? nullptr : &entry->second;
}

std::optional<Violation> InvariantSet::on_replica(const ReplicaView& view) {
  if (view.topic_id != Uuid{}) {
    // A broker that has not heard yet that the topic is gone.
    auto id = topic_ids_.find(view.log->partition().topic);
    if (id == topic_ids_.end() || id->second != view.topic_id) return std::nullopt;
  }
  PartitionMemory& memory = memory_of(view.log->partition());
  ReplicaNews news = memory.observe(view);
  const ReplicaChange change{view, news, memory};
  for (const auto& invariant : invariants_) {
    if (std::optional<Violation> found = invariant->on_replica(change)) return found;
  }
  memory.commit(view);
  return std::nullopt;
}

std::optional<Violation> InvariantSet::check_registration(const TopicPartition& partition,
                                                          const TopicImage& topic,
                                                          const PartitionRegistration& after) {
  PartitionMemory& memory = memory_of(partition);
  std::optional<PartitionRegistration> before = memory.registration();
  if (before == after) return std::nullopt;
  memory.on_registration(after, topic.config);
  const RegistrationChange change{partition, before ? &*before : nullptr, after, topic, memory};
  for (const auto& invariant : invariants_) {
    if (std::optional<Violation> found = invariant->on_registration(change)) return found;
  }
  return std::nullopt;
}

std::optional<Violation> InvariantSet::on_metadata(const MetadataImage& image) {
  if (image.next_offset < next_metadata_offset_) return std::nullopt;
  next_metadata_offset_ = image.next_offset;
  forget_deleted_topics(image);
  for (const auto& [name, topic] : image.topics) {
    TopicPartition partition{name, 0};
    for (const PartitionRegistration& registration : topic.partitions) {
      if (auto found = check_registration(partition, topic, registration)) return found;
      ++partition.partition;
    }
  }
  return std::nullopt;
}

void InvariantSet::forget_deleted_topics(const MetadataImage& image) {
  for (auto known = topic_ids_.begin(); known != topic_ids_.end();) {
    auto topic = image.topics.find(known->first);
    if (topic != image.topics.end() && topic->second.id == known->second) {
      ++known;
      continue;
    }
    for (auto entry = partitions_.begin(); entry != partitions_.end();) {
      bool gone = entry->first.topic == known->first;
      if (gone) {
        for (const auto& invariant : invariants_) invariant->on_partition_deleted(entry->first);
      }
      entry = gone ? partitions_.erase(entry) : std::next(entry);
    }
    known = topic_ids_.erase(known);
  }
  for (const auto& [name, topic] : image.topics) topic_ids_.try_emplace(name, topic.id);
}

void InvariantSet::on_replica_removed(NodeId broker, const TopicPartition& partition) {
  auto entry = partitions_.find(partition);
  if (entry != partitions_.end()) entry->second.forget_replica(broker);
}

void InvariantSet::on_broker_down(NodeId broker, bool unflushed_lost, bool clean) {
  for (auto& [partition, memory] : partitions_) {
    memory.on_broker_down(broker, unflushed_lost, clean);
  }
  for (const auto& invariant : invariants_) invariant->on_broker_down(broker);
}

std::optional<Violation> InvariantSet::recheck(absl::Span<const ReplicaView> replicas) const {
  InvariantSet fresh(*this);
  for (auto& [partition, memory] : fresh.partitions_) memory.forget_logs();
  for (const ReplicaView& replica : replicas) {
    if (std::optional<Violation> found = fresh.on_replica(replica)) return found;
  }
  return std::nullopt;
}

}  // namespace models
