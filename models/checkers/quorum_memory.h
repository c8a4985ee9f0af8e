// SPDX-License-Identifier: Apache-2.0
//
// What an observer outside the cluster remembers of the metadata quorum: the committed log, as
// prints of its batches, how far each member agrees with it, and who led and voted in which epoch.
//
//   committed        [b0][b1][b2][b3]          end: the highest watermark of any member
//   controller 3000  [b0][b1][b2][b3][u4]      compared up to its own watermark; as a leader up to
//   controller 3001  [b0][b1]                  the end of the history
//
// Nothing releases a quorum from what it has committed: it flushes before it counts.
// Source: raft/.../{KafkaRaftClient,LeaderState,QuorumState}.java.

#ifndef MODELS_CHECKERS_QUORUM_MEMORY_H_
#define MODELS_CHECKERS_QUORUM_MEMORY_H_

#include <optional>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/cord.h"
#include "models/checkers/committed_log.h"
#include "models/checkers/observed.h"

namespace models {

struct QuorumFacts {
  LeaderEpoch epoch = kNoLeaderEpoch;
  bool is_leader = false;
  Offset high_watermark{0};
  Offset log_end{0};
  NodeId vote = kNoNode;
  LeaderEpoch durable_epoch = kNoLeaderEpoch;
  NodeId durable_vote = kNoNode;
  bool operator==(const QuorumFacts&) const = default;
};

struct QuorumMember {
  bool seen = false;  // In this life of its process.
  QuorumFacts facts;
  Offset compared{0};  // Below it its log is the committed history.
};

// What has become of a member since it was last seen.
struct QuorumNews {
  bool changed = false;
  std::optional<QuorumFacts> before;  // Nothing at its first sight in this life.
  LeaderEpoch epoch_of_former_life = kNoLeaderEpoch;
  absl::Cord committed;  // Batches that no member had committed before.
  // Where the member's log departs from the history that it should hold.
  std::optional<BatchPrint> missing;
  std::optional<BatchPrint> found;  // There; nothing: its log ends.
};

class QuorumMemory {
 public:
  QuorumNews observe(const QuorumView& view);
  void on_down(NodeId node);

  const CommittedLog& committed() const { return committed_; }
  const absl::btree_map<NodeId, QuorumMember>& members() const { return members_; }

 private:
  void compare(const QuorumView& view, QuorumMember& member, QuorumNews& news);

  CommittedLog committed_;
  absl::btree_map<NodeId, QuorumMember> members_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_QUORUM_MEMORY_H_
