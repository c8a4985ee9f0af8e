// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_places.h"

#include <algorithm>

#include "scenarios/log_files.h"

namespace scenarios {

namespace {

bool is_partition_file(const std::string& name) {
  LogFile file = log_file_of(name);
  bool of_segment = file.base != models::kNoOffset && file.kind != LogFileKind::kMetadataSnapshot;
  return of_segment || file.kind == LogFileKind::kEpochCheckpoint ||
         file.kind == LogFileKind::kPartitionMetadata;
}

bool is_partition(sim::FileSystem& files, const std::string& path) {
  auto names = files.list(path);
  return names.ok() && std::any_of(names->begin(), names->end(), is_partition_file);
}

// A folder called "orders-0" alone may be anybody's.
bool is_root(sim::FileSystem& files, const std::string& path,
             const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    if (!belongs_to_log_root(name)) return false;
    bool is_directory = name.ends_with('/');
    return !is_directory || is_partition(files, join_path(path, name.substr(0, name.size() - 1)));
  });
}

}  // namespace

absl::StatusOr<std::vector<LogPlace>> find_log_places(sim::FileSystem& files,
                                                      const std::string& path) {
  auto names = files.list(path);
  if (!names.ok()) return names.status();
  if (is_root(files, path, *names)) return std::vector<LogPlace>{{false, path}};
  if (std::any_of(names->begin(), names->end(), is_partition_file))
    return std::vector<LogPlace>{{true, path}};
  std::vector<LogPlace> places;
  for (const std::string& name : *names) {
    if (!name.ends_with('/')) continue;
    std::string below = join_path(path, name.substr(0, name.size() - 1));
    auto inner = files.list(below);
    if (inner.ok() && is_root(files, below, *inner)) places.push_back({false, below});
  }
  return places;
}

}  // namespace scenarios
