// SPDX-License-Identifier: Apache-2.0
//
// The files of a log directory: which is what, by its name, and the small ones as values.
//
//   log.dir/   meta.properties  .lock  .kafka_cleanshutdown  recovery-point-offset-checkpoint ...
//     orders-0/   00000000000000000000.log .index .timeindex .txnindex .snapshot
//                 leader-epoch-checkpoint  partition.metadata
//
// Text files are read to the letter, as Kafka writes them: a blank or a zero too many is damage,
// which a lenient reader would take for another number. A failure is InvalidArgument and names the
// line. Source: storage/.../checkpoint/*, server-common CheckpointFile.java, MetaProperties.java.

#ifndef SCENARIOS_LOG_FILES_H_
#define SCENARIOS_LOG_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "models/log/epoch_cache.h"
#include "sim/file_system.h"

namespace scenarios {

enum class LogFileKind : uint8_t {
  kLog,  // Batches.
  kOffsetIndex,
  kTimeIndex,
  kTxnIndex,
  kProducerSnapshot,
  kMetadataSnapshot,  // Batches too: "00000000000000000100-0000000003.checkpoint" of the quorum.
  kEpochCheckpoint,
  kPartitionMetadata,
  kOffsetCheckpoint,  // "topic partition offset" lines at the root.
  kProperties,        // meta.properties.
  kJson,              // .kafka_cleanshutdown, quorum-state.
  kLock,              // .lock, always empty.
  kUnknown,
};

struct LogFile {
  LogFileKind kind = LogFileKind::kUnknown;
  models::Offset base = models::kNoOffset;  // From the name; -1: it has none.
  // ".deleted", ".cleaned", ".swap", ".tmp", ".part": the file is not in use (yet or any more).
  std::string_view state;
};
// What a file with this name is; it points into `name`.
LogFile log_file_of(std::string_view name);
std::string_view name_of(LogFileKind kind);  // "log", "offsetIndex", ...

// No log reaches this offset; up to it, relative offsets can be added without a thought.
inline constexpr models::Offset kHighestBase{int64_t{1} << 62};

inline constexpr std::string_view kEpochCheckpointFile = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadataFile = "partition.metadata";
inline constexpr std::string_view kMetaPropertiesFile = "meta.properties";
inline constexpr std::string_view kCleanerCheckpointFile = "cleaner-offset-checkpoint";

// Is this the name of a file or directory (ending in '/') that the root of a log directory has?
bool belongs_to_log_root(std::string_view name);

using CheckpointLines = std::vector<std::pair<models::TopicPartition, models::Offset>>;
absl::StatusOr<CheckpointLines> parse_offset_checkpoint(std::string_view text);
absl::StatusOr<std::vector<models::EpochStart>> parse_epoch_checkpoint(std::string_view text);
// The topic's id, as it is written: 22 characters.
absl::StatusOr<std::string> parse_partition_metadata(std::string_view text);
// Keys and values in order; comments are left out.
using Properties = std::vector<std::pair<std::string, std::string>>;
absl::StatusOr<Properties> parse_properties(std::string_view text);
// Could be a Kafka Uuid: 22 characters of URL-safe base64.
bool is_uuid(std::string_view text);

// A whole file, if it has at most `most` bytes; ResourceExhausted if it has more.
absl::StatusOr<std::string> read_whole_file(sim::FileSystem& files, const std::string& path,
                                            int64_t most);
// Files whose size is bounded by what they hold: a checkpoint, an index, a snapshot.
inline constexpr int64_t kMostSmallFileBytes = int64_t{256} << 20;

// "a/b", or "b" if `directory` is empty.
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_FILES_H_
