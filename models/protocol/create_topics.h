// SPDX-License-Identifier: Apache-2.0
//
// CreateTopics: clients/.../message/CreateTopics{Request,Response}.json.

#ifndef MODELS_PROTOCOL_CREATE_TOPICS_H_
#define MODELS_PROTOCOL_CREATE_TOPICS_H_

#include <string>
#include <utility>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct CreatableTopic {
  std::string name;
  int32_t num_partitions = 1;
  int16_t replication_factor = 1;
  std::vector<std::pair<std::string, std::string>> configs;  // Kafka's keys and values as text.
  // Replicas of each partition, from 0; then the two numbers above are -1.
  std::vector<std::vector<NodeId>> assignments;
  static void fields(auto&& f) {
    f("name", &CreatableTopic::name);
    f("num_partitions", &CreatableTopic::num_partitions);
    f("replication_factor", &CreatableTopic::replication_factor);
    f("configs", &CreatableTopic::configs);
    f("assignments", &CreatableTopic::assignments);
  }
};

struct CreateTopicsRequest {
  static constexpr std::string_view kName = "CreateTopicsRequest";
  std::vector<CreatableTopic> topics;
  static void fields(auto&& f) { f("topics", &CreateTopicsRequest::topics); }
};

struct CreatableTopicResult {
  std::string name;
  Uuid topic_id;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("name", &CreatableTopicResult::name);
    f("topic_id", &CreatableTopicResult::topic_id);
    f("error", &CreatableTopicResult::error);
  }
};

struct CreateTopicsResponse {
  static constexpr std::string_view kName = "CreateTopicsResponse";
  ErrorCode error = ErrorCode::kNone;  // NOT_CONTROLLER for the whole request.
  std::vector<CreatableTopicResult> topics;
  static void fields(auto&& f) {
    f("error", &CreateTopicsResponse::error);
    f("topics", &CreateTopicsResponse::topics);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_CREATE_TOPICS_H_
