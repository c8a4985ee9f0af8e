// SPDX-License-Identifier: Apache-2.0
//
// The leader: appends, commits, serves fetches, and resigns when nobody follows.

#include <utility>

#include "models/log/control_records.h"
#include "models/raft/raft.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr int16_t kControlAttribute = 0x20;

bool is_metadata_fetch(const FetchRequest& request) {
  return request.partitions.size() == 1 &&
         request.partitions.front().partition.topic == kMetadataTopic &&
         request.partitions.front().partition.partition == 0;
}

FetchResponse unknown_partitions(const FetchRequest& request) {
  FetchResponse response;
  for (const FetchPartition& wanted : request.partitions) {
    FetchPartitionData data;
    data.partition = wanted.partition;
    data.error = ErrorCode::kUnknownTopicOrPartition;
    response.partitions.push_back(std::move(data));
  }
  return response;
}

}  // namespace

// --- Appends ---

void Raft::begin_epoch(Step& step) {
  epoch_begun_ = true;
  next_ = log_.log_end_offset();
  leader_ = LeaderState(options_.node_id, quorum_.voters(), next_);
  BatchBuilder::Options options;
  options.base_offset = next_;
  options.leader_epoch = epoch();
  options.attributes = kControlAttribute;
  BatchBuilder control(options);
  LeaderChange change{options_.node_id, quorum_.voters(), quorum_.votes().granting()};
  control.add(step.wall.millis(), control_record_key(ControlRecordType::kLeaderChange),
              encode(change));
  ++next_;
  arm_check_quorum(step);
  send_begin_epoch(step);
  write(control.build(), step);
}

void Raft::send_begin_epoch(Step& step) {
  if (!epoch_begun_ || quorum_.is_only_voter()) return;
  for (NodeId voter : peers_.ids()) {
    if (peers_.is_ready(voter))
      send(voter, BeginQuorumEpochRequest{options_.node_id, epoch()}, step);
  }
  step.effects.arm({Timer::kBeginQuorumEpoch},
                   options_.config.controller_quorum_fetch_timeout_ms / 2);
}

Offset Raft::append(const std::vector<std::string>& values, Step& step) {
  SIM_CHECK(leads() && !values.empty(), epoch().value(), values.size());
  if (!gathering_) {
    BatchBuilder::Options options;
    options.base_offset = next_;
    options.leader_epoch = epoch();
    gathering_.emplace(options);
    gathering_since_ms_ = step.wall.millis();
    if (!write_is_due_)
      step.effects.arm({Timer::kControllerAppend},
                       options_.config.controller_quorum_append_linger_ms);
  }
  for (const std::string& value : values) gathering_->add(gathering_since_ms_, std::nullopt, value);
  next_ += static_cast<int64_t>(values.size());
  return next_ - 1;
}

// One flush at a time, as Kafka's raft thread does one thing at a time.
void Raft::write_gathered(Step& step) {
  if (!epoch_begun_) return;
  write_is_due_ = flush_in_flight_;
  if (write_is_due_ || !gathering_) return;
  absl::Cord batch = gathering_->build();
  gathering_.reset();
  write(std::move(batch), step);
}

void Raft::write(absl::Cord batch, Step& step) {
  // A raft leader writes batches whose offsets and epoch it has chosen, as a follower copies them.
  if (std::optional<BatchHeader> header = read_batch_header(batch))
    appends_.push_back({header->next_offset(), header->leader_epoch, header->max_timestamp_ms,
                        header->total_bytes()});
  AppendResult appended = log_.append_as_follower(std::move(batch), epoch(), step);
  if (appended.error != ErrorCode::kNone) {
    settle(absl::UnavailableError("metadata log cannot be written"));
    return;
  }
  start_flush(step);
}

void Raft::start_flush(Step& step) {
  flushing_to_ = log_.log_end_offset();
  ++flush_id_;
  if (step.mutated(Mutation::kKafka10533)) {
    on_own_end(flushing_to_, step);
    return;
  }
  flush_in_flight_ = true;
  step.effects.flush(flush_id_, log_.unflushed_files());
  // Kafka's thread counts its own end before it flushes (flushLeaderLog), and stands still until it
  // has: only who needs nobody else commits what is not durable yet.
  if (epoch_begun_ && quorum_.is_only_voter()) count_own_end(flushing_to_, step);
}

void Raft::on_log_flushed(Step& step) {
  flush_in_flight_ = false;
  Offset end = std::min(flushing_to_, log_.log_end_offset());  // It may have been cut meanwhile.
  log_.on_flushed(end, step);
  on_own_end(end, step);
  if (write_is_due_) write_gathered(step);
}

void Raft::on_own_end(Offset end, Step& step) {
  flushed_ = end;
  if (epoch_begun_) count_own_end(end, step);
}

void Raft::count_own_end(Offset end, Step& step) {
  if (leader_.on_end(options_.node_id, end, step.mutated(Mutation::kKafka12619)))
    on_high_watermark();
  wake_fetches(step);
}

void Raft::on_high_watermark() {
  committed_ = std::max(committed_, *leader_.high_watermark());
  log_.set_high_watermark(committed_);
  while (!appends_.empty() && appends_.front().next <= committed_) {
    LogProgress done = appends_.front();
    if (appends_done_) done.bytes += appends_done_->bytes;
    appends_done_ = done;
    appends_.pop_front();
  }
}

absl::StatusOr<absl::Cord> Raft::read_committed(Offset from, Step& step) const {
  ReadResult read = log_.read(from, kMetadataFetchMaxBytes, committed_, true, step);
  if (read.error != ErrorCode::kNone) return absl::UnavailableError("metadata log is unreadable");
  return std::move(read.records);
}

// --- Check quorum ---

