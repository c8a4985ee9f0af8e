// SPDX-License-Identifier: Apache-2.0
//
// A broker's view of the metadata: fetches the metadata log from the active controller by long
// poll, one request after the other, and replays what is committed. It starts from offset 0 at each
// start of the process.
//
//   on_start -> FetchRequest -> ... -> on_fetch_response -> replay up to the high watermark -> next
//
// Source: raft/.../KafkaRaftClient.java (observer), metadata/.../image/loader/MetadataLoader.java.

#ifndef MODELS_CONTROLLER_METADATA_OBSERVER_H_
#define MODELS_CONTROLLER_METADATA_OBSERVER_H_

#include <optional>

#include "models/common/config.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_replay.h"
#include "models/protocol/fetch.h"

namespace models {

class MetadataObserver {
 public:
  MetadataObserver(NodeId node_id, const TopicConfig& topic_defaults)
      : node_id_(node_id), replay_(topic_defaults, node_id) {}

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

  static void fields(auto&& f) {
    f("replay", &MetadataObserver::replay_);
    f("position", &MetadataObserver::position_);
  }

 private:
  void send_fetch(Step& step);
  void back_off(Step& step);
  void halt(std::string_view reason, Step& step);

  NodeId node_id_;
  MetadataReplay replay_;
  MetadataPosition position_;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_OBSERVER_H_
