// SPDX-License-Identifier: Apache-2.0
//
// Snapshots: who is offered one, how it is copied, and what of the log goes when there is one.
// Source: KafkaRaftClient.java (handleFetchSnapshot*, RaftMetadataLogCleanerManager),
// ReplicatedLog.java (validateOffsetAndEpoch), core/.../raft/KafkaMetadataLog.scala.

#include <algorithm>
#include <utility>

#include "models/raft/raft.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr sim::Duration kCleaningInterval = sim::Duration::seconds(60);

// Made by `storage format`, and in no log; never offered to others.
bool is_bootstrap(SnapshotId id) {
  return id.end_offset == Offset(0) && id.epoch == LeaderEpoch(0);
}

std::vector<std::pair<std::string_view, std::string>> fields_of(NodeId node, SnapshotId id) {
  return {{"node", std::to_string(node.value())}, {"snapshot", snapshot_file_name(id)}};
}

}  // namespace

// --- Positions ---

LeaderEpoch Raft::last_epoch_of(const PartitionLog& log, const MetadataSnapshots& snapshots) {
  if (log.latest_epoch() != kNoLeaderEpoch) return log.latest_epoch();
  // The log is empty: what it goes on from is the snapshot.
  std::optional<SnapshotId> latest = snapshots.latest();
  return latest && latest->end_offset == log.log_end_offset() ? latest->epoch : kNoLeaderEpoch;
}

EpochEndOffset Raft::end_of_epoch(LeaderEpoch epoch) const {
  std::optional<EpochEndOffset> end = log_.epochs().end_of(epoch, log_.log_end_offset());
  if (!end) return {last_epoch(), log_.log_end_offset()};
  std::optional<SnapshotId> earliest = snapshots_.earliest();
  // Below the first epoch of the log: what ends there is the snapshot's.
  if (earliest && end->end_offset == earliest->end_offset && end->epoch == epoch)
    return {earliest->epoch, earliest->end_offset};
  return *end;
}

Raft::FetchValidity Raft::validate(const FetchPartition& wanted) const {
  const Offset offset = wanted.fetch_offset;
  const LeaderEpoch epoch = wanted.last_fetched_epoch;
  std::optional<SnapshotId> latest = snapshots_.latest();
  // To who has nothing a snapshot is the shorter way, even if the log still begins at 0.
  if (offset == Offset(0) && latest && !is_bootstrap(*latest)) return {{}, latest};
  const Offset start = log_.log_start_offset();
  if (start == Offset(0) && offset == Offset(0)) return {};
  if (std::optional<SnapshotId> earliest = snapshots_.earliest()) {
    bool is_gone = offset < start || (offset == start && epoch != earliest->epoch);
    if (is_gone || epoch < earliest->epoch) return {{}, latest};
  }
  if (epoch == kNoLeaderEpoch) return {};
  EpochEndOffset end = end_of_epoch(epoch);
  if (end.epoch != epoch || end.end_offset < offset) return {end, {}};
  return {};
}

// --- A leader serves one ---

void Raft::on_fetch_snapshot(RequestToken token, const FetchSnapshotRequest& request, Step& step) {
  FetchSnapshotResponse response;
  response.partition = request.partition;
  response.current_leader = quorum_.leader();
  response.current_leader_epoch = epoch();
  if (request.partition != log_.partition()) {
    response.error = ErrorCode::kUnknownTopicOrPartition;
    return answer(token, std::move(response), step);
  }
  response.error = check_leader_epoch(request.current_leader_epoch);
  if (response.error != ErrorCode::kNone) {
    if (response.error == ErrorCode::kFencedLeaderEpoch) step.mark(Mark::kQuorumRequestFenced);
    return answer(token, std::move(response), step);
  }
  absl::StatusOr<MetadataSnapshots::Slice> slice =
      snapshots_.read(request.snapshot_id, request.position, request.max_bytes, step);
  if (absl::IsNotFound(slice.status()) || is_bootstrap(request.snapshot_id)) {
    step.mark(Mark::kSnapshotNotFound);
    response.error = ErrorCode::kSnapshotNotFound;
  } else if (!slice.ok()) {
    settle(slice.status());
    return;
  } else if (request.position < 0 || request.position >= slice->size) {
    step.mark(Mark::kSnapshotPositionOutOfRange);
    response.error = ErrorCode::kPositionOutOfRange;
  } else {
    if (leader_.on_fetch(request.replica_id)) arm_check_quorum(step);
    response.snapshot_id = request.snapshot_id;
    response.size = slice->size;
    response.position = request.position;
    response.records = std::move(slice->bytes);
  }
  answer(token, std::move(response), step);
}

// --- A follower copies one ---

