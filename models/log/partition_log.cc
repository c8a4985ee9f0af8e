// SPDX-License-Identifier: Apache-2.0
//
// Reading, cutting and flushing; opening is in partition_log_open.cc, appending in
// partition_log_append.cc.

#include "models/log/partition_log.h"

#include <algorithm>
#include <utility>

#include "models/log/epoch_checkpoint.h"

namespace models {

int64_t PartitionLog::size_bytes() const {
  int64_t total = 0;
  for (const Segment& segment : segments_) total += segment.size_bytes();
  return total;
}

size_t PartitionLog::segment_of(Offset offset) const {
  auto above = std::upper_bound(segments_.begin(), segments_.end(), offset,
                                [](Offset o, const Segment& s) { return o < s.base_offset(); });
  return above == segments_.begin() ? 0 : static_cast<size_t>(above - segments_.begin()) - 1;
}

ReadResult PartitionLog::read(Offset from, int64_t max_bytes, Offset limit, bool at_least_one_batch,
                              Step& step) const {
  ReadResult result;
  if (from < log_start_ || from > log_end_) {
    result.error = ErrorCode::kOffsetOutOfRange;
    return result;
  }
  if (from >= log_end_ || from >= limit) return result;
  // As Kafka: from one segment only, the next one when there is nothing more in it.
  for (size_t index = segment_of(from); index < segments_.size(); ++index) {
    const Segment& segment = segments_[index];
    auto begin = segment.position_of(from, step);
    if (!begin.ok()) return fail_read();
    if (*begin >= segment.size_bytes()) continue;
    int64_t end = segment.size_bytes();
    if (limit < log_end_ &&
        (index + 1 == segments_.size() || limit < segments_[index + 1].base_offset())) {
      auto bound = segment.position_of(limit, step);
      if (!bound.ok()) return fail_read();
      end = *bound;
    }
    int64_t length = std::min(end - *begin, max_bytes);
    if (at_least_one_batch && length < end - *begin) {
      auto head = segment.read(*begin, kBatchHeaderBytes, step);
      if (!head.ok()) return fail_read();
      if (auto header = read_batch_header(*head)) length = std::max(length, header->total_bytes());
      length = std::min(length, end - *begin);
    }
    if (length <= 0) return result;
    auto bytes = segment.read(*begin, length, step);
    if (!bytes.ok()) return fail_read();
    result.records = std::move(*bytes);
    return result;
  }
  return result;
}

ReadResult PartitionLog::fail_read() {
  ReadResult result;
  result.error = ErrorCode::kKafkaStorageError;
  return result;
}

bool PartitionLog::set_high_watermark(Offset to) {
  Offset clamped = std::clamp(to, log_start_, log_end_);
  if (clamped == high_watermark_) return false;
  high_watermark_ = clamped;
  return true;
}

void PartitionLog::assign_epoch_start(LeaderEpoch epoch, Step& step) {
  if (epochs_.assign(epoch, log_end_)) save_epochs(step);
}

void PartitionLog::save_epochs(Step& step) {
  // A failed write shows when the directory is used next; the cache in memory is right meanwhile.
  (void)write_epoch_checkpoint(directory_, epochs_, step);
}

int64_t PartitionLog::truncate_to(Offset end, Step& step) {
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
  while (segments_.size() > 1 && segments_.back().base_offset() > end) {
    (void)segments_.back().remove(directory_, step);
    segments_.pop_back();
  }
  (void)segments_.back().truncate_to(end, step);
  log_end_ = end;
  log_start_ = std::min(log_start_, end);
  high_watermark_ = std::min(high_watermark_, end);
  recovery_point_ = std::min(recovery_point_, end);
  if (epochs_.truncate_from_end(end)) save_epochs(step);
  rebuild_producers(step);
  return cut;
}

void PartitionLog::truncate_fully_and_start_at(Offset start, Step& step) {
  for (Segment& segment : segments_) (void)segment.remove(directory_, step);
  segments_.clear();
  auto fresh = Segment::create(directory_, start, step);
  if (fresh.ok()) segments_.push_back(std::move(*fresh));
  log_start_ = log_end_ = high_watermark_ = recovery_point_ = start;
  epochs_.clear();
  save_epochs(step);
  producers_.clear();
}

void PartitionLog::rebuild_producers(Step& step) {
  producers_.clear();
  for (Segment& segment : segments_) {
    (void)segment.scan(
        false, config_,
        [&](const BatchHeader& header) {
          if (header.has_producer() && !header.is_control()) producers_.update(header);
        },
        step);
  }
}

void PartitionLog::flush(Step& step) {
  for (Segment& segment : segments_) {
    bool is_active = &segment == &segments_.back();
    Offset next = is_active ? log_end_ : (&segment + 1)->base_offset();
    if (next <= recovery_point_ && !is_active) continue;
    if (!segment.flush(step).ok()) return;
  }
  (void)step.disk.sync_directory(directory_);
  recovery_point_ = log_end_;
}

void PartitionLog::close(Step& step) {
  flush(step);
  for (Segment& segment : segments_) segment.close(step);
}

std::vector<sim::FileId> PartitionLog::unflushed_files() const {
  std::vector<sim::FileId> files;
  for (size_t i = segment_of(recovery_point_); i < segments_.size(); ++i) {
    for (sim::FileId file : segments_[i].files()) files.push_back(file);
  }
  return files;
}

std::optional<SealedSegments> PartitionLog::take_sealed() {
  if (!std::exchange(sealed_, false)) return std::nullopt;
  Offset end = segments_.back().base_offset();
  if (end <= recovery_point_) return std::nullopt;
  SealedSegments sealed;
  for (size_t i = segment_of(recovery_point_); i + 1 < segments_.size(); ++i) {
    for (sim::FileId file : segments_[i].files()) sealed.files.push_back(file);
  }
  sealed.directory = directory_;
  sealed.end = end;
  return sealed;
}

void PartitionLog::on_flushed(Offset end) {
  recovery_point_ = std::max(recovery_point_, std::min(end, log_end_));
}

}  // namespace models
