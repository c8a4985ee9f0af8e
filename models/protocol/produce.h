// SPDX-License-Identifier: Apache-2.0
//
// Produce: clients/src/main/resources/common/message/Produce{Request,Response}.json.

#ifndef MODELS_PROTOCOL_PRODUCE_H_
#define MODELS_PROTOCOL_PRODUCE_H_

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct PartitionProduceData {
  TopicPartition partition;
  absl::Cord records;  // Exactly one RecordBatch v2.
  static void fields(auto&& f) {
    f("partition", &PartitionProduceData::partition);
    f("records", &PartitionProduceData::records);
  }
};

struct ProduceRequest {
  static constexpr std::string_view kName = "ProduceRequest";
  int16_t acks = -1;
  int32_t timeout_ms = 30000;
  std::vector<PartitionProduceData> partitions;
  static void fields(auto&& f) {
    f("acks", &ProduceRequest::acks);
    f("timeout_ms", &ProduceRequest::timeout_ms);
    f("partitions", &ProduceRequest::partitions);
  }
};

struct PartitionProduceResponse {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  Offset base_offset = kNoOffset;
  int64_t log_append_time_ms = -1;
  Offset log_start_offset = kNoOffset;
  // Set with NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH (KIP-951), else -1.
  NodeId current_leader = kNoNode;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  static void fields(auto&& f) {
    f("partition", &PartitionProduceResponse::partition);
    f("error", &PartitionProduceResponse::error);
    f("base_offset", &PartitionProduceResponse::base_offset);
    f("log_append_time_ms", &PartitionProduceResponse::log_append_time_ms);
    f("log_start_offset", &PartitionProduceResponse::log_start_offset);
    f("current_leader", &PartitionProduceResponse::current_leader);
    f("current_leader_epoch", &PartitionProduceResponse::current_leader_epoch);
  }
};

struct ProduceResponse {
  static constexpr std::string_view kName = "ProduceResponse";
  std::vector<PartitionProduceResponse> partitions;
  static void fields(auto&& f) { f("partitions", &ProduceResponse::partitions); }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_PRODUCE_H_
