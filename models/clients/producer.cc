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
  load_.begin(step.mono);
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

void Producer::on_stall(Step& step) {
  stalled_ = true;
  step.effects.cancel({Timer::kWorkload, 0});
}

void Producer::on_resume(Step& step) {
  stalled_ = false;
  run_load(step);
  run_sender(step);
}

void Producer::run_load(Step& step) {
  if (stalled_) return;
  for (auto due = load_.next_due(); due && *due <= step.mono; due = load_.next_due()) {
    if (!try_send(step)) break;
  }
  arm_load(step);
}

namespace {

// The most that a record can take in a batch of its own
// (AbstractRecords.estimateSizeInBytesUpperBound): 21 bytes of overhead before the lengths of key,
// value and headers, which record_body_bytes has 3 of.
int64_t largest_size(const OutgoingRecord& record) {
  return kBatchHeaderBytes + 21 + record_body_bytes(0, 0, record.key, record.value) - 3 + 1 +
         headers_size(record.headers);
}

Compression compression_of(const ProducerConfig& config) {
  switch (config.compression_type) {
    case ProducerCompression::kNone:
      return {};
    case ProducerCompression::kGzip:
      return {CompressionType::kGzip, config.compression_gzip_level};
    case ProducerCompression::kSnappy:
      return {CompressionType::kSnappy, std::nullopt};
    case ProducerCompression::kLz4:
      return {CompressionType::kLz4, config.compression_lz4_level};
    case ProducerCompression::kZstd:
      return {CompressionType::kZstd, config.compression_zstd_level};
  }
  return {};
}

// Stands for a key in the history (FNV-1a); never 0.
uint64_t key_number(std::string_view key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash | 1;
}

}  // namespace

// One call of send(). False: the application's thread blocks in it.
bool Producer::try_send(Step& step) {
  std::span<const LeaderView> leaders = metadata_.leaders_of(options_.topic);
  if (leaders.empty()) {
    metadata_.request_update();
    if (wait_in_send(step)) return false;
    refuse(0, ErrorCode::kRequestTimedOut, step);
    return true;
  }
  if (!has_pending_) draw_record(step.rng);
  const OutgoingRecord& record = pending_;
  std::optional<std::string_view> key;
  if (record.key) key = *record.key;
  int64_t largest = largest_size(record);
  int32_t partition = partition_for(key, leaders, step.rng);
  if (largest > options_.config.max_request_size || largest > options_.config.buffer_memory) {
    refuse(partition, ErrorCode::kMessageTooLarge, step);
    return true;
  }
  SendBatch* open = room_for(partition, record);
  int64_t memory = std::max<int64_t>(options_.config.batch_size, largest);
  if (open == nullptr && memory_used_ + memory > options_.config.buffer_memory) {
    if (wait_in_send(step)) return false;
    refuse(partition, ErrorCode::kRequestTimedOut, step);
    return true;
  }
  int64_t before = open == nullptr ? 0 : open->estimated_bytes();
  if (open == nullptr) open = &begin_batch(partition, memory, step);
  RecordId id = make_record_id(options_.number, load_.taken());
  open->builder.add(step.wall.millis(), key, record.value, record.headers);
  open->ids.push_back(id);
  if (!key) {
    sticky_.appended(open->estimated_bytes() - before, options_.config.batch_size, open->is_full(),
                     leaders, step.rng);
  }
  ClientEvent sent{ClientEventKind::kSend, name_of(partition), {}, ErrorCode::kNone};
  sent.records.push_back({kNoOffset, id});
  if (key) sent.key = key_number(*key);
  sent.is_tombstone = !record.value;
  step.effects.observed(std::move(sent));
  load_.take();
  has_pending_ = false;
  blocked_since_.reset();
  return true;
}

void Producer::draw_record(sim::Rng& rng) {
  pending_ = OutgoingRecord{.key = load_.next_key(rng)};
  has_pending_ = true;
  if (pending_.key && load_.next_is_tombstone(rng)) {
    pending_.headers.emplace_back(Workload::kIdHeader, load_.next_id(options_.number));
  } else {
    pending_.value = load_.next_value(options_.number);
  }
}

// False: max.block.ms has passed.
bool Producer::wait_in_send(Step& step) {
  if (!blocked_since_) blocked_since_ = step.mono;
  return step.mono - *blocked_since_ < options_.config.max_block_ms;
}

// send() fails: of the record that the application wanted to send nothing is kept.
void Producer::refuse(int32_t partition, ErrorCode error, Step& step) {
  RecordId id = make_record_id(options_.number, load_.taken());
  for (ClientEventKind kind : {ClientEventKind::kSend, ClientEventKind::kFailed}) {
    ClientEvent event{
        kind, name_of(partition), {}, kind == ClientEventKind::kSend ? ErrorCode::kNone : error};
    event.records.push_back({kNoOffset, id});
    step.effects.observed(std::move(event));
  }
  load_.take();
  has_pending_ = false;
  blocked_since_.reset();
}

int32_t Producer::partition_for(std::optional<std::string_view> key,
                                std::span<const LeaderView> leaders, sim::Rng& rng) {
  if (key) return partition_for_key(*key, static_cast<int32_t>(leaders.size()));
  const std::vector<SendBatch>& queue =
      partitions_[static_cast<size_t>(sticky_.current(leaders, rng))].queue;
  // The batch that kept the partition from changing may be full or gone by now.
  sticky_.appended(0, options_.config.batch_size, queue.empty() || queue.back().is_full(), leaders,
                   rng);
  return sticky_.current(leaders, rng);
}

SendBatch* Producer::room_for(int32_t partition, const OutgoingRecord& record) {
  std::vector<SendBatch>& queue = partitions_[static_cast<size_t>(partition)].queue;
  if (queue.empty() || queue.back().is_full()) return nullptr;
  SendBatch& last = queue.back();
  // That the new record will be compressed too is not counted on.
  int64_t grown = last.estimated_bytes() +
                  record_size_bytes(last.count(), 1000, record.key, record.value) +
                  headers_size(record.headers);
  return grown > last.size_limit ? nullptr : &last;
}

SendBatch Producer::empty_batch(int64_t size_limit) const {
  SendBatch batch;
  Compression compression = compression_of(options_.config);
  batch.builder = BatchBuilder({.compression = compression});
  batch.size_limit = size_limit;
  batch.is_compressed = compression.type != CompressionType::kNone;
  batch.expected_ratio = ratio_.current();
  return batch;
}

SendBatch& Producer::begin_batch(int32_t partition, int64_t bytes, Step& step) {
  SendBatch& batch =
      partitions_[static_cast<size_t>(partition)].queue.emplace_back(empty_batch(bytes));
  batch.partition = partition;
  batch.created = batch.last_attempt = step.mono;
  batch.reserved = bytes;
  memory_used_ += bytes;
  return batch;
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
