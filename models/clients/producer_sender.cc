// SPDX-License-Identifier: Apache-2.0
//
// The sender: which batches are due, which may leave, and what becomes of them.

#include <algorithm>
#include <span>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "models/clients/producer.h"
#include "models/common/backoff.h"

namespace models {

bool Producer::is_ready(const Partition& partition, sim::MonoTime now) const {
  const SendBatch& first = partition.queue.front();
  bool exhausted = blocked_since_.has_value();
  bool full = partition.queue.size() > 1 || first.is_full();
  if (full || exhausted || now - first.last_attempt >= options_.config.linger_ms) return true;
  bool load_is_over = !load_.next_due();  // close() flushes.
  return load_is_over;
}

// With one request in flight a partition waits for its own, so that retries keep their order.
bool Producer::is_muted(const Partition& partition) const {
  return options_.config.max_in_flight_requests_per_connection == 1 && partition.in_flight > 0;
}

// Idempotence holds the first batch back; the whole node waits with it, as in
// RecordAccumulator.drainBatchesForOneNode.
bool Producer::stops_drain(const Partition& partition) const {
  if (!is_idempotent()) return false;
  if (producer_id_ == kNoProducerId) return true;
  const SendBatch& first = partition.queue.front();
  if (!first.has_sequence()) {
    return partition.unresolved != kNoSequence ||
           (!partition.outstanding.empty() && is_stale(partition));
  }
  // Retries go one at a time, oldest sequence first.
  return !partition.outstanding.empty() && partition.outstanding.front() != first.base_sequence;
}

// The sender's loop ends when nothing may leave: with full batches that fills the in-flight limit.
void Producer::run_sender(Step& step) {
  expire(step);
  resolve_sequences();
  bump_epoch(step);
  metadata_.maybe_update(connections_, step);
  maybe_request_id(step);
  while (send_ready(step)) {
  }
  arm_sender(step);
}

// Whether requests may go to the node; else notes when it may be tried again.
bool Producer::is_up(NodeId node, Step& step) {
  if (connections_.ready(node, step)) return true;
  auto retry = connections_.retry_at(node);
  if (retry && (!reconnects_at_ || *retry < *reconnects_at_)) reconnects_at_ = retry;
  return false;
}

// One request to each node that something is due for and that is connected; whether there was any.
// What others are due waits in its queue: it may still grow, and go elsewhere with the leader.
bool Producer::send_ready(Step& step) {
  absl::InlinedVector<NodeId, 4> due;
  bool unknown_leader = false;
  std::span<const LeaderView> leaders = metadata_.leaders_of(options_.topic);
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = partitions_[i];
    if (partition.queue.empty()) continue;
    LeaderView leader = i < leaders.size() ? leaders[i] : LeaderView{};
    SendBatch& first = partition.queue.front();
    first.note_leader(leader.epoch);
    if (leader.leader == kNoNode) {
      unknown_leader = true;
    } else if (std::find(due.begin(), due.end(), leader.leader) == due.end() &&
               is_ready(partition, step.mono) && !first.is_backing_off(step.mono) &&
               !is_muted(partition)) {
      due.push_back(leader.leader);
    }
  }
  if (unknown_leader) {
    metadata_.request_update();
    metadata_.maybe_update(connections_, step);
  }
  reconnects_at_.reset();
  bool metadata_first = metadata_.is_due(step.wall);
  bool any = false;
  for (NodeId node : due) {
    if (is_up(node, step) && !metadata_first) any = drain(node, leaders, step) || any;
  }
  return any;
}

// Once a node is ready, every partition of it may add its first batch, due or not. The next drain
// begins where this one ends.
bool Producer::drain(NodeId node, std::span<const LeaderView> leaders, Step& step) {
  absl::InlinedVector<int32_t, 16> mine;
  for (size_t i = 0; i < leaders.size(); ++i) {
    if (leaders[i].leader == node) mine.push_back(static_cast<int32_t>(i));
  }
  ProduceRequest request;
  InFlight flight;
  int64_t bytes = 0;
  size_t& from = peers_[node].drain_from;
  size_t start = from % mine.size(), at = start;
  do {
    from = at;
    int32_t index = mine[at];
    at = (at + 1) % mine.size();
    Partition& partition = partitions_[static_cast<size_t>(index)];
    if (is_muted(partition) || partition.queue.empty()) continue;
    SendBatch& first = partition.queue.front();
    first.note_leader(leaders[static_cast<size_t>(index)].epoch);
    if (first.is_backing_off(step.mono)) continue;
    if (!request.partitions.empty() &&
        bytes + first.estimated_bytes() > options_.config.max_request_size)
      break;
    if (stops_drain(partition)) break;
    seal(partition, first);
    bytes += static_cast<int64_t>(first.sealed.size());
    request.partitions.push_back({name_of(index), first.sealed});
    flight.batches.push_back(std::move(first));
    partition.queue.erase(partition.queue.begin());
    ++partition.in_flight;
  } while (at != start);
  if (request.partitions.empty()) return false;
  send(node, std::move(request), std::move(flight), step);
  return true;
}

void Producer::send(NodeId node, ProduceRequest&& request, InFlight&& flight, Step& step) {
  request.acks = static_cast<int16_t>(options_.config.acks);
  request.timeout_ms = static_cast<int32_t>(options_.config.request_timeout_ms.millis());
  peers_[node].in_flight.push_back(std::move(flight));
  connections_.send(node, std::move(request), step, options_.config.acks != Acks::kNone);
}

