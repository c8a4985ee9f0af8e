// SPDX-License-Identifier: Apache-2.0
//
// What a partition remembers of its producers: the last five batches of each, so that a retry is
// recognised, and their transactions, which bound what read_committed consumers may see.
//
//   offsets    ...  40 [txn of 7 ........] 60 [txn of 8 ..]  75   marker of 8 at 80
//   ongoing    7 -> 40, 8 -> 60;  after the marker: 7 -> 40, and 8 is "unreplicated" until the high
//   watermark has passed 80. The first unstable offset is 40.
//
// All replicas keep the same. A producer without news for producer.id.expiration.ms is forgotten.
// It is saved as `<offset>.snapshot` when a segment is sealed, at a clean stop and after a cut; a
// start loads the newest one and replays what follows it.
// Source: storage/.../log/{ProducerStateManager,ProducerAppendInfo,ProducerStateEntry}.java.

#ifndef MODELS_LOG_PRODUCER_STATE_H_
#define MODELS_LOG_PRODUCER_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"
#include "models/common/step.h"
#include "models/log/control_records.h"
#include "models/log/producer_snapshot.h"
#include "models/log/record_batch.h"

namespace models {

inline constexpr size_t kRememberedBatches = 5;

struct ProducerBatch {
  Sequence first_sequence;
  Sequence last_sequence;
  Offset first_offset;
  Offset last_offset;
  int64_t timestamp_ms = -1;
  static void fields(auto&& f) {
    f("first_sequence", &ProducerBatch::first_sequence);
    f("last_sequence", &ProducerBatch::last_sequence);
    f("last_offset", &ProducerBatch::last_offset);
  }
};

struct ProducerEntry {
  ProducerEpoch epoch = kNoProducerEpoch;
  std::vector<ProducerBatch> batches;  // Oldest first, at most five, all of this epoch.
  int64_t last_timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  Offset txn_first_offset = kNoOffset;  // Of its open transaction.
  static void fields(auto&& f) {
    f("epoch", &ProducerEntry::epoch);
    f("batches", &ProducerEntry::batches);
    f("txn_first_offset", &ProducerEntry::txn_first_offset);
  }
};

// A transaction whose marker has been written.
struct CompletedTxn {
  ProducerId producer_id;
  Offset first_offset;
  Offset last_offset;  // Of the marker.
  bool is_aborted = false;
};

class ProducerStates {
 public:
  // --- What is remembered ---
  // The remembered batch with this header's epoch and sequence range, if the header is its retry.
  std::optional<ProducerBatch> duplicate_of(const BatchHeader& batch) const;
  // May a client append this batch now? NONE, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
  // INVALID_TXN_STATE (a plain batch inside a transaction).
  ErrorCode check(const BatchHeader& batch) const;
  // May a coordinator append this marker? NONE, INVALID_PRODUCER_EPOCH,
  // TRANSACTION_COORDINATOR_FENCED.
  ErrorCode check_marker(const BatchHeader& batch, const EndTxnMarker& marker) const;
  // Takes in a batch of data that was written (offsets stamped). Followers and recovery call only
  // this and `update_marker`.
  void update(const BatchHeader& batch);
  // Takes in a marker. Nothing if the producer had no open transaction here; else call
  // `complete` when the transaction index is written.
  std::optional<CompletedTxn> update_marker(const BatchHeader& batch, const EndTxnMarker& marker);
  // The last stable offset as of the completion of `txn`, for the transaction index.
  Offset last_stable_offset(const CompletedTxn& txn) const;
  void complete(const CompletedTxn& txn);
  // Forgets completed transactions whose markers the high watermark has passed.
  void on_high_watermark(Offset high_watermark);
  // Drops producers without news for `expiration_ms` and without an open transaction.
  void expire(int64_t now_ms, int64_t expiration_ms);

  std::optional<Offset> first_unstable_offset() const;
  const absl::btree_map<ProducerId, ProducerEntry>& producers() const { return producers_; }

  // --- Where it stands in the log, and its snapshots ---
  // Everything below has been taken in.
  Offset map_end() const { return map_end_; }
  void set_map_end(Offset end) { map_end_ = end; }
  // Finds the snapshots in the log's directory.
  absl::Status list_snapshots(const std::string& directory, Step& step);
  // Of those that belong to no segment only the newest, if it lies behind all segments, is kept.
  absl::Status remove_stray_snapshots(const std::string& directory,
                                      const std::vector<Offset>& bases, Step& step);
  // Writes one at `map_end`, if that is news. Its open file, not yet durable; nothing: not written.
  absl::StatusOr<std::optional<sim::FileId>> take_snapshot(const std::string& directory,
                                                           Step& step);
  // The log now is [start, end): snapshots outside go, and unless all below `end` is known, the
  // newest that is left is loaded (a garbled one is removed and the next tried).
  absl::Status truncate_and_reload(const std::string& directory, Offset start, Offset end,
                                   int64_t now_ms, int64_t expiration_ms, Step& step);
  absl::Status truncate_fully(const std::string& directory, Offset start, Step& step);
  void on_log_start(Offset start);
  // The snapshot of a segment that goes, if there is one, is renamed or removed by the caller.
  bool forget_snapshot(Offset at);
  const std::vector<Offset>& snapshots() const { return snapshots_; }
  bool is_empty() const { return producers_.empty() && unreplicated_.empty(); }

  static void fields(auto&& f) { f("producers", &ProducerStates::producers_); }

 private:
  struct Unreplicated {
    ProducerId producer_id;
    Offset last_offset;
  };

  void clear();
  absl::Status remove_snapshot(const std::string& directory, Offset at, Step& step);
  absl::Status load_newest(const std::string& directory, Offset start, int64_t now_ms,
                           int64_t expiration_ms, Step& step);

  absl::btree_map<ProducerId, ProducerEntry> producers_;
  absl::btree_map<Offset, ProducerId> ongoing_;         // By first offset.
  absl::btree_map<Offset, Unreplicated> unreplicated_;  // By first offset.
  Offset map_end_;
  Offset snapshot_end_;            // Of the newest snapshot.
  std::vector<Offset> snapshots_;  // Sorted.
};

}  // namespace models

#endif  // MODELS_LOG_PRODUCER_STATE_H_
