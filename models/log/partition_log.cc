// SPDX-License-Identifier: Apache-2.0
//
// Reading, looking up and flushing. Opening is in partition_log_open.cc, appending in _append.cc,
// cutting in _truncate.cc, retention in _retention.cc.

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

Offset PartitionLog::last_stable_offset() const {
  std::optional<Offset> unstable = producers_.first_unstable_offset();
  if (!unstable) return high_watermark_;
  // As Kafka: if the log begins inside the transaction, the whole batch there is unstable, even if
  // that begins below the log's start.
  return std::min(high_watermark_, *unstable < log_start_ ? start_batch_ : *unstable);
}

size_t PartitionLog::segment_of(Offset offset) const {
  auto above = std::upper_bound(segments_.begin(), segments_.end(), offset,
                                [](Offset o, const Segment& s) { return o < s.base_offset(); });
  return above == segments_.begin() ? 0 : static_cast<size_t>(above - segments_.begin()) - 1;
}

ReadResult PartitionLog::read(Offset from, int64_t max_bytes, Offset limit, bool at_least_one_batch,
                              Step& step) const {
  ReadResult result;
  if (failed_) return fail_read();
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

int64_t PartitionLog::position_in_segment(Offset offset, Step& step) const {
  const Segment& segment = segments_[segment_of(offset)];
  if (offset >= log_end_) return segment.size_bytes();
  auto position = segment.position_of(offset, step);
  return position.ok() ? *position : -1;
}

ReadResult PartitionLog::fail_read() {
  ReadResult result;
  result.error = ErrorCode::kKafkaStorageError;
  return result;
}

namespace {

// The first record at or after both in one batch; nothing if there is none.
absl::StatusOr<std::optional<TimestampedOffset>> first_record(const absl::Cord& batch,
                                                              const BatchHeader& header,
                                                              Offset from, int64_t timestamp_ms) {
  std::optional<TimestampedOffset> found;
  absl::Status status = for_each_record(batch, header, [&](const RecordView& record) {
    if (found || record.timestamp_ms < timestamp_ms || record.offset < from) return;
    found = TimestampedOffset{record.timestamp_ms, record.offset, header.leader_epoch};
  });
  if (!status.ok()) return status;
  return found;
}

}  // namespace

absl::StatusOr<std::optional<TimestampedOffset>> PartitionLog::offset_for_timestamp(
    int64_t timestamp_ms, Step& step) const {
  std::optional<TimestampedOffset> found;
  absl::Status status;
  for (const Segment& segment : segments_) {
    if (segment.largest_timestamp_ms() < timestamp_ms) continue;
    absl::Status walked = segment.for_each_batch(
        segment.search_position(timestamp_ms, log_start_),
        [&](const BatchHeader& header, int64_t position) {
          if (header.max_timestamp_ms < timestamp_ms || header.last_offset() < log_start_)
            return true;
          auto batch = segment.read(position, header.total_bytes(), step);
          if (!batch.ok()) {
            status = batch.status();
            return false;
          }
          auto record = first_record(*batch, header, log_start_, timestamp_ms);
          status = record.status();
          if (record.ok()) found = *record;
          return status.ok() && !found;
        },
        step);
    if (!walked.ok()) return walked;
    if (!status.ok()) return status;
    break;  // As Kafka: only the first segment that may hold it is searched.
  }
  return found;
}

absl::StatusOr<std::optional<TimestampedOffset>> PartitionLog::offset_of_max_timestamp(
    Step& step) const {
  const Segment* latest = nullptr;
  for (const Segment& segment : segments_) {
    if (segment.max_timestamp().timestamp_ms < 0) continue;
    if (latest == nullptr ||
        segment.max_timestamp().timestamp_ms > latest->max_timestamp().timestamp_ms)
      latest = &segment;
  }
  if (latest == nullptr) return std::nullopt;
  return offset_for_timestamp(latest->max_timestamp().timestamp_ms, step);
}

std::vector<AbortedTxn> PartitionLog::aborted_txns(Offset from, Offset upper) const {
  std::vector<AbortedTxn> found;
  for (size_t i = segment_of(from); i < segments_.size(); ++i) {
    for (const AbortedTxn& txn : segments_[i].aborted_txns()) {
      if (txn.last_offset >= from && txn.first_offset < upper) found.push_back(txn);
      if (txn.last_stable_offset >= upper) return found;
    }
  }
  return found;
}

bool PartitionLog::set_high_watermark(Offset to) {
  Offset clamped = std::clamp(to, log_start_, log_end_);
  if (clamped == high_watermark_) return false;
  high_watermark_ = clamped;
  producers_.on_high_watermark(clamped);
  return true;
}

void PartitionLog::assign_epoch_start(LeaderEpoch epoch, Step& step) {
  if (epochs_.assign(epoch, log_end_)) save_epochs(step);
}

void PartitionLog::save_epochs(Step& step) {
  (void)settled(write_epoch_checkpoint(directory_, epochs_, step));
}

void PartitionLog::flush(Step& step) {
  if (!failed_ && settled(flush_all(step)).ok()) recovery_point_ = log_end_;
}

absl::Status PartitionLog::flush_all(Step& step) {
  for (size_t i = segment_of(recovery_point_); i < segments_.size(); ++i) {
    if (absl::Status status = segments_[i].flush(step); !status.ok()) return status;
  }
  for (sim::FileId file : unsynced_snapshots_) {
    if (absl::Status status = step.disk.sync(file); !status.ok()) return status;
    (void)step.disk.close(file);
  }
  unsynced_snapshots_.clear();
  return step.disk.sync_directory(directory_);
}

void PartitionLog::close(Step& step) {
  flush(step);
  (void)settled(take_durable_snapshot(producers_, step));
  for (Segment& segment : segments_) segment.close(step);
}

std::vector<sim::FileId> PartitionLog::unflushed_files() const {
  std::vector<sim::FileId> files = unsynced_snapshots_;
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
  sealed.files = unsynced_snapshots_;
  flushing_snapshots_.insert(flushing_snapshots_.end(), unsynced_snapshots_.begin(),
                             unsynced_snapshots_.end());
  unsynced_snapshots_.clear();
  for (size_t i = segment_of(recovery_point_); i + 1 < segments_.size(); ++i) {
    for (sim::FileId file : segments_[i].files()) sealed.files.push_back(file);
  }
  sealed.directory = directory_;
  sealed.end = end;
  return sealed;
}

void PartitionLog::on_flushed(Offset end, Step& step) {
  recovery_point_ = std::max(recovery_point_, std::min(end, log_end_));
  for (sim::FileId file : flushing_snapshots_) (void)step.disk.close(file);
  flushing_snapshots_.clear();
}

}  // namespace models