void Raft::begin_snapshot_fetch(SnapshotId id, Step& step) {
  drop_snapshot_fetch(step);
  if (snapshots_.contains(id)) return;
  absl::StatusOr<SnapshotWriter> writer = SnapshotWriter::create(log_.directory(), id, step);
  settle(writer.status());
  if (!writer.ok()) return;
  fetched_ = *std::move(writer);
  auto fields = fields_of(options_.node_id, id);
  fields.emplace_back("log_end", std::to_string(log_.log_end_offset().value()));
  step.effects.note("snapshot_wanted", std::move(fields));
}

void Raft::drop_snapshot_fetch(Step& step) {
  if (!fetched_) return;
  step.mark(Mark::kSnapshotFetchDropped);
  fetched_->drop(step);
  fetched_.reset();
}

void Raft::send_fetch_snapshot(Step& step) {
  FetchSnapshotRequest request;
  request.replica_id = options_.node_id;
  request.max_bytes = kMetadataFetchMaxBytes;
  request.partition = log_.partition();
  request.current_leader_epoch = epoch();
  request.snapshot_id = fetched_->id();
  request.position = fetched_->size_bytes();
  send(quorum_.leader(), std::move(request), step);
}

void Raft::on_fetch_snapshot_reply(NodeId from, const FetchSnapshotResponse& reply, Step& step) {
  bool is_gone = reply.error == ErrorCode::kSnapshotNotFound;
  bool done = handle_common(is_gone ? ErrorCode::kNone : reply.error, reply.current_leader,
                            reply.current_leader_epoch, step);
  if (done || !quorum_.is(QuorumRole::kFollower)) {
    if (quorum_.is(QuorumRole::kFollower) && fetched_) back_off(from, step);
    return;
  }
  if (is_gone) {
    drop_snapshot_fetch(step);  // The next fetch tells of a later one.
  } else {
    append_to_snapshot(reply, step);
  }
  arm_role_timeout(options_.config.controller_quorum_fetch_timeout_ms, step);
}

void Raft::append_to_snapshot(const FetchSnapshotResponse& reply, Step& step) {
  bool fits =
      fetched_ && fetched_->id() == reply.snapshot_id && fetched_->size_bytes() == reply.position;
  SIM_CHECK(fits, "a piece of another snapshot", reply.position);
  settle(fetched_->append(reply.records, step));
  if (status_.ok() && fetched_->size_bytes() == reply.size)
    fetched_->freeze(kFetchedSnapshotKey, step);
}

void Raft::on_fetched_flushed(Step& step) {
  SIM_CHECK(fetched_.has_value(), "no snapshot is being made durable");
  absl::StatusOr<bool> durable = fetched_->on_flushed(kFetchedSnapshotKey, step);
  settle(durable.status());
  if (!durable.ok() || !*durable) return;
  SnapshotId id = fetched_->id();
  int64_t bytes = fetched_->size_bytes();
  fetched_.reset();
  on_snapshot_fetched(id, bytes, step);
  if (status_.ok()) on_state_durable(step);
}

void Raft::on_snapshot_fetched(SnapshotId id, int64_t bytes, Step& step) {
  snapshots_.on_frozen(id);
  step.mark(Mark::kSnapshotFetched);
  auto fields = fields_of(options_.node_id, id);
  fields.emplace_back("bytes", std::to_string(bytes));
  fields.emplace_back("log_end", std::to_string(log_.log_end_offset().value()));
  step.effects.note("snapshot_fetched", std::move(fields));
  absl::StatusOr<bool> cut = truncate_to_latest_snapshot(log_, snapshots_, step);
  settle(cut.status());
  if (!cut.ok()) return;
  if (!*cut) {
    settle(absl::InternalError("the leader's snapshot is no later than the log"));
    return;
  }
  flushed_ = next_ = log_.log_end_offset();
  committed_ = std::max(committed_, log_.high_watermark());
  arm_file_removal(step);
  arm_role_timeout(options_.config.controller_quorum_fetch_timeout_ms, step);
}

// Also at a start: the node may have died between the two.
absl::StatusOr<bool> Raft::truncate_to_latest_snapshot(PartitionLog& log,
                                                       MetadataSnapshots& snapshots, Step& step) {
  std::optional<SnapshotId> latest = snapshots.latest();
  LeaderEpoch epoch = std::max(log.latest_epoch(), LeaderEpoch(0));
  bool is_ahead = latest && (latest->epoch > epoch ||
                             (latest->epoch == epoch && latest->end_offset > log.log_end_offset()));
  if (!is_ahead) return false;
  step.mark(Mark::kLogTruncatedToSnapshot);
  log.truncate_fully_and_start_at(latest->end_offset, step);
  if (log.has_failed()) return absl::UnavailableError("metadata log cannot be cut");
  absl::StatusOr<int32_t> forgotten = snapshots.forget_before(*latest, step);
  if (!forgotten.ok()) return forgotten.status();
  return true;
}

