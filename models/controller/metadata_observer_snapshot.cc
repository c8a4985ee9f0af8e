// SPDX-License-Identifier: Apache-2.0
//
// A broker's snapshots of the metadata: its own, and the leader's.
// Source: as models/raft/raft_snapshot.cc; metadata/.../image/loader/MetadataLoader.java
// (handleLoadSnapshot).

#include <algorithm>
#include <utility>

#include "models/controller/image_records.h"
#include "models/controller/metadata_observer.h"
#include "models/raft/raft.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr int64_t kFetchedKey = Raft::kFetchedSnapshotKey;
constexpr int64_t kWrittenKey = Raft::kWrittenSnapshotKey;
constexpr sim::Duration kCleaningInterval = sim::Duration::seconds(60);

std::vector<std::pair<std::string_view, std::string>> fields_of(NodeId node, SnapshotId id) {
  return {{"node", std::to_string(node.value())}, {"snapshot", snapshot_file_name(id)}};
}

}  // namespace

absl::Status MetadataObserver::recover(Step& step) {
  absl::StatusOr<std::vector<std::string>> names = step.disk.list(snapshots_.directory());
  if (!names.ok()) return names.status();
  if (absl::Status found = snapshots_.recover(*names, Offset(0), step); !found.ok()) return found;
  std::optional<SnapshotId> latest = snapshots_.latest();
  if (!latest) return absl::OkStatus();
  arm_cleaning(step);
  return load(*latest, step).status();
}

absl::StatusOr<MetadataDelta> MetadataObserver::load(SnapshotId id, Step& step) {
  absl::StatusOr<MetadataSnapshots::Slice> all = snapshots_.read(id, 0, INT64_MAX, step);
  if (!all.ok()) return all.status();
  absl::StatusOr<int64_t> time = last_contained_log_timestamp(all->bytes);
  if (!time.ok()) return time.status();
  absl::StatusOr<std::vector<MetadataRecord>> records = records_in_snapshot(all->bytes);
  if (!records.ok()) return records.status();
  position_ = {id.end_offset, id.epoch, *time, 0};
  snapshot_generator_.on_loaded(step);
  step.mark(Mark::kSnapshotLoaded);
  auto fields = fields_of(options_.node_id, id);
  fields.emplace_back("records", std::to_string(records->size()));
  step.effects.note("snapshot_loaded", std::move(fields));
  return replay_.load(*records, id.end_offset);
}

absl::StatusOr<SnapshotWriter> MetadataObserver::create(SnapshotId id, Step& step) {
  for (const std::string& directory : {options_.log_directory, snapshots_.directory()}) {
    if (step.disk.exists(directory)) continue;
    if (absl::Status made = step.disk.create_directory(directory); !made.ok()) return made;
  }
  return SnapshotWriter::create(snapshots_.directory(), id, step);
}

// --- The leader's ---

void MetadataObserver::begin_snapshot_fetch(SnapshotId id, Step& step) {
  drop_snapshot_fetch(step);
  if (snapshots_.contains(id)) return back_off(step);
  absl::StatusOr<SnapshotWriter> writer = create(id, step);
  if (!writer.ok()) return halt(writer.status().ToString(), step);
  fetched_ = *std::move(writer);
  auto fields = fields_of(options_.node_id, id);
  fields.emplace_back("log_end", std::to_string(position_.next.value()));
  step.effects.note("snapshot_wanted", std::move(fields));
  send_fetch(step);
}

void MetadataObserver::drop_snapshot_fetch(Step& step) {
  if (!fetched_ || fetched_->is_freezing()) return;
  step.mark(Mark::kSnapshotFetchDropped);
  fetched_->drop(step);
  fetched_.reset();
}

void MetadataObserver::send_fetch_snapshot(Step& step) {
  FetchSnapshotRequest request;
  request.replica_id = options_.node_id;
  request.max_bytes = kMetadataFetchMaxBytes;
  request.partition = {std::string(kMetadataTopic), 0};
  request.current_leader_epoch = epoch_;
  request.snapshot_id = fetched_->id();
  request.position = fetched_->size_bytes();
  step.effects.request(Channel::kMetadataFetch, leader_, std::move(request));
}

void MetadataObserver::on_fetch_snapshot_response(const FetchSnapshotResponse& response,
                                                  Step& step) {
  bool learnt = learn_leader(response.current_leader, response.current_leader_epoch, step);
  if (response.error == ErrorCode::kSnapshotNotFound) drop_snapshot_fetch(step);
  if (learnt || response.error == ErrorCode::kSnapshotNotFound) return send_fetch(step);
  if (response.error != ErrorCode::kNone) return back_off(step);
  leader_is_silent_ = false;
  bool fits = fetched_ && fetched_->id() == response.snapshot_id &&
              fetched_->size_bytes() == response.position;
  SIM_CHECK(fits, "a piece of another snapshot", response.position);
  if (absl::Status appended = fetched_->append(response.records, step); !appended.ok())
    return halt(appended.ToString(), step);
  if (fetched_->size_bytes() < response.size) return send_fetch(step);
  fetched_->freeze(kFetchedKey, step);
}

