// SPDX-License-Identifier: Apache-2.0
//
// What an administrator asks of the cluster beside CreateTopics. A broker hands such requests on to
// the active controller. In each response `error` is that of the whole request (NOT_CONTROLLER).
// Source: clients/.../message/{DeleteTopics,CreatePartitions,IncrementalAlterConfigs,
// AlterPartitionReassignments,ListPartitionReassignments,ElectLeaders,UnregisterBroker}{Request,
// Response}.json. Partitions stand in flat lists here, in Kafka they are grouped by topic.

#ifndef MODELS_PROTOCOL_ADMIN_H_
#define MODELS_PROTOCOL_ADMIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct DeletableTopic {
  std::string name;  // Empty: by id.
  Uuid topic_id;
  static void fields(auto&& f) {
    f("name", &DeletableTopic::name);
    f("topic_id", &DeletableTopic::topic_id);
  }
};

struct DeleteTopicsRequest {
  static constexpr std::string_view kName = "DeleteTopicsRequest";
  std::vector<DeletableTopic> topics;
  static void fields(auto&& f) { f("topics", &DeleteTopicsRequest::topics); }
};

struct DeletableTopicResult {
  std::string name;
  Uuid topic_id;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("name", &DeletableTopicResult::name);
    f("topic_id", &DeletableTopicResult::topic_id);
    f("error", &DeletableTopicResult::error);
  }
};

struct DeleteTopicsResponse {
  static constexpr std::string_view kName = "DeleteTopicsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<DeletableTopicResult> results;
  static void fields(auto&& f) {
    f("error", &DeleteTopicsResponse::error);
    f("results", &DeleteTopicsResponse::results);
  }
};

struct NewPartitions {
  std::string name;   // The topic.
  int32_t count = 0;  // In all, with those that are there.
  std::vector<std::vector<NodeId>>
      assignments;  // Of the new ones; empty: placed by the controller.
  static void fields(auto&& f) {
    f("name", &NewPartitions::name);
    f("count", &NewPartitions::count);
    f("assignments", &NewPartitions::assignments);
  }
};

struct CreatePartitionsRequest {
  static constexpr std::string_view kName = "CreatePartitionsRequest";
  std::vector<NewPartitions> topics;
  static void fields(auto&& f) { f("topics", &CreatePartitionsRequest::topics); }
};

struct CreatePartitionsResult {
  std::string name;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("name", &CreatePartitionsResult::name);
    f("error", &CreatePartitionsResult::error);
  }
};

struct CreatePartitionsResponse {
  static constexpr std::string_view kName = "CreatePartitionsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<CreatePartitionsResult> results;
  static void fields(auto&& f) {
    f("error", &CreatePartitionsResponse::error);
    f("results", &CreatePartitionsResponse::results);
  }
};

enum class ConfigOperation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct AlterableConfig {
  std::string name;
  ConfigOperation operation = ConfigOperation::kSet;
  std::string value;
  static void fields(auto&& f) {
    f("name", &AlterableConfig::name);
    f("operation", &AlterableConfig::operation);
    f("value", &AlterableConfig::value);
  }
};

struct AlterConfigsResource {
  int8_t type = 2;   // ConfigResource.Type: 2 a topic, 4 a broker.
  std::string name;  // Topic, broker id, or "": all brokers.
  std::vector<AlterableConfig> configs;
  static void fields(auto&& f) {
    f("type", &AlterConfigsResource::type);
    f("name", &AlterConfigsResource::name);
    f("configs", &AlterConfigsResource::configs);
  }
};

struct IncrementalAlterConfigsRequest {
  static constexpr std::string_view kName = "IncrementalAlterConfigsRequest";
  std::vector<AlterConfigsResource> resources;
  static void fields(auto&& f) { f("resources", &IncrementalAlterConfigsRequest::resources); }
};

