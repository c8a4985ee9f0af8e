// SPDX-License-Identifier: Apache-2.0
//
// A real broker's log.dir as the disk of a simulated broker: its files, byte for byte, below
// `kafka-logs`, and what the simulated broker makes of them when it starts.
//
//   /var/lib/kafka/data          the simulated disk
//     meta.properties       ->     kafka-logs/meta.properties, given to the simulated broker
//     orders-0/...log       ->     kafka-logs/orders-0/...log       and so on
//     .lock, lost+found/    ->     left out, with the reason
//     __cluster_metadata-0/ ->     left out: simulated controllers have a log of their own
//
// Reads only from the folder, and follows no link in it. The disk holds everything in memory, which
// is why there is a limit.

#ifndef SCENARIOS_DISK_IMPORT_H_
#define SCENARIOS_DISK_IMPORT_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "scenarios/log_places.h"
#include "sim/disk.h"
#include "sim/file_system.h"

namespace scenarios {

inline constexpr int64_t kMostImportedBytes = int64_t{4} << 30;

struct ImportOptions {
  // The name of a place that is one partition's directory: "orders-0".
  std::string partition_name;
  int64_t most_bytes = kMostImportedBytes;
  const std::atomic<bool>* stop = nullptr;  // Cancelled once it is true.
};

struct LeftOut {
  std::string path;
  std::string why;
};

struct ImportedDisk {
  std::optional<int32_t> node_id;  // As meta.properties has it.
  std::string cluster_id;
  bool was_clean = false;  // The broker stopped cleanly.
  int64_t files = 0;
  int64_t bytes = 0;
  std::vector<LeftOut> left_out;
};

// Copies `place` of `from` onto `disk`, durably. InvalidArgument if it is no log.dir that a broker
// of Kafka 4 could start on; ResourceExhausted if it is too large; else what reading gave. The
// message names the file.
absl::StatusOr<ImportedDisk> import_disk(sim::FileSystem& from, const LogPlace& place,
                                         const ImportOptions& options, sim::SimDisk& disk);

// One log as the started broker has it.
struct StartedLog {
  models::TopicPartition partition;
  models::Uuid topic_id;
  models::Offset log_start, log_end, high_watermark, last_stable;
  models::LeaderEpoch epoch;
  int64_t segments = 0;
  int64_t bytes = 0;
  int64_t producers = 0;
  models::ProducerId last_producer_id = models::kNoProducerId;  // The largest.
  int64_t bytes_cut = 0;  // Behind the last batch that could be read.
};

// A log of which a broker of Kafka 4 makes nothing: it is renamed, "-stray".
struct SetAside {
  models::TopicPartition partition;
  std::string why;
};

struct StartedBroker {
  models::BrokerEpoch former_epoch = models::kNoBrokerEpoch;  // Of the life that stopped cleanly.
  std::vector<StartedLog> logs;
  std::vector<SetAside> set_aside;
};

// Makes the disk that of a node: its meta.properties name it and the cluster, as after
// `kafka-storage format`; the directory keeps its id.
absl::Status give_to(models::NodeId node, const std::string& cluster_id, sim::SimDisk& disk);

// Starts the broker whose disk it is, as a simulated broker does where the topics of all logs are in
// the metadata: takes the mark of a clean stop, reads the checkpoints, recovers each log. An error:
// it could not start.
absl::StatusOr<StartedBroker> start_on(sim::SimDisk& disk, models::NodeId node,
                                       const std::string& cluster_id);

}  // namespace scenarios

#endif  // SCENARIOS_DISK_IMPORT_H_
