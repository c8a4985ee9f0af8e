// SPDX-License-Identifier: Apache-2.0

#include "models/replication/follower_replica.h"

#include <algorithm>

#include "sim/check.h"

namespace models {
namespace {

// Partition.appendRecordsToFollowerOrFutureReplica: what an empty log refused holds its start.
bool is_around_start(const AppendResult& refused, const PartitionLog& log) {
  Offset start = log.log_start_offset();
  return refused.error == ErrorCode::kUnknownServerError && start == log.log_end_offset() &&
         refused.first_offset != kNoOffset && refused.first_offset < start &&
         refused.last_offset >= start;
}

}  // namespace

Offset truncation_target(const PartitionLog& log, const EpochEndOffset& diverging) {
  Offset log_end = log.log_end_offset();
  std::optional<EpochEndOffset> own = log.epochs().end_of(diverging.epoch, log_end);
  if (!own) return std::min(diverging.end_offset, log_end);
  // An epoch unknown here: cut to the end of the largest one below it; the next fetch asks again.
  if (own->epoch != diverging.epoch) return std::min(own->end_offset, log_end);
  return std::min({own->end_offset, diverging.end_offset, log_end});
}

int64_t FollowerReplica::begin(NodeId leader, LeaderEpoch epoch, PartitionLog& log, Step& step) {
  *this = FollowerReplica();
  leader_ = leader;
  epoch_ = epoch;
  int64_t cut = 0;
  // Records above the own watermark may well be committed; only the leader can tell.
  if (step.mutated(Mutation::kKip101) || log.latest_epoch() == kNoLeaderEpoch) {
    cut = log.truncate_to(log.high_watermark(), step);
  }
  resume(log, step);
  return cut;
}

void FollowerReplica::resume(const PartitionLog& log, Step& step) {
  fetch_offset_ = log.log_end_offset();
  // Before KIP-101 a follower did not say which epoch it had last, so no leader could object.
  last_fetched_epoch_ = step.mutated(Mutation::kKip101) ? kNoLeaderEpoch : log.latest_epoch();
}

void FollowerReplica::delay(sim::WallTime now, sim::Duration backoff) {
  if (!is_delayed(now)) delayed_until_ = now + backoff;
}

FetchPartition FollowerReplica::fetch(const PartitionLog& log, int32_t max_bytes) const {
  return {.partition = log.partition(),
          .current_leader_epoch = epoch_,
          .fetch_offset = fetch_offset_,
          .last_fetched_epoch = last_fetched_epoch_,
          .log_start_offset = log.log_start_offset(),
          .partition_max_bytes = max_bytes};
}

FollowerReplica::Appended FollowerReplica::append(const FetchPartitionData& data,
                                                  LeaderEpoch sent_epoch, PartitionLog& log,
                                                  Step& step) {
  SIM_CHECK(fetch_offset_ == log.log_end_offset(), fetch_offset_.value(),
            log.log_end_offset().value());
  Appended appended{.first_answer = !answered_};
  if (!data.records.empty()) {
    Offset end_before = log.log_end_offset();
    AppendResult result = log.append_as_follower(data.records, sent_epoch, step);
    appended.error = result.error;
    if (is_around_start(result, log)) appended.start_anew_at = result.first_offset;
    if (appended.error != ErrorCode::kNone) return appended;
    appended.records = log.log_end_offset() > end_before;
  }
  appended.watermark = log.set_high_watermark(data.high_watermark);
  // What the leader has let go may go here too; the watermark is below it only for a moment.
  Offset start_before = log.log_start_offset();
  (void)log.increment_log_start(data.log_start_offset, step);
  appended.log_start = log.log_start_offset() > start_before;
  answered_ = true;
  if (appended.records) resume(log, step);
  return appended;
}

int64_t FollowerReplica::truncate(Offset target, PartitionLog& log, Step& step) {
  int64_t cut = log.truncate_to(target, step);
  resume(log, step);
  return cut;
}

int64_t FollowerReplica::truncate_on_divergence(const EpochEndOffset& diverging, PartitionLog& log,
                                                Step& step) {
  step.mark(Mark::kTruncatedOnDivergence);
  auto own = log.epochs().end_of(diverging.epoch, log.log_end_offset());
  if (own && own->epoch != diverging.epoch) step.mark(Mark::kTruncatedInSteps);
  return truncate(truncation_target(log, diverging), log, step);
}

}  // namespace models
