// SPDX-License-Identifier: Apache-2.0
//
// Where in a folder Kafka's logs are: the folder is a log.dir or one partition's directory, or has
// such folders in it (as what `faultline log export` writes). Judged by what is in it, so that it
// may have any name.

#ifndef SCENARIOS_LOG_PLACES_H_
#define SCENARIOS_LOG_PLACES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/file_system.h"

namespace scenarios {

struct LogPlace {
  bool is_partition = false;  // Else a log.dir.
  std::string path;
};

// In order of their paths; none: there is nothing of Kafka's. An error if `path` is no directory or
// can't be read.
absl::StatusOr<std::vector<LogPlace>> find_log_places(sim::FileSystem& files,
                                                      const std::string& path);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_PLACES_H_
