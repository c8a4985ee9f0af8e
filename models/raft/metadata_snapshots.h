// SPDX-License-Identifier: Apache-2.0
//
// The snapshots in the directory of one node's metadata log: which there are, which go, and when.
// Source: core/.../raft/KafkaMetadataLog.scala.
//
//   (100, 1)   (250, 1)   (400, 3)      by epoch, then offset
//   earliest              latest        a log that begins at 100 needs the earliest or a later one

#ifndef MODELS_RAFT_METADATA_SNAPSHOTS_H_
#define MODELS_RAFT_METADATA_SNAPSHOTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/step.h"
#include "models/protocol/fetch.h"

namespace models {

// metadata.max.retention.*; negative: no limit.
struct SnapshotRetention {
  int64_t bytes = -1;
  int64_t ms = -1;
};

class MetadataSnapshots {
 public:
  explicit MetadataSnapshots(std::string directory) : directory_(std::move(directory)) {}

  // Takes in what a start finds: `names` are files of the directory. Removes what is half written,
  // deleted, or below `log_start`. FailedPrecondition if nothing stands for what lies below it.
  absl::Status recover(const std::vector<std::string>& names, Offset log_start, Step& step);

  const std::string& directory() const { return directory_; }
  bool contains(SnapshotId id) const { return ids_.contains(id); }
  size_t count() const { return ids_.size(); }
  std::optional<SnapshotId> earliest() const;
  std::optional<SnapshotId> latest() const;

  // A file of that id is durable.
  void on_frozen(SnapshotId id) { ids_.insert(id); }

  struct Slice {
    absl::Cord bytes;
    int64_t size = 0;  // Of the whole snapshot.
  };
  // Bytes from `position` on, `max_bytes` at most. NotFound if it is not there, or its file is gone,
  // as then it is forgotten.
  absl::StatusOr<Slice> read(SnapshotId id, int64_t position, int64_t max_bytes, Step& step);

  // Those before `id` get the suffix .deleted; their files go after a minute. Returns how many.
  absl::StatusOr<int32_t> forget_before(SnapshotId id, Step& step);
  // Deletes the oldest as long as the log and all of them are too large, or it is too old, but never
  // the last one. `delete_before(id)` is to raise the log's start to that snapshot and to forget
  // those before it; false ends it.
  absl::Status clean(const SnapshotRetention& retention, absl::FunctionRef<int64_t()> log_size,
                     absl::FunctionRef<absl::StatusOr<bool>(SnapshotId)> delete_before, Step& step);

  std::optional<int64_t> next_removal_ms() const;
  absl::Status remove_deleted(Step& step);

  static void fields(auto&& f) { f("ids", &MetadataSnapshots::ids_); }

 private:
  struct Removal {
    int64_t due_ms = 0;
    SnapshotId id;
  };
  std::string path(SnapshotId id, std::string_view suffix) const;
  template <class Condition>
  absl::Status clean_while(const Condition& goes,
                           absl::FunctionRef<absl::StatusOr<bool>(SnapshotId)> delete_before);

  std::string directory_;
  absl::btree_set<SnapshotId> ids_;
  std::vector<Removal> removals_;  // By due time.
};

}  // namespace models

#endif  // MODELS_RAFT_METADATA_SNAPSHOTS_H_
