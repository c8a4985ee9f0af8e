// SPDX-License-Identifier: Apache-2.0
//
// The files of one host, as log code sees them: the simulated disk (sim/disk.h) or a real directory
// behind the same calls. Semantics are POSIX's through a page cache: a write is visible to every
// later read at once, and durable only after `sync`; a create, rename or remove is durable only
// after `sync_directory` on its parent.
//
// Paths are relative to the host's root, with '/', without "." or "..". Errors are absl::Status:
// NotFound, AlreadyExists, ResourceExhausted (disk full), DataLoss or Unavailable (I/O error),
// FailedPrecondition (the disk is offline). A failed call has changed nothing, but for a failed
// `append` on a full disk, which may have stored a prefix.
//
// Every call costs time. The cost adds up in `spent()`, which the shell reads and clears after each
// handler, to charge it to the thread that ran the handler.

#ifndef SIM_FILE_SYSTEM_H_
#define SIM_FILE_SYSTEM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

// An open file. Stays valid while its host is up, through renames and even after `remove` (as an
// unlinked open file does); handles die with the process at a crash.
using FileId = StrongId<struct FileIdTag, int64_t>;

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Opens an existing file, or creates an empty one (its parent directory must exist).
  virtual absl::StatusOr<FileId> open(std::string_view path, bool create) = 0;
  virtual absl::Status close(FileId file) = 0;
  virtual absl::StatusOr<int64_t> size(FileId file) = 0;
  // Up to `length` bytes from `position`; fewer at the end of the file. The bytes are shared with
  // the file, not copied, and do not change when the file does.
  virtual absl::StatusOr<absl::Cord> read(FileId file, int64_t position, int64_t length) = 0;
  virtual absl::Status append(FileId file, absl::Cord bytes) = 0;
  virtual absl::Status write_at(FileId file, int64_t position, absl::Cord bytes) = 0;
  virtual absl::Status truncate(FileId file, int64_t size) = 0;
  // Makes the file's bytes and length durable (fsync).
  virtual absl::Status sync(FileId file) = 0;

  virtual bool exists(std::string_view path) = 0;
  virtual absl::Status create_directory(std::string_view path) = 0;  // Parents must exist.
  // Names (not paths) of a directory's entries, sorted; directories end in '/'.
  virtual absl::StatusOr<std::vector<std::string>> list(std::string_view directory) = 0;
  // Replaces `to` if it is a file. Works for directories too (then `to` must not exist).
  virtual absl::Status rename(std::string_view from, std::string_view to) = 0;
  virtual absl::Status remove(std::string_view path) = 0;  // A file, or an empty directory.
  virtual absl::Status sync_directory(std::string_view path) = 0;

  // Time spent in calls since the last `reset_spent`.
  virtual Duration spent() const = 0;
  virtual void reset_spent() = 0;
};

}  // namespace sim

#endif  // SIM_FILE_SYSTEM_H_
