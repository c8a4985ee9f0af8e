// SPDX-License-Identifier: Apache-2.0
//
// The small text files at the root of a log directory:
//
//   recovery-point-offset-checkpoint   up to where each log is known to be on disk
//   replication-offset-checkpoint      high watermarks
//   log-start-offset-checkpoint        log starts
//   cleaner-offset-checkpoint          up to where compacted logs are clean
//   .kafka_cleanshutdown               written last by a clean stop: {"version":0,"brokerEpoch":7}
//
// A checkpoint is "0", the number of lines, and lines "topic partition offset". It is replaced as a
// whole: written beside under another name, synced, renamed. Writing fails as the file system does;
// reading never fails: what is missing or garbled counts as empty, as in Kafka.
//
// Source: storage/.../checkpoint/{OffsetCheckpointFile,CleanShutdownFileHandler}.java,
// server-common CheckpointFile.java.

#ifndef MODELS_REPLICATION_OFFSET_CHECKPOINT_H_
#define MODELS_REPLICATION_OFFSET_CHECKPOINT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "sim/file_system.h"

namespace models {

inline constexpr std::string_view kRecoveryPointFile = "recovery-point-offset-checkpoint";
inline constexpr std::string_view kHighWatermarkFile = "replication-offset-checkpoint";
inline constexpr std::string_view kLogStartFile = "log-start-offset-checkpoint";
inline constexpr std::string_view kCleanerFile = "cleaner-offset-checkpoint";
inline constexpr std::string_view kCleanShutdownFile = ".kafka_cleanshutdown";

using OffsetMap = absl::btree_map<TopicPartition, Offset>;
OffsetMap read_checkpoint(const std::string& directory, std::string_view file,
                          sim::FileSystem& disk);
absl::Status write_checkpoint(const std::string& directory, std::string_view file,
                              const OffsetMap& offsets, sim::FileSystem& disk);

// The broker epoch in the marker of a clean stop; -1 if it can't be read, nothing if there is none.
absl::StatusOr<std::optional<BrokerEpoch>> read_clean_shutdown_marker(const std::string& directory,
                                                                      sim::FileSystem& disk);
// Reads and removes the marker of a clean stop. Nothing if there is none; else the broker epoch of
// the life that wrote it (-1 if it can't be read). An error if it can't be removed: it would vouch
// for a later, unclean stop.
absl::StatusOr<std::optional<BrokerEpoch>> take_clean_shutdown_marker(const std::string& directory,
                                                                      sim::FileSystem& disk);
absl::Status write_clean_shutdown_marker(const std::string& directory, BrokerEpoch epoch,
                                         sim::FileSystem& disk);

}  // namespace models

#endif  // MODELS_REPLICATION_OFFSET_CHECKPOINT_H_
