// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of the high watermark, as pure functions.
//
//   leader 1   [0 ................. 120)      in ISR
//   follower 2 [0 ............ 110)           in ISR            -> watermark 110
//   follower 3 [0 ..... 90)                   not in ISR, long behind: does not count
//
// Followers count that are in the maximal ISR (the committed ISR and a member whose expansion is
// under way), and those that are about to join it: caught up and eligible. While the committed ISR
// is smaller than min.insync.replicas, the watermark stands still (KIP-966).
//
// Source: core/.../cluster/Partition.scala (maybeIncrementLeaderHW, effectiveMinIsr).

#ifndef MODELS_REPLICATION_HIGH_WATERMARK_H_
#define MODELS_REPLICATION_HIGH_WATERMARK_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "models/common/ids.h"
#include "models/replication/remote_replica.h"
#include "sim/time.h"

namespace models {

// min.insync.replicas, or all replicas if there are fewer.
size_t effective_min_isr(int32_t min_insync_replicas, size_t replica_count);

struct WatermarkQuestion {
  Offset leader_end;
  absl::Span<const RemoteReplica> remotes;
  NodeId joining = kNoNode;  // Proposed for the ISR, not yet committed.
  sim::WallTime now;
  sim::Duration lag_max;
};
// The smallest log end among the leader and the followers that count.
Offset high_watermark_of(const WatermarkQuestion& question);

}  // namespace models

#endif  // MODELS_REPLICATION_HIGH_WATERMARK_H_