// --- Its own ---

std::optional<SnapshotId> Raft::snapshot_for(Offset from) const {
  bool needs = from == Offset(0) || from < log_.log_start_offset();
  return needs && from < committed_ ? snapshots_.latest() : std::nullopt;
}

absl::StatusOr<absl::Cord> Raft::read_snapshot(SnapshotId id, Step& step) {
  absl::StatusOr<MetadataSnapshots::Slice> all = snapshots_.read(id, 0, INT64_MAX, step);
  if (!all.ok()) return all.status();
  return std::move(all->bytes);
}

bool Raft::create_snapshot(const SnapshotContent& content, Step& step) {
  const SnapshotId id = content.id;
  SIM_CHECK(id.end_offset <= committed_, id.end_offset.value(), committed_.value());
  if (writing_ || id.end_offset < log_.log_start_offset() || snapshots_.contains(id)) return false;
  FetchPartition named;
  named.fetch_offset = id.end_offset;
  named.last_fetched_epoch = id.epoch;
  SIM_CHECK(validate(named).is_valid(), snapshot_file_name(id));
  absl::StatusOr<SnapshotWriter> writer = SnapshotWriter::create(log_.directory(), id, step);
  settle(writer.status());
  if (!writer.ok()) return false;
  writing_ = *std::move(writer);
  settle(writing_->append(encode_snapshot(content, step.wall.millis()), step));
  if (!status_.ok()) return false;
  writing_->freeze(kWrittenSnapshotKey, step);
  return true;
}

void Raft::on_written_flushed(Step& step) {
  SIM_CHECK(writing_.has_value(), "no snapshot is being written");
  absl::StatusOr<bool> durable = writing_->on_flushed(kWrittenSnapshotKey, step);
  settle(durable.status());
  if (!durable.ok() || !*durable) return;
  snapshots_.on_frozen(writing_->id());
  step.mark(Mark::kSnapshotWritten);
  auto fields = fields_of(options_.node_id, writing_->id());
  fields.emplace_back("bytes", std::to_string(writing_->size_bytes()));
  step.effects.note("snapshot_written", std::move(fields));
  writing_.reset();
  arm_cleaning(step);
}

// --- What goes ---

// Kafka looks each minute; with fewer than two snapshots there is nothing to see.
void Raft::arm_cleaning(Step& step) {
  if (snapshots_.count() < 2) return;
  int64_t minute = kCleaningInterval.nanos();
  int64_t into = (step.mono - started_).nanos() % minute;
  step.effects.arm({Timer::kMetadataLogCleaning}, sim::Duration::nanos(minute - into));
}

void Raft::clean_log(Step& step) {
  SnapshotRetention retention{options_.config.metadata_max_retention_bytes,
                              options_.config.metadata_max_retention_ms};
  absl::Status cleaned = snapshots_.clean(
      retention, [&] { return log_.size_bytes(); },
      [&](SnapshotId id) { return delete_before(id, step); }, step);
  settle(cleaned);
  arm_cleaning(step);
  arm_file_removal(step);
}

absl::StatusOr<bool> Raft::delete_before(SnapshotId id, Step& step) {
  if (log_.log_start_offset() >= id.end_offset || !snapshots_.contains(id)) return false;
  if (log_.increment_log_start(id.end_offset, step) != ErrorCode::kNone) return false;
  absl::StatusOr<int32_t> segments = log_.delete_old_segments(step);
  if (!segments.ok()) return segments.status();
  absl::StatusOr<int32_t> forgotten = snapshots_.forget_before(id, step);
  if (!forgotten.ok()) return forgotten.status();
  step.effects.note("metadata_log_shortened", {{"node", std::to_string(options_.node_id.value())},
                                               {"log_start", std::to_string(id.end_offset.value())},
                                               {"segments", std::to_string(*segments)},
                                               {"snapshots", std::to_string(*forgotten)}});
  return *segments != 0 || *forgotten != 0;
}

void Raft::arm_file_removal(Step& step) {
  std::optional<int64_t> due = log_.next_removal_ms();
  if (std::optional<int64_t> own = snapshots_.next_removal_ms())
    due = due ? std::min(*due, *own) : own;
  if (!due) return;
  int64_t wait = std::max<int64_t>(*due - step.wall.millis(), 0);
  step.effects.arm({Timer::kMetadataFileRemoval}, sim::Duration::millis(wait));
}

void Raft::remove_files(Step& step) {
  settle(log_.remove_deleted(step));
  settle(snapshots_.remove_deleted(step));
  arm_file_removal(step);
}

}  // namespace models
