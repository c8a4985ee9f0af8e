// SPDX-License-Identifier: Apache-2.0
//
// Fetches of consumers and followers. Source: core/.../server/{ReplicaManager,DelayedFetch,
// KafkaApis}.scala, cluster/Partition.scala (readRecords, updateFollowerFetchState).

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
Divergence divergence_of(const PartitionLog& log, const FetchSlice& slice, const Step& step) {
  if (slice.last_fetched_epoch == kNoLeaderEpoch) return {};
  std::optional<EpochEndOffset> end =
      log.epochs().end_of(slice.last_fetched_epoch, log.log_end_offset());
  if (!end || slice.from < log.log_start_offset()) return {.error = ErrorCode::kOffsetOutOfRange};
  // Before KIP-279 the answer told only where a larger epoch begins, as if that ended the asked one.
  if (step.mutated(Mutation::kKafka6361)) end->epoch = slice.last_fetched_epoch;
  if (end->epoch < slice.last_fetched_epoch || end->end_offset < slice.from) return {.at = *end};
  return {};
}

// What a fetch waits with, in bytes of its segment. Any is enough for most.
int64_t bytes_waiting(const PartitionLog& log, const FetchSlice& slice, Offset end,
                      int32_t min_bytes, Step& step) {
  if (min_bytes <= 1) return 1;
  int64_t bytes = log.position_in_segment(end, step) - log.position_in_segment(slice.from, step);
  return std::min<int64_t>(bytes, slice.max_bytes);
}

void refuse(FetchPartitionData& out, ErrorCode error) {
  out = FetchPartitionData{.partition = std::move(out.partition), .error = error};
}

}  // namespace

void ReplicaManager::on_fetch(RequestToken token, const FetchRequest& request, Step& step) {
  FetchSession* session = nullptr;
  if (request.is_full()) {
    fetch_sessions_.close(request.session_id);
  } else if (ErrorCode error = continue_session(request, session, step);
             error != ErrorCode::kNone) {
    return step.effects.reply(token, FetchResponse{.error = error});
  }
  int32_t max_bytes = std::min(request.max_bytes, options_.config.fetch_max_bytes);
  DelayedFetch fetch{.token = token,
                     .replica_id = request.replica_id,
                     .min_bytes = std::min(request.min_bytes, max_bytes),
                     .max_bytes = max_bytes,
                     .session_id = session == nullptr ? kNoFetchSession : session->id,
                     .replica_epoch = request.replica_epoch,
                     .rack_id = request.rack_id};
  if (request.session_epoch == kInitialFetchEpoch) fetch.opening = request.partitions;
  FetchSession::Slots slots;
  if (session != nullptr) slots = session->active();
  size_t count = session == nullptr ? request.partitions.size() : slots.size();
  Reading reading(fetch);
  FetchAnswer answer;
  answer.response.partitions.reserve(count);
  bool answer_now = request.max_wait_ms <= 0;
  for (size_t i = 0; i < count; ++i) {
    int32_t slot = session == nullptr ? kNoSlot : slots[i];
    const FetchPartition& asked =
        session == nullptr ? request.partitions[i] : session->at(slot).asked;
    if (!read_first(asked, slot, reading, fetch, answer, step)) answer_now = true;
  }
  bool any = !fetch.slices.empty() || (session != nullptr && session->quiet_count() > 0);
  answer_now |= !any || max_bytes - reading.bytes_left >= fetch.min_bytes;
  if (answer_now || has_enough(fetch, step)) {
    return answer_fetch(fetch, std::move(answer), step);
  }
  if (session != nullptr) leave_quiet(*session, answer, fetch);
  int64_t parked =
      delayed_.park(std::move(fetch), sim::Duration::millis(request.max_wait_ms), step);
  if (session != nullptr) session->parked = parked;
}

// Reads one partition of a request that has just come. False if its answer cannot wait.
bool ReplicaManager::read_first(const FetchPartition& asked, int32_t slot, Reading& reading,
                                DelayedFetch& fetch, FetchAnswer& answer, Step& step) {
  const Known* entry = known(asked.partition);
  int32_t hosted = entry == nullptr ? kNotHosted : entry->hosted;
  if (slot != kNoSlot) fetch_sessions_.find_answering(fetch.session_id)->at(slot).hosted = hosted;
  if (entry == nullptr) {
    fetch.refused.push_back(
        {slot, {.partition = asked.partition, .error = ErrorCode::kUnknownTopicOrPartition}});
    return true;
  }
  FetchPartitionData& out = answer.add(slot);
  out.partition = asked.partition;
  if (hosted == kNotHosted) {
    refuse(out, error_for(*entry));
    name_leader(out.partition, out);
    return false;
  }
  FetchSlice& slice = fetch.slices.emplace_back(slice_of(asked, hosted, slot));
  read(slice, reading, out, step);
  bool is_told_to_cut = out.diverging_epoch.has_value();
  // Before KAFKA-13141 an offset that the leader objects to counted as reached.
  if (step.mutated(Mutation::kKafka13141)) is_told_to_cut = false;
  if (out.error == ErrorCode::kNone && !is_told_to_cut && reading.is_from_follower()) {
    ErrorCode error = record_follower(hosted, slice, reading, asked.log_start_offset, step);
    if (error != ErrorCode::kNone) {
      refuse(out, error);
      name_leader(out.partition, out);
    }
  }
  reading.take(out);
  return out.error == ErrorCode::kNone && !out.diverging_epoch &&
         out.preferred_read_replica == kNoNode;
}