struct AlterConfigsResult {
  int8_t type = 2;
  std::string name;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("type", &AlterConfigsResult::type);
    f("name", &AlterConfigsResult::name);
    f("error", &AlterConfigsResult::error);
  }
};

struct IncrementalAlterConfigsResponse {
  static constexpr std::string_view kName = "IncrementalAlterConfigsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<AlterConfigsResult> results;
  static void fields(auto&& f) {
    f("error", &IncrementalAlterConfigsResponse::error);
    f("results", &IncrementalAlterConfigsResponse::results);
  }
};

struct ReassignablePartition {
  TopicPartition partition;
  std::optional<std::vector<NodeId>> replicas;  // Nothing: cancels.
  static void fields(auto&& f) {
    f("partition", &ReassignablePartition::partition);
    f("replicas", &ReassignablePartition::replicas);
  }
};

struct AlterPartitionReassignmentsRequest {
  static constexpr std::string_view kName = "AlterPartitionReassignmentsRequest";
  bool allow_replication_factor_change = true;
  std::vector<ReassignablePartition> partitions;
  static void fields(auto&& f) {
    f("allow_replication_factor_change",
      &AlterPartitionReassignmentsRequest::allow_replication_factor_change);
    f("partitions", &AlterPartitionReassignmentsRequest::partitions);
  }
};

struct PartitionResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("partition", &PartitionResult::partition);
    f("error", &PartitionResult::error);
  }
};

struct AlterPartitionReassignmentsResponse {
  static constexpr std::string_view kName = "AlterPartitionReassignmentsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<PartitionResult> results;
  static void fields(auto&& f) {
    f("error", &AlterPartitionReassignmentsResponse::error);
    f("results", &AlterPartitionReassignmentsResponse::results);
  }
};

struct ListPartitionReassignmentsRequest {
  static constexpr std::string_view kName = "ListPartitionReassignmentsRequest";
  std::vector<TopicPartition> partitions;  // Empty: all.
  static void fields(auto&& f) { f("partitions", &ListPartitionReassignmentsRequest::partitions); }
};

struct OngoingReassignment {
  TopicPartition partition;
  std::vector<NodeId> replicas;
  std::vector<NodeId> adding;
  std::vector<NodeId> removing;
  static void fields(auto&& f) {
    f("partition", &OngoingReassignment::partition);
    f("replicas", &OngoingReassignment::replicas);
    f("adding", &OngoingReassignment::adding);
    f("removing", &OngoingReassignment::removing);
  }
};

struct ListPartitionReassignmentsResponse {
  static constexpr std::string_view kName = "ListPartitionReassignmentsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<OngoingReassignment> ongoing;
  static void fields(auto&& f) {
    f("error", &ListPartitionReassignmentsResponse::error);
    f("ongoing", &ListPartitionReassignmentsResponse::ongoing);
  }
};

enum class ElectionType : int8_t { kPreferred = 0, kUnclean = 1 };

struct ElectLeadersRequest {
  static constexpr std::string_view kName = "ElectLeadersRequest";
  ElectionType type = ElectionType::kPreferred;
  std::vector<TopicPartition> partitions;  // Empty: all.
  static void fields(auto&& f) {
    f("type", &ElectLeadersRequest::type);
    f("partitions", &ElectLeadersRequest::partitions);
  }
};

struct ElectLeadersResponse {
  static constexpr std::string_view kName = "ElectLeadersResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<PartitionResult> results;
  static void fields(auto&& f) {
    f("error", &ElectLeadersResponse::error);
    f("results", &ElectLeadersResponse::results);
  }
};

struct UnregisterBrokerRequest {
  static constexpr std::string_view kName = "UnregisterBrokerRequest";
  NodeId broker_id = kNoNode;
  static void fields(auto&& f) { f("broker_id", &UnregisterBrokerRequest::broker_id); }
};

struct UnregisterBrokerResponse {
  static constexpr std::string_view kName = "UnregisterBrokerResponse";
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) { f("error", &UnregisterBrokerResponse::error); }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_ADMIN_H_
