// SPDX-License-Identifier: Apache-2.0
//
// DeleteRecords, from an administrator to the leaders of the partitions:
// clients/.../message/DeleteRecords*.json.

#ifndef MODELS_PROTOCOL_DELETE_RECORDS_H_
#define MODELS_PROTOCOL_DELETE_RECORDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

inline constexpr Offset kToHighWatermark{-1};

struct DeleteRecordsPartition {
  TopicPartition partition;
  Offset offset = kToHighWatermark;  // Records below it go.
  static void fields(auto&& f) {
    f("partition", &DeleteRecordsPartition::partition);
    f("offset", &DeleteRecordsPartition::offset);
  }
};

struct DeleteRecordsRequest {
  static constexpr std::string_view kName = "DeleteRecordsRequest";
  std::vector<DeleteRecordsPartition> partitions;
  int32_t timeout_ms = 30000;  // For the replicas to follow.
  static void fields(auto&& f) {
    f("partitions", &DeleteRecordsRequest::partitions);
    f("timeout_ms", &DeleteRecordsRequest::timeout_ms);
  }
};

struct DeleteRecordsResult {
  TopicPartition partition;
  Offset low_watermark = kNoOffset;  // The least log start of all replicas that are alive.
  ErrorCode error = ErrorCode::kNone;
  static void fields(auto&& f) {
    f("partition", &DeleteRecordsResult::partition);
    f("low_watermark", &DeleteRecordsResult::low_watermark);
    f("error", &DeleteRecordsResult::error);
  }
};

struct DeleteRecordsResponse {
  static constexpr std::string_view kName = "DeleteRecordsResponse";
  std::vector<DeleteRecordsResult> partitions;
  static void fields(auto&& f) { f("partitions", &DeleteRecordsResponse::partitions); }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_DELETE_RECORDS_H_
