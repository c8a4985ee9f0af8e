// SPDX-License-Identifier: Apache-2.0

#include "models/log/producer_state.h"

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
  if (batch.producer_epoch > entry.epoch) {
    return batch.base_sequence == Sequence(0) ? ErrorCode::kNone : ErrorCode::kOutOfOrderSequenceNumber;
  }
  if (entry.batches.empty()) return ErrorCode::kNone;
  return batch.base_sequence == advance(entry.batches.back().last_sequence, 1)
             ? ErrorCode::kNone
             : ErrorCode::kOutOfOrderSequenceNumber;
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
}

void ProducerStates::expire(int64_t now_ms, int64_t expiration_ms) {
  for (auto it = producers_.begin(); it != producers_.end();) {
    if (now_ms - it->second.last_timestamp_ms >= expiration_ms) {
      it = producers_.erase(it);
    } else {
      ++it;
    }
  }
}

}  // namespace models
