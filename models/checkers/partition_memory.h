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
//   - when the controller elects a leader from outside ISR and ELR (unclean): the history is then
//     what that leader holds;
//   - when a leader lost unflushed bytes with the power, and no other member of the ISR with which
//     its epoch began, or of the ELR from which it was elected, still has them.
// What replicas keep of the released part, batches of epochs below `floor`, binds nobody.
//
// Cleaners thin out logs each by itself. In a compacted topic a batch stands for the one that was
// committed in its place if epoch and offsets are equal, whatever records are left of it, and
// batches may be missing below the end of the history. Its end is compared as any other's, for no
// cleaner touches the last segment.
// Where bits have rotted, contents are not compared at all: what rots need not be covered by a CRC,
// and replicas copy it.
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
#include "models/checkers/observed.h"
#include "models/common/metadata_image.h"

namespace models {

struct ReplicaFacts {
  bool is_leader = false;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  PartitionEpoch partition_epoch{-1};
  Offset log_start;
  Offset log_end;
  Offset high_watermark;
  Offset last_stable;
  int32_t min_isr = 1;  // min.insync.replicas as the broker has it.
};

// What has become of a replica since it was last seen.
struct ReplicaNews {
  std::optional<ReplicaFacts> before;      // Nothing at its first sight in this life.
  std::optional<ReplicaFacts> clean_stop;  // At that first sight: how a clean stop left it.
  std::optional<Offset> cut_to;            // Its log became shorter, or was replaced from here.
  std::vector<BatchPrint> appended;
  // It held the committed history up to here, below its own watermark, and holds it no more.
  std::optional<Offset> held_before;
};

struct ReplicaMemory {
  bool seen = false;   // In this life of its broker.
  bool known = false;  // Its log was read up to its end, as it was when last seen.
  bool stopped_cleanly = false;
  bool lost_power = false;  // It lost bytes with the power, and has not caught up since.
  // Removed from the partition and added again: until it is in the ISR it may begin anew.
  bool rejoins = false;
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

// The change that ends a reassignment also takes the leader away: who joins the ISR last, by the
// leader's own AlterPartition, may lead by the same change.
bool hands_over_by_move(const PartitionRegistration& before, const PartitionRegistration& after);

class PartitionMemory {
 public:
  explicit PartitionMemory(TopicPartition partition, const Uuid& topic_id = {})
      : partition_(std::move(partition)), topic_id_(topic_id) {}

  const TopicPartition& partition() const { return partition_; }
  const Uuid& topic_id() const { return topic_id_; }
  // Bits of a replica's disk have gone bad: its log may hold anything.
  bool is_rotten() const { return rotten_; }
  const CommittedLog& committed() const { return committed_; }
  const absl::btree_map<NodeId, ReplicaMemory>& replicas() const { return replicas_; }
  const std::optional<PartitionRegistration>& registration() const { return registration_; }
  // Batches of epochs below it bind nobody any more.
  LeaderEpoch floor() const { return floor_; }
  // The epoch in which the end of the history was committed.
  LeaderEpoch commit_epoch() const { return commit_epoch_; }
  // An unclean election was decided, and its leader has not taken over yet.
  bool awaits_release() const { return awaits_release_; }
  // What the controller committed with that partition epoch; null if that is not known.
  const PartitionRegistration* registration_of(PartitionEpoch epoch) const;
  // Do equal prints, or what a cleaner may have left of one, stand in the same place?
  bool is_same(const BatchPrint& committed, const BatchPrint& found) const;

  // Where `broker`'s log first departs from the history; nothing if it holds all of it, or if its
  // log is not known in this life.
  std::optional<Departure> departure_of(NodeId broker) const;
  // How many replicas may hold everything below `offset` of the history: those that do, and those
  // that lost power since or cannot be read.
  size_t holders_of(Offset offset) const;

  // Takes in what a replica's log has gained or lost. Releases the cluster if it must.
  ReplicaNews observe(const ReplicaView& view);
  // What a leader's watermark has passed is committed. Call after the checks.
  void commit(const ReplicaView& view);
  void on_registration(const PartitionRegistration& after, const TopicConfig& config);
  void on_config(const TopicConfig& config);
  void on_broker_down(NodeId broker, bool unflushed_lost, bool clean);
  // Bits have gone bad in the broker's files of this partition.
  void on_rot(NodeId broker);
  // Forgets what was read of the replicas' logs, so that it is read anew.
  void forget_logs();
  // How what `anew` knows of the broker's log differs from this, in words; empty: it does not.
  std::string difference_to(const PartitionMemory& anew, NodeId broker) const;

 private:
  struct Walk {
    Offset matched;
    size_t count = 0;  // Of the tail's batches that agree.
  };
  Walk walk(const ReplicaMemory& replica) const;
  void take_start(ReplicaMemory& replica, Offset log_start, ReplicaNews& news) const;
  void take_cut(ReplicaMemory& replica, const PartitionLog& log, ReplicaNews& news) const;
  void take_appended(ReplicaMemory& replica, const ReplicaView& view, ReplicaNews& news) const;
  std::optional<BatchPrint> last_known(const ReplicaMemory& replica) const;
  void match(ReplicaMemory& replica) const;
  bool must_release(const ReplicaView& view, const ReplicaMemory& replica) const;
  bool another_in_sync_holds(NodeId leader, LeaderEpoch epoch, Offset offset) const;
  void release(ReplicaMemory& leader, LeaderEpoch epoch);

  TopicPartition partition_;
  Uuid topic_id_;
  CommittedLog committed_;
  LeaderEpoch commit_epoch_ = kNoLeaderEpoch;
  LeaderEpoch floor_ = kNoLeaderEpoch;
  bool awaits_release_ = false;
  bool unclean_allowed_ = false;
  bool compacted_ = false;  // Now or once.
  bool rotten_ = false;     // A replica's disk has bits gone bad.
  absl::btree_map<NodeId, ReplicaMemory> replicas_;
  std::optional<PartitionRegistration> registration_;
  // Who could be elected, of each leader epoch: the ISR with which it began, and the ELR before it.
  absl::btree_map<LeaderEpoch, std::vector<NodeId>> isr_at_start_;
  absl::btree_map<PartitionEpoch, PartitionRegistration> decided_;  // The latest ones.
};

}  // namespace models

#endif  // MODELS_CHECKERS_PARTITION_MEMORY_H_
