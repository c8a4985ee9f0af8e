// SPDX-License-Identifier: Apache-2.0
//
// What a quorum's leader knows of its voters, and what follows from it: the high watermark, who may
// succeed it, and whether it still leads anybody. Source: raft/.../LeaderState.java.
//
//   ends   leader 40 | voter 36 | voter 31        majority: 36
//   epoch start 30   ->  high watermark 36        (31 would do as well; 30 would not)

#ifndef MODELS_RAFT_LEADER_STATE_H_
#define MODELS_RAFT_LEADER_STATE_H_

#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "models/common/ids.h"

namespace models {

class LeaderState {
 public:
  LeaderState() = default;
  // `epoch_start`: where its first record will be.
  LeaderState(NodeId self, const std::vector<NodeId>& voters, Offset epoch_start);

  Offset epoch_start() const { return epoch_start_; }
  // Nothing until a majority has a record of this epoch: only then is it certain what former epochs
  // committed. Never falls.
  std::optional<Offset> high_watermark() const { return high_watermark_; }

  // `voter` has flushed its log up to `end`. True if the high watermark moved.
  // `commits_without_own_record`: the wrong rule of KAFKA-12619.
  bool on_end(NodeId voter, Offset end, bool commits_without_own_record = false);
  // A majority has the whole log that former epochs left, but no record of this one.
  bool waits_for_own_record() const {
    return !high_watermark_ && majority_end() == std::optional(epoch_start_);
  }

  // A fetch of `voter`, whose log is a prefix of this one's. True if, with it, a majority has fetched since the
  // last time that this was true.
  bool on_fetch(NodeId voter);

  // The other voters, longest log first.
  std::vector<NodeId> successors() const;

  static void fields(auto&& f) {
    f("epoch_start", &LeaderState::epoch_start_);
    f("high_watermark", &LeaderState::high_watermark_);
    f("ends", &LeaderState::ends_);
    f("fetched", &LeaderState::fetched_);
  }

 private:
  std::optional<Offset> majority_end() const;

  NodeId self_ = kNoNode;
  Offset epoch_start_;
  std::optional<Offset> high_watermark_;
  absl::btree_map<NodeId, Offset> ends_;  // kNoOffset: nothing heard yet.
  absl::btree_set<NodeId> fetched_;
};

}  // namespace models

#endif  // MODELS_RAFT_LEADER_STATE_H_
