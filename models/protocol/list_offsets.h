// SPDX-License-Identifier: Apache-2.0
//
// ListOffsets, for consumers that have no position: clients/.../message/ListOffsets*.json.

#ifndef MODELS_PROTOCOL_LIST_OFFSETS_H_
#define MODELS_PROTOCOL_LIST_OFFSETS_H_

#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

inline constexpr int64_t kLatestTimestamp = -1;
inline constexpr int64_t kEarliestTimestamp = -2;

struct ListOffsetsPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  int64_t timestamp = kLatestTimestamp;  // kLatestTimestamp or kEarliestTimestamp.
  static void fields(auto&& f) {
    f("partition", &ListOffsetsPartition::partition);
    f("current_leader_epoch", &ListOffsetsPartition::current_leader_epoch);
    f("timestamp", &ListOffsetsPartition::timestamp);
  }
};

struct ListOffsetsRequest {
  static constexpr std::string_view kName = "ListOffsetsRequest";
  NodeId replica_id = kNoNode;
  std::vector<ListOffsetsPartition> partitions;
  static void fields(auto&& f) {
    f("replica_id", &ListOffsetsRequest::replica_id);
    f("partitions", &ListOffsetsRequest::partitions);
  }
};

struct ListOffsetsPartitionResponse {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  Offset offset = kNoOffset;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  static void fields(auto&& f) {
    f("partition", &ListOffsetsPartitionResponse::partition);
    f("error", &ListOffsetsPartitionResponse::error);
    f("offset", &ListOffsetsPartitionResponse::offset);
    f("leader_epoch", &ListOffsetsPartitionResponse::leader_epoch);
  }
};

struct ListOffsetsResponse {
  static constexpr std::string_view kName = "ListOffsetsResponse";
  std::vector<ListOffsetsPartitionResponse> partitions;
  static void fields(auto&& f) { f("partitions", &ListOffsetsResponse::partitions); }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_LIST_OFFSETS_H_
