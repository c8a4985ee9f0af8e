// SPDX-License-Identifier: Apache-2.0
//
// What logs let go, in the background. Source: storage/.../log/LogManager.java (cleanupLogs,
// deleteLogs).

#include <algorithm>
#include <optional>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::apply_retention(Step& step) {
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (hosted_[i].deleted) continue;
    const CleanupPolicy& policy = hosted_[i].log.config().cleanup_policy;
    if (!policy.compacts) delete_old_segments(static_cast<int32_t>(i), step);  // Else the cleaner.
  }
  arm_removal(step);
}

void ReplicaManager::delete_old_segments(int32_t number, Step& step) {
  PartitionLog& log = at(number).log;
  absl::StatusOr<int32_t> deleted = log.delete_old_segments(step);
  if (!deleted.ok()) return fail_log_directory("retention", step);
  if (*deleted == 0) return;
  touch(number);
  flush_sealed(number, step);
  step.effects.note("segments_deleted",
                    {{"partition", to_string(log.partition())},
                     {"segments", std::to_string(*deleted)},
                     {"log_start", std::to_string(log.log_start_offset().value())}});
}

void ReplicaManager::remove_deleted(Step& step) {
  removal_due_ms_.reset();
  for (HostedPartition& replica : hosted_) {
    if (!replica.deleted && !replica.log.remove_deleted(step).ok())
      return fail_log_directory("remove", step);
  }
  arm_removal(step);
}

// One timer, for the earliest file that waits.
void ReplicaManager::arm_removal(Step& step) {
  std::optional<int64_t> due;
  for (const HostedPartition& replica : hosted_) {
    if (replica.deleted) continue;
    std::optional<int64_t> next = replica.log.next_removal_ms();
    if (next && (!due || *next < *due)) due = next;
  }
  if (!due || (removal_due_ms_ && *removal_due_ms_ <= *due)) return;
  removal_due_ms_ = due;
  step.effects.arm({Timer::kLogFileRemoval, 0},
                   sim::Duration::millis(std::max<int64_t>(0, *due - step.wall.millis())));
}

}  // namespace models
