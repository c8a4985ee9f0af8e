// SPDX-License-Identifier: Apache-2.0
//
// What an observer outside the cluster remembers of one partition: the committed history, how far
// each replica's log agrees with it, and what the controller has decided. All invariants read it;
// it is brought up to date incrementally, by reading only what a replica's log has gained.
//
//   committed history  [b0][b1][b2][b3][b4]            end: the highest watermark of any leader
//   broker 1           [b0][b1][b2][b3][b4][u5][u6]    matched to the end, tail u5 u6
//   broker 2           [b0][b1][b2]                    matched to b2, behind
//   broker 3           [b0][b1][b2][z3]                z3 of an older epoch: to be cut when it
//                                                      hears of the new leader; legal above its
//                                                      own watermark
//
// The cluster is bound to the committed history, and is released from a part of it
//   - when the controller elects a leader from outside the ISR (unclean): the history is then what
//     that leader holds;
//   - when a leader lost unflushed bytes with the power, and no other member of the ISR with which
//     its epoch began still has them.
// What replicas keep of the released part, batches of epochs below `floor`, binds nobody.
//
// A copy of this is independent of the original. Prints stand for bytes: see committed_log.h.

#ifndef MODELS_CHECKERS_PARTITION_MEMORY_H_
#define MODELS_CHECKERS_PARTITION_MEMORY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/checkers/committed_log.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/log/partition_log.h"

namespace models {

// One replica as it is now, seen from outside its machine. Lives during one call.
struct ReplicaView {
  NodeId broker = kNoNode;
  const PartitionLog* log = nullptr;
  bool is_leader = false;                     // Believes itself the leader...
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  // ...of this epoch.
  Step* observer = nullptr;  // Reads the broker's disk on nobody's account: the cost is dropped.
  Uuid topic_id = {};        // Zero: not told.
};

struct ReplicaFacts {
  bool is_leader = false;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  Offset log_end;
  Offset high_watermark;
};

// What has become of a replica since it was last seen.
struct ReplicaNews {
  std::optional<ReplicaFacts> before;      // Nothing at its first sight in this life.
  std::optional<ReplicaFacts> clean_stop;  // At that first sight: how a clean stop left it.
  std::optional<Offset> cut_to;            // Its log became shorter, or was replaced from here.
  std::vector<BatchPrint> appended;
};

struct ReplicaMemory {
  bool seen = false;   // In this life of its broker.
  bool known = false;  // Its log was read up to its end, as it was when last seen.
  bool stopped_cleanly = false;
  bool lost_power = false;  // It lost bytes with the power, and has not caught up since.
  ReplicaFacts facts;
  Offset log_start;
  Offset log_end;  // As far as it was read.
  LeaderEpoch latest_epoch = kNoLeaderEpoch;
  Offset matched;                // Below it the log is the committed history.
  std::vector<BatchPrint> tail;  // The batches from there on.
};

// Where a replica's log departs from the committed history.
struct Departure {
  Offset offset;
  BatchPrint committed;
  std::optional<BatchPrint> found;  // Nothing: the log ends there.
};

class PartitionMemory {
 public:
  explicit PartitionMemory(TopicPartition partition) : partition_(std::move(partition)) {}

  const TopicPartition& partition() const { return partition_; }
  const CommittedLog& committed() const { return committed_; }
  const absl::btree_map<NodeId, ReplicaMemory>& replicas() const { return replicas_; }
  const std::optional<PartitionRegistration>& registration() const { return registration_; }
  // Batches of epochs below it bind nobody any more.
  LeaderEpoch floor() const { return floor_; }
  // The epoch in which the end of the history was committed.
  LeaderEpoch commit_epoch() const { return commit_epoch_; }
  // An unclean election was decided, and its leader has not taken over yet.
  bool awaits_release() const { return awaits_release_; }

  // Where `broker`'s log first departs from the history; nothing if it holds all of it, or if its
  // log is not known in this life.
  std::optional<Departure> departure_of(NodeId broker) const;

  // Takes in what a replica's log has gained or lost. Releases the cluster if it must.
  ReplicaNews observe(const ReplicaView& view);
  // What a leader's watermark has passed is committed. Call after the checks.
  void commit(const ReplicaView& view);
  void on_registration(const PartitionRegistration& after, const TopicConfig& config);
  void on_broker_down(NodeId broker, bool unflushed_lost, bool clean);
  // The broker has deleted its replica: what it may host later is another one.
  void forget_replica(NodeId broker) { replicas_.erase(broker); }
  // Forgets what was read of the replicas' logs, so that it is read anew.
  void forget_logs();

 private:
  void take_cut(ReplicaMemory& replica, const PartitionLog& log, ReplicaNews& news) const;
  void take_appended(ReplicaMemory& replica, const ReplicaView& view, ReplicaNews& news) const;
  std::optional<BatchPrint> last_known(const ReplicaMemory& replica) const;
  void match(ReplicaMemory& replica) const;
  bool must_release(const ReplicaView& view, const ReplicaMemory& replica) const;
  bool another_in_sync_holds(NodeId leader, LeaderEpoch epoch, Offset offset) const;
  void release(ReplicaMemory& leader, LeaderEpoch epoch);

  TopicPartition partition_;
  CommittedLog committed_;
  LeaderEpoch commit_epoch_ = kNoLeaderEpoch;
  LeaderEpoch floor_ = kNoLeaderEpoch;
  bool awaits_release_ = false;
  bool compacted_ = false;  // Replicas are cleaned each by itself: their logs are not compared.
  absl::btree_map<NodeId, ReplicaMemory> replicas_;
  std::optional<PartitionRegistration> registration_;
  absl::btree_map<LeaderEpoch, std::vector<NodeId>> isr_at_start_;  // Of each leader epoch.
};

}  // namespace models

#endif  // MODELS_CHECKERS_PARTITION_MEMORY_H_