void Raft::arm_check_quorum(Step& step) {
  if (quorum_.is_only_voter()) return;
  sim::Duration limit = options_.config.controller_quorum_fetch_timeout_ms * 3 / 2;
  check_quorum_deadline_ = step.mono + limit;
  step.effects.arm({Timer::kCheckQuorum}, limit);
}

void Raft::on_check_quorum(Step& step) {
  if (!epoch_begun_ || step.mono < check_quorum_deadline_) return;
  if (step.mutated(Mutation::kKafka15489)) return;
  step.mark(Mark::kResignedByCheckQuorum);
  to_resigned("no majority of the controllers fetches from it", step);
}

// --- Fetches ---

ErrorCode Raft::check_leader_epoch(LeaderEpoch asked) const {
  if (asked < epoch()) return ErrorCode::kFencedLeaderEpoch;
  if (asked > epoch()) return ErrorCode::kUnknownLeaderEpoch;
  if (!epoch_begun_) return ErrorCode::kNotLeaderOrFollower;
  return ErrorCode::kNone;
}

void Raft::on_fetch(RequestToken token, const FetchRequest& request, Step& step) {
  if (!is_metadata_fetch(request)) {
    answer(token, unknown_partitions(request), step);
    return;
  }
  ParkedFetch fetch{token, request.replica_id, request.partitions.front(), request.max_bytes};
  ErrorCode error = check_leader_epoch(fetch.wanted.current_leader_epoch);
  if (error != ErrorCode::kNone) {
    if (error == ErrorCode::kFencedLeaderEpoch) step.mark(Mark::kQuorumRequestFenced);
    reply_fetch(fetch, error, step);
    return;
  }
  note_fetch(fetch.replica, fetch.wanted, step);
  if (has_news(fetch, step) || request.max_wait_ms <= 0) {
    reply_fetch(fetch, ErrorCode::kNone, step);
    return;
  }
  int64_t id = next_fetch_id_++;
  parked_fetches_.emplace(id, std::move(fetch));
  step.effects.arm({Timer::kDelayedMetadataFetch, id}, sim::Duration::millis(request.max_wait_ms));
}

// False: of no voter, or its log is no prefix of this one.
bool Raft::note_follower(NodeId replica, const FetchPartition& wanted, Step& step) {
  if (!is_voter(replica) || !validate(wanted).is_valid()) return false;
  if (leader_.on_fetch(replica)) arm_check_quorum(step);
  return true;
}

// A fetch tells that the voter has flushed all before its offset.
void Raft::note_fetch(NodeId replica, const FetchPartition& wanted, Step& step) {
  if (!note_follower(replica, wanted, step)) return;
  if (leader_.on_end(replica, wanted.fetch_offset, step.mutated(Mutation::kKafka12619))) {
    on_high_watermark();
    wake_fetches(step);
  } else if (leader_.waits_for_own_record()) {
    step.mark(Mark::kCommitWaitsForOwnEpoch);
  }
}

Offset Raft::readable_end(NodeId replica, Step& step) const {
  if (!is_voter(replica)) return leader_.high_watermark().value_or(Offset(0));
  return step.mutated(Mutation::kKafka10533) ? log_.log_end_offset() : flushed_;
}

bool Raft::has_news(const ParkedFetch& fetch, Step& step) const {
  if (fetch.wanted.fetch_offset < readable_end(fetch.replica, step)) return true;
  if (leader_.high_watermark() && fetch.wanted.high_watermark < *leader_.high_watermark())
    return true;
  return !validate(fetch.wanted).is_valid();
}

void Raft::reply_fetch(const ParkedFetch& fetch, ErrorCode error, Step& step) {
  FetchResponse response;
  FetchPartitionData& data = response.partitions.emplace_back();
  data.partition = fetch.wanted.partition;
  data.error = error;
  data.current_leader = quorum_.leader();
  data.current_leader_epoch = epoch();
  if (error == ErrorCode::kNone) {
    data.high_watermark = data.last_stable_offset = leader_.high_watermark().value_or(kNoOffset);
    data.log_start_offset = log_.log_start_offset();
    FetchValidity validity = validate(fetch.wanted);
    data.diverging_epoch = validity.diverging;
    data.snapshot_id = validity.snapshot;
    if (data.diverging_epoch) step.mark(Mark::kQuorumDivergenceAnswered);
    if (data.snapshot_id) step.mark(Mark::kSnapshotOffered);
    Offset end = readable_end(fetch.replica, step);
    if (validity.is_valid() && fetch.wanted.fetch_offset < end) {
      int64_t bytes = std::min(fetch.wanted.partition_max_bytes, fetch.max_bytes);
      ReadResult read = log_.read(fetch.wanted.fetch_offset, bytes, end, true, step);
      data.error = read.error;
      data.records = std::move(read.records);
    }
  }
  answer(fetch.token, std::move(response), step);
}

// One that waited counts anew when there is news for it (tryCompleteFetchRequest), and not when its
// time is over.
void Raft::wake_fetches(Step& step) {
  for (auto it = parked_fetches_.begin(); it != parked_fetches_.end();) {
    if (!has_news(it->second, step)) {
      ++it;
      continue;
    }
    note_follower(it->second.replica, it->second.wanted, step);
    reply_fetch(it->second, ErrorCode::kNone, step);
    step.effects.cancel({Timer::kDelayedMetadataFetch, it->first});
    it = parked_fetches_.erase(it);
  }
}

// Who waits here is told at once to look for the leader elsewhere.
void Raft::fail_fetches(Step& step) {
  for (const auto& [id, fetch] : parked_fetches_) {
    step.effects.cancel({Timer::kDelayedMetadataFetch, id});
    reply_fetch(fetch, ErrorCode::kNotLeaderOrFollower, step);
  }
  parked_fetches_.clear();
}

}  // namespace models
