// SPDX-License-Identifier: Apache-2.0

#include "models/replication/log_directory.h"

#include "models/common/random_uuid.h"
#include "models/replication/offset_checkpoint.h"

namespace models {

bool is_stray(const TopicPartition& partition, const std::optional<Uuid>& topic_id, NodeId broker,
              const MetadataImage& image) {
  if (!topic_id) return true;
  auto topic = image.topics.find(partition.topic);
  if (topic == image.topics.end() || topic->second.id != *topic_id) return true;
  const PartitionRegistration* registration = image.find(partition);
  return registration == nullptr || !registration->has_replica(broker);
}

std::string path_out_of_the_way(const std::string& directory, const TopicPartition& partition,
                                std::string_view suffix, sim::Rng& rng) {
  constexpr std::string_view kHex = "0123456789abcdef";
  Uuid unique = random_uuid(rng);
  std::string path = directory + "/" + to_string(partition) + ".";
  for (uint64_t word : unique.words) {
    for (int shift = 60; shift >= 0; shift -= 4) path += kHex[(word >> shift) & 15u];
  }
  return path.append(suffix);
}

absl::Status remove_recursively(const std::string& path, Step& step) {
  auto names = step.disk.list(path);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    bool is_directory = name.ends_with('/');
    std::string below = path + "/" + (is_directory ? name.substr(0, name.size() - 1) : name);
    absl::Status removed = is_directory ? remove_recursively(below, step) : step.disk.remove(below);
    if (!removed.ok()) return removed;
  }
  return step.disk.remove(path);
}

absl::StatusOr<BrokerEpoch> read_common_broker_epoch(const std::vector<LogDirectory>& directories,
                                                     Step& step) {
  BrokerEpoch common = kNoBrokerEpoch;
  for (const LogDirectory& directory : directories) {
    if (!directory.is_online) return kNoBrokerEpoch;
    auto epoch = read_clean_shutdown_marker(directory.path, step.disk);
    if (!epoch.ok()) return epoch.status();
    if (!*epoch) return kNoBrokerEpoch;
    if (common != kNoBrokerEpoch && common != **epoch) return kNoBrokerEpoch;
    common = **epoch;
  }
  return common;
}

}  // namespace models
