// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a partition when its ISR, replicas or the brokers change: who leads it next, and
// the record that says so. Pure arithmetic on one registration.
//
//   valid leader = acceptable (unfenced, not shutting down) and in the target ISR; while that is
//                  empty, in the ELR
//   kPreferred   first replica, else the current leader, else the first valid one
//   kOnline      current leader, else the first valid one in assignment order
//   then         the last known leader, if ISR and ELR are empty and it is acceptable (unclean)
//   kUnclean     then the first acceptable one
//   otherwise    no leader (-1)
// After an unclean election the ISR is the leader alone, RECOVERING.
//
// With eligible leader replicas (KIP-966) whoever leaves the ISR while that is below
// min.insync.replicas is eligible: the watermark stands still then, so it has all that is committed.
//
//   min 2   ISR {1,2,3} ELR {}   -2->  {1,3} {}   -3->  {1} {3}   -1->  {} {1,3}   +3->  {3} {1}
//
// A replica that comes back without a clean shutdown may have lost its tail and is eligible no more.
// Without ELR an ISR never becomes empty: its last member stays in it, without leading if it is not
// acceptable.
//
// A reassignment goes on while replicas = target + (old - target); it is complete when the ISR holds
// all of the target. Leader epochs: a new one for a new leader, and when a replica is removed; not
// when the ISR shrinks (since metadata.version 3.6).
// Source: metadata/.../controller/{PartitionChangeBuilder,PartitionReassignmentReplicas,
// PartitionReassignmentRevert}.java of 4.1.1.

#ifndef MODELS_CONTROLLER_LEADER_ELECTION_H_
#define MODELS_CONTROLLER_LEADER_ELECTION_H_

#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "models/common/metadata_image.h"
#include "models/controller/metadata_records.h"

namespace models {

enum class Election { kPreferred, kOnline, kUnclean };

struct ElectionResult {
  NodeId leader = kNoNode;
  bool unclean = false;
  bool operator==(const ElectionResult&) const = default;
};

using IsAcceptableLeader = absl::FunctionRef<bool(NodeId)>;

// What is wanted of a partition.
struct PartitionTarget {
  Uuid topic_id;
  int32_t partition_id = 0;
  std::vector<NodeId> isr;
  std::vector<NodeId> replicas;
  std::vector<NodeId> removing;
  std::vector<NodeId> adding;
  Election election = Election::kOnline;
  bool recovering = false;
  bool elr_enabled = false;
  size_t min_isr = 1;  // Of the topic, and not above its replication factor.
  NodeId unclean_shutdown = kNoNode;
  absl::btree_map<NodeId, Uuid> directories;  // Of replicas; those left out: MIGRATING.

  // All as it is.
  static PartitionTarget of(const PartitionRegistration& partition);
};

ElectionResult elect_leader(const PartitionRegistration& partition, const PartitionTarget& target,
                            IsAcceptableLeader acceptable);

// The change that leads from `partition` to the target, or nothing if there is none.
std::optional<PartitionChangeRecord> change_partition(const PartitionRegistration& partition,
                                                      PartitionTarget target,
                                                      IsAcceptableLeader acceptable);

// The replicas of a reassignment from those of `partition` to `wanted`.
void begin_reassignment(const PartitionRegistration& partition, const std::vector<NodeId>& wanted,
                        PartitionTarget& target);

// The replicas and ISR that a cancelled reassignment goes back to. True: nobody of that ISR is in
// sync, so that going back would be an unclean election.
bool cancel_reassignment(const PartitionRegistration& partition, PartitionTarget& target);

// How many replicas the partition will have when its reassignment, if any, is complete.
size_t final_replica_count(const PartitionRegistration& partition);

}  // namespace models

#endif  // MODELS_CONTROLLER_LEADER_ELECTION_H_
