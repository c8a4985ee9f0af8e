// SPDX-License-Identifier: Apache-2.0
//
// Reading, appending and cutting; opening and recovery are in segment_open.cc.

#include "models/log/segment.h"

#include <algorithm>
#include <utility>

namespace models {

void Segment::note_timestamp(const BatchHeader& header) {
  if (!first_timestamp_ms_) first_timestamp_ms_ = header.max_timestamp_ms;
  if (header.max_timestamp_ms > max_timestamp_.timestamp_ms)
    max_timestamp_ = {header.max_timestamp_ms, header.last_offset()};
}

void Segment::remember(Offset last_offset, int64_t position) {
  if (recent_.size() == kRecentBatches)
    recent_.erase(recent_.begin(), recent_.begin() + kRecentBatches / 2);
  recent_.push_back({last_offset, position});
}

absl::Status Segment::append_max_timestamp(Step& step) {
  TimeIndexEntry entry{max_timestamp_.timestamp_ms, relative(max_timestamp_.offset)};
  int64_t last = time_index_.empty() ? -1 : time_index_.last().timestamp_ms;
  return entry.timestamp_ms > last ? time_index_.append(entry, step) : absl::OkStatus();
}

absl::Status Segment::add_to_indexes(Offset last_offset, int64_t position, Step& step) {
  OffsetIndexEntry entry{relative(last_offset), static_cast<int32_t>(position)};
  if (absl::Status status = index_.append(entry, step); !status.ok()) return status;
  return append_max_timestamp(step);
}

absl::Status Segment::append(absl::Cord batch, const BatchHeader& header, const TopicConfig& config,
                             Step& step) {
  int64_t position = size_;
  int64_t total = static_cast<int64_t>(batch.size());
  if (absl::Status status = step.disk.append(log_, std::move(batch)); !status.ok()) {
    // A full disk may have taken a part; the next append must not follow it.
    (void)step.disk.truncate(log_, position);
    return status;
  }
  size_ += total;
  modified_ms_ = step.wall.millis();
  note_timestamp(header);
  remember(header.last_offset(), position);
  if (bytes_since_entry_ > config.index_interval_bytes) {
    if (absl::Status status = add_to_indexes(header.last_offset(), position, step); !status.ok())
      return status;
    bytes_since_entry_ = 0;
  }
  bytes_since_entry_ += total;
  return absl::OkStatus();
}

absl::Status Segment::for_each_batch(int64_t position,
                                     absl::FunctionRef<bool(const BatchHeader&, int64_t)> visit,
                                     Step& step) const {
  while (position < size_) {
    auto bytes = step.disk.read(log_, position, kBatchHeaderBytes);
    if (!bytes.ok()) return bytes.status();
    auto header = read_batch_header(*bytes);
    if (!header || header->length < kBatchHeaderBytes - kBatchLengthPrefixBytes)
      return absl::DataLossError("a batch that cannot be read");
    if (!visit(*header, position)) break;
    position += header->total_bytes();
  }
  return absl::OkStatus();
}

int64_t Segment::index_bytes() const {
  return static_cast<int64_t>(index_.entries().size()) * OffsetIndexEntry::kBytes;
}

int64_t Segment::time_index_bytes() const {
  return static_cast<int64_t>(time_index_.entries().size()) * TimeIndexEntry::kBytes;
}

int64_t Segment::index_position(Offset offset) const {
  if (offset < base_) return 0;
  const std::vector<OffsetIndexEntry>& entries = index_.entries();
  auto above =
      std::upper_bound(entries.begin(), entries.end(), offset - base_,
                       [](int64_t o, const OffsetIndexEntry& e) { return o < e.relative_offset; });
  return above == entries.begin() ? 0 : (above - 1)->position;
}

absl::StatusOr<int64_t> Segment::position_of(Offset offset, Step& step) const {
  // The remembered tail, if it reaches back far enough: the one before the first must end below.
  if (!recent_.empty() && (recent_.front().position == 0 || recent_.front().last_offset < offset)) {
    auto found = std::lower_bound(recent_.begin(), recent_.end(), offset,
                                  [](const BatchAt& b, Offset o) { return b.last_offset < o; });
    return found == recent_.end() ? size_ : found->position;
  }
  int64_t found = size_;
  absl::Status status = for_each_batch(
      index_position(offset),
      [&](const BatchHeader& header, int64_t position) {
        if (header.last_offset() < offset) return true;
        found = position;
        return false;
      },
      step);
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<Offset> Segment::next_offset(Step& step) const {
  if (!recent_.empty()) return recent_.back().last_offset + 1;
  Offset next = base_;
  absl::Status status = for_each_batch(
      index_.empty() ? 0 : index_.last().position,
      [&](const BatchHeader& header, int64_t) {
        next = header.next_offset();
        return true;
      },
      step);
  if (!status.ok()) return status;
  return next;
}

int64_t Segment::search_position(int64_t timestamp_ms, Offset from) const {
  const std::vector<TimeIndexEntry>& times = time_index_.entries();
  auto later =
      std::upper_bound(times.begin(), times.end(), timestamp_ms,
                       [](int64_t t, const TimeIndexEntry& e) { return t < e.timestamp_ms; });
  Offset least = later == times.begin() ? base_ : base_ + (later - 1)->relative_offset;
  return index_position(std::max(least, from));
}

int64_t Segment::largest_timestamp_ms() const {
  return max_timestamp_.timestamp_ms >= 0 ? max_timestamp_.timestamp_ms : modified_ms_;
}

absl::StatusOr<std::optional<int64_t>> Segment::first_timestamp_ms(Step& step) {
  if (!first_timestamp_ms_ && size_ > 0) {
    absl::Status status = for_each_batch(
        0,
        [&](const BatchHeader& header, int64_t) {
          first_timestamp_ms_ = header.max_timestamp_ms;
          return false;
        },
        step);
    if (!status.ok()) return status;
  }
  if (!first_timestamp_ms_ || *first_timestamp_ms_ < 0) return std::nullopt;
  return first_timestamp_ms_;
}

absl::StatusOr<bool> Segment::should_roll(const RollParams& append, int64_t now_ms,
                                          const TopicConfig& config, Step& step) {
  if (size_ > config.segment_size() - append.bytes) return true;
  if (append.last_offset - base_ > INT32_MAX) return true;
  // The time index is full one entry early: a sealed segment gets one more.
  int64_t most = config.segment_index_bytes / OffsetIndexEntry::kBytes;
  int64_t most_times = config.segment_index_bytes / TimeIndexEntry::kBytes - 1;
  if (static_cast<int64_t>(index_.entries().size()) >= most) return true;
  if (static_cast<int64_t>(time_index_.entries().size()) >= most_times) return true;
  if (size_ == 0) return false;
  auto first = first_timestamp_ms(step);
  if (!first.ok()) return first.status();
  int64_t waited = *first ? append.max_timestamp_ms - **first : now_ms - created_ms_;
  return waited > (config.longest_segment_ms() - jitter_).millis();
}

absl::Status Segment::truncate_indexes(Offset end, Step& step) {
  const std::vector<OffsetIndexEntry>& entries = index_.entries();
  size_t kept = 0;
  while (kept < entries.size() && base_ + entries[kept].relative_offset < end &&
         entries[kept].position < size_) {
    ++kept;
  }
  if (absl::Status status = index_.keep(kept, step); !status.ok()) return status;
  const std::vector<TimeIndexEntry>& times = time_index_.entries();
  size_t kept_times = 0;
  while (kept_times < times.size() && base_ + times[kept_times].relative_offset < end) ++kept_times;
  if (absl::Status status = time_index_.keep(kept_times, step); !status.ok()) return status;
  return txn_index_.truncate_to(end, step);
}

absl::Status Segment::find_largest_timestamp(Step& step) {
  max_timestamp_ = {-1, base_};
  int64_t from = 0;
  if (!time_index_.empty()) {
    max_timestamp_ = {time_index_.last().timestamp_ms, base_ + time_index_.last().relative_offset};
    auto position = position_of(max_timestamp_.offset, step);
    if (!position.ok()) return position.status();
    from = *position;
  }
  return for_each_batch(
      from,
      [&](const BatchHeader& header, int64_t) {
        if (header.max_timestamp_ms > max_timestamp_.timestamp_ms)
          max_timestamp_ = {header.max_timestamp_ms, header.last_offset()};
        return true;
      },
      step);
}

absl::StatusOr<int64_t> Segment::truncate_to(Offset end, Step& step) {
  auto position = position_of(end, step);
  if (!position.ok()) return position;
  int64_t cut = size_ - *position;
  if (cut > 0) {
    if (absl::Status status = step.disk.truncate(log_, *position); !status.ok()) return status;
    size_ = *position;
    modified_ms_ = step.wall.millis();
    std::erase_if(recent_, [&](const BatchAt& batch) { return batch.position >= size_; });
  }
  if (absl::Status status = truncate_indexes(end, step); !status.ok()) return status;
  if (size_ == 0) {
    first_timestamp_ms_.reset();
    created_ms_ = step.wall.millis();
  }
  bytes_since_entry_ = 0;
  if (absl::Status status = find_largest_timestamp(step); !status.ok()) return status;
  return cut;
}

absl::Status Segment::seal(Step& step) { return append_max_timestamp(step); }

std::vector<sim::FileId> Segment::files() const {
  std::vector<sim::FileId> files{log_, index_.file(), time_index_.file()};
  if (txn_index_.file()) files.push_back(*txn_index_.file());
  return files;
}

absl::Status Segment::flush(Step& step) {
  for (sim::FileId file : files()) {
    if (absl::Status status = step.disk.sync(file); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Segment::close(Step& step) {
  (void)append_max_timestamp(step);
  close_files(step);
}

void Segment::close_files(Step& step) {
  for (sim::FileId file : files()) (void)step.disk.close(file);
}

}  // namespace models
