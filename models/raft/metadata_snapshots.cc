// SPDX-License-Identifier: Apache-2.0

#include "models/raft/metadata_snapshots.h"

#include <utility>

#include "models/raft/snapshot_file.h"
#include "models/raft/snapshot_records.h"

namespace models {

namespace {

constexpr int64_t kFileDeleteDelayMs = 60'000;  // internal.metadata.delete.delay.millis

}  // namespace

std::string MetadataSnapshots::path(SnapshotId id, std::string_view suffix) const {
  return directory_ + "/" + snapshot_file_name(id, suffix);
}

absl::Status MetadataSnapshots::recover(const std::vector<std::string>& names, Offset log_start,
                                        Step& step) {
  std::vector<std::string> unneeded;
  for (const std::string& name : names) {
    std::optional<SnapshotFileName> file = parse_snapshot_file_name(name);
    if (!file) continue;
    if (file->state == SnapshotFileState::kFrozen && file->id.end_offset >= log_start) {
      ids_.insert(file->id);
    } else {
      unneeded.push_back(name);
    }
  }
  if (log_start > Offset(0) && ids_.empty())
    return absl::FailedPreconditionError("the metadata log begins at " +
                                         std::to_string(log_start.value()) +
                                         ", and no snapshot stands for what was before");
  for (const std::string& name : unneeded) {
    if (absl::Status gone = step.disk.remove(directory_ + "/" + name); !gone.ok()) return gone;
  }
  return absl::OkStatus();
}

std::optional<SnapshotId> MetadataSnapshots::earliest() const {
  return ids_.empty() ? std::nullopt : std::optional(*ids_.begin());
}

std::optional<SnapshotId> MetadataSnapshots::latest() const {
  return ids_.empty() ? std::nullopt : std::optional(*ids_.rbegin());
}

absl::StatusOr<MetadataSnapshots::Slice> MetadataSnapshots::read(SnapshotId id, int64_t position,
                                                                 int64_t max_bytes, Step& step) {
  if (!contains(id)) return absl::NotFoundError("no snapshot " + snapshot_file_name(id));
  absl::StatusOr<sim::FileId> file = step.disk.open(path(id, kCheckpointSuffix), false);
  if (absl::IsNotFound(file.status())) ids_.erase(id);
  if (!file.ok()) return file.status();
  absl::StatusOr<int64_t> size = step.disk.size(*file);
  absl::StatusOr<absl::Cord> bytes = absl::Cord();
  if (size.ok() && position >= 0 && position < *size)
    bytes = step.disk.read(*file, position, max_bytes);
  absl::Status closed = step.disk.close(*file);
  if (!size.ok()) return size.status();
  if (!bytes.ok()) return bytes.status();
  if (!closed.ok()) return closed;
  return Slice{*std::move(bytes), *size};
}

absl::StatusOr<int32_t> MetadataSnapshots::forget_before(SnapshotId id, Step& step) {
  int32_t forgotten = 0;
  while (!ids_.empty() && *ids_.begin() < id) {
    SnapshotId old = *ids_.begin();
    ids_.erase(ids_.begin());
    absl::Status moved =
        step.disk.rename(path(old, kCheckpointSuffix), path(old, kDeletedCheckpointSuffix));
    if (!moved.ok()) return moved;
    removals_.push_back({step.wall.millis() + kFileDeleteDelayMs, old});
    step.mark(Mark::kSnapshotDeleted);
    ++forgotten;
  }
  return forgotten;
}

// `goes(id)` for the oldest, then the next, each of which has one after it.
template <class Condition>
absl::Status MetadataSnapshots::clean_while(
    const Condition& goes, absl::FunctionRef<absl::StatusOr<bool>(SnapshotId)> delete_before) {
  const std::vector<SnapshotId> all(ids_.begin(), ids_.end());
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    absl::StatusOr<bool> due = goes(all[i]);
    if (!due.ok()) return due.status();
    if (!*due) return absl::OkStatus();
    absl::StatusOr<bool> deleted = delete_before(all[i + 1]);
    if (!deleted.ok()) return deleted.status();
    if (!*deleted) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status MetadataSnapshots::clean(
    const SnapshotRetention& retention, absl::FunctionRef<int64_t()> log_size,
    absl::FunctionRef<absl::StatusOr<bool>(SnapshotId)> delete_before, Step& step) {
  if (retention.bytes >= 0) {
    absl::btree_map<SnapshotId, int64_t> sizes;
    int64_t total = 0;
    for (SnapshotId id : std::vector<SnapshotId>(ids_.begin(), ids_.end())) {
      absl::StatusOr<Slice> read_to = read(id, 0, 0, step);
      if (!read_to.ok()) continue;
      sizes[id] = read_to->size;
      total += read_to->size;
    }
    auto too_large = [&](SnapshotId id) -> absl::StatusOr<bool> {
      if (!sizes.contains(id) || log_size() + total <= retention.bytes) return false;
      total -= sizes.at(id);
      return true;
    };
    if (absl::Status done = clean_while(too_large, delete_before); !done.ok()) return done;
  }
  if (retention.ms < 0) return absl::OkStatus();
  auto too_old = [&](SnapshotId id) -> absl::StatusOr<bool> {
    absl::StatusOr<Slice> head = read(id, 0, kSnapshotHeadBytes, step);
    if (!head.ok()) return false;
    absl::StatusOr<int64_t> time = last_contained_log_timestamp(head->bytes);
    if (!time.ok()) return time.status();
    return step.wall.millis() - *time > retention.ms;
  };
  return clean_while(too_old, delete_before);
}

std::optional<int64_t> MetadataSnapshots::next_removal_ms() const {
  if (removals_.empty()) return std::nullopt;
  return removals_.front().due_ms;
}

absl::Status MetadataSnapshots::remove_deleted(Step& step) {
  absl::Status status;
  while (!removals_.empty() && removals_.front().due_ms <= step.wall.millis() && status.ok()) {
    std::string file = path(removals_.front().id, kDeletedCheckpointSuffix);
    if (step.disk.exists(file)) status = step.disk.remove(file);
    removals_.erase(removals_.begin());
  }
  return status;
}

}  // namespace models
