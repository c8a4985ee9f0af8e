// SPDX-License-Identifier: Apache-2.0
//
// Records of the metadata log `__cluster_metadata-0`: the closed list, and Kafka's bytes for each,
// at the versions that a 4.1 controller writes (metadata.version 4.1-IV1).
//
//   value of a record = frame version 1 | api key | version   (unsigned varints)   | body
//
// What this program does not model is written as Kafka writes it when it is absent (no endpoints,
// no features), and read only so.
// Source: metadata/src/main/resources/common/metadata/*.json, AbstractApiMessageSerde.java.

#ifndef MODELS_CONTROLLER_METADATA_RECORDS_H_
#define MODELS_CONTROLLER_METADATA_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "models/common/metadata_image.h"

namespace models {

// A broker's incarnation is registered; it starts fenced unless it amends its own registration.
struct RegisterBrokerRecord {
  NodeId broker_id = kNoNode;
  Uuid incarnation_id;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  std::string rack;  // Empty: null on the wire.
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<Uuid> log_dirs;  // Sorted.
  bool operator==(const RegisterBrokerRecord&) const = default;
};

enum class FencingChange : int8_t { kUnfence = -1, kNone = 0, kFence = 1 };

struct BrokerRegistrationChangeRecord {
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  FencingChange fencing = FencingChange::kNone;
  bool enters_controlled_shutdown = false;
  std::vector<Uuid> log_dirs;  // Those still online; empty: unchanged.
  bool operator==(const BrokerRegistrationChangeRecord&) const = default;
};

struct TopicRecord {
  std::string name;
  Uuid topic_id;
  bool operator==(const TopicRecord&) const = default;
};

struct PartitionRecord {
  int32_t partition_id = 0;
  Uuid topic_id;
  PartitionRegistration partition;
  bool operator==(const PartitionRecord&) const = default;
};

// Absent: unchanged. A present `leader` starts a new leader epoch even if it is the same broker.
struct PartitionChangeRecord {
  int32_t partition_id = 0;
  Uuid topic_id;
  std::optional<std::vector<NodeId>> isr;
  std::optional<NodeId> leader;
  std::optional<bool> recovering;
  std::optional<std::vector<NodeId>> replicas;
  std::optional<std::vector<NodeId>> removing;
  std::optional<std::vector<NodeId>> adding;
  std::optional<std::vector<NodeId>> elr;
  std::optional<std::vector<NodeId>> last_known_elr;
  std::optional<std::vector<Uuid>> directories;  // Of `replicas`, in their order.
  bool is_no_op() const {
    return !isr && !leader && !recovering && !replicas && !removing && !adding && !elr &&
           !last_known_elr && !directories;
  }
  bool operator==(const PartitionChangeRecord&) const = default;
};

// The topic goes, with its partitions and configs.
struct RemoveTopicRecord {
  Uuid topic_id;
  bool operator==(const RemoveTopicRecord&) const = default;
};

// Who was eligible to lead is so no more: min.insync.replicas has changed.
struct ClearElrRecord {
  std::string topic;  // Empty: of all topics.
  bool operator==(const ClearElrRecord&) const = default;
};

struct UnregisterBrokerRecord {
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  bool operator==(const UnregisterBrokerRecord&) const = default;
};

// ConfigResource.Type
inline constexpr int8_t kTopicResource = 2;
inline constexpr int8_t kBrokerResource = 4;  // Named by its id; "": all brokers.

struct ConfigRecord {
  int8_t resource_type = kTopicResource;
  std::string resource_name;
  std::string name;
  std::optional<std::string> value;  // Absent: back to the default.
  bool operator==(const ConfigRecord&) const = default;
};

struct ProducerIdsRecord {
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  ProducerId next_producer_id{0};  // First id of the next block.
  bool operator==(const ProducerIdsRecord&) const = default;
};

struct NoOpRecord {
  bool operator==(const NoOpRecord&) const = default;
};

struct FeatureLevelRecord {
  std::string name;
  int16_t level = 0;
  bool operator==(const FeatureLevelRecord&) const = default;
};

using MetadataRecord =
    std::variant<RegisterBrokerRecord, BrokerRegistrationChangeRecord, TopicRecord, PartitionRecord,
                 PartitionChangeRecord, ConfigRecord, ProducerIdsRecord, NoOpRecord,
                 FeatureLevelRecord, RemoveTopicRecord, ClearElrRecord, UnregisterBrokerRecord>;

// The value of a record in the log.
std::string encode(const MetadataRecord& record);
// InvalidArgument for malformed bytes, Unimplemented for a record, version or field that is valid
// in Kafka but not in this program.
absl::StatusOr<MetadataRecord> decode_metadata_record(std::string_view bytes);

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_RECORDS_H_
