// SPDX-License-Identifier: Apache-2.0
//
// Snapshots of what a partition remembers of its producers.

#include <algorithm>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/log/producer_state.h"

namespace models {

namespace {

std::string path_of(const std::string& directory, Offset at) {
  return directory + "/" + segment_file_name(at, kSnapshotSuffix);
}

ProducerSnapshotEntry snapshot_of(ProducerId id, const ProducerEntry& entry) {
  ProducerSnapshotEntry out;
  out.producer_id = id;
  out.epoch = entry.epoch;
  if (!entry.batches.empty()) {
    const ProducerBatch& last = entry.batches.back();
    out.last_sequence = last.last_sequence;
    out.last_offset = last.last_offset;
    out.offset_delta = static_cast<int32_t>(last.last_offset - last.first_offset);
  }
  out.timestamp_ms = entry.last_timestamp_ms;
  out.coordinator_epoch = entry.coordinator_epoch;
  out.txn_first_offset = entry.txn_first_offset;
  return out;
}

// The sequence `n` records before `sequence`, with Kafka's wrap.
Sequence step_back(Sequence sequence, int32_t n) {
  int64_t value = int64_t{sequence.value()} - n;
  return Sequence(static_cast<int32_t>(value < 0 ? value + (int64_t{1} << 31) : value));
}

ProducerEntry entry_of(const ProducerSnapshotEntry& saved) {
  ProducerEntry entry;
  entry.epoch = saved.epoch;
  entry.last_timestamp_ms = saved.timestamp_ms;
  entry.coordinator_epoch = saved.coordinator_epoch;
  entry.txn_first_offset = saved.txn_first_offset;
  if (saved.last_offset >= Offset(0)) {
    entry.batches.push_back({step_back(saved.last_sequence, saved.offset_delta),
                             saved.last_sequence, saved.last_offset - saved.offset_delta,
                             saved.last_offset, saved.timestamp_ms});
  }
  return entry;
}

absl::StatusOr<std::string> read_whole(const std::string& path, Step& step) {
  auto file = step.disk.open(path, false);
  if (!file.ok()) return file.status();
  auto size = step.disk.size(*file);
  auto bytes =
      size.ok() ? step.disk.read(*file, 0, *size) : absl::StatusOr<absl::Cord>(size.status());
  (void)step.disk.close(*file);
  if (!bytes.ok()) return bytes.status();
  return std::string(*bytes);
}

}  // namespace

absl::Status ProducerStates::list_snapshots(const std::string& directory, Step& step) {
  auto names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  snapshots_.clear();
  for (const std::string& name : *names) {
    auto file = parse_log_file_name(name);
    if (file && file->kind == kSnapshotSuffix && file->state.empty())
      snapshots_.push_back(file->base);
  }
  return absl::OkStatus();
}

absl::Status ProducerStates::remove_snapshot(const std::string& directory, Offset at, Step& step) {
  std::erase(snapshots_, at);
  std::string path = path_of(directory, at);
  return step.disk.exists(path) ? step.disk.remove(path) : absl::OkStatus();
}

absl::Status ProducerStates::remove_stray_snapshots(const std::string& directory,
                                                    const std::vector<Offset>& bases, Step& step) {
  std::vector<Offset> strays;
  for (Offset at : snapshots_) {
    if (!std::binary_search(bases.begin(), bases.end(), at)) strays.push_back(at);
  }
  // The newest stray was taken at a clean stop, if it lies behind the last segment's base.
  if (!strays.empty() && (bases.empty() || strays.back() > bases.back())) strays.pop_back();
  for (Offset at : strays) {
    if (absl::Status status = remove_snapshot(directory, at, step); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<sim::FileId>> ProducerStates::take_snapshot(
    const std::string& directory, Step& step) {
  if (map_end_ <= snapshot_end_) return std::nullopt;
  std::vector<ProducerSnapshotEntry> entries;
  for (const auto& [id, entry] : producers_) entries.push_back(snapshot_of(id, entry));
  auto file = step.disk.open(path_of(directory, map_end_), true);
  if (!file.ok()) return file.status();
  absl::Status status = step.disk.truncate(*file, 0);
  if (status.ok()) status = step.disk.append(*file, absl::Cord(encode_producer_snapshot(entries)));
  if (!status.ok()) return status;
  if (!std::binary_search(snapshots_.begin(), snapshots_.end(), map_end_)) {
    snapshots_.insert(std::upper_bound(snapshots_.begin(), snapshots_.end(), map_end_), map_end_);
  }
  snapshot_end_ = map_end_;
  return *file;
}

absl::Status ProducerStates::load_newest(const std::string& directory, Offset start, int64_t now_ms,
                                         int64_t expiration_ms, Step& step) {
  while (!snapshots_.empty()) {
    Offset at = snapshots_.back();
    auto bytes = read_whole(path_of(directory, at), step);
    if (!bytes.ok()) return bytes.status();
    auto entries = decode_producer_snapshot(*bytes);
    if (!entries.ok()) {
      step.mark(Mark::kSnapshotGarbled);
      if (absl::Status status = remove_snapshot(directory, at, step); !status.ok()) return status;
      continue;
    }
    for (const ProducerSnapshotEntry& saved : *entries) {
      producers_[saved.producer_id] = entry_of(saved);
      if (saved.txn_first_offset != kNoOffset) ongoing_[saved.txn_first_offset] = saved.producer_id;
    }
    expire(now_ms, expiration_ms);
    map_end_ = snapshot_end_ = at;
    return absl::OkStatus();
  }
  map_end_ = snapshot_end_ = start;
  return absl::OkStatus();
}

absl::Status ProducerStates::truncate_and_reload(const std::string& directory, Offset start,
                                                 Offset end, int64_t now_ms, int64_t expiration_ms,
                                                 Step& step) {
  std::vector<Offset> outside;
  for (Offset at : snapshots_) {
    if (at > end || at <= start) outside.push_back(at);
  }
  for (Offset at : outside) {
    if (absl::Status status = remove_snapshot(directory, at, step); !status.ok()) return status;
  }
  if (end == map_end_) {
    on_log_start(start);
    return absl::OkStatus();
  }
  clear();
  return load_newest(directory, start, now_ms, expiration_ms, step);
}

absl::Status ProducerStates::truncate_fully(const std::string& directory, Offset start,
                                            Step& step) {
  clear();
  std::vector<Offset> all = snapshots_;
  for (Offset at : all) {
    if (absl::Status status = remove_snapshot(directory, at, step); !status.ok()) return status;
  }
  snapshot_end_ = Offset(0);
  map_end_ = start;
  return absl::OkStatus();
}

bool ProducerStates::forget_snapshot(Offset at) {
  bool known = std::binary_search(snapshots_.begin(), snapshots_.end(), at);
  if (known) std::erase(snapshots_, at);
  return known;
}

}  // namespace models
