// SPDX-License-Identifier: Apache-2.0
//
// DeleteRecords: the leader moves its log's start, and answers when all replicas that are alive have
// followed, which they do with their next fetch. The files go with the next retention.
// Source: core/.../server/{ReplicaManager,DelayedDeleteRecords}.scala, cluster/Partition.scala
// (deleteRecordsOnLeader, lowWatermarkIfLeader).

#include <algorithm>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::on_delete_records(RequestToken token, const DeleteRecordsRequest& request,
                                       Step& step) {
  DelayedDeleteRecords waiting{.token = token};
  waiting.response.partitions.resize(request.partitions.size());
  waiting.parts.resize(request.partitions.size());
  for (size_t i = 0; i < request.partitions.size(); ++i) {
    DeleteRecordsResult& result = waiting.response.partitions[i];
    result.partition = request.partitions[i].partition;
    result.error = delete_records(request.partitions[i], waiting.parts[i], step);
  }
  if (check_deleted(waiting)) {
    return step.effects.reply(token, std::move(waiting.response));
  }
  delayed_.park(std::move(waiting), sim::Duration::millis(request.timeout_ms), step);
}

ErrorCode ReplicaManager::delete_records(const DeleteRecordsPartition& asked,
                                         DelayedDeleteRecords::Part& part, Step& step) {
  const Known* entry = known(asked.partition);
  if (entry == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  if (entry->hosted == kNotHosted) return error_for(*entry);
  if (at(entry->hosted).is_offline()) return ErrorCode::kKafkaStorageError;
  if (!at(entry->hosted).is_leader()) return ErrorCode::kNotLeaderOrFollower;
  PartitionLog& log = at(entry->hosted).log;
  if (!log.config().cleanup_policy.deletes) return ErrorCode::kPolicyViolation;
  Offset start = asked.offset == kToHighWatermark ? log.high_watermark() : asked.offset;
  if (start < Offset(0)) return ErrorCode::kOffsetOutOfRange;
  Offset before = log.log_start_offset();
  ErrorCode error = log.increment_log_start(start, step);
  if (error == ErrorCode::kKafkaStorageError)
    fail_directory_of(entry->hosted, "delete records", step);
  if (error != ErrorCode::kNone) return error;
  part = {.hosted = entry->hosted, .required = start, .pending = true};
  if (log.log_start_offset() == before) return ErrorCode::kNone;
  step.mark(Mark::kRecordsDeleted);
  step.effects.note("records_deleted", {{"partition", to_string(asked.partition)},
                                        {"log_start", std::to_string(start.value())},
                                        {"why", "delete_records"}});
  touch(entry->hosted);
  return ErrorCode::kNone;
}

// The least log start among the replicas that are alive; -1 while one of them has not said.
Offset ReplicaManager::low_watermark(const HostedPartition& replica) const {
  Offset low = replica.log.log_start_offset();
  for (const RemoteReplica& remote : replica.as_leader.remotes()) {
    if (remote.registered_epoch != kNoBrokerEpoch) low = std::min(low, remote.log_start);
  }
  return low;
}

// Settles the parts that can be; true if none is left.
bool ReplicaManager::check_deleted(DelayedDeleteRecords& request) const {
  bool all = true;
  for (size_t i = 0; i < request.parts.size(); ++i) {
    DelayedDeleteRecords::Part& part = request.parts[i];
    if (!part.pending) continue;
    const HostedPartition& replica = at(part.hosted);
    DeleteRecordsResult& result = request.response.partitions[i];
    if (!replica.is_leader()) {
      result.error = replica.deleted        ? ErrorCode::kUnknownTopicOrPartition
                     : replica.is_offline() ? ErrorCode::kKafkaStorageError
                                            : ErrorCode::kNotLeaderOrFollower;
      result.low_watermark = kNoOffset;
    } else {
      result.low_watermark = low_watermark(replica);
      if (result.low_watermark < part.required) {
        all = false;
        continue;
      }
    }
    part.pending = false;
  }
  return all;
}

void ReplicaManager::check_deletions(int32_t number, Step& step) {
  if (!delayed_.has_deletions(number)) return;
  for (int64_t id : delayed_.deletions_of(number)) {
    DelayedDeleteRecords* request = delayed_.find_deletion(id);
    if (request == nullptr || !check_deleted(*request)) continue;
    DelayedDeleteRecords done = delayed_.take_deletion(id, /*cancel_timer=*/true, step);
    step.effects.reply(done.token, std::move(done.response));
  }
}

void ReplicaManager::on_delete_records_timeout(int64_t id, Step& step) {
  if (delayed_.find_deletion(id) == nullptr) return;
  DelayedDeleteRecords request = delayed_.take_deletion(id, /*cancel_timer=*/false, step);
  step.mark(Mark::kDeleteRecordsTimedOut);
  for (size_t i = 0; i < request.parts.size(); ++i) {
    if (request.parts[i].pending) {
      request.response.partitions[i].error = ErrorCode::kRequestTimedOut;
    }
  }
  step.effects.reply(request.token, std::move(request.response));
}

}  // namespace models
