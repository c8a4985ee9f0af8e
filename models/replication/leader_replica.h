// SPDX-License-Identifier: Apache-2.0
//
// The leader's side of one partition: its followers' progress, the in-sync replicas (ISR) and
// changes to them that are under way, and the high watermark that follows from both.
//
//   committed ISR {1,2}   --expand 3-->   pending: committed {1,2}, maximal {1,2,3}
//   committed ISR {1,2,3} --shrink 3-->   pending: committed {1,2,3}, maximal {1,2,3}
//
// A proposal goes to the controller (AlterPartition) and is pending until its result, or metadata,
// comes. While one is pending the stricter set counts, so that the watermark is safe whatever the
// controller decides, and no other proposal is made.
//
// A value; it names its log only through arguments. Source: core/.../cluster/Partition.scala.

#ifndef MODELS_REPLICATION_LEADER_REPLICA_H_
#define MODELS_REPLICATION_LEADER_REPLICA_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/log/partition_log.h"
#include "models/protocol/alter_partition.h"
#include "models/replication/remote_replica.h"

namespace models {

// Guards of a partition's state: who leads, and how often the registration has changed.
struct PartitionVersion {
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  PartitionEpoch partition_epoch{0};
};

// The local broker, as a leader needs to know it.
struct LocalBroker {
  NodeId id = kNoNode;
  BrokerEpoch epoch = kNoBrokerEpoch;
  sim::Duration lag_max;  // replica.lag.time.max.ms
};

// What became of a proposal.
enum class ProposalOutcome : uint8_t {
  kStale,           // Not the pending one any more, or overtaken by a newer version: ignored.
  kCommitted,       // The controller's ISR holds.
  kReverted,        // The controller refused for certain: the committed ISR holds.
  kAwaitsMetadata,  // Refused, perhaps because our state is old: pending until metadata says.
  kRetry,           // To be sent again as it was.
};

class LeaderReplica {
 public:
  // Metadata names this broker leader (again): takes over replicas and ISR, drops any proposal.
  void on_registration(NodeId self, const PartitionRegistration& registration,
                       const MetadataImage& image, Step& step);
  // A leader epoch begins at the log end. `new_leader`: this broker was not leader before.
  void begin_epoch(Offset log_end, bool new_leader, sim::WallTime now);
  // Brokers were registered, fenced or unfenced.
  void on_brokers(const MetadataImage& image);

  RemoteReplica* find(NodeId id);
  const RemoteReplica* find(NodeId id) const;
  const std::vector<RemoteReplica>& remotes() const { return remotes_; }
  const std::vector<NodeId>& isr() const { return isr_; }  // Committed.
  size_t maximal_isr_size() const { return isr_.size() + (joining() == kNoNode ? 0 : 1); }
  bool has_pending_proposal() const { return pending_.has_value(); }
  Offset epoch_start() const { return epoch_start_; }
  size_t min_isr(const PartitionLog& log) const;
  bool is_under_min_isr(const PartitionLog& log) const { return isr_.size() < min_isr(log); }

  // Raises the high watermark if ISR and log ends allow it. True if it rose.
  bool advance_high_watermark(PartitionLog& log, const LocalBroker& local, Step& step) const;

  // A proposal to add `follower` to the ISR, if it has earned it and none is pending.
  std::optional<AlterPartitionData> propose_expand(const RemoteReplica& follower,
                                                   const PartitionLog& log,
                                                   const PartitionVersion& version,
                                                   const LocalBroker& local, Step& step);
  // A proposal to drop the members that are out of sync, if any and none is pending.
  std::optional<AlterPartitionData> propose_shrink(const PartitionLog& log,
                                                   const PartitionVersion& version,
                                                   const LocalBroker& local, Step& step);
  // The controller's answer to `sent`; on a commit moves `version` to the new partition epoch.
  ProposalOutcome on_result(const AlterPartitionData& sent, const AlterPartitionResult& result,
                            PartitionVersion& version, Step& step);

  // Some follower that the watermark waits for to reach `offset`; kNoNode if none.
  NodeId laggard_below(Offset offset) const;

  static void fields(auto&& f) {
    f("isr", &LeaderReplica::isr_);
    f("epoch_start", &LeaderReplica::epoch_start_);
    f("remotes", &LeaderReplica::remotes_);
  }

 private:
  struct Proposal {
    NodeId joining = kNoNode;  // Set for an expansion.
    AlterPartitionData sent;
  };

  NodeId joining() const { return pending_ ? pending_->joining : kNoNode; }
  bool is_follower_in_sync(const RemoteReplica& follower, const PartitionLog& log,
                           Step& step) const;
  AlterPartitionData propose(std::vector<NodeId> new_isr, NodeId joining, const PartitionLog& log,
                             const PartitionVersion& version, const LocalBroker& local);
  void commit_isr(std::vector<NodeId> isr, Step& step);

  size_t replica_count_ = 0;
  std::vector<RemoteReplica> remotes_;  // In assignment order.
  std::vector<NodeId> isr_;             // Committed.
  std::optional<Proposal> pending_;
  Offset epoch_start_;
};

}  // namespace models

#endif  // MODELS_REPLICATION_LEADER_REPLICA_H_
