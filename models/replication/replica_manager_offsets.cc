// SPDX-License-Identifier: Apache-2.0
//
// Questions about offsets: ListOffsets and OffsetForLeaderEpoch.
// Source: cluster/Partition.scala (fetchOffsetForTimestamp, lastOffsetForLeaderEpoch).

#include <optional>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::on_list_offsets(RequestToken token, const ListOffsetsRequest& request,
                                     Step& step) {
  ListOffsetsResponse response;
  response.partitions.resize(request.partitions.size());
  for (size_t i = 0; i < request.partitions.size(); ++i) {
    list_offset(request.partitions[i], request.replica_id == kNoNode, response.partitions[i], step);
  }
  step.effects.reply(token, std::move(response));
}

void ReplicaManager::list_offset(const ListOffsetsPartition& asked, bool is_client,
                                 ListOffsetsPartitionResponse& reply, Step& step) const {
  reply.partition = asked.partition;
  const Known* entry = known(asked.partition);
  if (entry == nullptr) {
    reply.error = ErrorCode::kUnknownTopicOrPartition;
    return;
  }
  if (entry->hosted == kNotHosted) {
    reply.error = error_for(*entry);
    return;
  }
  const HostedPartition& replica = at(entry->hosted);
  reply.error = check_epoch(replica, asked.current_leader_epoch);
  if (reply.error == ErrorCode::kNone && !replica.is_leader()) {
    reply.error = ErrorCode::kNotLeaderOrFollower;
  }
  if (reply.error != ErrorCode::kNone) return;
  const PartitionLog& log = replica.log;
  if (asked.timestamp == kLatestTimestamp) {
    // A new leader's watermark may still lie below what was committed and read already.
    if (is_client && replica.as_leader.epoch_start() > log.high_watermark()) {
      step.mark(Mark::kOffsetNotAvailable);
      reply.error = ErrorCode::kOffsetNotAvailable;
      return;
    }
    reply.offset = is_client ? log.high_watermark() : log.log_end_offset();
    reply.leader_epoch = replica.version.leader_epoch;
  } else if (asked.timestamp == kEarliestTimestamp) {
    reply.offset = log.log_start_offset();
    const std::vector<EpochStart>& epochs = log.epochs().entries();
    if (!epochs.empty() && epochs.front().start <= reply.offset) {
      reply.leader_epoch = epochs.front().epoch;
    }
  } else {
    reply.error = ErrorCode::kUnsupportedVersion;
  }
}

void ReplicaManager::on_offset_for_leader_epoch(RequestToken token,
                                                const OffsetForLeaderEpochRequest& request,
                                                Step& step) {
  OffsetForLeaderEpochResponse response;
  response.partitions.resize(request.partitions.size());
  for (size_t i = 0; i < request.partitions.size(); ++i) {
    end_of_epoch(request.partitions[i], response.partitions[i]);
  }
  step.effects.reply(token, std::move(response));
}

void ReplicaManager::end_of_epoch(const OffsetForLeaderPartition& asked,
                                  OffsetForLeaderResult& reply) const {
  reply.partition = asked.partition;
  const Known* entry = known(asked.partition);
  if (entry == nullptr) {
    reply.error = ErrorCode::kUnknownTopicOrPartition;
    return;
  }
  if (entry->hosted == kNotHosted) {
    reply.error = error_for(*entry);
    return;
  }
  const HostedPartition& replica = at(entry->hosted);
  reply.error = check_epoch(replica, asked.current_leader_epoch);
  if (reply.error == ErrorCode::kNone && !replica.is_leader()) {
    reply.error = ErrorCode::kNotLeaderOrFollower;
  }
  if (reply.error != ErrorCode::kNone) return;
  auto end = replica.log.epochs().end_of(asked.leader_epoch, replica.log.log_end_offset());
  if (!end) return;
  reply.leader_epoch = end->epoch;
  reply.end_offset = end->end_offset;
}

}  // namespace models
