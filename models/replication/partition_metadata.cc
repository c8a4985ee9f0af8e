// SPDX-License-Identifier: Apache-2.0

#include "models/replication/partition_metadata.h"

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"

namespace models {
namespace {

constexpr std::string_view kBeforeId = "version: 0\ntopic_id: ";
constexpr int64_t kBytesMax = 1024;

}  // namespace

std::string read_topic_id(const std::string& directory, sim::FileSystem& disk) {
  std::string path = directory + '/' + std::string(kPartitionMetadataFile);
  if (!disk.exists(path)) return {};
  absl::StatusOr<sim::FileId> file = disk.open(path, /*create=*/false);
  if (!file.ok()) return {};
  absl::StatusOr<absl::Cord> bytes = disk.read(*file, 0, kBytesMax);
  (void)disk.close(*file);
  if (!bytes.ok()) return {};
  std::string text(*bytes);
  if (!text.starts_with(kBeforeId)) return {};
  text = text.substr(kBeforeId.size());
  return text.substr(0, text.find('\n'));
}

absl::Status write_topic_id(const std::string& directory, const std::string& topic_id,
                            sim::FileSystem& disk) {
  std::string path = directory + '/' + std::string(kPartitionMetadataFile);
  absl::StatusOr<sim::FileId> file = disk.open(path + ".tmp", /*create=*/true);
  if (!file.ok()) return file.status();
  absl::Status done = disk.append(*file, absl::Cord(std::string(kBeforeId) + topic_id + '\n'));
  if (done.ok()) done = disk.sync(*file);
  (void)disk.close(*file);
  if (done.ok()) done = disk.rename(path + ".tmp", path);
  return done.ok() ? disk.sync_directory(directory) : done;
}

}  // namespace models
