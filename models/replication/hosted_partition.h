// SPDX-License-Identifier: Apache-2.0
//
// One partition with a replica on this broker: its log, its role, and the state of that role.

#ifndef MODELS_REPLICATION_HOSTED_PARTITION_H_
#define MODELS_REPLICATION_HOSTED_PARTITION_H_

#include <string>
#include <string_view>

#include "models/log/partition_log.h"
#include "models/replication/follower_replica.h"
#include "models/replication/leader_replica.h"

namespace models {

enum class ReplicaRole : uint8_t { kNone, kLeader, kFollower, kOffline };
inline std::string_view name_of(ReplicaRole role) {
  switch (role) {
    case ReplicaRole::kNone:
      return "none";
    case ReplicaRole::kLeader:
      return "leader";
    case ReplicaRole::kFollower:
      return "follower";
    case ReplicaRole::kOffline:
      return "offline";
  }
  return "unknown";
}

struct HostedPartition {
  PartitionLog log;
  int32_t directory = 0;  // Its place among the broker's log directories.
  // None: found on disk, not yet named by metadata. Offline: its directory has failed.
  ReplicaRole role = ReplicaRole::kNone;
  NodeId leader = kNoNode;  // As metadata has it.
  PartitionVersion version;
  LeaderReplica as_leader;  // Of meaning in the role of that name only.
  FollowerReplica as_follower;
  Uuid topic_id;
  bool deleted = false;  // Not a replica any more: its place in the list is all that is left.
  bool changed = true;   // Log, watermark, role or epoch, since last reported.

  const TopicPartition& partition() const { return log.partition(); }
  bool is_leader() const { return role == ReplicaRole::kLeader; }
  bool is_offline() const { return role == ReplicaRole::kOffline; }
  bool has_log() const { return !deleted && !is_offline(); }  // Of which use can be made.

  static void fields(auto&& f) {
    f("log", &HostedPartition::log);
    f("role", &HostedPartition::role);
    f("leader", &HostedPartition::leader);
    f("as_leader", &HostedPartition::as_leader);
    f("as_follower", &HostedPartition::as_follower);
  }
};

}  // namespace models

#endif  // MODELS_REPLICATION_HOSTED_PARTITION_H_
