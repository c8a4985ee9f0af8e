// SPDX-License-Identifier: Apache-2.0
//
// Snapshots of what is committed: written now and then, and read where the log does not begin at 0.
// Source: QuorumController.java (handleLoadSnapshot), metadata/.../image/publisher/
// {SnapshotGenerator,SnapshotEmitter}.java.

#include <utility>

#include "models/controller/controller.h"
#include "models/controller/image_records.h"
#include "models/raft/snapshot_file.h"

namespace models {

absl::StatusOr<bool> Controller::load_snapshot(Step& step) {
  std::optional<SnapshotId> id = log_->snapshot_for(committed_.image().next_offset);
  if (!id) return false;
  absl::StatusOr<absl::Cord> bytes = log_->read_snapshot(*id, step);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<int64_t> time = last_contained_log_timestamp(*bytes);
  if (!time.ok()) return time.status();
  absl::StatusOr<std::vector<MetadataRecord>> records = records_in_snapshot(*bytes);
  if (!records.ok()) return records.status();
  (void)committed_.load(*records, id->end_offset);
  reached_ = {id->end_offset, id->epoch, *time, 0};
  log_is_empty_ = false;
  committed_registrations_.clear();
  for (const auto& [broker, registration] : committed_.image().brokers)
    committed_registrations_[broker] = id->end_offset - 1;
  snapshot_generator_.on_loaded(step);
  step.mark(Mark::kSnapshotLoaded);
  step.effects.note("snapshot_loaded", {{"node", std::to_string(options_.node_id.value())},
                                        {"snapshot", snapshot_file_name(*id)},
                                        {"records", std::to_string(records->size())}});
  return true;
}

void Controller::write_snapshot(Step& step) {
  snapshot_generator_.take_up(step);
  bool begun = log_->create_snapshot(snapshot_of(committed_.image(), reached_), step);
  if (!begun) snapshot_generator_.on_written();
  check(log_->status(), step);
}

}  // namespace models
