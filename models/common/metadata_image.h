// SPDX-License-Identifier: Apache-2.0
//
// The cluster's metadata as values: what replaying the metadata log gives. The controller and each
// broker hold an image of their own; brokers lag behind. models/controller/metadata_records.*
// replays records into it. Source: metadata/.../image/*.java and metadata/PartitionRegistration.java.

#ifndef MODELS_COMMON_METADATA_IMAGE_H_
#define MODELS_COMMON_METADATA_IMAGE_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "models/common/config.h"
#include "models/common/directory_id.h"
#include "models/common/ids.h"

namespace models {

struct BrokerRegistration {
  NodeId id = kNoNode;
  BrokerEpoch epoch = kNoBrokerEpoch;
  Uuid incarnation_id;
  std::string rack;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<Uuid> directories;  // Log directories that are online, sorted.
  // Where a replica is that nobody has placed yet.
  Uuid default_directory() const {
    if (directories.size() == 1) return directories.front();
    return directories.empty() ? kMigratingDirectory : kUnassignedDirectory;
  }
  bool operator==(const BrokerRegistration&) const = default;
  static void fields(auto&& f) {
    f("id", &BrokerRegistration::id);
    f("epoch", &BrokerRegistration::epoch);
    f("incarnation_id", &BrokerRegistration::incarnation_id);
    f("rack", &BrokerRegistration::rack);
    f("fenced", &BrokerRegistration::fenced);
    f("in_controlled_shutdown", &BrokerRegistration::in_controlled_shutdown);
    f("directories", &BrokerRegistration::directories);
  }
};

struct PartitionRegistration {
  std::vector<NodeId> replicas;  // In assignment order; the first is the preferred leader.
  std::vector<NodeId> isr;
  NodeId leader = kNoNode;
  bool recovering = false;  // LeaderRecoveryState.RECOVERING: elected uncleanly.
  // Of a reassignment under way; both are replicas too.
  std::vector<NodeId> removing;
  std::vector<NodeId> adding;
  // Eligible leader replicas (KIP-966): out of the ISR, yet known to hold all that is committed,
  // because the watermark stands still while the ISR is below min.insync.replicas.
  std::vector<NodeId> elr;
  std::vector<NodeId> last_known_elr;  // The last leader, while there is none.
  LeaderEpoch leader_epoch{0};
  PartitionEpoch partition_epoch{0};
  std::vector<Uuid> directories;  // Of the replicas, in their order; those left out: MIGRATING.
  bool in_isr(NodeId id) const { return std::find(isr.begin(), isr.end(), id) != isr.end(); }
  bool in_elr(NodeId id) const { return std::find(elr.begin(), elr.end(), id) != elr.end(); }
  bool is_reassigning() const { return !removing.empty() || !adding.empty(); }
  bool has_replica(NodeId id) const {
    return std::find(replicas.begin(), replicas.end(), id) != replicas.end();
  }
  Uuid directory_of(NodeId replica) const {
    auto place = static_cast<size_t>(std::find(replicas.begin(), replicas.end(), replica) -
                                     replicas.begin());
    return place < directories.size() ? directories[place] : kMigratingDirectory;
  }
  bool operator==(const PartitionRegistration&) const = default;
  static void fields(auto&& f) {
    f("replicas", &PartitionRegistration::replicas);
    f("isr", &PartitionRegistration::isr);
    f("leader", &PartitionRegistration::leader);
    f("recovering", &PartitionRegistration::recovering);
    f("removing", &PartitionRegistration::removing);
    f("adding", &PartitionRegistration::adding);
    f("elr", &PartitionRegistration::elr);
    f("last_known_elr", &PartitionRegistration::last_known_elr);
    f("leader_epoch", &PartitionRegistration::leader_epoch);
    f("partition_epoch", &PartitionRegistration::partition_epoch);
    f("directories", &PartitionRegistration::directories);
  }
};

struct TopicImage {
  std::string name;
  Uuid id;
  absl::btree_map<std::string, std::string> configs;  // As set on the topic, Kafka's keys.
  TopicConfig config;  // `configs` over the defaults that brokers give.
  std::vector<PartitionRegistration> partitions;
  static void fields(auto&& f) {
    f("name", &TopicImage::name);
    f("id", &TopicImage::id);
    f("configs", &TopicImage::configs);
    f("partitions", &TopicImage::partitions);
  }
};

using ConfigMap = absl::btree_map<std::string, std::string>;  // Kafka's keys and values.

struct MetadataImage {
  absl::btree_map<NodeId, BrokerRegistration> brokers;
  absl::btree_map<std::string, TopicImage> topics;
  // Dynamic settings of brokers, by broker id as text; "": those of the whole cluster.
  absl::btree_map<std::string, ConfigMap> broker_configs;
  int16_t metadata_version = 0;  // Its feature level; 0: no record told it. Not among `fields`.
  bool elr_enabled = false;      // eligible.leader.replicas.version is 1.
  ProducerId next_producer_id{0};
  Offset next_offset{0};  // First metadata offset that is not in the image.

  const PartitionRegistration* find(const TopicPartition& partition) const {
    auto topic = topics.find(partition.topic);
    if (topic == topics.end()) return nullptr;
    size_t index = static_cast<size_t>(partition.partition);
    return index < topic->second.partitions.size() ? &topic->second.partitions[index] : nullptr;
  }
  const BrokerRegistration* find(NodeId broker) const {
    auto it = brokers.find(broker);
    return it == brokers.end() ? nullptr : &it->second;
  }
  static void fields(auto&& f) {
    f("brokers", &MetadataImage::brokers);
    f("topics", &MetadataImage::topics);
    f("broker_configs", &MetadataImage::broker_configs);
    f("elr_enabled", &MetadataImage::elr_enabled);
    f("next_producer_id", &MetadataImage::next_producer_id);
    f("next_offset", &MetadataImage::next_offset);
  }
};

// What changed between two images, as the publisher hands it to the broker's machines.
struct MetadataDelta {
  absl::btree_set<TopicPartition> partitions;  // Created or changed in any field.
  absl::btree_set<std::string> topics;         // Created, or their configs changed.
  absl::btree_set<NodeId> brokers;             // Registered, fenced, unfenced, shutting down, gone.
  // Topics that were deleted, by the id that they had. One of the same name may exist again: then
  // its partitions are in `partitions` too.
  absl::btree_map<Uuid, std::string> deleted_topics;
  bool broker_configs = false;  // Dynamic settings of brokers changed.
  bool empty() const {
    return partitions.empty() && topics.empty() && brokers.empty() && deleted_topics.empty() &&
           !broker_configs;
  }
};

}  // namespace models

#endif  // MODELS_COMMON_METADATA_IMAGE_H_
