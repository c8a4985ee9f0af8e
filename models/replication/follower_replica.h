// SPDX-License-Identifier: Apache-2.0
//
// The follower's side of one partition: from where it fetches next, and what it does when the
// leader says that the logs have parted. Nothing here sends; fetcher.h does.
//
//   own log    (epoch 1 @ 0) ....... (epoch 2 @ 80) ....... 100 = fetch offset, last epoch 2
//   leader     (epoch 1 @ 0) ............. (epoch 3 @ 90) ........ 150
//   answer     diverging epoch 1, which ends at 90 there; here it ends at 80: cut to 80, ask again
//
// Source: core/.../server/AbstractFetcherThread.scala (PartitionFetchState,
// getOffsetTruncationState), ReplicaFetcherThread.scala.

#ifndef MODELS_REPLICATION_FOLLOWER_REPLICA_H_
#define MODELS_REPLICATION_FOLLOWER_REPLICA_H_

#include <optional>

#include "models/common/step.h"
#include "models/log/partition_log.h"
#include "models/protocol/fetch.h"
#include "sim/time.h"

namespace models {

// Where a follower must cut its log, told that it parted from the leader's at `diverging`.
Offset truncation_target(const PartitionLog& log, const EpochEndOffset& diverging);

class FollowerReplica {
 public:
  // Begins to follow `leader` in `epoch`. May cut the log: to the high watermark if nothing is
  // known of epochs (and always under KIP-101's mutation). Returns the records cut.
  int64_t begin(NodeId leader, LeaderEpoch epoch, PartitionLog& log, Step& step);
  // No leader, or the fetcher gave up on this partition until the next leader epoch.
  void stop() { leader_ = kNoNode; }

  NodeId leader() const { return leader_; }  // The fetcher it belongs to; kNoNode: none.
  LeaderEpoch epoch() const { return epoch_; }
  Offset fetch_offset() const { return fetch_offset_; }

  // Left out of fetches until `until`. A delay that runs is not lengthened.
  void delay(sim::WallTime now, sim::Duration backoff);
  bool is_delayed(sim::WallTime now) const { return now < delayed_until_; }

  FetchPartition fetch(const PartitionLog& log, int32_t max_bytes) const;
  // The answer to `sent` is still of use: neither was the log cut meanwhile, nor did metadata bring
  // another leader epoch, be it of the same leader.
  bool awaits(const FetchPartition& sent, sim::WallTime now) const {
    return sent.fetch_offset == fetch_offset_ && sent.current_leader_epoch == epoch_ &&
           !is_delayed(now);
  }

  struct Appended {
    ErrorCode error = ErrorCode::kNone;
    bool records = false;       // The log grew.
    bool watermark = false;     // The high watermark moved.
    bool log_start = false;     // The log start moved, as the leader's.
    bool first_answer = false;  // Of this leader epoch.
    // The leader's log starts inside the first batch that came, and so the own, empty one does: it
    // must start anew, where the batch does, to take it in.
    std::optional<Offset> start_anew_at;
  };
  // Appends what came for `sent` and takes over the leader's high watermark.
  Appended append(const FetchPartitionData& data, LeaderEpoch sent_epoch, PartitionLog& log,
                  Step& step);
  // Cuts the log to `target`, or where `diverging` says, and fetches from there. Returns records
  // cut.
  int64_t truncate(Offset target, PartitionLog& log, Step& step);
  int64_t truncate_on_divergence(const EpochEndOffset& diverging, PartitionLog& log, Step& step);
  // Fetches on from the log's end; after a full truncation that is the leader's start.
  void resume(const PartitionLog& log, Step& step);

  static void fields(auto&& f) {
    f("leader", &FollowerReplica::leader_);
    f("fetch_offset", &FollowerReplica::fetch_offset_);
  }

 private:
  NodeId leader_ = kNoNode;
  LeaderEpoch epoch_ = kNoLeaderEpoch;
  Offset fetch_offset_;
  LeaderEpoch last_fetched_epoch_ = kNoLeaderEpoch;
  bool answered_ = false;  // By the leader of this epoch.
  sim::WallTime delayed_until_;
};

}  // namespace models

#endif  // MODELS_REPLICATION_FOLLOWER_REPLICA_H_
