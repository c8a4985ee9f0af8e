// SPDX-License-Identifier: Apache-2.0
//
// DeleteRecords: the leaders are looked up first, and again when one of them has moved. The request of
// the operation keeps the partitions that have still to be sent, or sent again.
// Source: clients/.../admin/internals/{DeleteRecordsHandler,PartitionLeaderStrategy}.java.

#include <utility>

#include "models/clients/admin.h"

namespace models {
namespace {

NodeId leader_in(const MetadataResponse& response, const TopicPartition& partition) {
  for (const MetadataTopic& topic : response.topics) {
    if (topic.name != partition.topic || topic.error != ErrorCode::kNone) continue;
    for (const MetadataPartition& each : topic.partitions) {
      if (each.partition == partition.partition) return each.leader;
    }
  }
  return kNoNode;
}

}  // namespace

DeleteRecordsRequest* Admin::deletion() {
  return operations_.empty() ? nullptr
                             : std::get_if<DeleteRecordsRequest>(&operations_.front().request);
}

void Admin::send_deletions(const MetadataResponse& response, Step& step) {
  if (deletion() == nullptr) return;
  absl::btree_map<NodeId, DeleteRecordsRequest> requests;
  std::vector<DeleteRecordsPartition> leaderless;
  for (const DeleteRecordsPartition& each : deletion()->partitions) {
    NodeId leader = leader_in(response, each.partition);
    (leader == kNoNode ? leaderless : requests[leader].partitions).push_back(each);
  }
  deletion()->partitions = std::move(leaderless);
  Operation& operation = operations_.front();
  operation.awaited = static_cast<int32_t>(requests.size());
  for (auto& [leader, request] : requests) {
    request.timeout_ms = static_cast<int32_t>(options_.api_timeout.millis());
    step.effects.request(Channel::kClient, leader, std::move(request));
  }
  if (requests.empty()) retry_operation(step);
}

void Admin::on_delete_records_response(NodeId, const DeleteRecordsResponse& response,
                                       const DeleteRecordsRequest& sent, Step& step) {
  std::string& errors = operations_.front().errors;
  for (size_t i = 0; i < response.partitions.size(); ++i) {
    const DeleteRecordsResult& result = response.partitions[i];
    if (is_retriable(result.error) || is_invalid_metadata(result.error)) {
      deletion()->partitions.push_back(sent.partitions[i]);
    } else if (result.error != ErrorCode::kNone) {
      errors += errors.empty() ? "" : ", ";
      errors += to_string(result.partition) + ": " + std::string(name_of(result.error));
    }
  }
  settle_deletion(step);
}

void Admin::on_deletion_failed(const DeleteRecordsRequest& sent, Step& step) {
  std::vector<DeleteRecordsPartition>& left = deletion()->partitions;
  left.insert(left.end(), sent.partitions.begin(), sent.partitions.end());
  settle_deletion(step);
}

// A leader has answered, or will not.
void Admin::settle_deletion(Step& step) {
  Operation& operation = operations_.front();
  if (--operation.awaited > 0) return;
  if (!deletion()->partitions.empty()) return retry_operation(step);
  end_operation(std::move(operation.errors), step);
}

}  // namespace models
