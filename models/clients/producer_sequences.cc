// SPDX-License-Identifier: Apache-2.0
//
// Idempotence: the producer's id and epoch, and the sequences of its partitions.

#include <algorithm>
#include <utility>

#include "models/clients/producer.h"

namespace models {

// From whichever broker is the least loaded, once it is connected to.
void Producer::maybe_request_id(Step& step) {
  if (!is_idempotent() || producer_id_ != kNoProducerId || asking_for_id_) return;
  if (id_retry_at_ && step.mono < *id_retry_at_) return;
  if (metadata_.is_due(step.wall)) return;
  NodeId node = connections_.least_loaded(metadata_.brokers(), step.mono, step.rng);
  if (node == kNoNode || !connections_.ready(node, step)) return;
  asking_for_id_ = true;
  connections_.send(node, InitProducerIdRequest{}, step);
}

void Producer::retry_id_later(Step& step) {
  asking_for_id_ = false;
  id_retry_at_ = step.mono + options_.config.retry_backoff_ms;
  step.effects.arm({Timer::kInitProducerIdRetry, 0}, options_.config.retry_backoff_ms);
}

void Producer::on_init_producer_id_response(NodeId from, const InitProducerIdResponse& response,
                                            const InitProducerIdRequest&, Step& step) {
  connections_.on_answered(from);
  if (response.error != ErrorCode::kNone) {
    retry_id_later(step);
    return;
  }
  asking_for_id_ = false;
  producer_id_ = response.producer_id;
  producer_epoch_ = response.producer_epoch;
  if (bump_wanted_) renumber();  // The former id had no epoch left.
  run_sender(step);
}

void Producer::resolve(Partition& partition, const SendBatch& batch) {
  if (!batch.has_sequence()) return;
  auto found =
      std::find(partition.outstanding.begin(), partition.outstanding.end(), batch.base_sequence);
  if (found != partition.outstanding.end()) partition.outstanding.erase(found);
}

namespace {

// Over the wrap of sequences this says no, as Kafka does.
bool follows(Sequence sequence, Sequence last_acknowledged) {
  return int64_t{sequence.value()} - last_acknowledged.value() == 1;
}

}  // namespace

bool Producer::can_retry_sequenced(const SendBatch& batch, ErrorCode error) {
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  if (error == ErrorCode::kUnknownProducerId) {
    if (!batch.sequence_reset) request_epoch_bump(partition);
    return true;
  }
  if (error != ErrorCode::kOutOfOrderSequenceNumber) return is_retriable(error);
  bool in_doubt = partition.unresolved != kNoSequence;
  bool is_next = follows(batch.base_sequence, partition.last_acknowledged);
  // Not the next one: an earlier batch failed first and is on its way again.
  if (!in_doubt && (batch.sequence_reset || !is_next)) return true;
  // The next one, or the one after a batch that expired: there is a gap, which only a new epoch
  // gets over. Any other waits until the doubt is resolved.
  if (!in_doubt || batch.base_sequence == partition.unresolved) request_epoch_bump(partition);
  return true;
}

void Producer::request_epoch_bump(Partition& partition) {
  partition.restarts = true;
  bump_wanted_ = true;
}

// The broker gave its last word on a batch, and it is not success.
void Producer::after_failure(Partition& partition, ErrorCode error, bool retries_left) {
  if (error == ErrorCode::kUnknownProducerId) {
    partition.outstanding.clear();
    partition.producer_id = kNoProducerId;  // Starts anew with the next batch.
    partition.unresolved = kNoSequence;
  } else if (error == ErrorCode::kOutOfOrderSequenceNumber || retries_left) {
    request_epoch_bump(partition);
  }
}

// Once nothing is outstanding it is known what became of a batch that expired: either those after
// it were stored, then so was it, or nobody can tell, and the partition goes on under a new epoch.
void Producer::resolve_sequences() {
  if (!std::exchange(in_doubt_, false)) return;
  for (Partition& partition : partitions_) {
    if (partition.unresolved == kNoSequence) continue;
    if (!partition.outstanding.empty()) {
      in_doubt_ = true;
      continue;
    }
    if (!follows(partition.next_sequence, partition.last_acknowledged))
      request_epoch_bump(partition);
    partition.unresolved = kNoSequence;
  }
}

void Producer::bump_epoch(Step& step) {
  if (!bump_wanted_ || producer_id_ == kNoProducerId) return;
  step.mark(Mark::kProducerEpochBumped);
  if (producer_epoch_.value() == INT16_MAX) {  // A new id first.
    producer_id_ = kNoProducerId;
    return;
  }
  producer_epoch_ += 1;
  renumber();
}

// Under a new epoch, of the partitions that asked for it. All others keep the sequences that their
// outstanding batches have been sent with, for these may be stored.
void Producer::renumber() {
  bump_wanted_ = false;
  for (Partition& partition : partitions_) {
    if (std::exchange(partition.restarts, false)) restart_sequences(partition);
  }
}

// With the producer's epoch; nothing may be outstanding that has a sequence of another.
void Producer::begin_sequences(Partition& partition) {
  partition.producer_id = producer_id_;
  partition.epoch = producer_epoch_;
  partition.next_sequence = Sequence(0);
  partition.last_acknowledged = kNoSequence;
  partition.outstanding.clear();
}

void Producer::restart_sequences(Partition& partition) {
  int32_t index = static_cast<int32_t>(&partition - partitions_.data());
  std::vector<SendBatch*> batches;
  for (auto& [node, peer] : peers_) {
    for (InFlight& request : peer.in_flight) {
      for (SendBatch& batch : request.batches) {
        if (batch.partition == index && batch.has_sequence() && !batch.expired)
          batches.push_back(&batch);
      }
    }
  }
  for (SendBatch& batch : partition.queue) {
    if (batch.has_sequence()) batches.push_back(&batch);
  }
  std::sort(batches.begin(), batches.end(),
            [](const SendBatch* a, const SendBatch* b) { return a->is_before(*b); });
  begin_sequences(partition);
  partition.unresolved = kNoSequence;
  for (SendBatch* batch : batches) {
    batch->set_sequence(producer_id_, producer_epoch_, partition.next_sequence);
    batch->sequence_reset = true;
    partition.outstanding.push_back(partition.next_sequence);
    partition.next_sequence = advance(partition.next_sequence, batch->count());
  }
}

}  // namespace models
