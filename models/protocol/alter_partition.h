// SPDX-License-Identifier: Apache-2.0
//
// AlterPartition: a leader proposes a new ISR (KIP-497, KIP-903):
// clients/.../message/AlterPartition{Request,Response}.json. Since version 2 a topic is named by its
// id; its name stands beside it for who reads a trace.

#ifndef MODELS_PROTOCOL_ALTER_PARTITION_H_
#define MODELS_PROTOCOL_ALTER_PARTITION_H_

#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

// A proposed ISR member with the broker epoch that its fetches carried (-1: not checked).
struct IsrMember {
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  bool operator==(const IsrMember&) const = default;
  static void fields(auto&& f) {
    f("broker_id", &IsrMember::broker_id);
    f("broker_epoch", &IsrMember::broker_epoch);
  }
};

struct AlterPartitionData {
  TopicPartition partition;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<IsrMember> new_isr;
  PartitionEpoch partition_epoch;
  Uuid topic_id;
  static void fields(auto&& f) {
    f("topic_id", &AlterPartitionData::topic_id);
    f("partition", &AlterPartitionData::partition);
    f("leader_epoch", &AlterPartitionData::leader_epoch);
    f("new_isr", &AlterPartitionData::new_isr);
    f("partition_epoch", &AlterPartitionData::partition_epoch);
  }
};

struct AlterPartitionRequest {
  static constexpr std::string_view kName = "AlterPartitionRequest";
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  std::vector<AlterPartitionData> partitions;
  static void fields(auto&& f) {
    f("broker_id", &AlterPartitionRequest::broker_id);
    f("broker_epoch", &AlterPartitionRequest::broker_epoch);
    f("partitions", &AlterPartitionRequest::partitions);
  }
};

struct AlterPartitionResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  NodeId leader = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<NodeId> isr;
  PartitionEpoch partition_epoch;
  Uuid topic_id;
  static void fields(auto&& f) {
    f("topic_id", &AlterPartitionResult::topic_id);
    f("partition", &AlterPartitionResult::partition);
    f("error", &AlterPartitionResult::error);
    f("leader", &AlterPartitionResult::leader);
    f("leader_epoch", &AlterPartitionResult::leader_epoch);
    f("isr", &AlterPartitionResult::isr);
    f("partition_epoch", &AlterPartitionResult::partition_epoch);
  }
};

struct AlterPartitionResponse {
  static constexpr std::string_view kName = "AlterPartitionResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<AlterPartitionResult> partitions;
  static void fields(auto&& f) {
    f("error", &AlterPartitionResponse::error);
    f("partitions", &AlterPartitionResponse::partitions);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_ALTER_PARTITION_H_
