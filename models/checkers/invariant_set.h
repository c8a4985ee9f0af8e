// SPDX-License-Identifier: Apache-2.0
//
// All invariants of a cluster with the memory that they share; one value that goes with a world and
// with each of its forks.
//
//   on_metadata    when the active controller's committed image has changed, before the brokers
//                  that it changes are reported
//   on_replica     after each event, for each replica that it changed, and when a broker has booted
//   on_broker_down when a broker's process has ended
//
// Each answers with the first violation; the caller fills in time and event, and usually stops.
//
//   InvariantSet invariants = InvariantSet::all();
//   if (auto found = invariants.on_replica(view)) ...

#ifndef MODELS_CHECKERS_INVARIANT_SET_H_
#define MODELS_CHECKERS_INVARIANT_SET_H_

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/types/span.h"
#include "models/checkers/invariant.h"

namespace models {

struct InvariantCard {
  std::string_view name;
  std::string_view why;
};

class InvariantSet {
 public:
  static InvariantSet all();
  // For the reference pages, in the order in which they are checked.
  static std::vector<InvariantCard> catalogue();

  InvariantSet(const InvariantSet& other);
  InvariantSet& operator=(const InvariantSet& other);
  InvariantSet(InvariantSet&&) = default;
  InvariantSet& operator=(InvariantSet&&) = default;

  std::optional<Violation> on_replica(const ReplicaView& view);
  // An image older than the last one, as a new controller may show it while it catches up, is
  // ignored.
  std::optional<Violation> on_metadata(const MetadataImage& image);
  // A broker has deleted its replica of a partition, whose topic may live on.
  void on_replica_removed(NodeId broker, const TopicPartition& partition);
  // `unflushed_lost`: the power went and the disk lost bytes. `clean`: the broker had shut down by
  // itself, checkpoints written.
  void on_broker_down(NodeId broker, bool unflushed_lost, bool clean = false);

  // For tests: what reading all of these logs anew would report, against the same history. Changes
  // nothing.
  std::optional<Violation> recheck(absl::Span<const ReplicaView> replicas) const;

  // Null before anything was reported of the partition.
  const PartitionMemory* find(const TopicPartition& partition) const;

 private:
  InvariantSet() = default;
  void forget_deleted_topics(const MetadataImage& image);
  PartitionMemory& memory_of(const TopicPartition& partition);
  std::optional<Violation> check_registration(const TopicPartition& partition,
                                              const TopicImage& topic,
                                              const PartitionRegistration& after);

  std::vector<std::unique_ptr<Invariant>> invariants_;
  absl::btree_map<TopicPartition, PartitionMemory> partitions_;
  absl::btree_map<std::string, Uuid> topic_ids_;  // As of the last image.
  Offset next_metadata_offset_{0};
};

}  // namespace models

#endif  // MODELS_CHECKERS_INVARIANT_SET_H_
