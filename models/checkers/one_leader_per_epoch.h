// SPDX-License-Identifier: Apache-2.0
//
// In one leader epoch of a partition only one broker ever leads: the one that the controller named.
// Several brokers may believe to lead at the same time, but in different epochs: one of them has
// not heard yet.

#ifndef MODELS_CHECKERS_ONE_LEADER_PER_EPOCH_H_
#define MODELS_CHECKERS_ONE_LEADER_PER_EPOCH_H_

#include "absl/container/btree_map.h"
#include "models/checkers/invariant.h"

namespace models {

class OneLeaderPerEpoch final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<OneLeaderPerEpoch>(*this);
  }
  std::string_view name() const override { return "one-leader-per-epoch"; }
  std::string_view why() const override {
    return "Two leaders of one epoch would write different batches of one name, and no follower "
           "could tell them apart.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;
  std::optional<Violation> on_registration(const RegistrationChange& change) override;
  void on_topic_gone(const std::string& topic) override;

 private:
  // Notes that `leader` leads in `epoch`; what contradicts it, if anything.
  std::optional<Violation> claim(const TopicPartition& partition, LeaderEpoch epoch, NodeId leader);

  absl::btree_map<TopicPartition, absl::btree_map<LeaderEpoch, NodeId>> leaders_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_ONE_LEADER_PER_EPOCH_H_
