// SPDX-License-Identifier: Apache-2.0
//
// What the shell shows of a cluster to the invariants: small values, filled in from outside the
// machines. They live during one call.

#ifndef MODELS_CHECKERS_OBSERVED_H_
#define MODELS_CHECKERS_OBSERVED_H_

#include "models/common/ids.h"
#include "models/common/step.h"
#include "models/log/partition_log.h"

namespace models {

// One replica as it is now.
struct ReplicaView {
  NodeId broker = kNoNode;
  const PartitionLog* log = nullptr;
  bool is_leader = false;                     // Believes itself the leader...
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  // ...of this epoch.
  PartitionEpoch partition_epoch{-1};         // Of the registration that it acts on; -1: unknown.
  Uuid topic_id;             // Of the topic it belongs to; zero: the broker does not know yet.
  Step* observer = nullptr;  // Reads the broker's disk on nobody's account: the cost is dropped.
};

// One member of the metadata quorum as it is now. A quorum of one voter has voted for itself.
struct QuorumView {
  NodeId node = kNoNode;
  LeaderEpoch epoch = kNoLeaderEpoch;
  bool is_leader = false;
  Offset high_watermark{0};  // 0: unknown.
  const PartitionLog* log = nullptr;
  // For whom it has told others that it votes in `epoch` (an answer that left; a candidate's own
  // vote that it asked others to join); kNoNode: for nobody.
  NodeId vote = kNoNode;
  // What a restart would find: the quorum-state file, as far as it is flushed.
  LeaderEpoch durable_epoch = kNoLeaderEpoch;
  NodeId durable_vote = kNoNode;
  Step* observer = nullptr;
};

}  // namespace models

#endif  // MODELS_CHECKERS_OBSERVED_H_
