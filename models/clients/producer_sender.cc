// SPDX-License-Identifier: Apache-2.0
//
// The sender: which batches are due, which may leave, and what becomes of them.

#include <algorithm>
#include <span>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "models/clients/producer.h"

namespace models {

bool Producer::is_ready(const Partition& partition, sim::MonoTime now) const {
  const SendBatch& first = partition.queue.front();
  bool exhausted = blocked_since_.has_value();
  bool full = partition.queue.size() > 1 || first.is_split ||
              first.builder.size_bytes() >= options_.config.batch_size;
  bool load_is_over = !load_.next_due();  // close() flushes.
  return full || exhausted || load_is_over || first.attempts > 0 ||
         now - first.created >= options_.config.linger_ms;
}

// Whether the first batch may leave now, its being due apart.
bool Producer::may_drain(const Partition& partition, sim::MonoTime now) const {
  if (partition.queue.empty()) return false;
  const SendBatch& first = partition.queue.front();
  if (first.attempts > 0 && now < first.last_attempt + first.backoff) return false;
  if (options_.config.max_in_flight_requests_per_connection == 1 && partition.in_flight > 0)
    return false;
  if (!is_idempotent()) return true;
  if (producer_id_ == kNoProducerId) return false;
  if (!first.has_sequence()) return !partition.unresolved;
  // Retries go one at a time, oldest sequence first.
  return partition.outstanding.empty() || partition.outstanding.front() == first.base_sequence;
}

// The sender's loop ends when nothing may leave: with full batches that fills the in-flight limit.
void Producer::run_sender(Step& step) {
  expire(step);
  bump_resolved(step);
  while (send_ready(step)) {
  }
  arm_sender(step);
}

// One request to each node that is ready; whether there was any.
bool Producer::send_ready(Step& step) {
  absl::InlinedVector<NodeId, 4> ready;
  bool unknown_leader = false;
  std::span<const LeaderView> leaders = metadata_.leaders_of(options_.topic);
  size_t limit = static_cast<size_t>(options_.config.max_in_flight_requests_per_connection);
  for (size_t i = 0; i < partitions_.size(); ++i) {
    const Partition& partition = partitions_[i];
    if (partition.queue.empty()) continue;
    NodeId leader = i < leaders.size() ? leaders[i].leader : kNoNode;
    if (leader == kNoNode) {
      unknown_leader = true;
    } else if (is_ready(partition, step.mono) && may_drain(partition, step.mono) &&
               in_flight_[leader].size() < limit &&
               std::find(ready.begin(), ready.end(), leader) == ready.end()) {
      ready.push_back(leader);
    }
  }
  if (unknown_leader) metadata_.request_update(step);
  for (NodeId node : ready) drain(node, step);
  return !ready.empty();
}

void Producer::drain(NodeId node, Step& step) {
  ProduceRequest request;
  request.acks = static_cast<int16_t>(options_.config.acks);
  request.timeout_ms = static_cast<int32_t>(options_.config.request_timeout_ms.millis());
  InFlight flight;
  int64_t bytes = 0;
  size_t count = partitions_.size();
  std::span<const LeaderView> leaders = metadata_.leaders_of(options_.topic);
  // Once a node is ready, every partition of it may add its first batch, due or not.
  for (size_t i = 0; i < count; ++i) {
    size_t index = (drain_from_ + i) % count;
    Partition& partition = partitions_[index];
    if (index >= leaders.size() || leaders[index].leader != node) continue;
    if (!may_drain(partition, step.mono)) continue;
    SendBatch& first = partition.queue.front();
    if (!request.partitions.empty() &&
        bytes + first.builder.size_bytes() > options_.config.max_request_size)
      break;
    seal(partition, first);
    bytes += static_cast<int64_t>(first.sealed.size());
    first.last_attempt = step.mono;
    request.partitions.push_back({name_of(static_cast<int32_t>(index)), first.sealed});
    flight.batches.push_back(std::move(first));
    partition.queue.erase(partition.queue.begin());
    ++partition.in_flight;
  }
  drain_from_ = count == 0 ? 0 : (drain_from_ + 1) % count;
  if (request.partitions.empty()) return;
  bool expects_reply = options_.config.acks != Acks::kNone;
  step.effects.request(Channel::kClient, node, std::move(request), expects_reply);
  if (expects_reply) {
    in_flight_[node].push_back(std::move(flight));
    return;
  }
  for (SendBatch& batch : flight.batches) {  // acks=0: sent is all there is to know.
    PartitionProduceResponse unknown;
    complete(std::move(batch), unknown, step);
  }
}

void Producer::seal(Partition& partition, SendBatch& batch) {
  if (is_idempotent() && !batch.has_sequence()) {
    if (partition.epoch != producer_epoch_) {
      partition.epoch = producer_epoch_;
      partition.next_sequence = Sequence(0);
      partition.last_acknowledged = kNoSequence;
    }
    batch.producer_id = producer_id_;
    batch.producer_epoch = partition.epoch;
    batch.base_sequence = partition.next_sequence;
    partition.next_sequence = advance(partition.next_sequence, batch.count());
    partition.outstanding.push_back(batch.base_sequence);
    batch.builder.set_producer(batch.producer_id, batch.producer_epoch, batch.base_sequence);
    batch.sealed = absl::Cord();
  }
  if (batch.sealed.empty()) batch.sealed = batch.builder.build();
}

void Producer::release(SendBatch& batch) {
  memory_used_ -= batch.reserved;
  batch.reserved = 0;
}

void Producer::complete(SendBatch&& batch, const PartitionProduceResponse& reply, Step& step) {
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  --partition.in_flight;
  if (batch.expired) return;  // Already failed by its delivery timeout.
  bool stored =
      reply.error == ErrorCode::kNone || reply.error == ErrorCode::kDuplicateSequenceNumber;
  if (stored) {
    resolve(partition, batch);
    if (batch.has_sequence() && batch.producer_epoch == partition.epoch)
      partition.last_acknowledged = advance(batch.base_sequence, batch.count() - 1);
    report(batch, ClientEventKind::kAcknowledged, reply.base_offset, ErrorCode::kNone, step);
    release(batch);
    return;
  }
  if (reply.error == ErrorCode::kMessageTooLarge && batch.count() > 1)
    return split(std::move(batch), step);
  bool told = false;
  if (is_invalid_metadata(reply.error)) {
    told = metadata_.learn_leader(name_of(batch.partition), reply.current_leader,
                                  reply.current_leader_epoch);
    if (!told) metadata_.request_update(step);
  }
  bool may_retry = is_retriable(reply.error) || reply.error == ErrorCode::kNetworkException ||
                   can_retry_sequence_error(batch, reply.error, step);
  bool in_time = step.mono - batch.created < options_.config.delivery_timeout_ms;
  if (may_retry && in_time && batch.attempts < options_.config.retries) {
    retry(std::move(batch), told, step);
  } else {
    fail(std::move(batch), may_retry && !in_time ? ErrorCode::kRequestTimedOut : reply.error, step);
  }
}

void Producer::retry(SendBatch&& batch, bool new_leader_known, Step& step) {
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  ++batch.attempts;
  batch.last_attempt = step.mono;
  batch.backoff = new_leader_known ? sim::Duration()
                                   : exponential_backoff(options_.config.retry_backoff_ms,
                                                         options_.config.retry_backoff_max_ms,
                                                         batch.attempts, step.rng);
  if (!is_idempotent()) {
    // To the front, one after the other: of several failed at once the last comes to be first.
    partition.queue.insert(partition.queue.begin(), std::move(batch));
    return;
  }
  if (batch.producer_epoch != producer_epoch_ || batch.producer_id != producer_id_) {
    resolve(partition, batch);  // Of a former epoch: it gets a new sequence, in its old place.
    batch.base_sequence = kNoSequence;
  }
  auto later = std::find_if(partition.queue.begin(), partition.queue.end(),
                            [&](const SendBatch& other) { return batch.is_before(other); });
  partition.queue.insert(later, std::move(batch));
}

void Producer::fail(SendBatch&& batch, ErrorCode error, Step& step) {
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  resolve(partition, batch);
  // A sequence that may or may not have been stored leaves a hole: go on under a new epoch.
  if (batch.has_sequence()) partition.unresolved = true;
  report(batch, ClientEventKind::kFailed, kNoOffset, error, step);
  release(batch);
}

void Producer::expire(Step& step) {
  sim::Duration limit = options_.config.delivery_timeout_ms;
  for (Partition& partition : partitions_) {
    while (!partition.queue.empty() && step.mono - partition.queue.front().created >= limit) {
      step.mark(Mark::kBatchExpired);
      SendBatch batch = std::move(partition.queue.front());
      partition.queue.erase(partition.queue.begin());
      fail(std::move(batch), ErrorCode::kRequestTimedOut, step);
    }
  }
  for (auto& [node, requests] : in_flight_) {
    for (InFlight& request : requests) {
      for (SendBatch& batch : request.batches) {
        if (batch.expired || step.mono - batch.created < limit) continue;
        step.mark(Mark::kBatchExpired);
        batch.expired = true;
        SendBatch copy = batch;
        fail(std::move(copy), ErrorCode::kRequestTimedOut, step);
        batch.reserved = 0;
      }
    }
  }
}

// One timer, for the earliest of: linger over, backoff over, delivery timeout.
void Producer::arm_sender(Step& step) {
  std::optional<sim::MonoTime> wake;
  auto at = [&](sim::MonoTime t) {
    if (!wake || t < *wake) wake = t;
  };
  for (const Partition& partition : partitions_) {
    if (partition.queue.empty()) continue;
    const SendBatch& first = partition.queue.front();
    at(first.created + options_.config.delivery_timeout_ms);
    sim::MonoTime due = first.attempts > 0 ? first.last_attempt + first.backoff
                                           : first.created + options_.config.linger_ms;
    if (due > step.mono) at(due);
  }
  for (const auto& [node, requests] : in_flight_) {
    for (const InFlight& request : requests) {
      for (const SendBatch& batch : request.batches) {
        // One that has expired already waits for its reply only.
        if (!batch.expired) at(batch.created + options_.config.delivery_timeout_ms);
      }
    }
  }
  if (wake == sender_wakes_at_) return;
  // A timer that is a little early is cheaper than re-arming it for each batch.
  if (wake && sender_wakes_at_ && *sender_wakes_at_ > step.mono && *sender_wakes_at_ <= *wake)
    return;
  sender_wakes_at_ = wake;
  if (wake) {
    step.effects.arm({Timer::kSenderWakeup, 0}, std::max(*wake - step.mono, sim::Duration()));
  } else {
    step.effects.cancel({Timer::kSenderWakeup, 0});
  }
}

}  // namespace models
