// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of producers; the snapshots of it are in producer_state_files.cc.

#include "models/log/producer_state.h"

#include <algorithm>

namespace models {

std::optional<ProducerBatch> ProducerStates::duplicate_of(const BatchHeader& batch) const {
  auto found = producers_.find(batch.producer_id);
  if (found == producers_.end() || found->second.epoch != batch.producer_epoch) return std::nullopt;
  for (const ProducerBatch& known : found->second.batches) {
    if (known.first_sequence == batch.base_sequence && known.last_sequence == batch.last_sequence())
      return known;
  }
  return std::nullopt;
}

ErrorCode ProducerStates::check(const BatchHeader& batch) const {
  auto found = producers_.find(batch.producer_id);
  // An unknown producer may start anywhere: its state may have expired here.
  if (found == producers_.end()) return ErrorCode::kNone;
  const ProducerEntry& entry = found->second;
  if (batch.producer_epoch < entry.epoch) return ErrorCode::kInvalidProducerEpoch;
  bool in_order;
  if (batch.producer_epoch > entry.epoch) {
    in_order = batch.base_sequence == Sequence(0);
  } else {
    Sequence last = entry.batches.empty() ? kNoSequence : entry.batches.back().last_sequence;
    in_order = batch.base_sequence == (last == kNoSequence ? Sequence(0) : advance(last, 1));
  }
  if (!in_order) return ErrorCode::kOutOfOrderSequenceNumber;
  bool in_txn = entry.txn_first_offset != kNoOffset;
  return in_txn && !batch.is_transactional() ? ErrorCode::kInvalidTxnState : ErrorCode::kNone;
}

ErrorCode ProducerStates::check_marker(const BatchHeader& batch, const EndTxnMarker& marker) const {
  auto found = producers_.find(batch.producer_id);
  if (found == producers_.end()) return ErrorCode::kNone;
  if (batch.producer_epoch < found->second.epoch) return ErrorCode::kInvalidProducerEpoch;
  return marker.coordinator_epoch < found->second.coordinator_epoch
             ? ErrorCode::kTransactionCoordinatorFenced
             : ErrorCode::kNone;
}

void ProducerStates::update(const BatchHeader& batch) {
  ProducerEntry& entry = producers_[batch.producer_id];
  if (entry.epoch != batch.producer_epoch) {
    entry.batches.clear();
    entry.epoch = batch.producer_epoch;
  }
  if (entry.batches.size() == kRememberedBatches) entry.batches.erase(entry.batches.begin());
  entry.batches.push_back({batch.base_sequence, batch.last_sequence(), batch.base_offset,
                           batch.last_offset(), batch.max_timestamp_ms});
  entry.last_timestamp_ms = batch.max_timestamp_ms;
  if (!batch.is_transactional() || entry.txn_first_offset != kNoOffset) return;
  entry.txn_first_offset = batch.base_offset;
  ongoing_[batch.base_offset] = batch.producer_id;
}

std::optional<CompletedTxn> ProducerStates::update_marker(const BatchHeader& batch,
                                                          const EndTxnMarker& marker) {
  ProducerEntry& entry = producers_[batch.producer_id];
  if (entry.epoch != batch.producer_epoch) {
    entry.batches.clear();
    entry.epoch = batch.producer_epoch;
  }
  entry.coordinator_epoch = marker.coordinator_epoch;
  entry.last_timestamp_ms = batch.max_timestamp_ms;
  Offset first = std::exchange(entry.txn_first_offset, kNoOffset);
  if (first == kNoOffset) return std::nullopt;
  return CompletedTxn{batch.producer_id, first, batch.base_offset, marker.is_abort};
}

Offset ProducerStates::last_stable_offset(const CompletedTxn& txn) const {
  for (const auto& [first, producer] : ongoing_) {
    if (producer != txn.producer_id) return first;
  }
  return txn.last_offset + 1;
}

void ProducerStates::complete(const CompletedTxn& txn) {
  ongoing_.erase(txn.first_offset);
  unreplicated_[txn.first_offset] = {txn.producer_id, txn.last_offset};
}

void ProducerStates::on_high_watermark(Offset high_watermark) {
  absl::erase_if(unreplicated_,
                 [&](const auto& txn) { return txn.second.last_offset < high_watermark; });
}

void ProducerStates::expire(int64_t now_ms, int64_t expiration_ms) {
  absl::erase_if(producers_, [&](const auto& producer) {
    const ProducerEntry& entry = producer.second;
    return entry.txn_first_offset == kNoOffset && now_ms - entry.last_timestamp_ms >= expiration_ms;
  });
}

std::optional<Offset> ProducerStates::first_unstable_offset() const {
  std::optional<Offset> first;
  if (!ongoing_.empty()) first = ongoing_.begin()->first;
  if (!unreplicated_.empty() && (!first || unreplicated_.begin()->first < *first))
    first = unreplicated_.begin()->first;
  return first;
}

void ProducerStates::clear() {
  producers_.clear();
  ongoing_.clear();
  unreplicated_.clear();
}

void ProducerStates::on_log_start(Offset start) {
  on_high_watermark(start);
  map_end_ = std::max(map_end_, start);
  snapshot_end_ = snapshots_.empty() ? start : snapshots_.back();
}

}  // namespace models
