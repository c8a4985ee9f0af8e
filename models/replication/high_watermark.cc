// SPDX-License-Identifier: Apache-2.0

#include "models/replication/high_watermark.h"

#include <algorithm>

namespace models {

size_t effective_min_isr(int32_t min_insync_replicas, size_t replica_count) {
  return std::min(static_cast<size_t>(std::max(min_insync_replicas, 0)), replica_count);
}

Offset high_watermark_of(const WatermarkQuestion& question) {
  Offset watermark = question.leader_end;
  for (const RemoteReplica& replica : question.remotes) {
    if (replica.log_end >= watermark) continue;
    bool counts = replica.in_isr || replica.id == question.joining ||
                  (is_caught_up(replica, question.leader_end, question.now, question.lag_max) &&
                   is_isr_eligible(replica));
    if (counts) watermark = replica.log_end;
  }
  return watermark;
}

}  // namespace models
