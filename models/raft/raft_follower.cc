// SPDX-License-Identifier: Apache-2.0
//
// Voters that do not lead: look for the leader, copy its log, cut what it does not have.

#include <algorithm>

#include "models/raft/raft.h"

namespace models {

// One fetch at a time, to whomever: two could bring the same records twice. While the leader does
// not answer, any other voter may know a newer one.
void Raft::send_fetch(Step& step) {
  if (flush_in_flight_ || peers_.any_in_flight() || shutting_down_) return;
  bool follows = quorum_.is(QuorumRole::kFollower) && peers_.is_ready(quorum_.leader());
  std::optional<NodeId> to = follows ? quorum_.leader() : peers_.draw_ready(step.rng);
  if (!to) return;
  if (follows && fetched_) {
    send_fetch_snapshot(step);
    return;
  }
  FetchPartition wanted;
  wanted.partition = log_.partition();
  wanted.current_leader_epoch = epoch();
  wanted.fetch_offset = log_.log_end_offset();
  wanted.last_fetched_epoch = last_epoch();
  wanted.partition_max_bytes = kMetadataFetchMaxBytes;
  wanted.high_watermark = log_.high_watermark();
  FetchRequest request;
  request.replica_id = options_.node_id;
  request.max_wait_ms = kMetadataFetchMaxWaitMs;
  request.max_bytes = kMetadataFetchMaxBytes;
  request.partitions.push_back(std::move(wanted));
  send(*to, std::move(request), step);
}

void Raft::on_fetch_reply(NodeId from, const FetchResponse& reply, Step& step) {
  const FetchPartitionData& data = reply.partitions.front();
  QuorumRole role_before = quorum_.role();
  LeaderEpoch epoch_before = epoch();
  bool done = handle_common(data.error, data.current_leader, data.current_leader_epoch, step);
  bool news = role_before != quorum_.role() || epoch_before != epoch();
  if (news && quorum_.is(QuorumRole::kFollower) && quorum_.leader() != from)
    step.mark(Mark::kQuorumLeaderFound);
  if (done || !quorum_.is(QuorumRole::kFollower)) {
    if (!news) back_off(from, step);
    return;
  }
  if (data.diverging_epoch) {
    truncate(*data.diverging_epoch, step);
  } else if (data.snapshot_id) {
    begin_snapshot_fetch(*data.snapshot_id, step);
  } else {
    append_fetched(data.records, step);
    Offset committed = std::min(data.high_watermark, log_.log_end_offset());
    committed_ = std::max(committed_, committed);
    log_.set_high_watermark(committed_);
  }
  quorum_.on_successful_fetch();
  arm_role_timeout(options_.config.controller_quorum_fetch_timeout_ms, step);
}

void Raft::truncate(const EpochEndOffset& diverging, Step& step) {
  std::optional<EpochEndOffset> own = log_.epochs().end_of(diverging.epoch, log_.log_end_offset());
  Offset end = std::min(diverging.end_offset, log_.log_end_offset());
  if (own) end = own->epoch == diverging.epoch ? std::min(own->end_offset, end) : own->end_offset;
  if (end < committed_) {
    settle(absl::DataLossError("the leader's log lacks what was committed"));
    return;
  }
  step.mark(Mark::kQuorumLogTruncated);
  int64_t records = log_.truncate_to(end, step);
  flushed_ = std::min(flushed_, end);
  step.effects.note("metadata_log_truncated", {{"node", std::to_string(options_.node_id.value())},
                                               {"to", std::to_string(end.value())},
                                               {"records", std::to_string(records)}});
  if (log_.has_failed()) settle(absl::UnavailableError("metadata log cannot be cut"));
  arm_file_removal(step);
}

void Raft::append_fetched(const absl::Cord& records, Step& step) {
  if (records.empty()) return;
  AppendResult appended = log_.append_as_follower(records, epoch(), step);
  if (log_.has_failed()) settle(absl::UnavailableError("metadata log cannot be written"));
  // What is no batch is not taken in, and fetched again.
  if (appended.records > 0) start_flush(step);
}

}  // namespace models
