// SPDX-License-Identifier: Apache-2.0
//
// A broker's view of the metadata: an observer of the controllers' quorum. It fetches the metadata
// log from the leader by long poll, one request after the other, and replays what is committed. It
// starts from offset 0 at each start of the process.
//
//   on_start -> FetchRequest -> ... -> on_fetch_response -> replay up to the high watermark -> next
//
// Any voter tells who leads. While the leader is unknown or silent, random voters are asked; whom it
// takes for the active controller it tells by Effects::follow_controller.
//
// Source: raft/.../KafkaRaftClient.java (observer), metadata/.../image/loader/MetadataLoader.java.

#ifndef MODELS_CONTROLLER_METADATA_OBSERVER_H_
#define MODELS_CONTROLLER_METADATA_OBSERVER_H_

#include <optional>
#include <vector>

#include "models/common/config.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_replay.h"
#include "models/protocol/fetch.h"

namespace models {

struct MetadataObserverOptions {
  NodeId node_id = kNoNode;
  std::vector<NodeId> voters;  // The controllers.
  BrokerConfig config;
};

class MetadataObserver {
 public:
  explicit MetadataObserver(const MetadataObserverOptions& options)
      : options_(options), replay_(options.config.topic, options.node_id) {}

  void on_start(Step& step) { send_fetch(step); }

  // What the response changed, if it moved the image on (the delta may be empty: records that tell
  // nothing, such as NoOp). An error backs off. A log that is not a prefix of the controller's, or
  // does not decode, ends the process, as a fatal fault ends Kafka's.
  std::optional<MetadataDelta> on_fetch_response(const FetchResponse& response,
                                                 const FetchRequest& request, Step& step);
  void on_fetch_failed(RequestFailure failure, Step& step);
  // Timer::kMetadataFetchBackoff.
  void on_timer(TimerKey timer, Step& step);

  const MetadataImage& image() const { return replay_.image(); }
  // Offset of the last record applied; -1 before the first.
  Offset applied_offset() const { return replay_.image().next_offset - 1; }
  // Of the quorum, as far as this broker knows.
  NodeId leader() const { return leader_; }
  LeaderEpoch epoch() const { return epoch_; }

  static void fields(auto&& f) {
    f("replay", &MetadataObserver::replay_);
    f("position", &MetadataObserver::position_);
    f("epoch", &MetadataObserver::epoch_);
    f("leader", &MetadataObserver::leader_);
  }

 private:
  void send_fetch(Step& step);
  void back_off(Step& step);
  void halt(std::string_view reason, Step& step);
  bool learn_leader(const FetchPartitionData& data, Step& step);

  MetadataObserverOptions options_;
  MetadataReplay replay_;
  MetadataPosition position_;
  LeaderEpoch epoch_{0};
  NodeId leader_ = kNoNode;
  NodeId asked_ = kNoNode;         // By the fetch under way.
  bool leader_is_silent_ = false;  // Its last fetch failed.
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_OBSERVER_H_
