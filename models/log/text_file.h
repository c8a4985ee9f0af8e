// SPDX-License-Identifier: Apache-2.0
//
// Small text files that are read and replaced as a whole: written beside under another name
// (".tmp"), synced, renamed, and the directory synced, so that a crash leaves the old or the new.

#ifndef MODELS_LOG_TEXT_FILE_H_
#define MODELS_LOG_TEXT_FILE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/file_system.h"

namespace models {

// Nothing if there is no such file; an error as the file system has it.
absl::StatusOr<std::optional<std::string>> read_text_file(const std::string& path,
                                                          sim::FileSystem& disk);
// Writes in place, and syncs.
absl::Status write_text_file(const std::string& path, const std::string& text,
                             sim::FileSystem& disk);
absl::Status replace_text_file(const std::string& directory, const std::string& name,
                               const std::string& text, sim::FileSystem& disk);

}  // namespace models

#endif  // MODELS_LOG_TEXT_FILE_H_
