// SPDX-License-Identifier: Apache-2.0
//
// Producers and transactions of a partition, gathered anew from its batches. Source:
// storage/.../log/{ProducerAppendInfo,ProducerStateEntry,ProducerStateManager}.java.

#include <fmt/format.h>

#include "scenarios/log_verify_parts.h"

namespace scenarios {

using models::kNoOffset;
using models::Offset;
using models::ProducerSnapshotEntry;

void ProducerWalk::begin(const std::vector<ProducerSnapshotEntry>& known, bool complete) {
  complete_ = complete;
  for (const ProducerSnapshotEntry& entry : known) {
    producers_[entry.producer_id.value()] = {entry, true};
    if (entry.txn_first_offset != kNoOffset) open_[entry.txn_first_offset] = entry.producer_id;
  }
}

Offset ProducerWalk::first_open_of_others(models::ProducerId producer, Offset otherwise) const {
  for (const auto& [first, owner] : open_) {
    if (owner != producer) return first;
  }
  return otherwise;
}

std::optional<ProducerWalk::Ended> ProducerWalk::on_batch(
    const models::BatchHeader& header, const std::optional<ControlRecord>& control,
    int64_t control_timestamp_ms) {
  if (!header.has_producer() || (header.is_control() && !control)) return std::nullopt;
  auto [found, is_new] = producers_.try_emplace(header.producer_id.value());
  Producer& producer = found->second;
  ProducerSnapshotEntry& entry = producer.entry;
  if (is_new) {
    entry.producer_id = header.producer_id;
    producer.whole = complete_;
  }
  if (entry.epoch != header.producer_epoch) {
    // Batches of another epoch are forgotten.
    entry.epoch = header.producer_epoch;
    entry.last_sequence = models::kNoSequence;
    entry.last_offset = kNoOffset;
    entry.offset_delta = 0;
  }
  if (!header.is_control()) {
    entry.last_sequence = last_sequence_of(header);
    entry.last_offset = header.last_offset();
    entry.offset_delta = header.last_offset_delta;
    entry.timestamp_ms = header.max_timestamp_ms;
    if (header.is_transactional() && entry.txn_first_offset == kNoOffset) {
      entry.txn_first_offset = header.base_offset;
      open_[header.base_offset] = header.producer_id;
    }
    return std::nullopt;
  }
  if (!control->ends_transaction()) return std::nullopt;
  Ended ended;
  ended.aborted = control->type == ControlRecord::kAbort;
  ended.txn.producer_id = header.producer_id;
  ended.txn.first_offset = entry.txn_first_offset;
  ended.txn.last_offset = header.base_offset;
  ended.txn.last_stable_offset = first_open_of_others(header.producer_id, header.base_offset + 1);
  bool was_open = entry.txn_first_offset != kNoOffset;
  ended.first_known = was_open && producer.whole && certain_;
  ended.stable_known = complete_ && certain_;
  if (was_open) open_.erase(entry.txn_first_offset);
  entry.coordinator_epoch = control->coordinator_epoch.value_or(-1);
  entry.txn_first_offset = kNoOffset;
  entry.timestamp_ms = control_timestamp_ms;
  // A marker alone ends nothing, if nothing of its transaction can lie before this log.
  bool may_have_been_open = was_open || !producer.whole || !certain_;
  return may_have_been_open ? std::optional(ended) : std::nullopt;
}

std::vector<std::string> ProducerWalk::differences(
    const std::vector<ProducerSnapshotEntry>& snapshot, Offset log_start, bool compacted) const {
  std::vector<std::string> found;
  if (compacted || !certain_) return found;
  for (const ProducerSnapshotEntry& stored : snapshot) {
    int64_t id = stored.producer_id.value();
    auto compare = [&](const char* what, int64_t in_snapshot, int64_t in_log) {
      if (in_snapshot == in_log) return;
      found.push_back(
          fmt::format("producer {}: {} {}, the log says {}", id, what, in_snapshot, in_log));
    };
    auto known = producers_.find(id);
    if (known == producers_.end()) {
      // Its batches may have been deleted since, if they lie before the log's beginning.
      if (stored.last_offset >= log_start || complete_) {
        found.push_back(fmt::format("producer {}: wrote nothing in this log", id));
      }
      continue;
    }
    const ProducerSnapshotEntry& walked = known->second.entry;
    compare("epoch", stored.epoch.value(), walked.epoch.value());
    bool batch_known = known->second.whole || walked.last_offset != kNoOffset;
    if (batch_known) {
      compare("last offset", stored.last_offset.value(), walked.last_offset.value());
      compare("last sequence", stored.last_sequence.value(), walked.last_sequence.value());
      compare("offset delta", stored.offset_delta, walked.offset_delta);
    }
    if (!known->second.whole) continue;
    compare("timestamp", stored.timestamp_ms, walked.timestamp_ms);
    compare("transaction open since offset", stored.txn_first_offset.value(),
            walked.txn_first_offset.value());
    // One that expired and came back has forgotten it.
    if (stored.coordinator_epoch != -1)
      compare("coordinator epoch", stored.coordinator_epoch, walked.coordinator_epoch);
  }
  return found;
}

}  // namespace scenarios
