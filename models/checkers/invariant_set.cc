// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/invariant_set.h"

#include <utility>
#include <variant>

#include "models/checkers/acknowledged_is_stored.h"
#include "models/checkers/committed_data_survives.h"
#include "models/checkers/cuts_spare_committed.h"
#include "models/checkers/durable_vote.h"
#include "models/checkers/high_watermark_monotonic.h"
#include "models/checkers/in_sync_means_committed.h"
#include "models/checkers/isr_holds_committed.h"
#include "models/checkers/log_matching.h"
#include "models/checkers/metadata_agrees.h"
#include "models/checkers/metadata_sane.h"
#include "models/checkers/one_leader_per_epoch.h"
#include "models/checkers/one_quorum_leader.h"
#include "models/checkers/reads_are_committed.h"
#include "models/checkers/resources_are_returned.h"
#include "models/checkers/words.h"

namespace models {

InvariantSet InvariantSet::all(const TopicConfig& topic_defaults) {
  InvariantSet set(topic_defaults);
  set.invariants_.push_back(std::make_unique<OneQuorumLeader>());
  set.invariants_.push_back(std::make_unique<DurableVote>());
  set.invariants_.push_back(std::make_unique<MetadataAgrees>());
  set.invariants_.push_back(std::make_unique<MetadataSane>());
  set.invariants_.push_back(std::make_unique<OneLeaderPerEpoch>());
  set.invariants_.push_back(std::make_unique<HighWatermarkMonotonic>());
  set.invariants_.push_back(std::make_unique<LogMatching>());
  set.invariants_.push_back(std::make_unique<CommittedDataSurvives>());
  set.invariants_.push_back(std::make_unique<CutsSpareCommitted>());
  set.invariants_.push_back(std::make_unique<InSyncMeansCommitted>());
  set.invariants_.push_back(std::make_unique<IsrHoldsCommitted>());
  set.invariants_.push_back(std::make_unique<AcknowledgedIsStored>());
  set.invariants_.push_back(std::make_unique<ReadsAreCommitted>());
  set.invariants_.push_back(std::make_unique<ResourcesAreReturned>());
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
      reused_names_(other.reused_names_),
      quorum_(other.quorum_),
      replay_(other.replay_),
      replayed_(other.replayed_) {
  invariants_.reserve(other.invariants_.size());
  for (const auto& invariant : other.invariants_) invariants_.push_back(invariant->clone());
}

InvariantSet& InvariantSet::operator=(const InvariantSet& other) {
  if (this != &other) *this = InvariantSet(other);
  return *this;
}

PartitionMemory& InvariantSet::memory_of(const TopicPartition& partition, const Uuid& topic_id) {
  return partitions_.try_emplace(partition, partition, topic_id).first->second;
}

const PartitionMemory* InvariantSet::find(const TopicPartition& partition) const {
  auto entry = partitions_.find(partition);
  return entry == partitions_.end() ? nullptr : &entry->second;
}

std::optional<Violation> InvariantSet::on_replica(const ReplicaView& view) {
  const TopicPartition& partition = view.log->partition();
  // A broker that has not heard yet may still hold what went by the same name before.
  bool may_be_former = view.topic_id.is_zero() || find(partition) == nullptr;
  if (may_be_former && reused_names_.contains(partition.topic)) return std::nullopt;
  PartitionMemory& memory = memory_of(partition, view.topic_id);
  bool same_topic =
      view.topic_id.is_zero() || memory.topic_id().is_zero() || view.topic_id == memory.topic_id();
  if (!same_topic) return std::nullopt;
  if (memory.registration() && !memory.registration()->has_replica(view.broker))
    return std::nullopt;  // Removed; its broker has not heard yet.
  ReplicaNews news = memory.observe(view);
  const ReplicaChange change{view, news, memory};
  auto found = first_of([&](Invariant& invariant) { return invariant.on_replica(change); });
  if (found || !view.is_leader) return found;
  memory.commit(view);
  if (news.before && news.before->high_watermark == view.log->high_watermark()) return std::nullopt;
  return first_of([&](Invariant& invariant) { return invariant.on_commit(change); });
}

// --- The metadata log ---

std::optional<Violation> InvariantSet::on_quorum(const QuorumView& view) {
  QuorumNews news = quorum_.observe(view);
  if (!news.changed) return std::nullopt;
  const QuorumChange change{view, news, quorum_};
  auto found = first_of([&](Invariant& invariant) { return invariant.on_quorum(change); });
  if (found || news.committed.empty()) return found;
  return replay(news.committed);
}

std::optional<Violation> InvariantSet::replay(const absl::Cord& committed) {
  std::optional<Violation> found;
  absl::StatusOr<MetadataPosition> reached =
      visit_metadata_records(committed, replayed_, quorum_.committed().end(),
                             [&](const MetadataRecord& record, Offset offset) {
                               if (found) return;
                               MetadataDelta delta;
                               replay_.replay(record, offset, delta);
                               if (!delta.empty()) found = on_metadata(replay_.image(), delta);
                             });
  if (found) return found;
  if (!reached.ok()) {
    return Violation{"metadata-agrees",
                     "the metadata log from offset " + text_of(replayed_.next) +
                         " on was committed and cannot be read: " + reached.status().ToString(),
                     "metadata-agrees: unreadable",
                     {},
                     {}};
  }
  replayed_ = *reached;
  replay_.skip_to(replayed_.next);
  return std::nullopt;
}

std::optional<Violation> InvariantSet::on_metadata(const MetadataImage& image,
                                                   const MetadataDelta& delta) {
  for (const auto& [id, name] : delta.deleted_topics) on_topic(name, nullptr);
  for (const std::string& name : delta.topics) {
    auto topic = image.topics.find(name);
    on_topic(name, topic == image.topics.end() ? nullptr : &topic->second);
  }
  for (const TopicPartition& partition : delta.partitions) {
    const PartitionRegistration* registration = image.find(partition);
    if (registration == nullptr) continue;
    const TopicImage& topic = image.topics.find(partition.topic)->second;
    if (auto found = check_registration(partition, topic, *registration)) return found;
  }
  return std::nullopt;
}

// A topic was created, deleted, or configured anew.
void InvariantSet::on_topic(const std::string& name, const TopicImage* topic) {
  auto first = partitions_.lower_bound(TopicPartition{name, 0});
  if (first == partitions_.end() || first->first.topic != name) return;
  bool is_other = topic == nullptr ||
                  (!first->second.topic_id().is_zero() && first->second.topic_id() != topic->id);
  if (is_other) return forget(name);
  for (auto entry = first; entry != partitions_.end() && entry->first.topic == name; ++entry)
    entry->second.on_config(topic->config);
}

void InvariantSet::forget(const std::string& topic) {
  reused_names_.insert(topic);
  auto first = partitions_.lower_bound(TopicPartition{topic, 0});
  auto last = first;
  while (last != partitions_.end() && last->first.topic == topic) ++last;
  partitions_.erase(first, last);
  for (const auto& invariant : invariants_) invariant->on_topic_gone(topic);
}

std::optional<Violation> InvariantSet::check_registration(const TopicPartition& partition,
                                                          const TopicImage& topic,
                                                          const PartitionRegistration& after) {
  PartitionMemory& memory = memory_of(partition, topic.id);
  std::optional<PartitionRegistration> before = memory.registration();
  if (before == after) return std::nullopt;
  memory.on_registration(after, topic.config);
  const RegistrationChange change{partition, before ? &*before : nullptr, after, topic, memory};
  return first_of([&](Invariant& invariant) { return invariant.on_registration(change); });
}

// --- What clients are told ---

std::optional<Violation> InvariantSet::on_answer(NodeId broker, const Message& request,
                                                 const Message& reply) {
  if (auto* produced = std::get_if<ProduceResponse>(&reply))
    return on_produced(broker, std::get<ProduceRequest>(request), *produced);
  if (auto* fetched = std::get_if<FetchResponse>(&reply)) return on_fetched(broker, *fetched);
  if (auto* listed = std::get_if<ListOffsetsResponse>(&reply))
    return on_listed(broker, std::get<ListOffsetsRequest>(request), *listed);
  return std::nullopt;
}

std::optional<Violation> InvariantSet::on_produced(NodeId broker, const ProduceRequest& request,
                                                   const ProduceResponse& reply) {
  for (const PartitionProduceResponse& part : reply.partitions) {
    if (part.error != ErrorCode::kNone) continue;
    const PartitionMemory* memory = find(part.partition);
    for (const PartitionProduceData& sent : request.partitions) {
      if (memory == nullptr || sent.partition != part.partition) continue;
      std::optional<BatchHeader> header = read_batch_header(sent.records);
      if (!header) continue;
      Offset last = part.base_offset + header->last_offset_delta;
      const Acknowledgement told{broker, part.base_offset, last, *memory};
      auto found =
          first_of([&](Invariant& invariant) { return invariant.on_acknowledgement(told); });
      if (found) return found;
    }
  }
  return std::nullopt;
}

std::optional<Violation> InvariantSet::on_fetched(NodeId broker, const FetchResponse& reply) {
  for (const FetchPartitionData& part : reply.partitions) {
    const PartitionMemory* memory = find(part.partition);
    if (part.error != ErrorCode::kNone || part.records.empty() || memory == nullptr) continue;
    const ServedRead reading{broker, part.records, Offset(0), *memory};
    auto found = first_of([&](Invariant& invariant) { return invariant.on_reading(reading); });
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<Violation> InvariantSet::on_listed(NodeId broker, const ListOffsetsRequest& request,
                                                 const ListOffsetsResponse& reply) {
  const absl::Cord nothing;
  for (const ListOffsetsPartition& asked : request.partitions) {
    for (const ListOffsetsPartitionResponse& part : reply.partitions) {
      if (part.partition != asked.partition || asked.timestamp != kLatestTimestamp) continue;
      const PartitionMemory* memory = find(part.partition);
      if (part.error != ErrorCode::kNone || memory == nullptr) continue;
      const ServedRead reading{broker, nothing, part.offset, *memory};
      auto found = first_of([&](Invariant& invariant) { return invariant.on_reading(reading); });
      if (found) return found;
    }
  }
  return std::nullopt;
}

// --- The rest ---

void InvariantSet::on_broker_down(NodeId broker, bool unflushed_lost, bool clean) {
  for (auto& [partition, memory] : partitions_) {
    memory.on_broker_down(broker, unflushed_lost, clean);
  }
  for (const auto& invariant : invariants_) invariant->on_broker_down(broker);
}

void InvariantSet::on_rot(NodeId broker, const std::optional<TopicPartition>& only) {
  for (auto& [partition, memory] : partitions_) {
    if (!only || partition == *only) memory.on_rot(broker);
  }
}

std::optional<Violation> InvariantSet::on_idle(const std::string& holder,
                                               absl::Span<const HeldResource> held) {
  for (const HeldResource& each : held) {
    auto found = first_of([&](Invariant& invariant) { return invariant.on_idle(holder, each); });
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<Violation> InvariantSet::recheck(absl::Span<const ReplicaView> replicas) const {
  InvariantSet fresh(*this);
  for (auto& [partition, memory] : fresh.partitions_) memory.forget_logs();
  for (const ReplicaView& replica : replicas) {
    if (std::optional<Violation> found = fresh.on_replica(replica)) return found;
  }
  for (const ReplicaView& replica : replicas) {
    const PartitionMemory* now = find(replica.log->partition());
    const PartitionMemory* anew = fresh.find(replica.log->partition());
    if (now == nullptr || anew == nullptr) continue;
    std::string difference = now->difference_to(*anew, replica.broker);
    if (difference.empty()) continue;
    return Violation{
        "recheck",
        to_string(now->partition()) + ": " + broker_text(replica.broker) + ": " + difference,
        "recheck: differs",
        {},
        {}};
  }
  return std::nullopt;
}

}  // namespace models
