// SPDX-License-Identifier: Apache-2.0
//
// A controller votes at most once in an epoch, and no vote leaves it before its quorum-state file,
// flushed, holds epoch and vote. Source: raft/.../QuorumState.java, FileQuorumStateStore.java.

#ifndef MODELS_CHECKERS_DURABLE_VOTE_H_
#define MODELS_CHECKERS_DURABLE_VOTE_H_

#include <utility>

#include "absl/container/btree_map.h"
#include "models/checkers/invariant.h"

namespace models {

class DurableVote final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override { return std::make_unique<DurableVote>(*this); }
  std::string_view name() const override { return "vote-is-durable"; }
  std::string_view why() const override {
    return "A voter that forgets its vote can vote twice in one epoch, and two candidates can "
           "both win it.";
  }
  std::optional<Violation> on_quorum(const QuorumChange& change) override;

 private:
  absl::btree_map<std::pair<NodeId, LeaderEpoch>, NodeId> votes_;  // Told, by voter and epoch.
};

}  // namespace models

#endif  // MODELS_CHECKERS_DURABLE_VOTE_H_
