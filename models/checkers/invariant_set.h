// SPDX-License-Identifier: Apache-2.0
//
// All invariants of a cluster with the memory that they share; one value that goes with a world and
// with each of its forks. The shell calls, in the order of events:
//
//   on_quorum       for each controller that changed: what is newly committed in the metadata log
//                   is replayed here, record by record, and each change of a partition is checked
//   on_replica      for each replica that the event changed, and when a broker has booted
//   on_answer       after the replicas: a reply that a client relies on has left
//   on_broker_down, on_controller_down    when a process has ended
//   on_rot          bits have gone bad on a broker's disk
//   on_idle         at the end, when nothing is under way
//
// Each answers with the first violation; the caller fills in time and event, and usually stops.
//
//   InvariantSet invariants = InvariantSet::all();
//   if (auto found = invariants.on_replica(view)) ...

#ifndef MODELS_CHECKERS_INVARIANT_SET_H_
#define MODELS_CHECKERS_INVARIANT_SET_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/types/span.h"
#include "models/checkers/invariant.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_replay.h"
#include "models/protocol/message.h"

namespace models {

struct InvariantCard {
  std::string_view name;
  std::string_view why;
};

class InvariantSet {
 public:
  // `topic_defaults`: what the controllers lay topics' configs over.
  static InvariantSet all(const TopicConfig& topic_defaults = {});
  // For the reference pages, in the order in which they are checked.
  static std::vector<InvariantCard> catalogue();

  InvariantSet(const InvariantSet& other);
  InvariantSet& operator=(const InvariantSet& other);
  InvariantSet(InvariantSet&&) = default;
  InvariantSet& operator=(InvariantSet&&) = default;

  std::optional<Violation> on_replica(const ReplicaView& view);
  std::optional<Violation> on_quorum(const QuorumView& view);
  // What was committed has made this of the metadata; `delta` names what changed.
  std::optional<Violation> on_metadata(const MetadataImage& image, const MetadataDelta& delta);
  std::optional<Violation> on_answer(NodeId broker, const Message& request, const Message& reply);
  // `unflushed_lost`: the power went and the disk lost bytes. `clean`: the broker had shut down by
  // itself, checkpoints written.
  void on_broker_down(NodeId broker, bool unflushed_lost, bool clean = false);
  void on_controller_down(NodeId node) { quorum_.on_down(node); }
  // In the files of one partition, or of all.
  void on_rot(NodeId broker, const std::optional<TopicPartition>& only);
  std::optional<Violation> on_idle(const std::string& holder, absl::Span<const HeldResource> held);

  // For tests: what reading all of these logs anew would report, against the same history, or how
  // what it finds differs from what is remembered. Changes nothing.
  std::optional<Violation> recheck(absl::Span<const ReplicaView> replicas) const;

  // Null before anything was reported of the partition.
  const PartitionMemory* find(const TopicPartition& partition) const;
  // The cluster's metadata, as far as it is committed.
  const MetadataImage& image() const { return replay_.image(); }

 private:
  explicit InvariantSet(const TopicConfig& topic_defaults) : replay_(topic_defaults) {}
  PartitionMemory& memory_of(const TopicPartition& partition, const Uuid& topic_id);
  std::optional<Violation> replay(const absl::Cord& committed);
  void on_topic(const std::string& name, const TopicImage* topic);
  void forget(const std::string& topic);
  std::optional<Violation> check_registration(const TopicPartition& partition,
                                              const TopicImage& topic,
                                              const PartitionRegistration& after);
  std::optional<Violation> on_produced(NodeId broker, const ProduceRequest& request,
                                       const ProduceResponse& reply);
  std::optional<Violation> on_fetched(NodeId broker, const FetchResponse& reply);
  std::optional<Violation> on_listed(NodeId broker, const ListOffsetsRequest& request,
                                     const ListOffsetsResponse& reply);
  template <class Check>
  std::optional<Violation> first_of(const Check& check) {
    for (const auto& invariant : invariants_) {
      if (std::optional<Violation> found = check(*invariant)) return found;
    }
    return std::nullopt;
  }

  std::vector<std::unique_ptr<Invariant>> invariants_;
  absl::btree_map<TopicPartition, PartitionMemory> partitions_;
  absl::btree_set<std::string> reused_names_;  // Of topics that were deleted and made again.
  QuorumMemory quorum_;
  MetadataReplay replay_;
  MetadataPosition replayed_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_INVARIANT_SET_H_
