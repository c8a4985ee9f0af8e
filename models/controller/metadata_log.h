// SPDX-License-Identifier: Apache-2.0
//
// The replicated log under the controller, seen from above: append records, learn what is
// committed, read batches. This one is a quorum of one voter, which is its own majority; with more
// voters only what is below this interface changes.
//
//   log start          committed           written              next
//   v                  v                   v                    v
//   [ durable, readable ][ flush under way ][ waiting for linger ]
//
// Records of one `append` are atomic: they share a batch. Batches wait
// controller.quorum.append.linger.ms for company (group commit), then are written and flushed; the
// next batch is written when that flush is done, as Kafka's raft thread does one thing at a time.
// Bytes are Kafka's, in an ordinary log directory `__cluster_metadata-0`. Each start is a new
// epoch, begun with a LeaderChange record. Source: raft/.../{KafkaRaftClient,LeaderState}.java,
// internals/BatchAccumulator.java.

#ifndef MODELS_CONTROLLER_METADATA_LOG_H_
#define MODELS_CONTROLLER_METADATA_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/step.h"
#include "models/controller/metadata_records.h"
#include "models/log/partition_log.h"
#include "models/log/record_batch.h"
#include "models/protocol/fetch.h"

namespace models {

// The topic of the metadata log; its only partition is 0.
inline constexpr std::string_view kMetadataTopic = "__cluster_metadata";
inline constexpr int32_t kMetadataFetchMaxBytes = 8 << 20;

class MetadataLog {
 public:
  // Opens or creates `directory`/__cluster_metadata-0 and recovers it.
  static absl::StatusOr<MetadataLog> open(const std::string& directory, sim::Duration linger,
                                          Step& step);

  // Every record in the log, oldest first; used before `begin_epoch`.
  absl::Status visit_all(absl::FunctionRef<void(const MetadataRecord&, Offset)> visit, Step& step);

  // This node leads from here on: a new epoch, and its LeaderChange record, flushed. What the log
  // held before commits with it.
  absl::Status begin_epoch(NodeId leader, Step& step);

  // Takes in the records of one decision and returns the last one's offset. They are committed when
  // `committed()` has passed it. Arms Timer::kControllerAppend.
  Offset append(const std::vector<MetadataRecord>& records, Step& step);
  // Timer::kControllerAppend: writes what has gathered and asks for a flush.
  absl::Status on_append_timer(Step& step);
  // A flush of this log is done. May write the next batch.
  absl::Status on_flushed(int64_t key, Step& step);

  Offset next_offset() const { return next_; }
  // The high watermark: records below it are committed. 0 until this epoch's first flush.
  Offset committed() const { return committed_; }
  LeaderEpoch epoch() const { return epoch_; }

  // What an observer gets for its fetch: committed batches, the high watermark, or where its log
  // parts from this one.
  FetchPartitionData read(const FetchPartition& wanted, int32_t max_bytes, Step& step);
  // True if `read` would return batches or a divergence, so that there is nothing to wait for.
  bool has_news(const FetchPartition& wanted) const;

  static void fields(auto&& f) {
    f("log", &MetadataLog::log_);
    f("epoch", &MetadataLog::epoch_);
    f("next", &MetadataLog::next_);
    f("committed", &MetadataLog::committed_);
  }

 private:
  MetadataLog(PartitionLog log, sim::Duration linger);

  absl::Status write(absl::Cord batch, Step& step);
  std::optional<EpochEndOffset> divergence(const FetchPartition& wanted) const;

  PartitionLog log_;
  sim::Duration linger_;
  LeaderEpoch epoch_ = kNoLeaderEpoch;
  Offset next_;
  Offset committed_{0};
  std::optional<BatchBuilder> gathering_;
  int64_t gathering_since_ms_ = 0;
  bool flush_in_flight_ = false;
  bool write_is_due_ = false;  // The linger passed while a flush was in flight.
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_LOG_H_
