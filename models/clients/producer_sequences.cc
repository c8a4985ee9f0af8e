// SPDX-License-Identifier: Apache-2.0
//
// Idempotence: the producer's id and epoch, and the sequences of its partitions.

#include <algorithm>

#include "models/clients/producer.h"

namespace models {

void Producer::request_producer_id(Step& step) {
  if (asking_for_id_) return;
  asking_for_id_ = true;
  step.effects.request(Channel::kClient, metadata_.some_broker(step), InitProducerIdRequest{});
}

void Producer::on_init_producer_id_response(NodeId, const InitProducerIdResponse& response,
                                            const InitProducerIdRequest&, Step& step) {
  asking_for_id_ = false;
  if (response.error != ErrorCode::kNone) {
    ++id_failures_;
    step.effects.arm(
        {Timer::kInitProducerIdRetry, 0},
        exponential_backoff(options_.config.retry_backoff_ms, options_.config.retry_backoff_max_ms,
                            id_failures_, step.rng));
    return;
  }
  id_failures_ = 0;
  producer_id_ = response.producer_id;
  producer_epoch_ = response.producer_epoch;
  run_sender(step);
}

void Producer::resolve(Partition& partition, const SendBatch& batch) {
  if (!batch.has_sequence()) return;
  auto found =
      std::find(partition.outstanding.begin(), partition.outstanding.end(), batch.base_sequence);
  if (found != partition.outstanding.end()) partition.outstanding.erase(found);
}

bool Producer::can_retry_sequence_error(const SendBatch& batch, ErrorCode error, Step& step) {
  if (!batch.has_sequence()) return false;
  if (error == ErrorCode::kUnknownProducerId) {
    bump_epoch(batch.partition, step);
    return true;
  }
  if (error != ErrorCode::kOutOfOrderSequenceNumber) return false;
  const Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  bool is_next = partition.last_acknowledged == kNoSequence
                     ? batch.base_sequence == Sequence(0)
                     : batch.base_sequence == advance(partition.last_acknowledged, 1);
  // Not the next one: an earlier batch failed first and is on its way again. The next one: the
  // broker has lost our state; only a new epoch can go on.
  if (is_next) bump_epoch(batch.partition, step);
  return true;
}

void Producer::bump_epoch(int32_t index, Step& step) {
  step.mark(Mark::kProducerEpochBumped);
  if (producer_epoch_.value() == INT16_MAX) {
    producer_id_ = kNoProducerId;
    request_producer_id(step);
  } else {
    producer_epoch_ += 1;
  }
  Partition& partition = partitions_[static_cast<size_t>(index)];
  partition.unresolved = false;
  // Other partitions go over to the new epoch with their next new batch; sequences already given
  // there are kept, as the broker still expects them.
  for (SendBatch& batch : partition.queue) {
    if (!batch.has_sequence()) continue;
    resolve(partition, batch);
    batch.base_sequence = kNoSequence;
  }
}

void Producer::bump_resolved(Step& step) {
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = partitions_[i];
    if (partition.unresolved && partition.in_flight == 0) bump_epoch(static_cast<int32_t>(i), step);
  }
}

}  // namespace models