std::optional<MetadataDelta> MetadataObserver::on_fetched_flushed(Step& step) {
  absl::StatusOr<bool> durable = fetched_->on_flushed(kFetchedKey, step);
  if (!durable.ok()) halt(durable.status().ToString(), step);
  if (!durable.ok() || !*durable) return std::nullopt;
  SnapshotId id = fetched_->id();
  auto fields = fields_of(options_.node_id, id);
  fields.emplace_back("bytes", std::to_string(fetched_->size_bytes()));
  fields.emplace_back("log_end", std::to_string(position_.next.value()));
  step.effects.note("snapshot_fetched", std::move(fields));
  step.mark(Mark::kSnapshotFetched);
  fetched_.reset();
  snapshots_.on_frozen(id);
  absl::StatusOr<int32_t> forgotten = snapshots_.forget_before(id, step);
  if (!forgotten.ok()) halt(forgotten.status().ToString(), step);
  if (!forgotten.ok()) return std::nullopt;
  arm_file_removal(step);
  absl::StatusOr<MetadataDelta> delta = load(id, step);
  if (!delta.ok()) halt(delta.status().ToString(), step);
  if (!delta.ok()) return std::nullopt;
  send_fetch(step);
  return *std::move(delta);
}

std::optional<MetadataDelta> MetadataObserver::on_flushed(int64_t key, Step& step) {
  if (key == kFetchedKey) return on_fetched_flushed(step);
  on_written_flushed(step);
  return std::nullopt;
}

// --- Its own ---

void MetadataObserver::write_snapshot(Step& step) {
  snapshot_generator_.take_up(step);
  SnapshotContent content = snapshot_of(replay_.image(), position_);
  if (writing_ || snapshots_.contains(content.id)) return snapshot_generator_.on_written();
  absl::StatusOr<SnapshotWriter> writer = create(content.id, step);
  if (!writer.ok()) return halt(writer.status().ToString(), step);
  writing_ = *std::move(writer);
  absl::Status written = writing_->append(encode_snapshot(content, step.wall.millis()), step);
  if (!written.ok()) return halt(written.ToString(), step);
  writing_->freeze(kWrittenKey, step);
}

void MetadataObserver::on_written_flushed(Step& step) {
  absl::StatusOr<bool> durable = writing_->on_flushed(kWrittenKey, step);
  if (!durable.ok()) return halt(durable.status().ToString(), step);
  if (!*durable) return;
  snapshots_.on_frozen(writing_->id());
  step.mark(Mark::kSnapshotWritten);
  auto fields = fields_of(options_.node_id, writing_->id());
  fields.emplace_back("bytes", std::to_string(writing_->size_bytes()));
  step.effects.note("snapshot_written", std::move(fields));
  writing_.reset();
  snapshot_generator_.on_written();
  arm_cleaning(step);
}

// --- What goes: as at a controller, but that no log is kept beside the snapshots ---

void MetadataObserver::arm_cleaning(Step& step) {
  if (snapshots_.count() < 2) return;
  int64_t minute = kCleaningInterval.nanos();
  int64_t into = (step.mono - started_).nanos() % minute;
  step.effects.arm({Timer::kMetadataLogCleaning}, sim::Duration::nanos(minute - into));
}

void MetadataObserver::clean(Step& step) {
  SnapshotRetention retention{options_.config.metadata_max_retention_bytes,
                              options_.config.metadata_max_retention_ms};
  absl::Status cleaned = snapshots_.clean(
      retention, [] { return int64_t{0}; },
      [&](SnapshotId id) -> absl::StatusOr<bool> {
        absl::StatusOr<int32_t> forgotten = snapshots_.forget_before(id, step);
        if (!forgotten.ok()) return forgotten.status();
        return *forgotten > 0;
      },
      step);
  if (!cleaned.ok()) return halt(cleaned.ToString(), step);
  arm_cleaning(step);
  arm_file_removal(step);
}

void MetadataObserver::arm_file_removal(Step& step) {
  std::optional<int64_t> due = snapshots_.next_removal_ms();
  if (!due) return;
  int64_t wait = std::max<int64_t>(*due - step.wall.millis(), 0);
  step.effects.arm({Timer::kMetadataFileRemoval}, sim::Duration::millis(wait));
}

}  // namespace models
