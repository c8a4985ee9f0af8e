// SPDX-License-Identifier: Apache-2.0
//
// Who leads a partition next, and the record that says so: pure arithmetic on one registration.
//
//   valid leader = acceptable (unfenced, not shutting down) and in the target ISR
//   kPreferred   first replica, else the current leader, else the first valid one
//   kOnline      current leader, else the first valid one in assignment order
//   kUnclean     as kOnline, else the first acceptable one: the ISR becomes {it}, RECOVERING
//   otherwise    no leader (-1)
//
// Without ELR (off in clusters of 4.0) an ISR never becomes empty: its last member stays in it,
// without leading if it is not acceptable, because it alone is known to hold all committed records.
// Source: metadata/.../controller/PartitionChangeBuilder.java.

#ifndef MODELS_CONTROLLER_LEADER_ELECTION_H_
#define MODELS_CONTROLLER_LEADER_ELECTION_H_

#include <optional>
#include <vector>

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

ElectionResult elect_leader(const PartitionRegistration& partition,
                            const std::vector<NodeId>& target_isr, Election election,
                            IsAcceptableLeader acceptable);

// What is wanted of a partition.
struct PartitionTarget {
  Uuid topic_id;
  int32_t partition_id = 0;
  std::vector<NodeId> isr;
  Election election = Election::kOnline;
  // A leader's AlterPartition ends the recovery after an unclean election.
  bool recovering = false;
};

// The change that leads from `partition` to the target, or nothing if there is none. The leader is
// named only if it changes, so that an ISR change alone keeps the leader epoch.
std::optional<PartitionChangeRecord> change_partition(const PartitionRegistration& partition,
                                                      const PartitionTarget& target,
                                                      IsAcceptableLeader acceptable);

}  // namespace models

#endif  // MODELS_CONTROLLER_LEADER_ELECTION_H_
