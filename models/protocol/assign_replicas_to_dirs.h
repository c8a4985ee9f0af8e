// SPDX-License-Identifier: Apache-2.0
//
// AssignReplicasToDirs (KIP-858): a broker with several log directories tells the controller where
// it has put its replicas. clients/.../message/AssignReplicasToDirs{Request,Response}.json.

#ifndef MODELS_PROTOCOL_ASSIGN_REPLICAS_TO_DIRS_H_
#define MODELS_PROTOCOL_ASSIGN_REPLICAS_TO_DIRS_H_

#include <string_view>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct AssignedReplica {
  Uuid topic_id;
  int32_t partition = 0;
  auto operator<=>(const AssignedReplica&) const = default;
  static void fields(auto&& f) {
    f("topic_id", &AssignedReplica::topic_id);
    f("partition", &AssignedReplica::partition);
  }
};

struct AssignedDirectory {
  Uuid id;
  std::vector<AssignedReplica> replicas;
  static void fields(auto&& f) {
    f("id", &AssignedDirectory::id);
    f("replicas", &AssignedDirectory::replicas);
  }
};

struct AssignReplicasToDirsRequest {
  static constexpr std::string_view kName = "AssignReplicasToDirsRequest";
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  std::vector<AssignedDirectory> directories;
  static void fields(auto&& f) {
    f("broker_id", &AssignReplicasToDirsRequest::broker_id);
    f("broker_epoch", &AssignReplicasToDirsRequest::broker_epoch);
    f("directories", &AssignReplicasToDirsRequest::directories);
  }
};

struct AssignmentResult {
  AssignedReplica replica;
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("replica", &AssignmentResult::replica);
    f("error", &AssignmentResult::error);
  }
};

struct AssignReplicasToDirsResponse {
  static constexpr std::string_view kName = "AssignReplicasToDirsResponse";
  ErrorCode error = ErrorCode::kNone;
  std::vector<AssignmentResult> replicas;
  static void fields(auto&& f) {
    f("error", &AssignReplicasToDirsResponse::error);
    f("replicas", &AssignReplicasToDirsResponse::replicas);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_ASSIGN_REPLICAS_TO_DIRS_H_
