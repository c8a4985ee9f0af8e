// SPDX-License-Identifier: Apache-2.0
//
// Fetch, used by followers, consumers and observers of the metadata log:
// clients/src/main/resources/common/message/Fetch{Request,Response}.json.
//
// A request stands in a session (KIP-227), or in none:
//
//   id, epoch   0, 0 -> full: names all partitions and asks for a session       reply: its id, or 0
//               7, 3 -> incremental: what changed and what is forgotten         reply: what changed
//               7, 0 -> full: closes session 7 and asks for another
//               7,-1 -> full: closes session 7; 0,-1: full, no session is asked for

#ifndef MODELS_PROTOCOL_FETCH_H_
#define MODELS_PROTOCOL_FETCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/cord.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

inline constexpr int32_t kNoFetchSession = 0;
inline constexpr int32_t kInitialFetchEpoch = 0;
inline constexpr int32_t kFinalFetchEpoch = -1;
// After the largest comes 1; a session that ends stays so (FetchMetadata.nextEpoch).
constexpr int32_t next_fetch_epoch(int32_t epoch) {
  if (epoch < 0) return kFinalFetchEpoch;
  return epoch == INT32_MAX ? 1 : epoch + 1;
}

struct FetchPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;  // -1: not checked.
  Offset fetch_offset;
  LeaderEpoch last_fetched_epoch = kNoLeaderEpoch;  // Followers only; -1: no divergence check.
  Offset log_start_offset = kNoOffset;              // Followers only.
  int32_t partition_max_bytes = 1 << 20;
  // Voters only: what the fetcher knows, so that news of it alone are worth an answer (KIP-1166). A
  // tagged field, which takes no bytes where it is not used; not among `fields`.
  Offset high_watermark{INT64_MAX};
  bool operator==(const FetchPartition&) const = default;
  static void fields(auto&& f) {
    f("partition", &FetchPartition::partition);
    f("current_leader_epoch", &FetchPartition::current_leader_epoch);
    f("fetch_offset", &FetchPartition::fetch_offset);
    f("last_fetched_epoch", &FetchPartition::last_fetched_epoch);
    f("log_start_offset", &FetchPartition::log_start_offset);
    f("partition_max_bytes", &FetchPartition::partition_max_bytes);
  }
};

struct FetchRequest {
  static constexpr std::string_view kName = "FetchRequest";
  NodeId replica_id = kNoNode;                 // -1: a consumer.
  BrokerEpoch replica_epoch = kNoBrokerEpoch;  // KIP-903.
  int32_t max_wait_ms = 500;
  int32_t min_bytes = 1;
  int32_t max_bytes = 10 << 20;
  int32_t session_id = kNoFetchSession;
  int32_t session_epoch = kFinalFetchEpoch;
  std::vector<FetchPartition> partitions;
  std::vector<TopicPartition> forgotten;  // No longer of the session.
  std::string rack_id;                    // Of a consumer, for reads near it (KIP-392).
  bool is_full() const {
    return session_epoch == kInitialFetchEpoch || session_epoch == kFinalFetchEpoch;
  }
  static void fields(auto&& f) {
    f("replica_id", &FetchRequest::replica_id);
    f("replica_epoch", &FetchRequest::replica_epoch);
    f("max_wait_ms", &FetchRequest::max_wait_ms);
    f("min_bytes", &FetchRequest::min_bytes);
    f("max_bytes", &FetchRequest::max_bytes);
    f("session_id", &FetchRequest::session_id);
    f("session_epoch", &FetchRequest::session_epoch);
    f("partitions", &FetchRequest::partitions);
    f("forgotten", &FetchRequest::forgotten);
    f("rack_id", &FetchRequest::rack_id);
  }
};

// Where the follower's log parted from the leader's: `end_offset` ends `epoch` on the leader.
struct EpochEndOffset {
  LeaderEpoch epoch = kNoLeaderEpoch;
  Offset end_offset = kNoOffset;
  bool operator==(const EpochEndOffset&) const = default;
  static void fields(auto&& f) {
    f("epoch", &EpochEndOffset::epoch);
    f("end_offset", &EpochEndOffset::end_offset);
  }
};

// Names a snapshot of the metadata log: what the records below `end_offset` give, the last of which
// is of `epoch`. Source: server-common/.../OffsetAndEpoch.java, whose order this is.
struct SnapshotId {
  Offset end_offset = kNoOffset;
  LeaderEpoch epoch = kNoLeaderEpoch;
  bool operator==(const SnapshotId&) const = default;
  auto operator<=>(const SnapshotId& other) const {
    return std::tuple(epoch, end_offset) <=> std::tuple(other.epoch, other.end_offset);
  }
  static void fields(auto&& f) {
    f("end_offset", &SnapshotId::end_offset);
    f("epoch", &SnapshotId::epoch);
  }
};

struct FetchPartitionData {
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  Offset high_watermark = kNoOffset;
  Offset last_stable_offset = kNoOffset;
  Offset log_start_offset = kNoOffset;
  std::optional<EpochEndOffset> diverging_epoch;  // Then there are no records.
  NodeId current_leader = kNoNode;                // With NOT_LEADER_OR_FOLLOWER and the like.
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  NodeId preferred_read_replica = kNoNode;  // Then there are no records: read there.
  absl::Cord records;  // Whole batches, but for the last, which may be cut at partition_max_bytes.
  // Of the metadata log only: to be fetched instead; then there are no records. A tagged field, which
  // takes no bytes where it is not used; not among `fields`.
  std::optional<SnapshotId> snapshot_id;
  static void fields(auto&& f) {
    f("partition", &FetchPartitionData::partition);
    f("error", &FetchPartitionData::error);
    f("high_watermark", &FetchPartitionData::high_watermark);
    f("last_stable_offset", &FetchPartitionData::last_stable_offset);
    f("log_start_offset", &FetchPartitionData::log_start_offset);
    f("diverging_epoch", &FetchPartitionData::diverging_epoch);
    f("current_leader", &FetchPartitionData::current_leader);
    f("current_leader_epoch", &FetchPartitionData::current_leader_epoch);
    f("preferred_read_replica", &FetchPartitionData::preferred_read_replica);
    f("records", &FetchPartitionData::records);
  }
};

struct FetchResponse {
  static constexpr std::string_view kName = "FetchResponse";
  ErrorCode error = ErrorCode::kNone;  // Of the session; then there are no partitions.
  int32_t session_id = kNoFetchSession;
  std::vector<FetchPartitionData> partitions;
  static void fields(auto&& f) {
    f("error", &FetchResponse::error);
    f("session_id", &FetchResponse::session_id);
    f("partitions", &FetchResponse::partitions);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_FETCH_H_
