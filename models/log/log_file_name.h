// SPDX-License-Identifier: Apache-2.0
//
// Names of the files in a partition's directory, and of the directories themselves.
//
//   00000000000000000100.log            a segment: .log .index .timeindex .txnindex
//   00000000000000000100.snapshot       producers up to offset 100
//   00000000000000000100.log.cleaned    being written by the cleaner; no use after a crash
//   00000000000000000100.log.swap       replaces what it was made from, on the way to .log
//   00000000000000000100.log.deleted    waits file.delete.delay.ms for its removal
//   orders-0                            a partition's directory; with .<32 hex digits>-delete,
//                                       -future or -stray: not in use as a replica
//
// Source: storage/.../log/{LogFileUtils,UnifiedLog}.java.

#ifndef MODELS_LOG_LOG_FILE_NAME_H_
#define MODELS_LOG_LOG_FILE_NAME_H_

#include <optional>
#include <string>
#include <string_view>

#include "models/common/ids.h"

namespace models {

// The topic of the metadata log; its only partition is 0. Its directory is no replica's.
inline constexpr std::string_view kMetadataTopic = "__cluster_metadata";

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTxnIndexSuffix = ".txnindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";
inline constexpr std::string_view kDeletedSuffix = ".deleted";

// "00000000000000000100" + suffix.
std::string segment_file_name(Offset base, std::string_view suffix);

struct LogFileName {
  Offset base;
  std::string_view kind;   // kLogSuffix ... kSnapshotSuffix.
  std::string_view state;  // Empty, or kCleanedSuffix, kSwapSuffix, kDeletedSuffix.
  bool operator==(const LogFileName&) const = default;
};
// Nothing if it is no such name (leader-epoch-checkpoint, partition.metadata, ...).
std::optional<LogFileName> parse_log_file_name(std::string_view name);

enum class LogDirectoryState : uint8_t { kInUse, kDelete, kFuture, kStray };
struct LogDirectoryName {
  TopicPartition partition;
  LogDirectoryState state = LogDirectoryState::kInUse;
};
// Nothing if it is no partition's directory.
std::optional<LogDirectoryName> parse_log_directory_name(std::string_view name);

}  // namespace models

#endif  // MODELS_LOG_LOG_FILE_NAME_H_
