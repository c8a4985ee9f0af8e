// SPDX-License-Identifier: Apache-2.0
//
// What a log lets go: whole segments, from its beginning.
// Source: storage/.../log/UnifiedLog.java (deleteOldSegments), LocalLog.java (deleteSegmentFiles).

#include <algorithm>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/log/partition_log.h"

namespace models {

ErrorCode PartitionLog::increment_log_start(Offset start, Step& step) {
  if (start > high_watermark_) return ErrorCode::kOffsetOutOfRange;
  if (start <= log_start_) return ErrorCode::kNone;
  log_start_ = start;
  recovery_point_ = std::max(recovery_point_, start);
  if (epochs_.truncate_from_start(start)) save_epochs(step);
  producers_.on_log_start(start);
  return find_start_batch(step).ok() ? ErrorCode::kNone : ErrorCode::kKafkaStorageError;
}

// Read only if a transaction has begun below: no other needs it.
absl::Status PartitionLog::find_start_batch(Step& step) {
  start_batch_ = log_start_;
  std::optional<Offset> unstable = producers_.first_unstable_offset();
  if (!unstable || *unstable >= log_start_) return absl::OkStatus();
  for (size_t i = segment_of(log_start_); i < segments_.size(); ++i) {
    auto position = segments_[i].position_of(log_start_, step);
    if (!position.ok()) return position.status();
    if (*position >= segments_[i].size_bytes()) continue;
    auto bytes = segments_[i].read(*position, kBatchHeaderBytes, step);
    if (!bytes.ok()) return bytes.status();
    if (auto header = read_batch_header(*bytes)) start_batch_ = header->base_offset;
    break;
  }
  return absl::OkStatus();
}

// Never what a follower may still have to fetch, and never an empty active segment.
bool PartitionLog::may_delete(size_t index, Step& step) const {
  bool is_active = index + 1 == segments_.size();
  if (is_active && segments_[index].size_bytes() == 0) return false;
  Offset end = is_active ? log_end_ : segments_[index + 1].base_offset();
  return high_watermark_ >= end || step.mutated(Mutation::kKafka5634);
}

template <class Condition>
absl::StatusOr<int32_t> PartitionLog::delete_while(const Condition& condition, Step& step) {
  size_t count = 0;
  while (count < segments_.size() && may_delete(count, step) && condition(count)) ++count;
  if (count == 0) return 0;
  if (count == segments_.size() && roll(log_end_, step) != ErrorCode::kNone)
    return absl::UnavailableError("no new segment");
  absl::Status status = settled(delete_segments(0, count, step));
  if (!status.ok()) return status;
  log_start_ = std::max(log_start_, segments_.front().base_offset());
  high_watermark_ = std::max(high_watermark_, log_start_);
  recovery_point_ = std::max(recovery_point_, log_start_);
  if (epochs_.truncate_from_start(log_start_)) save_epochs(step);
  producers_.on_log_start(log_start_);
  if (absl::Status status = find_start_batch(step); !status.ok()) return status;
  return static_cast<int32_t>(count);
}

absl::StatusOr<int32_t> PartitionLog::delete_old_segments(Step& step) {
  if (failed_) return absl::UnavailableError("the log has failed");
  int32_t deleted = 0;
  auto below_start = delete_while(
      [&](size_t i) {
        return i + 1 < segments_.size() && segments_[i + 1].base_offset() <= log_start_;
      },
      step);
  if (!below_start.ok()) return below_start;
  deleted += *below_start;
  if (!config_.cleanup_policy.deletes) return deleted;
  int64_t excess = size_bytes() - config_.retention_bytes;
  if (config_.retention_bytes >= 0 && excess >= 0) {
    auto too_large = delete_while(
        [&](size_t i) {
          if (excess < segments_[i].size_bytes()) return false;
          excess -= segments_[i].size_bytes();
          return true;
        },
        step);
    if (!too_large.ok()) return too_large;
    deleted += *too_large;
  }
  if (config_.retention_ms < 0) return deleted;
  int64_t now = step.wall.millis();
  auto too_old = delete_while(
      [&](size_t i) { return now - segments_[i].largest_timestamp_ms() > config_.retention_ms; },
      step);
  if (!too_old.ok()) return too_old;
  return deleted + *too_old;
}

absl::Status PartitionLog::delete_snapshot(Offset at, Step& step) {
  if (!producers_.forget_snapshot(at)) return absl::OkStatus();
  std::string path = directory_ + "/" + segment_file_name(at, kSnapshotSuffix);
  if (!step.disk.exists(path)) return absl::OkStatus();
  absl::Status status = step.disk.rename(path, path + std::string(kDeletedSuffix));
  if (status.ok())
    removals_.push_back({step.wall.millis() + config_.file_delete_delay_ms.millis(), at, true});
  return status;
}

// `replaced`: the segment of that base gets a successor, for which the snapshot stays.
absl::Status PartitionLog::delete_files(const std::vector<Segment>& segments,
                                        std::optional<Offset> replaced, Step& step) {
  int64_t due = step.wall.millis() + config_.file_delete_delay_ms.millis();
  for (Segment segment : segments) {
    step.mark(Mark::kSegmentDeleted);
    segment.close_files(step);
    if (absl::Status status = segment.rename(directory_, {}, kDeletedSuffix, step); !status.ok())
      return status;
    removals_.push_back({due, segment.base_offset(), false});
    if (segment.base_offset() == replaced) continue;
    if (absl::Status status = delete_snapshot(segment.base_offset(), step); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status PartitionLog::delete_segments(size_t first, size_t count, Step& step) {
  auto begin = segments_.begin() + static_cast<ptrdiff_t>(first);
  auto end = begin + static_cast<ptrdiff_t>(count);
  absl::Status status = delete_files(std::vector<Segment>(begin, end), std::nullopt, step);
  if (status.ok()) segments_.erase(begin, end);
  return status;
}

absl::Status PartitionLog::replace_segments(Segment cleaned, Offset first, size_t count,
                                            Step& step) {
  return settled(swap(std::move(cleaned), first, count, step));
}

// A crash at any point of this leaves what the next start can tell (interrupted_swap.h).
absl::Status PartitionLog::swap(Segment cleaned, Offset first, size_t count, Step& step) {
  absl::Status status = cleaned.rename(directory_, kCleanedSuffix, kSwapSuffix, step);
  if (!status.ok()) return status;
  auto begin = segments_.begin() + static_cast<ptrdiff_t>(segment_of(first));
  auto end = begin + static_cast<ptrdiff_t>(count);
  status = delete_files(std::vector<Segment>(begin, end), first, step);
  if (!status.ok()) return status;
  status = cleaned.rename(directory_, kSwapSuffix, {}, step);
  if (!status.ok()) return status;
  *begin = std::move(cleaned);
  segments_.erase(begin + 1, end);
  return step.disk.sync_directory(directory_);
}

absl::StatusOr<std::optional<int64_t>> PartitionLog::first_timestamp_from(Offset from, Step& step) {
  std::optional<int64_t> earliest;
  for (size_t i = segment_of(from); i + 1 < segments_.size(); ++i) {
    auto first = segments_[i].first_timestamp_ms(step);
    if (!first.ok()) return first;
    if (*first && **first > 0 && (!earliest || **first < *earliest)) earliest = **first;
  }
  return earliest;
}

std::optional<int64_t> PartitionLog::next_removal_ms() const {
  if (removals_.empty()) return std::nullopt;
  return removals_.front().due_ms;
}

absl::Status PartitionLog::remove_deleted(Step& step) {
  size_t done = 0;
  absl::Status status;
  for (; done < removals_.size() && removals_[done].due_ms <= step.wall.millis() && status.ok();
       ++done) {
    const Removal& removal = removals_[done];
    if (!removal.snapshot) {
      status = Segment::remove(directory_, removal.base, kDeletedSuffix, step);
      continue;
    }
    std::string path = directory_ + "/" + segment_file_name(removal.base, kSnapshotSuffix) +
                       std::string(kDeletedSuffix);
    if (step.disk.exists(path)) status = step.disk.remove(path);
  }
  removals_.erase(removals_.begin(), removals_.begin() + static_cast<ptrdiff_t>(done));
  return status;
}

}  // namespace models
