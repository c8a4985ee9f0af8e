// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_observer.h"

#include <string>
#include <utility>

#include "models/controller/metadata_batches.h"
#include "models/raft/raft.h"

namespace models {

MetadataObserver::MetadataObserver(const MetadataObserverOptions& options)
    : options_(options),
      replay_(options.config.topic, options.node_id),
      snapshots_(options.log_directory + "/" + std::string(kMetadataTopic) + "-0"),
      snapshot_generator_(options.config) {}

void MetadataObserver::on_start(Step& step) {
  started_ = step.mono;
  if (step.disk.exists(snapshots_.directory())) {
    if (absl::Status read = recover(step); !read.ok()) return halt(read.ToString(), step);
  }
  send_fetch(step);
}

void MetadataObserver::send_fetch(Step& step) {
  asked_ = leader_;
  if (leader_ == kNoNode || leader_is_silent_) {
    size_t voters = options_.voters.size();
    asked_ = options_.voters[voters == 1 ? 0 : step.rng.below(voters)];
  }
  if (fetched_ && asked_ == leader_) return send_fetch_snapshot(step);
  FetchPartition wanted;
  wanted.partition = {std::string(kMetadataTopic), 0};
  wanted.current_leader_epoch = epoch_;
  wanted.fetch_offset = position_.next;
  wanted.last_fetched_epoch = position_.last_epoch;
  wanted.partition_max_bytes = kMetadataFetchMaxBytes;
  FetchRequest request;
  request.replica_id = options_.node_id;
  request.max_wait_ms = kMetadataFetchMaxWaitMs;
  request.max_bytes = kMetadataFetchMaxBytes;
  request.partitions.push_back(std::move(wanted));
  step.effects.request(Channel::kMetadataFetch, asked_, std::move(request));
}

void MetadataObserver::back_off(Step& step) {
  step.effects.arm({Timer::kMetadataFetchBackoff},
                   options_.config.controller_quorum_retry_backoff_ms);
}

void MetadataObserver::halt(std::string_view reason, Step& step) {
  step.effects.note("metadata_unusable", {{"node", std::to_string(options_.node_id.value())},
                                          {"reason", std::string(reason)}});
  step.effects.exit();
}

std::optional<MetadataDelta> MetadataObserver::on_fetch_response(const FetchResponse& response,
                                                                 const FetchRequest& request,
                                                                 Step& step) {
  if (response.error != ErrorCode::kNone || response.partitions.size() != 1 ||
      request.partitions.front().fetch_offset != position_.next) {
    back_off(step);
    return std::nullopt;
  }
  const FetchPartitionData& data = response.partitions.front();
  bool learnt = learn_leader(data.current_leader, data.current_leader_epoch, step);
  if (data.error != ErrorCode::kNone) {
    if (learnt && leader_ != kNoNode) {
      send_fetch(step);
    } else {
      back_off(step);
    }
    return std::nullopt;
  }
  leader_is_silent_ = false;
  if (data.diverging_epoch) {
    // What was applied was committed; the controller has lost it.
    halt("the controller's log does not hold what was committed", step);
    return std::nullopt;
  }
  if (data.snapshot_id) {
    begin_snapshot_fetch(*data.snapshot_id, step);
    return std::nullopt;
  }
  MetadataDelta delta;
  absl::StatusOr<MetadataPosition> reached = visit_metadata_records(
      data.records, position_, data.high_watermark,
      [&](const MetadataRecord& record, Offset offset) { replay_.replay(record, offset, delta); });
  if (!reached.ok()) {
    halt(reached.status().ToString(), step);
    return std::nullopt;
  }
  bool moved = reached->next != position_.next;
  bool caught_up = data.high_watermark >= Offset(0) && reached->next >= data.high_watermark;
  snapshot_generator_.on_replayed(std::exchange(reached->bytes, 0), caught_up, step);
  position_ = *reached;
  replay_.skip_to(position_.next);
  send_fetch(step);
  if (!moved) return std::nullopt;
  return delta;
}

// True if that is news.
bool MetadataObserver::learn_leader(NodeId leader, LeaderEpoch epoch, Step& step) {
  bool newer = epoch > epoch_;
  bool named = epoch == epoch_ && leader_ == kNoNode && leader != kNoNode;
  if (!newer && !named) return false;
  drop_snapshot_fetch(step);
  epoch_ = epoch;
  leader_ = leader;
  leader_is_silent_ = false;
  if (leader_ != kNoNode && leader_ != asked_) step.mark(Mark::kQuorumLeaderFound);
  step.effects.follow_controller(leader_);
  return true;
}

void MetadataObserver::on_fetch_failed(RequestFailure, Step& step) {
  if (asked_ == leader_) leader_is_silent_ = true;
  back_off(step);
}

void MetadataObserver::on_timer(TimerKey timer, Step& step) {
  switch (timer.kind) {
    case Timer::kMetadataSnapshot:
      return write_snapshot(step);
    case Timer::kMetadataLogCleaning:
      return clean(step);
    case Timer::kMetadataFileRemoval:
      if (absl::Status gone = snapshots_.remove_deleted(step); !gone.ok())
        return halt(gone.ToString(), step);
      return arm_file_removal(step);
    default:
      return send_fetch(step);
  }
}

}  // namespace models
