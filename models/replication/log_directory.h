// SPDX-License-Identifier: Apache-2.0
//
// One of a broker's log directories (log.dirs), with what a start finds in it. Each has its own
// meta.properties, checkpoints and marker of a clean shutdown; when one fails, its replicas are
// offline, and those of the others are served on (KIP-112).
//
//   orders-0                       a log
//   orders-0.<32 digits>-delete    is removed file.delete.delay.ms after its deletion or the start
//   orders-0.<32 digits>-stray     was of no use to metadata; stays for a person to look at
//   orders-0.<32 digits>-future    a copy on its way to another directory; left as it is
//
// Source: core/.../log/LogManager.scala.

#ifndef MODELS_REPLICATION_LOG_DIRECTORY_H_
#define MODELS_REPLICATION_LOG_DIRECTORY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"

namespace models {

struct LogDirectory {
  std::string path;
  Uuid id;
  bool is_online = true;
  bool was_clean = false;  // The life before stopped cleanly.

  // A directory of a deleted partition, on its way out.
  struct Doomed {
    std::string path;
    int64_t due_ms = 0;
  };
  std::vector<Doomed> doomed;

  static void fields(auto&& f) {
    f("path", &LogDirectory::path);
    f("is_online", &LogDirectory::is_online);
  }
};

// Whether metadata has no use for a log that is found on this broker: its topic id is not known,
// or its topic or this replica of it is no more. Source: LogManager.isStrayKraftReplica.
bool is_stray(const TopicPartition& partition, const std::optional<Uuid>& topic_id, NodeId broker,
              const MetadataImage& image);

inline constexpr std::string_view kDeleteSuffix = "-delete";
inline constexpr std::string_view kStraySuffix = "-stray";
// "kafka-logs/orders-0.<32 hex digits>-stray", with digits of a random id.
std::string path_out_of_the_way(const std::string& directory, const TopicPartition& partition,
                                std::string_view suffix, sim::Rng& rng);

// Removes a directory with its files; those that are open stay readable to who has them open.
absl::Status remove_recursively(const std::string& path, Step& step);

// The broker epoch that all of these (online) directories agree on in their markers of a clean
// shutdown; -1 if one has none, or another.
absl::StatusOr<BrokerEpoch> read_common_broker_epoch(const std::vector<LogDirectory>& directories,
                                                     Step& step);

}  // namespace models

#endif  // MODELS_REPLICATION_LOG_DIRECTORY_H_