ErrorCode ReplicaManager::check_epoch(const HostedPartition& replica, LeaderEpoch epoch) const {
  if (replica.is_offline()) return ErrorCode::kKafkaStorageError;
  if (epoch == kNoLeaderEpoch || epoch == replica.version.leader_epoch) return ErrorCode::kNone;
  return epoch < replica.version.leader_epoch ? ErrorCode::kFencedLeaderEpoch
                                              : ErrorCode::kUnknownLeaderEpoch;
}

// Of a partition that is not (or no longer) here.
ErrorCode ReplicaManager::error_of_stranger(const TopicPartition& partition) const {
  return known(partition) == nullptr ? ErrorCode::kUnknownTopicOrPartition
                                     : ErrorCode::kNotLeaderOrFollower;
}

// Reads one partition. Changes nothing but `out`, whose offsets are those before this fetch counts.
void ReplicaManager::read(const FetchSlice& slice, const Reading& reading, FetchPartitionData& out,
                          Step& step) {
  HostedPartition& replica = at(slice.hosted);
  ErrorCode error = replica.deleted ? error_of_stranger(out.partition)
                                    : check_epoch(replica, slice.current_leader_epoch);
  if (error == ErrorCode::kNone && reading.is_from_follower()) {
    if (!replica.is_leader()) {
      error = ErrorCode::kNotLeaderOrFollower;
    } else if (replica.as_leader.find(reading.replica_id) == nullptr) {
      error = slice.current_leader_epoch == kNoLeaderEpoch ? ErrorCode::kNotLeaderOrFollower
                                                           : ErrorCode::kUnknownLeaderEpoch;
    }
  }
  if (error == ErrorCode::kNone) {
    out.preferred_read_replica = preferred_read_replica(replica, slice, reading, step);
    error = read_log(replica, slice, reading, out, step);
  }
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
  if (out.preferred_read_replica != kNoNode) return ErrorCode::kNone;
  Divergence divergence = divergence_of(log, slice, step);
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
    step.mark(Mark::kStaleReplicaEpochRefused);
    return ErrorCode::kNotLeaderOrFollower;
  }
  if (auto proposal =
          replica.as_leader.propose_expand(follower, replica.log, replica.version, local(), step)) {
    submit(number, *std::move(proposal), step);
  }
  check_deletions(number, step);
  if (follower.log_end != end_before &&
      replica.as_leader.advance_high_watermark(replica.log, local(), step)) {
    touch(number);
    check_all(number, step);
  }
  return ErrorCode::kNone;
}

// What a fetch that waited gets. It tells nothing new of a follower.
void ReplicaManager::answer_waiting(DelayedFetch fetch, Step& step) {
  if (const FetchSession* session = fetch_sessions_.find_answering(fetch.session_id)) {
    std::sort(fetch.slices.begin(), fetch.slices.end(),
              [session](const FetchSlice& a, const FetchSlice& b) {
                return session->at(a.slot).place < session->at(b.slot).place;
              });
  }
  Reading reading(fetch);
  FetchAnswer answer;
  answer.response.partitions.reserve(fetch.slices.size() + fetch.refused.size());
  for (const FetchSlice& slice : fetch.slices) {
    FetchPartitionData& out = answer.add(slice.slot);
    out.partition = at(slice.hosted).partition();
    read(slice, reading, out, step);
    reading.take(out);
  }
  answer_fetch(fetch, std::move(answer), step);
}

// Should a fetch that waits be answered now? Kafka's cases A to H.
bool ReplicaManager::has_enough(const DelayedFetch& request, Step& step) {
  int64_t bytes = 0;
  for (const FetchSlice& slice : request.slices) {
    HostedPartition& replica = at(slice.hosted);
    if (replica.deleted) return true;
    if (check_epoch(replica, slice.current_leader_epoch) != ErrorCode::kNone) {
      step.mark(Mark::kWaitingFetchFenced);
      return true;
    }
    if (request.is_from_follower() && !replica.is_leader()) return true;
    Offset end =
        request.is_from_follower() ? replica.log.log_end_offset() : replica.log.high_watermark();
    if (slice.from > end) {
      step.mark(Mark::kWaitingFetchBeyondEnd);
      return true;
    }
    if (slice.from < end) {
      // Behind the segment in which the log grows, nothing is worth waiting for.
      if (replica.log.segment_base_of(slice.from) < replica.log.segment_base_of(end)) {
        step.mark(Mark::kWaitingFetchOnOlderSegment);
        return true;
      }
      bytes += bytes_waiting(replica.log, slice, end, request.min_bytes, step);
    }
    Divergence divergence = divergence_of(replica.log, slice, step);
    if (divergence.error != ErrorCode::kNone || divergence.at) {
      step.mark(Mark::kWaitingFetchDiverged);
      return true;
    }
  }
  return bytes >= request.min_bytes;
}

void ReplicaManager::check_fetches(int32_t number, Step& step) {
  for (int64_t id : delayed_.fetches_of(number)) {
    DelayedFetch* request = delayed_.find_fetch(id);
    if (request == nullptr || !has_enough(*request, step)) continue;
    answer_waiting(delayed_.take_fetch(id, /*cancel_timer=*/true, step), step);
  }
}

void ReplicaManager::check_all(int32_t number, Step& step) {
  check_fetches(number, step);
  check_produces(number, step);
  check_deletions(number, step);
}

}  // namespace models
