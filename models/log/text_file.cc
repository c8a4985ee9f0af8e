// SPDX-License-Identifier: Apache-2.0

#include "models/log/text_file.h"

#include "absl/strings/cord.h"

namespace models {

absl::StatusOr<std::optional<std::string>> read_text_file(const std::string& path,
                                                          sim::FileSystem& disk) {
  if (!disk.exists(path)) return std::nullopt;
  absl::StatusOr<sim::FileId> file = disk.open(path, /*create=*/false);
  if (!file.ok()) return file.status();
  absl::StatusOr<int64_t> size = disk.size(*file);
  absl::StatusOr<absl::Cord> bytes =
      size.ok() ? disk.read(*file, 0, *size) : absl::StatusOr<absl::Cord>(size.status());
  absl::Status closed = disk.close(*file);
  if (!bytes.ok()) return bytes.status();
  if (!closed.ok()) return closed;
  return std::string(*bytes);
}

absl::Status write_text_file(const std::string& path, const std::string& text,
                             sim::FileSystem& disk) {
  absl::StatusOr<sim::FileId> file = disk.open(path, /*create=*/true);
  if (!file.ok()) return file.status();
  absl::Status done = disk.truncate(*file, 0);
  if (done.ok()) done = disk.append(*file, absl::Cord(text));
  if (done.ok()) done = disk.sync(*file);
  absl::Status closed = disk.close(*file);
  return done.ok() ? closed : done;
}

absl::Status replace_text_file(const std::string& directory, const std::string& name,
                               const std::string& text, sim::FileSystem& disk) {
  std::string path = directory + "/" + name;
  std::string beside = path + ".tmp";
  if (absl::Status written = write_text_file(beside, text, disk); !written.ok()) return written;
  if (absl::Status renamed = disk.rename(beside, path); !renamed.ok()) return renamed;
  return disk.sync_directory(directory);
}

}  // namespace models
