// SPDX-License-Identifier: Apache-2.0
//
// One batch of a producer on its way: from the accumulator to its acknowledgement.

#ifndef MODELS_CLIENTS_SEND_BATCH_H_
#define MODELS_CLIENTS_SEND_BATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/cord.h"
#include "models/clients/compression_ratio.h"
#include "models/common/client_event.h"
#include "models/log/record_batch.h"
#include "sim/time.h"

namespace models {

// What an application hands to send().
struct OutgoingRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;  // Nothing: a tombstone.
  BatchBuilder::Headers headers;
};
// Bytes of headers in a batch, without their count.
template <class Headers>
int64_t headers_size(const Headers& headers) {
  int64_t size = 0;
  for (const auto& [name, value] : headers) {
    std::optional<std::string_view> text;
    if (value) text = *value;
    size +=
        record_body_bytes(0, 0, std::string_view(name), text) - record_body_bytes(0, 0, "", "") + 2;
  }
  return size;
}

struct SendBatch {
  int32_t partition = 0;
  BatchBuilder builder{BatchBuilder::Options{}};
  std::vector<RecordId> ids;
  sim::MonoTime created;
  sim::MonoTime last_attempt;
  sim::Duration backoff;  // After `last_attempt`, unless the leader has changed.
  int32_t attempts = 0;   // Sends that failed.
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  // The newest that was known when it was looked at,
  int32_t attempts_at_leader = 0;             // and the attempts there had been by then.
  int64_t reserved = 0;                       // Of buffer.memory.
  int64_t size_limit = 0;  // Full at that: batch.size, or what its first record alone may take.
  bool is_compressed = false;
  CompressionRatio expected_ratio;  // What the estimate was when the batch was begun.
  // Idempotence; the sequence is kept over retries, so that the broker knows a batch again.
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  absl::Cord sealed;      // The bytes as sent; a retry sends the same.
  bool is_split = false;  // A piece of a batch that was too large; takes no more records.
  bool expired = false;   // delivery.timeout.ms passed while it was in flight; already failed.
  bool sequence_reset = false;  // Renumbered by a new epoch since it was sent last.

  // Again under another identity: the same records, new bytes.
  void set_sequence(ProducerId id, ProducerEpoch epoch, Sequence sequence) {
    producer_id = id;
    producer_epoch = epoch;
    base_sequence = sequence;
    builder.set_producer(id, epoch, sequence);
    sealed = absl::Cord();
  }
  // A leader newer than the one that the last attempt went to ends the wait for a retry (KIP-951).
  void note_leader(LeaderEpoch known) {
    if (known <= leader_epoch) return;
    leader_epoch = known;
    attempts_at_leader = attempts;
  }
  bool is_backing_off(sim::MonoTime now) const {
    return attempts > 0 && attempts != attempts_at_leader && now < last_attempt + backoff;
  }
  int64_t records_bytes() const { return builder.size_bytes() - kBatchHeaderBytes; }
  // Exact once it is sealed, and always so without compression.
  int64_t estimated_bytes() const {
    if (!sealed.empty()) return static_cast<int64_t>(sealed.size());
    return kBatchHeaderBytes +
           (is_compressed ? expected_ratio.estimate(records_bytes()) : records_bytes());
  }
  // Of its sealed bytes.
  CompressionRatio observed_ratio() const {
    return CompressionRatio::of(static_cast<int64_t>(sealed.size()) - kBatchHeaderBytes,
                                records_bytes());
  }
  bool is_full() const { return is_closed() || estimated_bytes() >= size_limit; }
  // It has been sent, or is of a fixed content for another reason: no more records.
  bool is_closed() const { return is_split || attempts > 0 || has_sequence(); }
  bool has_sequence() const { return base_sequence != kNoSequence; }
  // Batches of a partition go in the order in which their records were sent.
  bool is_before(const SendBatch& other) const { return ids.front() < other.ids.front(); }
  int32_t count() const { return static_cast<int32_t>(ids.size()); }
  Sequence last_sequence() const { return advance(base_sequence, count() - 1); }
};

}  // namespace models

#endif  // MODELS_CLIENTS_SEND_BATCH_H_
