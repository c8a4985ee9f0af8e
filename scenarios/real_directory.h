// SPDX-License-Identifier: Apache-2.0
//
// A folder of this machine behind sim::FileSystem, so that log code reads and writes real files.
//
//   auto disk = RealDirectory::open("/var/lib/kafka", RealDirectory::Mode::kReadOnly);
//   disk->open("orders-0/00000000000000000000.log", false)
//
// Nothing outside the folder is ever reached: paths are relative, without "", "." or "..", each part
// is opened from the one before it, and a symbolic link inside is an error, not a way. (The folder
// itself may be named through links: its owner chose it.) Only regular files open: a pipe or device
// is refused and not waited for.
//
// Errors as in sim/file_system.h. Beside those: InvalidArgument for a path that is no such path, a
// directory where a file is meant, a link or a device; PermissionDenied for what the system forbids
// and for every change in read-only mode. The message names the path and the system's reason.
// A failed `write_at` may have stored a prefix, as `append`. Holds one descriptor an open file;
// closes them when it goes.

#ifndef SCENARIOS_REAL_DIRECTORY_H_
#define SCENARIOS_REAL_DIRECTORY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/file_system.h"

namespace scenarios {

class RealDirectory final : public sim::FileSystem {
 public:
  enum class Mode { kReadOnly, kReadWrite };
  // `folder` must exist.
  static absl::StatusOr<RealDirectory> open(const std::string& folder, Mode mode);

  RealDirectory(RealDirectory&& other) noexcept;
  RealDirectory& operator=(RealDirectory&&) = delete;
  RealDirectory(const RealDirectory&) = delete;
  ~RealDirectory() override;

  absl::StatusOr<sim::FileId> open(std::string_view path, bool create) override;
  absl::Status close(sim::FileId file) override;
  absl::StatusOr<int64_t> size(sim::FileId file) override;
  // A copy: what the file becomes later does not show in it.
  absl::StatusOr<absl::Cord> read(sim::FileId file, int64_t position, int64_t length) override;
  absl::Status append(sim::FileId file, absl::Cord bytes) override;
  absl::Status write_at(sim::FileId file, int64_t position, absl::Cord bytes) override;
  absl::Status truncate(sim::FileId file, int64_t size) override;
  absl::Status sync(sim::FileId file) override;
  // True for whatever has this name, a link too.
  bool exists(std::string_view path) override;
  absl::Status create_directory(std::string_view path) override;
  // Links, pipes and devices are listed as if they were files; they do not open.
  absl::StatusOr<std::vector<std::string>> list(std::string_view directory) override;
  absl::Status rename(std::string_view from, std::string_view to) override;
  absl::Status remove(std::string_view path) override;
  absl::Status sync_directory(std::string_view path) override;
  // Nothing: real time is not simulated time.
  sim::Duration spent() const override { return {}; }
  void reset_spent() override {}

 private:
  RealDirectory(int root, Mode mode) : root_(root), mode_(mode) {}
  absl::Status check_writable(std::string_view path) const;
  absl::StatusOr<int> descriptor(sim::FileId file) const;

  int root_ = -1;
  Mode mode_ = Mode::kReadOnly;
  std::vector<int> open_;  // By FileId; -1: closed.
};

}  // namespace scenarios

#endif  // SCENARIOS_REAL_DIRECTORY_H_
