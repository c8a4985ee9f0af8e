// SPDX-License-Identifier: Apache-2.0
//
// FetchSnapshot, by which voters and brokers copy a snapshot of the metadata log, piece by piece,
// when the leader's log no longer holds what they lack (KIP-630):
// clients/src/main/resources/common/message/FetchSnapshot{Request,Response}.json, of the one
// partition __cluster_metadata-0.

#ifndef MODELS_PROTOCOL_FETCH_SNAPSHOT_H_
#define MODELS_PROTOCOL_FETCH_SNAPSHOT_H_

#include <cstdint>
#include <string_view>

#include "absl/strings/cord.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"
#include "models/protocol/fetch.h"

namespace models {

struct FetchSnapshotRequest {
  static constexpr std::string_view kName = "FetchSnapshotRequest";
  NodeId replica_id = kNoNode;
  int32_t max_bytes = INT32_MAX;
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  SnapshotId snapshot_id;
  int64_t position = 0;  // Of the first byte wanted.
  static void fields(auto&& f) {
    f("replica_id", &FetchSnapshotRequest::replica_id);
    f("max_bytes", &FetchSnapshotRequest::max_bytes);
    f("partition", &FetchSnapshotRequest::partition);
    f("current_leader_epoch", &FetchSnapshotRequest::current_leader_epoch);
    f("snapshot_id", &FetchSnapshotRequest::snapshot_id);
    f("position", &FetchSnapshotRequest::position);
  }
};

struct FetchSnapshotResponse {
  static constexpr std::string_view kName = "FetchSnapshotResponse";
  ErrorCode error = ErrorCode::kNone;
  TopicPartition partition;
  SnapshotId snapshot_id;
  NodeId current_leader = kNoNode;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  int64_t size = 0;  // Of the whole snapshot.
  int64_t position = 0;
  absl::Cord records;  // Bytes of the file from `position` on; batches may be cut anywhere.
  static void fields(auto&& f) {
    f("error", &FetchSnapshotResponse::error);
    f("partition", &FetchSnapshotResponse::partition);
    f("snapshot_id", &FetchSnapshotResponse::snapshot_id);
    f("current_leader", &FetchSnapshotResponse::current_leader);
    f("current_leader_epoch", &FetchSnapshotResponse::current_leader_epoch);
    f("size", &FetchSnapshotResponse::size);
    f("position", &FetchSnapshotResponse::position);
    f("records", &FetchSnapshotResponse::records);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_FETCH_SNAPSHOT_H_
