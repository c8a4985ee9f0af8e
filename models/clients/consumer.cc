// SPDX-License-Identifier: Apache-2.0

#include "models/clients/consumer.h"

#include <algorithm>
#include <utility>

#include "models/clients/workload.h"
#include "models/log/record_batch.h"
#include "sim/check.h"

namespace models {

namespace {

std::vector<std::string> topics_of(const std::vector<TopicPartition>& partitions) {
  std::vector<std::string> topics;
  for (const TopicPartition& partition : partitions) {
    if (std::find(topics.begin(), topics.end(), partition.topic) == topics.end())
      topics.push_back(partition.topic);
  }
  return topics;
}

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

constexpr int32_t kMaxInFlight =
    100;  // ConsumerUtils.CONSUMER_MAX_INFLIGHT_REQUESTS_PER_CONNECTION

}  // namespace

Consumer::Consumer(const ConsumerOptions& options)
    : options_(options),
      connections_(kMaxInFlight),
      metadata_({topics_of(options.assignment), options.bootstrap,
                 options.config.metadata_max_age_ms, options.config.retry_backoff_ms,
                 options.config.retry_backoff_max_ms}) {
  for (const TopicPartition& partition : options.assignment) partitions_[partition];
}

void Consumer::on_start(Step& step) {
  busy_until_ = step.mono;
  if (!partitions_.empty()) metadata_.maybe_update(connections_, step);
}

void Consumer::on_stall(Step&) { stalled_ = true; }

void Consumer::on_resume(Step& step) {
  stalled_ = false;
  run(step);
}

// What the consumer's thread does whenever something has happened.
void Consumer::run(Step& step) {
  poll(step);
  metadata_.maybe_update(connections_, step);
  send_list_offsets(step);
  send_fetches(step);
  metadata_.maybe_update(connections_, step);
}

// Whether requests may go to the node; else a connection or a timer comes back to this.
bool Consumer::is_up(NodeId node, Step& step) {
  if (connections_.ready(node, step)) return true;
  if (auto retry = connections_.retry_at(node))
    step.effects.arm({Timer::kConsumerFetch, node.value()}, *retry - step.mono);
  return false;
}

// --- The application ---

void Consumer::poll(Step& step) {
  if (stalled_) return;
  while (busy_until_ <= step.mono) {
    size_t left = static_cast<size_t>(options_.config.max_poll_records);
    size_t before = left;
    auto next = partitions_.upper_bound(polled_last_);
    for (size_t i = 0; i < partitions_.size() && left > 0; ++i, ++next) {
      if (next == partitions_.end()) next = partitions_.begin();
      if (!next->second.has_buffered()) continue;
      size_t waiting = next->second.buffer.size() - next->second.buffered_from;
      size_t taken = std::min(waiting, left);
      take(next->first, next->second, taken, step);
      polled_last_ = next->first;
      left -= taken;
    }
    if (left == before) return;
    busy_until_ = step.mono + options_.processing * static_cast<int64_t>(before - left);
  }
  step.effects.arm({Timer::kPoll, 0}, busy_until_ - step.mono);
}

void Consumer::take(const TopicPartition& name, Partition& partition, size_t most, Step& step) {
  ClientEvent polled{ClientEventKind::kPolled, name, {}, ErrorCode::kNone};
  auto from = partition.buffer.begin() + static_cast<ptrdiff_t>(partition.buffered_from);
  polled.records.assign(from, from + static_cast<ptrdiff_t>(most));
  partition.buffered_from += most;
  partition.position = polled.records.back().offset + 1;
  if (!partition.has_buffered()) {
    partition.position = partition.fetched;
    partition.buffer.clear();
    partition.buffered_from = 0;
  }
  step.effects.observed(std::move(polled));
}

// --- Fetching ---

// Where a partition is fetched from now; kNoNode: its leader is not known.
NodeId Consumer::node_to_read(const TopicPartition& name, Partition& partition, Step& step) {
  LeaderView leader = metadata_.leader_of(name);
  if (leader.leader == kNoNode) {
    metadata_.request_update();
    return kNoNode;
  }
  if (partition.preferred == kNoNode) return leader.leader;
  if (step.wall > partition.preferred_until) {
    step.mark(Mark::kPreferredReplicaExpired);
    partition.preferred = kNoNode;
  } else if (leader.epoch != partition.preferred_in) {
    partition.preferred = kNoNode;
  } else if (!contains(metadata_.brokers(), partition.preferred)) {
    metadata_.request_update();
    read_from_leader(partition, step);
  }
  return partition.preferred == kNoNode ? leader.leader : partition.preferred;
}

void Consumer::read_from_leader(Partition& partition, Step& step) {
  if (partition.preferred == kNoNode) return;
  step.mark(Mark::kPreferredReplicaDropped);
  partition.preferred = kNoNode;
}

// They are not fetched from: what is buffered would fall out of their sessions.
std::vector<NodeId> Consumer::nodes_with_buffered(Step& step) {
  std::vector<NodeId> nodes;
  for (auto& [name, partition] : partitions_) {
    if (!partition.has_buffered()) continue;
    NodeId node = node_to_read(name, partition, step);
    if (node != kNoNode && !contains(nodes, node)) nodes.push_back(node);
  }
  return nodes;
}

void Consumer::send_fetches(Step& step) {
  absl::btree_map<NodeId, std::vector<FetchPartition>> wanted;
  std::vector<NodeId> buffered = nodes_with_buffered(step);
  for (auto& [name, partition] : partitions_) {
    bool wants = partition.fetched != kNoOffset && !partition.has_buffered();
    if (!wants || !is_ready(partition, step.mono)) continue;
    NodeId node = node_to_read(name, partition, step);
    if (node == kNoNode || contains(fetching_, node) || contains(buffered, node)) continue;
    if (!is_up(node, step)) continue;
    FetchPartition asked;
    asked.partition = name;
    asked.current_leader_epoch = metadata_.leader_of(name).epoch;
    asked.fetch_offset = partition.fetched;
    asked.partition_max_bytes = options_.config.max_partition_fetch_bytes;
    wanted[node].push_back(std::move(asked));
  }
  for (auto& [node, partitions] : wanted) {
    FetchRequest request;
    request.max_wait_ms = static_cast<int32_t>(options_.config.fetch_max_wait_ms.millis());
    request.min_bytes = options_.config.fetch_min_bytes;
    request.max_bytes = options_.config.fetch_max_bytes;
    request.rack_id = options_.config.client_rack;
    sessions_[node].want_only(partitions);
    sessions_[node].build(request);
    fetching_.push_back(node);
    connections_.send(node, std::move(request), step);
  }
}

void Consumer::on_fetch_response(NodeId from, const FetchResponse& response, const FetchRequest&,
                                 Step& step) {
  connections_.on_answered(from);
  std::erase(fetching_, from);
  FetchSessionHandler& session = sessions_[from];
  if (!session.on_response(response)) {
    step.mark(Mark::kFetchSessionReopened);
    return run(step);
  }
  for (const FetchPartitionData& data : response.partitions) {
    Partition* partition = find(data.partition);
    SIM_CHECK(partition != nullptr, "a reply for", to_string(data.partition));
    // Its position is being reset, or has moved on by what another node answered: of where the
    // partition is now the reply says nothing (FetchCollector.initialize).
    if (partition->fetched == kNoOffset) continue;
    bool stale = session.asked(data.partition)->fetch_offset != partition->fetched;
    if (stale && (data.error == ErrorCode::kNone || data.error == ErrorCode::kOffsetOutOfRange))
      continue;
    if (data.error == ErrorCode::kNone) {
      take_data(*partition, data, step);
    } else {
      take_error(*partition, data, step);
    }
  }
  run(step);
}

void Consumer::take_data(Partition& partition, const FetchPartitionData& data, Step& step) {
  partition.high_watermark = data.high_watermark;
  if (data.preferred_read_replica != kNoNode &&
      data.preferred_read_replica != partition.preferred) {
    partition.preferred = data.preferred_read_replica;
    partition.preferred_until = step.wall + options_.config.metadata_max_age_ms;
    partition.preferred_in = metadata_.leader_of(data.partition).epoch;
  }
  int64_t at = 0;
  while (auto header = read_batch_header(data.records, at)) {
    if (at + header->total_bytes() > static_cast<int64_t>(data.records.size())) break;
    absl::Cord batch =
        data.records.Subcord(static_cast<size_t>(at), static_cast<size_t>(header->total_bytes()));
    at += header->total_bytes();
    size_t before = partition.buffer.size();
    bool intact = is_valid_batch(batch, *header) &&
                  for_each_record(batch, *header, [&](const RecordView& record) {
                    if (record.offset < partition.fetched || header->is_control()) return;
                    RecordId id = record_id_of(record).value_or(RecordId(0));
                    partition.buffer.push_back({record.offset, id});
                  }).ok();
    if (!intact && !take_corrupt(partition, data.partition, *header, step)) {
      partition.buffer.resize(before);
      break;
    }
    partition.fetched = std::max(partition.fetched, header->next_offset());
  }
  if (!partition.has_buffered()) partition.position = partition.fetched;
}

// False: nothing behind it is read. With check.crcs the Java consumer throws from each poll() until
// the application seeks past the batch.
bool Consumer::take_corrupt(Partition& partition, const TopicPartition& name,
                            const BatchHeader& header, Step& step) {
  step.effects.note("corrupt_batch", {{"partition", to_string(name)},
                                      {"from", std::to_string(header.base_offset.value())},
                                      {"to", std::to_string(header.last_offset().value())}});
  partition.stopped = !options_.passes_over_corrupt;
  return options_.passes_over_corrupt;
}

void Consumer::take_error(Partition& partition, const FetchPartitionData& data, Step& step) {
  if (data.error == ErrorCode::kOffsetOutOfRange) {
    // A replica near by may know less than the leader.
    if (partition.preferred == kNoNode) return reset(partition, step);
    return read_from_leader(partition, step);
  }
  // The other has not heard of this leader epoch yet: nothing to be learnt (FetchCollector).
  if (data.error == ErrorCode::kUnknownLeaderEpoch) return back_off(partition, step);
  read_from_leader(partition, step);
  bool told =
      metadata_.learn_leader(data.partition, data.current_leader, data.current_leader_epoch);
  if (told) return;
  metadata_.request_update();
  back_off(partition, step);
}

void Consumer::back_off(Partition& partition, Step& step) {
  partition.not_before = step.mono + options_.config.retry_backoff_ms;
  step.effects.arm({Timer::kConsumerFetch, 0}, options_.config.retry_backoff_ms);
}

// --- Positions ---

void Consumer::reset(Partition& partition, Step& step) {
  step.mark(Mark::kOutOfRangeFetchReset);
  partition.buffer.clear();
  partition.buffered_from = 0;
  partition.fetched = kNoOffset;
  partition.stopped = options_.config.auto_offset_reset == AutoOffsetReset::kNone;
  if (partition.stopped) {
    step.effects.note("consumer_stopped", {{"why", "offset out of range"}});
  } else {
    // Until the reply nothing is known; caught_up() must not go by where it was.
    partition.position = partition.high_watermark = kNoOffset;
  }
}

void Consumer::send_list_offsets(Step& step) {
  absl::btree_map<NodeId, ListOffsetsRequest> requests;
  for (auto& [name, partition] : partitions_) {
    if (partition.fetched != kNoOffset || partition.asking || !is_ready(partition, step.mono))
      continue;
    LeaderView leader = metadata_.leader_of(name);
    if (leader.leader == kNoNode) {
      metadata_.request_update();
      continue;
    }
    if (!is_up(leader.leader, step)) continue;
    bool latest = options_.config.auto_offset_reset == AutoOffsetReset::kLatest;
    partition.asking = true;
    requests[leader.leader].partitions.push_back(
        {name, leader.epoch, latest ? kLatestTimestamp : kEarliestTimestamp});
  }
  for (auto& [node, request] : requests) connections_.send(node, std::move(request), step);
}

void Consumer::on_list_offsets_response(NodeId from, const ListOffsetsResponse& response,
                                        const ListOffsetsRequest&, Step& step) {
  connections_.on_answered(from);
  for (const ListOffsetsPartitionResponse& reply : response.partitions) {
    Partition* partition = find(reply.partition);
    SIM_CHECK(partition != nullptr, "a reply for", to_string(reply.partition));
    partition->asking = false;
    if (reply.error != ErrorCode::kNone) {
      metadata_.request_update();
      back_off(*partition, step);
      continue;
    }
    partition->position = partition->fetched = reply.offset;
    ClientEvent assigned{ClientEventKind::kAssigned, reply.partition, {}, ErrorCode::kNone};
    assigned.records.push_back({reply.offset, RecordId(0)});
    step.effects.observed(std::move(assigned));
  }
  run(step);
}

// --- The rest ---

void Consumer::on_metadata_response(NodeId from, const MetadataResponse& response,
                                    const MetadataRequest&, Step& step) {
  connections_.on_answered(from);
  metadata_.on_response(response, step);
  run(step);
}

void Consumer::on_connected(NodeId node, Step& step) {
  connections_.on_connected(node);
  run(step);
}

void Consumer::on_disconnected(NodeId node, sim::Duration retry_after, Step& step) {
  connections_.on_disconnected(node, retry_after, step.mono);
  metadata_.on_disconnected(step);
  run(step);
}

void Consumer::on_request_failed(NodeId to, const Message& sent, RequestFailure, Step& step) {
  if (std::holds_alternative<MetadataRequest>(sent)) {
    metadata_.on_failed(step);
  } else if (std::holds_alternative<FetchRequest>(sent)) {
    std::erase(fetching_, to);
    sessions_[to].on_failed();
    for (const FetchPartition& asked : sessions_[to].partitions()) {
      read_from_leader(*find(asked.partition), step);
      back_off(*find(asked.partition), step);
    }
    metadata_.request_update();
  } else if (auto* list = std::get_if<ListOffsetsRequest>(&sent)) {
    for (const ListOffsetsPartition& asked : list->partitions) {
      find(asked.partition)->asking = false;
      back_off(*find(asked.partition), step);
    }
    metadata_.request_update();
  }
  run(step);
}

void Consumer::on_timer(TimerKey key, Step& step) {
  if (key.kind == Timer::kMetadataRefresh) metadata_.on_timer();
  run(step);
}

Consumer::Partition* Consumer::find(const TopicPartition& partition) {
  auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : &found->second;
}

Offset Consumer::position(const TopicPartition& partition) const {
  auto found = partitions_.find(partition);
  return found == partitions_.end() ? kNoOffset : found->second.position;
}

bool Consumer::caught_up() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [](const auto& entry) {
    const Partition& partition = entry.second;
    return partition.stopped ||
           (partition.high_watermark != kNoOffset && !partition.has_buffered() &&
            partition.position >= partition.high_watermark);
  });
}

}  // namespace models
