// SPDX-License-Identifier: Apache-2.0
//
// A replica's high watermark lies inside its log and does not go back; nor do, on a leader, the
// last stable offset, which lies below it, and the log's start.
//
//   leader              never, as long as its broker lives
//   follower            once in a leader epoch, to its leader's watermark (a new leader may know
//                       less than its predecessor did), and whenever its log is cut
//   after a restart     anywhere, as its checkpoint is a few seconds old; but after a clean stop,
//                       which writes the checkpoint last, where it was (KAFKA-769)
//
// Source: storage/.../log/UnifiedLog (updateHighWatermark),
// ReplicaManager.checkpointHighWatermarks.

#ifndef MODELS_CHECKERS_HIGH_WATERMARK_MONOTONIC_H_
#define MODELS_CHECKERS_HIGH_WATERMARK_MONOTONIC_H_

#include <utility>

#include "absl/container/btree_map.h"
#include "models/checkers/invariant.h"

namespace models {

class HighWatermarkMonotonic final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<HighWatermarkMonotonic>(*this);
  }
  std::string_view name() const override { return "high-watermark-monotonic"; }
  std::string_view why() const override {
    return "What consumers may read must not shrink under them: the high watermark never goes back "
           "and never passes the end of the log.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;
  void on_broker_down(NodeId broker) override;
  void on_topic_gone(const std::string& topic) override;

 private:
  std::optional<Violation> check_in_log(const ReplicaChange& change) const;
  std::optional<Violation> check_leader(const ReplicaChange& change) const;
  std::optional<Violation> check_restart(const ReplicaChange& change) const;
  std::optional<Violation> check_step(const ReplicaChange& change);

  // The epoch in which a follower's watermark was last lowered.
  absl::btree_map<std::pair<NodeId, TopicPartition>, LeaderEpoch> lowered_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HIGH_WATERMARK_MONOTONIC_H_
