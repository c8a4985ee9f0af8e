// SPDX-License-Identifier: Apache-2.0
//
// Fetches of consumers and followers, and ListOffsets.
// Source: core/.../server/{ReplicaManager,DelayedFetch,KafkaApis}.scala, cluster/Partition.scala
// (readRecords, updateFollowerFetchState, fetchOffsetForTimestamp).

#include <algorithm>
#include <optional>
#include <utility>

#include "models/log/record_batch.h"
#include "models/replication/replica_manager.h"

namespace models {
namespace {

// Where the follower that asks for `slice` stands to this log. Kafka: lastOffsetForLeaderEpoch.
struct Divergence {
  ErrorCode error = ErrorCode::kNone;
  std::optional<EpochEndOffset> at;
};
Divergence divergence_of(const PartitionLog& log, const FetchSlice& slice) {
  if (slice.last_fetched_epoch == kNoLeaderEpoch) return {};
  std::optional<EpochEndOffset> end =
      log.epochs().end_of(slice.last_fetched_epoch, log.log_end_offset());
  if (!end || slice.from < log.log_start_offset()) return {.error = ErrorCode::kOffsetOutOfRange};
  if (end->epoch < slice.last_fetched_epoch || end->end_offset < slice.from) return {.at = *end};
  return {};
}

void refuse(FetchPartitionData& out, ErrorCode error) {
  out = FetchPartitionData{.partition = std::move(out.partition), .error = error};
}

}  // namespace

void ReplicaManager::on_fetch(RequestToken token, const FetchRequest& request, Step& step) {
  int32_t max_bytes = std::min(request.max_bytes, options_.config.fetch_max_bytes);
  DelayedFetch fetch{.token = token,
                     .replica_id = request.replica_id,
                     .min_bytes = std::min(request.min_bytes, max_bytes),
                     .max_bytes = max_bytes};
  Reading reading{.replica_id = request.replica_id,
                  .replica_epoch = request.replica_epoch,
                  .bytes_left = max_bytes};
  FetchResponse response;
  response.partitions.reserve(request.partitions.size());
  bool answer_now = request.max_wait_ms <= 0;
  for (const FetchPartition& asked : request.partitions) {
    if (!read_first(asked, reading, fetch, response, step)) answer_now = true;
  }
  answer_now |= fetch.slices.empty() || max_bytes - reading.bytes_left >= fetch.min_bytes;
  if (answer_now || has_enough(fetch, step)) {
    for (FetchPartitionData& out : fetch.refused) response.partitions.push_back(std::move(out));
    step.effects.reply(token, std::move(response));
    return;
  }
  delayed_.park(std::move(fetch), sim::Duration::millis(request.max_wait_ms), step);
}

// Reads one partition of a request that has just come. False if its answer cannot wait.
bool ReplicaManager::read_first(const FetchPartition& asked, Reading& reading, DelayedFetch& fetch,
                                FetchResponse& response, Step& step) {
  const Known* entry = known(asked.partition);
  if (entry == nullptr) {
    fetch.refused.push_back(
        {.partition = asked.partition, .error = ErrorCode::kUnknownTopicOrPartition});
    return true;
  }
  FetchPartitionData& out = response.partitions.emplace_back();
  out.partition = asked.partition;
  if (entry->hosted == kNotHosted) {
    refuse(out, error_for(*entry));
    name_leader(out.partition, out);
    return false;
  }
  FetchSlice& slice =
      fetch.slices.emplace_back(FetchSlice{.hosted = entry->hosted,
                                           .current_leader_epoch = asked.current_leader_epoch,
                                           .from = asked.fetch_offset,
                                           .last_fetched_epoch = asked.last_fetched_epoch,
                                           .max_bytes = asked.partition_max_bytes});
  read(slice, reading, out, step);
  if (out.error == ErrorCode::kNone && !out.diverging_epoch && reading.is_from_follower()) {
    ErrorCode error = record_follower(entry->hosted, slice, reading, asked.log_start_offset, step);
    if (error != ErrorCode::kNone) {
      refuse(out, error);
      name_leader(out.partition, out);
    }
  }
  reading.take(out);
  return out.error == ErrorCode::kNone && !out.diverging_epoch;
}

ErrorCode ReplicaManager::check_epoch(const HostedPartition& replica, LeaderEpoch epoch) const {
  if (replica.is_offline()) return ErrorCode::kKafkaStorageError;
  if (epoch == kNoLeaderEpoch || epoch == replica.version.leader_epoch) return ErrorCode::kNone;
  return epoch < replica.version.leader_epoch ? ErrorCode::kFencedLeaderEpoch
                                              : ErrorCode::kUnknownLeaderEpoch;
}

// Reads one partition. Changes nothing but `out`, whose offsets are those before this fetch counts.
void ReplicaManager::read(const FetchSlice& slice, const Reading& reading, FetchPartitionData& out,
                          Step& step) {
  HostedPartition& replica = at(slice.hosted);
  ErrorCode error = check_epoch(replica, slice.current_leader_epoch);
  if (error == ErrorCode::kNone && reading.is_from_follower()) {
    if (!replica.is_leader()) {
      error = ErrorCode::kNotLeaderOrFollower;
    } else if (replica.as_leader.find(reading.replica_id) == nullptr) {
      error = slice.current_leader_epoch == kNoLeaderEpoch ? ErrorCode::kNotLeaderOrFollower
                                                           : ErrorCode::kUnknownLeaderEpoch;
    }
  }
  if (error == ErrorCode::kNone) error = read_log(replica, slice, reading, out, step);
  if (error == ErrorCode::kNone) return;
  refuse(out, error);
  if (error == ErrorCode::kNotLeaderOrFollower || error == ErrorCode::kFencedLeaderEpoch) {
    name_leader(out.partition, out);
  }
}

ErrorCode ReplicaManager::read_log(HostedPartition& replica, const FetchSlice& slice,
                                   const Reading& reading, FetchPartitionData& out, Step& step) {
  PartitionLog& log = replica.log;
  out.high_watermark = log.high_watermark();
  out.last_stable_offset = log.last_stable_offset();
  out.log_start_offset = log.log_start_offset();
  Divergence divergence = divergence_of(log, slice);
  if (divergence.error != ErrorCode::kNone) return divergence.error;
  if (divergence.at) {
    step.mark(Mark::kDivergedFetchAnswered);
    out.diverging_epoch = divergence.at;
    return ErrorCode::kNone;
  }
  Offset limit = reading.is_from_follower() ? log.log_end_offset() : log.high_watermark();
  int64_t max_bytes = std::max(int64_t{0}, std::min(int64_t{slice.max_bytes}, reading.bytes_left));
  ReadResult result = log.read(slice.from, max_bytes, limit, reading.at_least_one_batch, step);
  if (result.error == ErrorCode::kKafkaStorageError)
    fail_log_directory(replica.directory, "read", step);
  if (result.error != ErrorCode::kNone) return result.error;
  out.records = std::move(result.records);
  if (!reading.at_least_one_batch && !out.records.empty()) {
    // A slice that holds no whole batch is of no use.
    std::optional<BatchHeader> first = read_batch_header(out.records);
    if (!first || first->total_bytes() > static_cast<int64_t>(out.records.size())) {
      out.records.Clear();
    }
  }
  return ErrorCode::kNone;
}

// A follower has everything below the offset that it asks for: ISR and watermark may move.
ErrorCode ReplicaManager::record_follower(int32_t number, const FetchSlice& slice,
                                          const Reading& reading, Offset follower_start,
                                          Step& step) {
  HostedPartition& replica = at(number);
  RemoteReplica& follower = *replica.as_leader.find(reading.replica_id);
  Offset end_before = follower.log_end;
  if (!record_fetch(follower, slice.from, follower_start, reading.replica_epoch,
                    replica.log.log_end_offset(), step.wall)) {
    return ErrorCode::kNotLeaderOrFollower;
  }
  if (auto proposal =
          replica.as_leader.propose_expand(follower, replica.log, replica.version, local(), step)) {
    submit(number, *std::move(proposal), step);
  }
  if (follower.log_end != end_before &&
      replica.as_leader.advance_high_watermark(replica.log, local(), step)) {
    touch(number);
    check_all(number, step);
  }
  return ErrorCode::kNone;
}

// What a fetch that waited gets. It tells nothing new of a follower.
FetchResponse ReplicaManager::read_again(const DelayedFetch& request, Step& step) {
  Reading reading{.replica_id = request.replica_id, .bytes_left = request.max_bytes};
  FetchResponse response;
  response.partitions.reserve(request.slices.size() + request.refused.size());
  for (const FetchSlice& slice : request.slices) {
    FetchPartitionData& out = response.partitions.emplace_back();
    out.partition = at(slice.hosted).partition();
    read(slice, reading, out, step);
    reading.take(out);
  }
  for (const FetchPartitionData& out : request.refused) response.partitions.push_back(out);
  return response;
}

// Should a fetch that waits be answered now?
bool ReplicaManager::has_enough(const DelayedFetch& request, Step& step) {
  int64_t bytes = 0;
  for (const FetchSlice& slice : request.slices) {
    HostedPartition& replica = at(slice.hosted);
    if (check_epoch(replica, slice.current_leader_epoch) != ErrorCode::kNone) return true;
    if (request.is_from_follower() && !replica.is_leader()) return true;
    Offset end =
        request.is_from_follower() ? replica.log.log_end_offset() : replica.log.high_watermark();
    if (slice.from > end) return true;
    if (slice.from < end) {
      // One record is enough for most; only a larger minimum is worth a look at sizes.
      bytes +=
          request.min_bytes <= 1
              ? 1
              : static_cast<int64_t>(
                    replica.log.read(slice.from, slice.max_bytes, end, false, step).records.size());
    }
    Divergence divergence = divergence_of(replica.log, slice);
    if (divergence.error != ErrorCode::kNone || divergence.at) return true;
  }
  return bytes >= request.min_bytes;
}

void ReplicaManager::check_fetches(int32_t number, Step& step) {
  for (int64_t id : delayed_.fetches_of(number)) {
    DelayedFetch* request = delayed_.find_fetch(id);
    if (request == nullptr || !has_enough(*request, step)) continue;
    DelayedFetch done = delayed_.take_fetch(id, /*cancel_timer=*/true, step);
    step.effects.reply(done.token, read_again(done, step));
  }
}

void ReplicaManager::check_all(int32_t number, Step& step) {
  check_fetches(number, step);
  check_produces(number, step);
}

void ReplicaManager::on_list_offsets(RequestToken token, const ListOffsetsRequest& request,
                                     Step& step) {
  ListOffsetsResponse response;
  response.partitions.resize(request.partitions.size());
  for (size_t i = 0; i < request.partitions.size(); ++i) {
    list_offset(request.partitions[i], request.replica_id == kNoNode, response.partitions[i]);
  }
  step.effects.reply(token, std::move(response));
}

void ReplicaManager::list_offset(const ListOffsetsPartition& asked, bool is_client,
                                 ListOffsetsPartitionResponse& reply) const {
  reply.partition = asked.partition;
  const Known* entry = known(asked.partition);
  if (entry == nullptr) {
    reply.error = ErrorCode::kUnknownTopicOrPartition;
    return;
  }
  if (entry->hosted == kNotHosted) {
    reply.error = error_for(*entry);
    return;
  }
  const HostedPartition& replica = at(entry->hosted);
  reply.error = check_epoch(replica, asked.current_leader_epoch);
  if (reply.error == ErrorCode::kNone && !replica.is_leader()) {
    reply.error = ErrorCode::kNotLeaderOrFollower;
  }
  if (reply.error != ErrorCode::kNone) return;
  const PartitionLog& log = replica.log;
  if (asked.timestamp == kLatestTimestamp) {
    // A new leader's watermark may still lie below what was committed and read already.
    if (is_client && replica.as_leader.epoch_start() > log.high_watermark()) {
      reply.error = ErrorCode::kOffsetNotAvailable;
      return;
    }
    reply.offset = is_client ? log.high_watermark() : log.log_end_offset();
    reply.leader_epoch = replica.version.leader_epoch;
  } else if (asked.timestamp == kEarliestTimestamp) {
    reply.offset = log.log_start_offset();
    const std::vector<EpochStart>& epochs = log.epochs().entries();
    if (!epochs.empty() && epochs.front().start <= reply.offset) {
      reply.leader_epoch = epochs.front().epoch;
    }
  } else {
    reply.error = ErrorCode::kUnsupportedVersion;
  }
}

}  // namespace models
