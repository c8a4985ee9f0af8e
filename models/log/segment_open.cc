// SPDX-License-Identifier: Apache-2.0
//
// Making, opening and recovering the files of a segment.

#include <algorithm>
#include <utility>

#include "models/log/segment.h"

namespace models {

namespace {

constexpr std::string_view kKinds[] = {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix,
                                       kTxnIndexSuffix};

std::string path_of(const std::string& directory, Offset base, std::string_view kind,
                    std::string_view suffix) {
  return directory + "/" + segment_file_name(base, kind) + std::string(suffix);
}

}  // namespace

absl::StatusOr<Segment> Segment::open_files(const std::string& directory, Offset base,
                                            std::string_view suffix, Step& step) {
  Segment segment;
  segment.base_ = base;
  segment.max_timestamp_.offset = base;
  auto log = step.disk.open(path_of(directory, base, kLogSuffix, suffix), true);
  if (!log.ok()) return log.status();
  segment.log_ = *log;
  auto index = OffsetIndex::open(path_of(directory, base, kOffsetIndexSuffix, suffix), step);
  if (!index.ok()) return index.status();
  segment.index_ = *std::move(index);
  auto times = TimeIndex::open(path_of(directory, base, kTimeIndexSuffix, suffix), step);
  if (!times.ok()) return times.status();
  segment.time_index_ = *std::move(times);
  auto txns = TxnIndex::open(path_of(directory, base, kTxnIndexSuffix, suffix), base, step);
  if (!txns.ok()) return txns.status();
  segment.txn_index_ = *std::move(txns);
  return segment;
}

void Segment::set_up(const TopicConfig& config, Step& step) {
  created_ms_ = modified_ms_ = step.wall.millis();
  int64_t most = std::min(config.segment_jitter_ms.millis(), config.longest_segment_ms().millis());
  if (most > 0)
    jitter_ =
        sim::Duration::millis(static_cast<int64_t>(step.rng.below(static_cast<uint64_t>(most))));
}

absl::StatusOr<Segment> Segment::create(const std::string& directory, Offset base,
                                        const TopicConfig& config, Step& step,
                                        std::string_view suffix) {
  auto segment = open_files(directory, base, suffix, step);
  if (!segment.ok()) return segment;
  for (sim::FileId file : segment->files()) {
    auto size = step.disk.size(file);
    if (!size.ok()) return size.status();
    if (*size == 0) continue;
    if (absl::Status status = step.disk.truncate(file, 0); !status.ok()) return status;
  }
  segment->set_up(config, step);
  return segment;
}

absl::StatusOr<Segment> Segment::open(const std::string& directory, Offset base,
                                      const TopicConfig& config, Step& step,
                                      std::string_view suffix) {
  auto segment = open_files(directory, base, suffix, step);
  if (!segment.ok()) return segment;
  auto size = step.disk.size(segment->log_);
  if (!size.ok()) return size.status();
  segment->size_ = *size;
  segment->set_up(config, step);
  if (absl::Status status = segment->index_.load(step); !status.ok()) return status;
  if (absl::Status status = segment->time_index_.load(step); !status.ok()) return status;
  if (!segment->time_index_.empty()) {
    const TimeIndexEntry& last = segment->time_index_.last();
    segment->max_timestamp_ = {last.timestamp_ms, base + last.relative_offset};
  }
  return segment;
}

absl::StatusOr<int64_t> Segment::recover(const TopicConfig& config, Visit visit, Step& step) {
  step.mark(Mark::kIndexRebuilt);
  for (absl::Status status :
       {index_.reset(step), time_index_.reset(step), txn_index_.reset(step)}) {
    if (!status.ok()) return status;
  }
  auto bytes = step.disk.read(log_, 0, size_);
  if (!bytes.ok()) return bytes.status();
  max_timestamp_ = {-1, base_};
  first_timestamp_ms_.reset();
  recent_.clear();
  int64_t position = 0;
  int64_t last_entry = 0;
  while (auto header = read_batch_header(*bytes, position)) {
    int64_t total = header->total_bytes();
    if (total < kBatchHeaderBytes || total > size_ - position) break;
    absl::Cord batch = bytes->Subcord(static_cast<size_t>(position), static_cast<size_t>(total));
    if (!is_valid_batch(batch, *header)) break;
    int64_t span = header->last_offset() - base_;
    bool grows = recent_.empty() || header->last_offset() > recent_.back().last_offset;
    if (span < 0 || span > INT32_MAX || !grows) break;
    note_timestamp(*header);
    if (position - last_entry > config.index_interval_bytes) {
      if (absl::Status status = add_to_indexes(header->last_offset(), position, step); !status.ok())
        return status;
      last_entry = position;
    }
    remember(header->last_offset(), position);
    if (absl::Status status = visit(*header, *bytes, position); !status.ok()) return status;
    position += total;
  }
  int64_t cut = size_ - position;
  if (cut > 0) {
    if (absl::Status status = step.disk.truncate(log_, position); !status.ok()) return status;
    size_ = position;
  }
  bytes_since_entry_ = 0;
  if (absl::Status status = append_max_timestamp(step); !status.ok()) return status;
  return cut;
}

absl::Status Segment::rename(const std::string& directory, std::string_view from,
                             std::string_view to, Step& step) {
  for (std::string_view kind : kKinds) {
    std::string old_path = path_of(directory, base_, kind, from);
    if (!step.disk.exists(old_path)) continue;
    absl::Status status = step.disk.rename(old_path, path_of(directory, base_, kind, to));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Segment::remove(const std::string& directory, Offset base, std::string_view suffix,
                             Step& step) {
  for (std::string_view kind : kKinds) {
    std::string path = path_of(directory, base, kind, suffix);
    if (!step.disk.exists(path)) continue;
    if (absl::Status status = step.disk.remove(path); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace models