void Producer::seal(Partition& partition, SendBatch& batch) {
  if (is_idempotent() && !batch.has_sequence()) {
    if (is_stale(partition)) begin_sequences(partition);
    batch.set_sequence(producer_id_, producer_epoch_, partition.next_sequence);
    partition.next_sequence = advance(partition.next_sequence, batch.count());
    partition.outstanding.push_back(batch.base_sequence);
  }
  batch.sequence_reset = false;
  if (batch.sealed.empty()) batch.sealed = batch.builder.build();
  if (batch.is_compressed) ratio_.observe(batch.observed_ratio());  // A retry counts again.
}

void Producer::release(SendBatch& batch) {
  memory_used_ -= batch.reserved;
  batch.reserved = 0;
}

void Producer::complete(SendBatch&& batch, const PartitionProduceResponse& reply, Step& step) {
  TopicPartition name = name_of(batch.partition);
  --partitions_[static_cast<size_t>(batch.partition)].in_flight;
  if (reply.error == ErrorCode::kMessageTooLarge && batch.count() > 1 && !batch.expired) {
    split(std::move(batch), step);
  } else if (reply.error == ErrorCode::kNone ||
             reply.error == ErrorCode::kDuplicateSequenceNumber) {
    acknowledge(std::move(batch), reply.base_offset, step);
  } else if (can_retry(batch, reply.error, step.mono)) {
    retry(std::move(batch), step);
  } else {
    fail(std::move(batch), reply.error, step);
  }
  if (!is_invalid_metadata(reply.error)) return;
  metadata_.learn_leader(name, reply.current_leader, reply.current_leader_epoch);
  metadata_.request_update();
}

bool Producer::can_retry(const SendBatch& batch, ErrorCode error, sim::MonoTime now) {
  if (batch.expired || batch.attempts >= options_.config.retries) return false;
  if (now - batch.created >= options_.config.delivery_timeout_ms) return false;
  return is_idempotent() ? can_retry_sequenced(batch, error) : is_retriable(error);
}

void Producer::acknowledge(SendBatch&& batch, Offset base, Step& step) {
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  // Also of a batch that has expired: now it is known that it was stored.
  if (batch.has_sequence())
    partition.last_acknowledged = std::max(partition.last_acknowledged, batch.last_sequence());
  if (batch.expired) return;
  resolve(partition, batch);
  report(batch, ClientEventKind::kAcknowledged, base, ErrorCode::kNone, step);
  release(batch);
}

// To where it was: of a batch that has been sent neither epoch nor sequence changes, for it may be
// stored already.
void Producer::retry(SendBatch&& batch, Step& step) {
  std::vector<SendBatch>& queue = partitions_[static_cast<size_t>(batch.partition)].queue;
  ++batch.attempts;
  batch.last_attempt = step.mono;
  batch.backoff =
      exponential_backoff(options_.config.retry_backoff_ms, options_.config.retry_backoff_max_ms,
                          batch.attempts - 1, step.rng);
  auto later = queue.begin();
  if (is_idempotent()) {
    later = std::find_if(queue.begin(), queue.end(),
                         [&](const SendBatch& other) { return batch.is_before(other); });
  }  // Else to the front: of several failed at once the last comes to be first.
  queue.insert(later, std::move(batch));
}

void Producer::fail(SendBatch&& batch, ErrorCode error, Step& step) {
  if (batch.expired) return;
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  resolve(partition, batch);
  report(batch, ClientEventKind::kFailed, kNoOffset, error, step);
  release(batch);
  if (is_idempotent()) after_failure(partition, error, batch.attempts < options_.config.retries);
}

void Producer::fail_expired(SendBatch& batch, Step& step) {
  step.mark(Mark::kBatchExpired);
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  resolve(partition, batch);
  report(batch, ClientEventKind::kFailed, kNoOffset, ErrorCode::kRequestTimedOut, step);
  release(batch);
  if (!batch.has_sequence() || batch.attempts == 0) return;
  // New batches wait until it is known what became of all that were sent.
  partition.unresolved = std::max(partition.unresolved, advance(batch.last_sequence(), 1));
  in_doubt_ = true;
}

void Producer::expire(Step& step) {
  if (step.mono < nothing_expires_before_) return;
  sim::Duration limit = options_.config.delivery_timeout_ms;
  sim::MonoTime oldest = step.mono;  // What comes is younger.
  for (Partition& partition : partitions_) {
    while (!partition.queue.empty() && step.mono - partition.queue.front().created >= limit) {
      SendBatch batch = std::move(partition.queue.front());
      partition.queue.erase(partition.queue.begin());
      fail_expired(batch, step);
    }
    for (const SendBatch& batch : partition.queue) oldest = std::min(oldest, batch.created);
  }
  for (auto& [node, peer] : peers_) {
    for (InFlight& request : peer.in_flight) {
      for (SendBatch& batch : request.batches) {
        if (batch.expired) continue;
        if (step.mono - batch.created < limit) {
          oldest = std::min(oldest, batch.created);
          continue;
        }
        fail_expired(batch, step);
        batch.expired = true;
      }
    }
  }
  nothing_expires_before_ = oldest + limit;
}

// One timer, for the earliest of: linger over, backoff over, delivery timeout, reconnect backoff
// over.
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
  for (const auto& [node, peer] : peers_) {
    for (const InFlight& request : peer.in_flight) {
      for (const SendBatch& batch : request.batches) {
        // One that has expired already waits for its reply only.
        if (!batch.expired) at(batch.created + options_.config.delivery_timeout_ms);
      }
    }
  }
  if (reconnects_at_) at(*reconnects_at_);
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
