// SPDX-License-Identifier: Apache-2.0
//
// Metadata, for clients: clients/.../message/Metadata{Request,Response}.json.

#ifndef MODELS_PROTOCOL_METADATA_H_
#define MODELS_PROTOCOL_METADATA_H_

#include <string>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct MetadataRequest {
  static constexpr std::string_view kName = "MetadataRequest";
  std::vector<std::string> topics;
  static void fields(auto&& f) { f("topics", &MetadataRequest::topics); }
};

struct MetadataPartition {
  ErrorCode error = ErrorCode::kNone;  // LEADER_NOT_AVAILABLE when there is no leader.
  int32_t partition = 0;
  NodeId leader = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<NodeId> replicas;
  std::vector<NodeId> isr;
  std::vector<NodeId> offline_replicas;
  static void fields(auto&& f) {
    f("error", &MetadataPartition::error);
    f("partition", &MetadataPartition::partition);
    f("leader", &MetadataPartition::leader);
    f("leader_epoch", &MetadataPartition::leader_epoch);
    f("replicas", &MetadataPartition::replicas);
    f("isr", &MetadataPartition::isr);
    f("offline_replicas", &MetadataPartition::offline_replicas);
  }
};

struct MetadataTopic {
  ErrorCode error = ErrorCode::kNone;
  std::string name;
  Uuid topic_id;
  std::vector<MetadataPartition> partitions;
  static void fields(auto&& f) {
    f("error", &MetadataTopic::error);
    f("name", &MetadataTopic::name);
    f("topic_id", &MetadataTopic::topic_id);
    f("partitions", &MetadataTopic::partitions);
  }
};

struct MetadataResponse {
  static constexpr std::string_view kName = "MetadataResponse";
  std::vector<NodeId> brokers;  // Alive (unfenced) ones; a NodeId is all one needs to reach them.
  std::vector<MetadataTopic> topics;
  static void fields(auto&& f) {
    f("brokers", &MetadataResponse::brokers);
    f("topics", &MetadataResponse::topics);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_METADATA_H_
