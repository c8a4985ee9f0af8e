// SPDX-License-Identifier: Apache-2.0
//
// One snapshot of the metadata log as a file in the directory of that log, and how it gets there.
//
//   00000000000000000100-0000000002.checkpoint               all below offset 100, of epoch 2
//   00000000000000000100-0000000002-<number>.checkpoint.part   is being written; no use after a crash
//   00000000000000000100-0000000002.checkpoint.deleted       waits for its removal
//
// A snapshot is there whole or not at all: its bytes are flushed, then it gets its name, then its
// directory is flushed. Each flush comes back as an event:
//
//   create, append ... -> freeze: Flush{file} -> on_file_flushed: rename, Flush{directory} -> durable
//
// Source: raft/.../snapshot/{Snapshots,SnapshotPath,FileRawSnapshotWriter}.java.

#ifndef MODELS_RAFT_SNAPSHOT_FILE_H_
#define MODELS_RAFT_SNAPSHOT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/step.h"
#include "models/protocol/fetch.h"

namespace models {

inline constexpr std::string_view kCheckpointSuffix = ".checkpoint";
inline constexpr std::string_view kPartialCheckpointSuffix = ".checkpoint.part";
inline constexpr std::string_view kDeletedCheckpointSuffix = ".checkpoint.deleted";

// "00000000000000000100-0000000002" + suffix.
std::string snapshot_file_name(SnapshotId id, std::string_view suffix = {});

enum class SnapshotFileState : uint8_t { kFrozen, kPartial, kDeleted };
struct SnapshotFileName {
  SnapshotId id;
  SnapshotFileState state = SnapshotFileState::kFrozen;
  bool operator==(const SnapshotFileName&) const = default;
};
// Nothing if it is no such name.
std::optional<SnapshotFileName> parse_snapshot_file_name(std::string_view name);

class SnapshotWriter {
 public:
  // An empty file; its name holds a number drawn at random, as others may be under way.
  static absl::StatusOr<SnapshotWriter> create(const std::string& directory, SnapshotId id,
                                               Step& step);

  SnapshotId id() const { return id_; }
  int64_t size_bytes() const { return size_bytes_; }

  absl::Status append(absl::Cord bytes, Step& step);
  // `key`: of the two Flush effects. Nothing may be appended after it.
  void freeze(int64_t key, Step& step);
  bool is_freezing() const { return stage_ != Stage::kOpen; }
  // True when the snapshot is durable.
  absl::StatusOr<bool> on_flushed(int64_t key, Step& step);
  // Closes and removes what is not frozen.
  void drop(Step& step);

 private:
  enum class Stage : uint8_t { kOpen, kFlushesFile, kFlushesDirectory };
  SnapshotWriter(std::string directory, SnapshotId id, std::string path, sim::FileId file)
      : directory_(std::move(directory)), id_(id), path_(std::move(path)), file_(file) {}

  std::string directory_;
  SnapshotId id_;
  std::string path_;
  sim::FileId file_;
  int64_t size_bytes_ = 0;
  Stage stage_ = Stage::kOpen;
};

}  // namespace models

#endif  // MODELS_RAFT_SNAPSHOT_FILE_H_
