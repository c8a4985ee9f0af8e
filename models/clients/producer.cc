// SPDX-License-Identifier: Apache-2.0
//
// The application's side of a producer, and its handlers. The sender is in producer_sender.cc.

#include "models/clients/producer.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

Producer::Producer(const ProducerOptions& options)
    : options_(options),
      load_(options.load),
      connections_(options.config.max_in_flight_requests_per_connection),
      metadata_({{options.topic},
                 options.bootstrap,
                 options.config.metadata_max_age_ms,
                 options.config.retry_backoff_ms,
                 options.config.retry_backoff_max_ms}) {}

void Producer::on_start(Step& step) {
  arm_load(step);
  run_sender(step);
}

void Producer::arm_load(Step& step) {
  if (blocked_since_) {
    step.effects.arm({Timer::kWorkload, 0},
                     *blocked_since_ + options_.config.max_block_ms - step.mono);
  } else if (auto due = load_.next_due()) {
    step.effects.arm({Timer::kWorkload, 0}, std::max(*due - step.mono, sim::Duration()));
  }
}

void Producer::run_load(Step& step) {
  for (auto due = load_.next_due(); due && *due <= step.mono; due = load_.next_due()) {
    if (!try_send(step)) break;
  }
  arm_load(step);
}

// One call of send(). False: the application's thread blocks in it.
bool Producer::try_send(Step& step) {
  int32_t partitions = metadata_.partition_count(options_.topic);
  int64_t value_bytes = options_.load.value_bytes;
  bool must_wait = partitions == 0;
  if (!must_wait && !has_pending_) {
    pending_key_ = load_.next_key(step.rng);
    has_pending_ = true;
  }
  std::optional<std::string_view> key;
  if (pending_key_) key = *pending_key_;
  int64_t size = record_size_bytes(0, 0, key, std::nullopt) + value_bytes + 10;
  int64_t batch_bytes = std::max<int64_t>(options_.config.batch_size, size + kBatchHeaderBytes);
  if (!must_wait) must_wait = memory_used_ + batch_bytes > options_.config.buffer_memory;
  if (must_wait) {
    if (partitions == 0) metadata_.request_update();
    if (!blocked_since_) blocked_since_ = step.mono;
    if (step.mono - *blocked_since_ < options_.config.max_block_ms) return false;
  }
  blocked_since_.reset();
  RecordId id = make_record_id(options_.number, load_.taken());
  int32_t partition = 0;
  if (partitions > 0) {
    partition = key ? partition_for_key(*key, partitions)
                    : sticky_.next(size, options_.config.batch_size, {}, partitions, step.rng);
  }
  std::string value = load_.take_value(options_.number);
  has_pending_ = false;
  ClientEvent sent{ClientEventKind::kSend, name_of(partition), {}, ErrorCode::kNone};
  sent.records.push_back({kNoOffset, id});
  step.effects.observed(std::move(sent));
  if (must_wait) {  // max.block.ms has passed: send() throws a TimeoutException.
    ClientEvent failed{
        ClientEventKind::kFailed, name_of(partition), {}, ErrorCode::kRequestTimedOut};
    failed.records.push_back({kNoOffset, id});
    step.effects.observed(std::move(failed));
    return true;
  }
  append(partition, key, value, id, step);
  return true;
}

void Producer::append(int32_t index, std::optional<std::string_view> key, const std::string& value,
                      RecordId id, Step& step) {
  Partition& partition = partitions_[static_cast<size_t>(index)];
  int64_t now_ms = step.wall.millis();
  SendBatch* open = partition.queue.empty() ? nullptr : &partition.queue.back();
  if (open != nullptr && (open->is_split || !open->sealed.empty())) open = nullptr;
  if (open != nullptr) {
    int64_t grown = open->builder.size_bytes() + record_size_bytes(open->count(), 1000, key, value);
    if (grown > options_.config.batch_size) open = nullptr;
  }
  if (open == nullptr) {
    SendBatch batch;
    batch.partition = index;
    batch.created = batch.last_attempt = step.mono;
    int64_t alone = kBatchHeaderBytes + record_size_bytes(0, 0, key, value);
    batch.reserved = std::max<int64_t>(options_.config.batch_size, alone);
    memory_used_ += batch.reserved;
    partition.queue.push_back(std::move(batch));
    open = &partition.queue.back();
  }
  open->builder.add(now_ms, key, value);
  open->ids.push_back(id);
}

