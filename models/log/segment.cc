// SPDX-License-Identifier: Apache-2.0

#include "models/log/segment.h"

#include <algorithm>
#include <utility>

#include "models/log/byte_order.h"

namespace models {

namespace {

constexpr int64_t kIndexEntryBytes = 8;

}  // namespace

absl::StatusOr<Segment> Segment::open_files(const std::string& directory, Offset base, Step& step) {
  Segment segment;
  segment.base_ = base;
  segment.created_ms_ = step.wall.millis();
  std::string index_path = directory + "/" + segment_file_name(base, kOffsetIndexSuffix);
  segment.had_index_ = step.disk.exists(index_path);
  auto log = step.disk.open(directory + "/" + segment_file_name(base, kLogSuffix), true);
  if (!log.ok()) return log.status();
  auto index = step.disk.open(index_path, true);
  if (!index.ok()) return index.status();
  segment.log_ = *log;
  segment.index_ = *index;
  return segment;
}

absl::StatusOr<Segment> Segment::create(const std::string& directory, Offset base, Step& step) {
  auto segment = open_files(directory, base, step);
  if (!segment.ok()) return segment;
  for (sim::FileId file : segment->files()) {
    auto size = step.disk.size(file);
    if (!size.ok()) return size.status();
    if (*size == 0) continue;
    if (absl::Status status = step.disk.truncate(file, 0); !status.ok()) return status;
  }
  segment->had_index_ = true;
  return segment;
}

absl::StatusOr<Segment> Segment::open(const std::string& directory, Offset base, Step& step) {
  auto segment = open_files(directory, base, step);
  if (!segment.ok()) return segment;
  auto size = step.disk.size(segment->log_);
  if (!size.ok()) return size.status();
  segment->size_ = *size;
  return segment;
}

absl::Status Segment::read_index(Step& step) {
  entries_.clear();
  auto size = step.disk.size(index_);
  if (!size.ok()) return size.status();
  auto bytes = step.disk.read(index_, 0, *size);
  if (!bytes.ok()) return bytes.status();
  std::string flat(*bytes);
  for (size_t at = 0; at + kIndexEntryBytes <= flat.size(); at += kIndexEntryBytes) {
    IndexEntry entry{load_big_endian<int32_t>(flat.data() + at),
                     load_big_endian<int32_t>(flat.data() + at + 4)};
    if (!entries_.empty() && (entry.relative_offset <= entries_.back().relative_offset ||
                              entry.position <= entries_.back().position)) {
      break;  // Zeros of an index that lost its tail.
    }
    entries_.push_back(entry);
  }
  return absl::OkStatus();
}

absl::StatusOr<SegmentScan> Segment::scan(bool verify, const TopicConfig& config,
                                          const std::function<void(const BatchHeader&)>& visit,
                                          Step& step) {
  SegmentScan result;
  result.next_offset = base_;
  bool rebuild = verify || !had_index_;
  if (rebuild) {
    result.index_rebuilt = true;
    step.mark(Mark::kIndexRebuilt);
    if (absl::Status status = step.disk.truncate(index_, 0); !status.ok()) return status;
    entries_.clear();
  } else if (absl::Status status = read_index(step); !status.ok()) {
    return status;
  }
  auto bytes = step.disk.read(log_, 0, size_);
  if (!bytes.ok()) return bytes.status();
  int64_t position = 0;
  recent_.clear();
  bytes_since_entry_ = 0;
  while (auto header = read_batch_header(*bytes, position)) {
    int64_t total = header->total_bytes();
    if (total < kBatchHeaderBytes || total > size_ - position) break;
    if (header->base_offset < result.next_offset || header->last_offset_delta < 0) break;
    if (verify && !is_valid_batch(bytes->Subcord(static_cast<size_t>(position), static_cast<size_t>(total)), *header))
      break;
    if (rebuild && bytes_since_entry_ > config.index_interval_bytes) {
      if (absl::Status status = add_to_index(header->last_offset(), position, step); !status.ok()) return status;
    }
    bytes_since_entry_ += total;
    if (first_timestamp_ms_ < 0) first_timestamp_ms_ = header->max_timestamp_ms;
    remember(header->last_offset(), position);
    visit(*header);
    position += total;
    result.next_offset = header->next_offset();
  }
  result.valid_bytes = position;
  result.bytes_cut = size_ - position;
  if (result.bytes_cut > 0) {
    if (absl::Status status = step.disk.truncate(log_, position); !status.ok()) return status;
    size_ = position;
  }
  return result;
}

void Segment::remember(Offset last_offset, int64_t position) {
  if (recent_.size() == kRecentBatches)
    recent_.erase(recent_.begin(), recent_.begin() + kRecentBatches / 2);
  recent_.push_back({last_offset, position});
}

absl::Status Segment::add_to_index(Offset last_offset, int64_t position, Step& step) {
  IndexEntry entry{static_cast<int32_t>(last_offset - base_), static_cast<int32_t>(position)};
  char bytes[kIndexEntryBytes];
  store_big_endian<int32_t>(bytes, entry.relative_offset);
  store_big_endian<int32_t>(bytes + 4, entry.position);
  if (absl::Status status = step.disk.append(index_, absl::Cord(absl::string_view(bytes, sizeof(bytes)))); !status.ok())
    return status;
  entries_.push_back(entry);
  bytes_since_entry_ = 0;
  return absl::OkStatus();
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
  if (first_timestamp_ms_ < 0) first_timestamp_ms_ = header.max_timestamp_ms;
  remember(header.last_offset(), position);
  if (bytes_since_entry_ > config.index_interval_bytes) {
    if (absl::Status status = add_to_index(header.last_offset(), position, step); !status.ok()) return status;
  }
  bytes_since_entry_ += total;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Segment::position_of(Offset offset, Step& step) const {
  // The remembered tail, if it reaches back far enough: the one before the first must end below.
  if (!recent_.empty() && (recent_.front().position == 0 || recent_.front().last_offset < offset)) {
    auto found = std::lower_bound(recent_.begin(), recent_.end(), offset,
                                  [](const BatchAt& b, Offset o) { return b.last_offset < o; });
    return found == recent_.end() ? size_ : found->position;
  }
  int32_t relative = static_cast<int32_t>(offset - base_);
  auto above = std::upper_bound(entries_.begin(), entries_.end(), relative,
                                [](int32_t o, const IndexEntry& e) { return o < e.relative_offset; });
  int64_t position = above == entries_.begin() ? 0 : (above - 1)->position;
  while (position < size_) {
    auto bytes = step.disk.read(log_, position, kBatchHeaderBytes);
    if (!bytes.ok()) return bytes.status();
    auto header = read_batch_header(*bytes);
    if (!header || header->last_offset() >= offset) return position;
    position += header->total_bytes();
  }
  return size_;
}

absl::Status Segment::truncate_index(Offset end, Step& step) {
  size_t kept = 0;
  while (kept < entries_.size() && base_ + entries_[kept].relative_offset < end &&
         entries_[kept].position < size_) {
    ++kept;
  }
  if (kept == entries_.size()) return absl::OkStatus();
  entries_.resize(kept);
  return step.disk.truncate(index_, static_cast<int64_t>(kept) * kIndexEntryBytes);
}

absl::StatusOr<int64_t> Segment::truncate_to(Offset end, Step& step) {
  auto position = position_of(end, step);
  if (!position.ok()) return position;
  int64_t cut = size_ - *position;
  if (cut == 0) return 0;
  if (absl::Status status = step.disk.truncate(log_, *position); !status.ok()) return status;
  size_ = *position;
  std::erase_if(recent_, [&](const BatchAt& batch) { return batch.position >= size_; });
  bytes_since_entry_ = 0;
  if (size_ == 0) {
    first_timestamp_ms_ = -1;
    created_ms_ = step.wall.millis();
  }
  if (absl::Status status = truncate_index(end, step); !status.ok()) return status;
  return cut;
}

bool Segment::should_roll(int64_t bytes, Offset last_offset, int64_t max_timestamp_ms, int64_t now_ms,
                          const TopicConfig& config) const {
  if (size_ > config.segment_bytes - bytes) return true;
  if (last_offset - base_ > INT32_MAX) return true;
  if (size_ == 0) return false;
  int64_t waited = first_timestamp_ms_ >= 0 ? max_timestamp_ms - first_timestamp_ms_ : now_ms - created_ms_;
  if (waited > config.segment_ms.millis()) return true;
  return static_cast<int64_t>(entries_.size() + 1) * kIndexEntryBytes > config.segment_index_bytes;
}

absl::Status Segment::flush(Step& step) {
  if (absl::Status status = step.disk.sync(log_); !status.ok()) return status;
  return step.disk.sync(index_);
}

void Segment::close(Step& step) {
  (void)step.disk.close(log_);
  (void)step.disk.close(index_);
}

absl::Status Segment::remove(const std::string& directory, Step& step) {
  close(step);
  if (absl::Status status = step.disk.remove(directory + "/" + segment_file_name(base_, kLogSuffix)); !status.ok())
    return status;
  return step.disk.remove(directory + "/" + segment_file_name(base_, kOffsetIndexSuffix));
}

}  // namespace models
