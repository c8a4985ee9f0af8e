// SPDX-License-Identifier: Apache-2.0
//
// Cutting a log. Source: storage/.../log/{UnifiedLog,LocalLog}.java (truncateTo,
// truncateFullyAndStartAt).

#include <algorithm>
#include <utility>

#include "models/log/partition_log.h"

namespace models {

int64_t PartitionLog::truncate_to(Offset end, Step& step) {
  if (failed_) return 0;
  if (end >= log_end_) {
    // An epoch whose start was noted but that wrote nothing begins at the log end; it goes, however
    // far beyond the cut is.
    if (epochs_.truncate_from_end(log_end_)) save_epochs(step);
    return 0;
  }
  if (segments_.front().base_offset() > end) {
    int64_t cut = log_end_ - log_start_;
    truncate_fully_and_start_at(end, step);
    return cut;
  }
  int64_t cut = log_end_ - end;
  ++cuts_;
  size_t kept = segment_of(end) + 1;
  absl::Status status = delete_segments(kept, segments_.size() - kept, step);
  if (status.ok()) status = segments_.back().truncate_to(end, step).status();
  if (!settled(status).ok()) return 0;
  log_end_ = end;
  log_start_ = std::min(log_start_, end);
  recovery_point_ = std::min(recovery_point_, end);
  if (epochs_.truncate_from_end(end)) save_epochs(step);
  (void)settled(rebuild_producers(producers_, end, false, step));
  high_watermark_ = std::min(high_watermark_, end);
  producers_.on_high_watermark(high_watermark_);
  return cut;
}

void PartitionLog::truncate_fully_and_start_at(Offset start, Step& step) {
  if (failed_) return;
  ++cuts_;
  // First, as these go at once and not with their segments.
  if (!settled(producers_.truncate_fully(directory_, start, step)).ok()) return;
  if (!settled(delete_files(segments_, std::nullopt, step)).ok()) return;
  auto fresh = Segment::create(directory_, start, config_, step);
  if (!settled(fresh.status()).ok()) return;
  segments_.assign(1, *std::move(fresh));
  log_start_ = log_end_ = high_watermark_ = start;
  recovery_point_ = std::min(recovery_point_, start);
  epochs_.clear();
  save_epochs(step);
  producers_.on_log_start(start);
}

}  // namespace models