void Producer::report(const SendBatch& batch, ClientEventKind kind, Offset base, ErrorCode error,
                      Step& step) {
  ClientEvent event{kind, name_of(batch.partition), {}, error};
  event.records.reserve(batch.ids.size());
  for (size_t i = 0; i < batch.ids.size(); ++i) {
    Offset offset = base == kNoOffset ? kNoOffset : base + static_cast<int64_t>(i);
    event.records.push_back({offset, batch.ids[i]});
  }
  step.effects.observed(std::move(event));
}

void Producer::on_metadata_response(NodeId from, const MetadataResponse& response,
                                    const MetadataRequest&, Step& step) {
  connections_.on_answered(from);
  metadata_.on_response(response, step);
  size_t count = static_cast<size_t>(metadata_.partition_count(options_.topic));
  if (partitions_.size() < count) partitions_.resize(count);
  if (blocked_since_) run_load(step);
  run_sender(step);
}

Producer::InFlight Producer::take_oldest(NodeId node) {
  std::vector<InFlight>& requests = peers_[node].in_flight;
  SIM_CHECK(!requests.empty(), "a produce reply without request");
  InFlight request = std::move(requests.front());
  requests.erase(requests.begin());
  return request;
}

void Producer::on_produce_response(NodeId from, const ProduceResponse& response,
                                   const ProduceRequest&, Step& step) {
  connections_.on_answered(from);
  InFlight request = take_oldest(from);
  SIM_CHECK(request.batches.size() == response.partitions.size(), request.batches.size());
  for (size_t i = 0; i < request.batches.size(); ++i)
    complete(std::move(request.batches[i]), response.partitions[i], step);
  if (blocked_since_) run_load(step);
  run_sender(step);
}

void Producer::on_produce_sent(NodeId to, const ProduceRequest&, Step& step) {
  connections_.on_answered(to);
  PartitionProduceResponse unknown;  // That it has left is all there is to know.
  for (SendBatch& batch : take_oldest(to).batches) complete(std::move(batch), unknown, step);
  if (blocked_since_) run_load(step);
  run_sender(step);
}

void Producer::on_connected(NodeId node, Step& step) {
  connections_.on_connected(node);
  run_sender(step);
}

void Producer::on_disconnected(NodeId node, sim::Duration retry_after, Step& step) {
  connections_.on_disconnected(node, retry_after, step.mono);
  metadata_.on_disconnected(step);
  run_sender(step);
}

void Producer::on_request_failed(NodeId to, const Message& sent, RequestFailure why, Step& step) {
  if (std::holds_alternative<MetadataRequest>(sent)) {
    metadata_.on_failed(step);
  } else if (std::holds_alternative<InitProducerIdRequest>(sent)) {
    retry_id_later(step);
  } else if (std::holds_alternative<ProduceRequest>(sent)) {
    PartitionProduceResponse lost;
    lost.error = why == RequestFailure::kTimedOut ? ErrorCode::kRequestTimedOut
                                                  : ErrorCode::kNetworkException;
    for (SendBatch& batch : take_oldest(to).batches) complete(std::move(batch), lost, step);
  }
  if (blocked_since_) run_load(step);
  run_sender(step);
}

void Producer::on_timer(TimerKey key, Step& step) {
  switch (key.kind) {
    case Timer::kWorkload:
      run_load(step);
      break;
    case Timer::kMetadataRefresh:
      metadata_.on_timer();
      break;
    case Timer::kInitProducerIdRetry:
      break;
    default:
      sender_wakes_at_.reset();
      break;
  }
  run_sender(step);
}

void Producer::stop_load(Step& step) {
  load_.stop();
  blocked_since_.reset();
  step.effects.cancel({Timer::kWorkload, 0});
}

bool Producer::idle() const {
  if (load_.next_due() || blocked_since_) return false;
  return std::all_of(partitions_.begin(), partitions_.end(), [](const Partition& partition) {
    return partition.queue.empty() && partition.in_flight == 0;
  });
}

int64_t Producer::records_queued() const {
  int64_t total = 0;
  for (const Partition& partition : partitions_) {
    for (const SendBatch& batch : partition.queue) total += batch.count();
  }
  return total;
}

}  // namespace models
