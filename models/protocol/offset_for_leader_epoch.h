// SPDX-License-Identifier: Apache-2.0
//
// OffsetForLeaderEpoch: where an epoch ends on the leader, asked by consumers that find a new leader
// (KIP-320) and by followers of old: clients/.../message/OffsetForLeaderEpoch*.json.

#ifndef MODELS_PROTOCOL_OFFSET_FOR_LEADER_EPOCH_H_
#define MODELS_PROTOCOL_OFFSET_FOR_LEADER_EPOCH_H_

#include <string_view>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct OffsetForLeaderPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;  // -1: not checked.
  LeaderEpoch leader_epoch = kNoLeaderEpoch;          // The one asked about.
  static void fields(auto&& f) {
    f("partition", &OffsetForLeaderPartition::partition);
    f("current_leader_epoch", &OffsetForLeaderPartition::current_leader_epoch);
    f("leader_epoch", &OffsetForLeaderPartition::leader_epoch);
  }
};

struct OffsetForLeaderEpochRequest {
  static constexpr std::string_view kName = "OffsetForLeaderEpochRequest";
  NodeId replica_id = kNoNode;  // -1: a consumer.
  std::vector<OffsetForLeaderPartition> partitions;
  static void fields(auto&& f) {
    f("replica_id", &OffsetForLeaderEpochRequest::replica_id);
    f("partitions", &OffsetForLeaderEpochRequest::partitions);
  }
};

// The largest epoch there that is not above the one asked about, and where it ends; -1 and -1: none.
struct OffsetForLeaderResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  Offset end_offset = kNoOffset;
  static void fields(auto&& f) {
    f("partition", &OffsetForLeaderResult::partition);
    f("error", &OffsetForLeaderResult::error);
    f("leader_epoch", &OffsetForLeaderResult::leader_epoch);
    f("end_offset", &OffsetForLeaderResult::end_offset);
  }
};

struct OffsetForLeaderEpochResponse {
  static constexpr std::string_view kName = "OffsetForLeaderEpochResponse";
  std::vector<OffsetForLeaderResult> partitions;
  static void fields(auto&& f) { f("partitions", &OffsetForLeaderEpochResponse::partitions); }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_OFFSET_FOR_LEADER_EPOCH_H_
