// SPDX-License-Identifier: Apache-2.0
//
// One batch of a producer on its way: from the accumulator to its acknowledgement.

#ifndef MODELS_CLIENTS_SEND_BATCH_H_
#define MODELS_CLIENTS_SEND_BATCH_H_

#include <cstdint>
#include <vector>

#include "absl/strings/cord.h"
#include "models/common/client_event.h"
#include "models/log/record_batch.h"
#include "sim/time.h"

namespace models {

struct SendBatch {
  int32_t partition = 0;
  BatchBuilder builder{BatchBuilder::Options{}};
  std::vector<RecordId> ids;
  sim::MonoTime created;
  sim::MonoTime last_attempt;
  sim::Duration backoff;  // After `last_attempt`; zero: none.
  int32_t attempts = 0;   // Sends that failed.
  int64_t reserved = 0;   // Of buffer.memory.
  // Idempotence; the sequence is kept over retries, so that the broker knows a batch again.
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  absl::Cord sealed;      // The bytes as sent; a retry sends the same.
  bool is_split = false;  // A piece of a batch that was too large; takes no more records.
  bool expired = false;   // delivery.timeout.ms passed while it was in flight; already failed.

  bool has_sequence() const { return base_sequence != kNoSequence; }
  // Batches of a partition go in the order in which their records were sent.
  bool is_before(const SendBatch& other) const { return ids.front() < other.ids.front(); }
  int32_t count() const { return static_cast<int32_t>(ids.size()); }
};

}  // namespace models

#endif  // MODELS_CLIENTS_SEND_BATCH_H_
