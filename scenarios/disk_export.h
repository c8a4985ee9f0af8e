// SPDX-License-Identifier: Apache-2.0
//
// A simulated disk as a folder of this machine. The folder appears as a whole or not at all: it is
// written under another name beside its place, made durable, and renamed. Nothing is written to a
// folder that was not made here.

#ifndef SCENARIOS_DISK_EXPORT_H_
#define SCENARIOS_DISK_EXPORT_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/file_system.h"

namespace scenarios {

struct ExportedDirectory {
  std::string path;  // "" is the root.
  int64_t files = 0;
  int64_t bytes = 0;
};

// May `folder` be written? It must not exist, or be an empty directory; the one above it must
// exist. The message is for people and names the folder.
absl::Status check_export_target(const std::string& folder);

// Copies all of `from` to `folder`, and tells what went where, by path. `stop`, if not null, is
// looked at now and then; Cancelled if it became true. After a failure nothing is left behind.
absl::StatusOr<std::vector<ExportedDirectory>> export_disk(sim::FileSystem& from,
                                                           const std::string& folder,
                                                           const std::atomic<bool>* stop);

}  // namespace scenarios

#endif  // SCENARIOS_DISK_EXPORT_H_
