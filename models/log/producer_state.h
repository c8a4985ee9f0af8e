// SPDX-License-Identifier: Apache-2.0
//
// What a partition remembers of its idempotent producers: epoch, and the sequence ranges of the last
// five batches, so that a retry is answered and not stored twice.
// Source: storage/.../internals/log/{ProducerStateManager,ProducerStateEntry,ProducerAppendInfo}.java.

#ifndef MODELS_LOG_PRODUCER_STATE_H_
#define MODELS_LOG_PRODUCER_STATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"
#include "models/log/record_batch.h"

namespace models {

inline constexpr int kRememberedBatches = 5;

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
  std::vector<ProducerBatch> batches;  // Oldest first, at most five.
  int64_t last_timestamp_ms = -1;
  static void fields(auto&& f) {
    f("epoch", &ProducerEntry::epoch);
    f("batches", &ProducerEntry::batches);
  }
};

class ProducerStates {
 public:
  // The remembered batch with this header's epoch and sequence range, if the header is its retry.
  std::optional<ProducerBatch> duplicate_of(const BatchHeader& batch) const;
  // May a client append this batch now? NONE, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH.
  ErrorCode check(const BatchHeader& batch) const;
  // Takes in a batch that was written (offsets stamped). Followers and recovery call only this.
  void update(const BatchHeader& batch);
  // Drops producers whose last batch is older than `expiration`.
  void expire(int64_t now_ms, int64_t expiration_ms);
  void clear() { producers_.clear(); }
  const absl::btree_map<ProducerId, ProducerEntry>& producers() const { return producers_; }
  static void fields(auto&& f) { f("producers", &ProducerStates::producers_); }

 private:
  absl::btree_map<ProducerId, ProducerEntry> producers_;
};

}  // namespace models

#endif  // MODELS_LOG_PRODUCER_STATE_H_
