// SPDX-License-Identifier: Apache-2.0
//
// Folders and files of Kafka's as they are typed behind `faultline log`.

#ifndef SCENARIOS_CLI_LOG_TYPED_H_
#define SCENARIOS_CLI_LOG_TYPED_H_

#include <optional>
#include <string>
#include <vector>

#include "scenarios/log_places.h"
#include "scenarios/real_directory.h"

namespace scenarios::cli {

// The text on stderr; returns 2, the exit code of bad input.
int complain(const std::string& text);

// What was typed, opened to read: a folder as itself, a file by the folder it is in.
struct Opened {
  RealDirectory files;
  std::string path;  // Of the file; empty for a folder.
  std::string name;  // The last part of the real path.
};
// Nothing if it cannot be opened; the reason is on stderr.
std::optional<Opened> open_typed(const std::string& typed);

// The logs in a folder; a word on stderr if there are none.
std::vector<LogPlace> places_in(Opened& opened, const std::string& typed);

// "out/kafka-logs", of "out/" and "kafka-logs".
std::string shown_path(const std::string& typed, const std::string& below);

}  // namespace scenarios::cli

#endif  // SCENARIOS_CLI_LOG_TYPED_H_
