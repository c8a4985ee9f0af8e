// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_observer.h"

#include <string>

#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_log.h"

namespace models {

namespace {

constexpr sim::Duration kRetryBackoff =
    sim::Duration::millis(20);  // controller.quorum.retry.backoff.ms
constexpr int32_t kFetchMaxWaitMs = 500;

}  // namespace

void MetadataObserver::send_fetch(Step& step) {
  FetchPartition wanted;
  wanted.partition = {std::string(kMetadataTopic), 0};
  wanted.fetch_offset = position_.next;
  wanted.last_fetched_epoch = position_.last_epoch;
  wanted.partition_max_bytes = kMetadataFetchMaxBytes;
  FetchRequest request;
  request.replica_id = node_id_;
  request.max_wait_ms = kFetchMaxWaitMs;
  request.max_bytes = kMetadataFetchMaxBytes;
  request.partitions.push_back(std::move(wanted));
  step.effects.request(Channel::kMetadataFetch, kNoNode, std::move(request));
}

void MetadataObserver::back_off(Step& step) {
  step.effects.arm({Timer::kMetadataFetchBackoff}, kRetryBackoff);
}

void MetadataObserver::halt(std::string_view reason, Step& step) {
  step.effects.note("metadata_unusable",
                    {{"node", std::to_string(node_id_.value())}, {"reason", std::string(reason)}});
  step.effects.exit();
}

std::optional<MetadataDelta> MetadataObserver::on_fetch_response(const FetchResponse& response,
                                                                 const FetchRequest& request,
                                                                 Step& step) {
  bool failed = response.error != ErrorCode::kNone || response.partitions.size() != 1 ||
                response.partitions.front().error != ErrorCode::kNone ||
                request.partitions.front().fetch_offset != position_.next;
  if (failed) {
    back_off(step);
    return std::nullopt;
  }
  const FetchPartitionData& data = response.partitions.front();
  if (data.diverging_epoch) {
    // What was applied was committed; the controller has lost it.
    halt("the controller's log does not hold what was committed", step);
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
  position_ = *reached;
  replay_.skip_to(position_.next);
  send_fetch(step);
  if (!moved) return std::nullopt;
  return delta;
}

void MetadataObserver::on_fetch_failed(RequestFailure, Step& step) { back_off(step); }

void MetadataObserver::on_timer(TimerKey, Step& step) { send_fetch(step); }

}  // namespace models
