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
    if (!hosted_[i].has_log()) continue;
    const CleanupPolicy& policy = hosted_[i].log.config().cleanup_policy;
    if (!policy.compacts) delete_old_segments(static_cast<int32_t>(i), step);  // Else the cleaner.
  }
  arm_removal(step);
}

void ReplicaManager::delete_old_segments(int32_t number, Step& step) {
  PartitionLog& log = at(number).log;
  absl::StatusOr<int32_t> deleted = log.delete_old_segments(step);
  if (!deleted.ok()) return fail_directory_of(number, "retention", step);
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
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (!hosted_[i].has_log() || hosted_[i].log.remove_deleted(step).ok()) continue;
    fail_directory_of(static_cast<int32_t>(i), "remove", step);
  }
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (directories_[i].is_online && !remove_doomed(directories_[i], step).ok())
      fail_log_directory(static_cast<int32_t>(i), "remove", step);
  }
  arm_removal(step);
}

// One timer, for the earliest file that waits.
void ReplicaManager::arm_removal(Step& step) {
  std::optional<int64_t> due;
  auto take = [&](std::optional<int64_t> next) {
    if (next && (!due || *next < *due)) due = next;
  };
  for (const HostedPartition& replica : hosted_) {
    if (replica.has_log()) take(replica.log.next_removal_ms());
  }
  for (const LogDirectory& directory : directories_) {
    for (const LogDirectory::Doomed& each : directory.doomed) take(each.due_ms);
  }
  if (!due || (removal_due_ms_ && *removal_due_ms_ <= *due)) return;
  removal_due_ms_ = due;
  step.effects.arm({Timer::kLogFileRemoval, 0},
                   sim::Duration::millis(std::max<int64_t>(0, *due - step.wall.millis())));
}

}  // namespace models
