// SPDX-License-Identifier: Apache-2.0
//
// A broker's view of the metadata: an observer of the controllers' quorum. It fetches the metadata
// log from the leader by long poll, one request after the other, and replays what is committed. At
// each start of the process it starts from its latest snapshot, or from offset 0.
//
//   on_start -> FetchRequest -> ... -> on_fetch_response -> replay up to the high watermark -> next
//
// It writes a snapshot of its image now and then. Where the leader's log no longer holds what comes
// next it copies the leader's snapshot, keeps it, and its image is what that gives:
//
//   on_fetch_response: snapshot -> FetchSnapshotRequest ... -> flush -> load -> FetchRequest
//
// Any voter tells who leads. While the leader is unknown or silent, random voters are asked; whom it
// takes for the active controller it tells by Effects::follow_controller.
//
// Source: raft/.../KafkaRaftClient.java (observer), metadata/.../image/loader/MetadataLoader.java.

#ifndef MODELS_CONTROLLER_METADATA_OBSERVER_H_
#define MODELS_CONTROLLER_METADATA_OBSERVER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/config.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_replay.h"
#include "models/controller/snapshot_generator.h"
#include "models/protocol/fetch.h"
#include "models/protocol/fetch_snapshot.h"
#include "models/raft/metadata_snapshots.h"
#include "models/raft/snapshot_file.h"

namespace models {

struct MetadataObserverOptions {
  NodeId node_id = kNoNode;
  std::vector<NodeId> voters;  // The controllers.
  BrokerConfig config;
  std::string log_directory = "kafka-logs";  // Holds __cluster_metadata-0, with snapshots.
};

class MetadataObserver {
 public:
  explicit MetadataObserver(const MetadataObserverOptions& options);

  void on_start(Step& step);

  // What the response changed, if it moved the image on (the delta may be empty: records that tell
  // nothing, such as NoOp). An error backs off. A log that is not a prefix of the controller's, or
  // does not decode, ends the process, as a fatal fault ends Kafka's.
  std::optional<MetadataDelta> on_fetch_response(const FetchResponse& response,
                                                 const FetchRequest& request, Step& step);
  void on_fetch_snapshot_response(const FetchSnapshotResponse& response, Step& step);
  // Of either request.
  void on_fetch_failed(RequestFailure failure, Step& step);
  // Timer::kMetadataFetchBackoff, kMetadataSnapshot, kMetadataLogCleaning, kMetadataFileRemoval.
  void on_timer(TimerKey timer, Step& step);
  // What a snapshot that is now durable changed, if it was the leader's. Keys are negative.
  std::optional<MetadataDelta> on_flushed(int64_t key, Step& step);

  const MetadataImage& image() const { return replay_.image(); }
  // Offset of the last record applied; -1 before the first.
  Offset applied_offset() const { return replay_.image().next_offset - 1; }
  // Of the quorum, as far as this broker knows.
  NodeId leader() const { return leader_; }
  LeaderEpoch epoch() const { return epoch_; }
  const MetadataSnapshots& snapshots() const { return snapshots_; }

  static void fields(auto&& f) {
    f("replay", &MetadataObserver::replay_);
    f("position", &MetadataObserver::position_);
    f("epoch", &MetadataObserver::epoch_);
    f("leader", &MetadataObserver::leader_);
  }

 private:
  // metadata_observer.cc
  void send_fetch(Step& step);
  void back_off(Step& step);
  void halt(std::string_view reason, Step& step);
  bool learn_leader(NodeId leader, LeaderEpoch epoch, Step& step);
  // metadata_observer_snapshot.cc
  absl::Status recover(Step& step);
  absl::StatusOr<MetadataDelta> load(SnapshotId id, Step& step);
  absl::StatusOr<SnapshotWriter> create(SnapshotId id, Step& step);
  void begin_snapshot_fetch(SnapshotId id, Step& step);
  void drop_snapshot_fetch(Step& step);
  void send_fetch_snapshot(Step& step);
  std::optional<MetadataDelta> on_fetched_flushed(Step& step);
  void write_snapshot(Step& step);
  void on_written_flushed(Step& step);
  void clean(Step& step);
  void arm_cleaning(Step& step);
  void arm_file_removal(Step& step);

  MetadataObserverOptions options_;
  MetadataReplay replay_;
  MetadataPosition position_;
  MetadataSnapshots snapshots_;
  SnapshotGenerator snapshot_generator_;
  std::optional<SnapshotWriter> fetched_;  // A copy of the leader's, under way.
  std::optional<SnapshotWriter> writing_;  // Its own.
  sim::MonoTime started_;
  LeaderEpoch epoch_{0};
  NodeId leader_ = kNoNode;
  NodeId asked_ = kNoNode;         // By the fetch under way.
  bool leader_is_silent_ = false;  // Its last fetch failed.
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_OBSERVER_H_
