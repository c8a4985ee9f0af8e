// SPDX-License-Identifier: Apache-2.0
//
// In one epoch of the metadata quorum at most one controller ever leads, and no controller goes back
// to an older epoch, not even over a restart. Source: raft/.../QuorumState.java.

#ifndef MODELS_CHECKERS_ONE_QUORUM_LEADER_H_
#define MODELS_CHECKERS_ONE_QUORUM_LEADER_H_

#include "absl/container/btree_map.h"
#include "models/checkers/invariant.h"

namespace models {

class OneQuorumLeader final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<OneQuorumLeader>(*this);
  }
  std::string_view name() const override { return "one-quorum-leader-per-epoch"; }
  std::string_view why() const override {
    return "Two controllers that lead in one epoch would both commit records, and neither "
           "could tell that the other is not a former leader.";
  }
  std::optional<Violation> on_quorum(const QuorumChange& change) override;

 private:
  absl::btree_map<LeaderEpoch, NodeId> leaders_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_ONE_QUORUM_LEADER_H_
