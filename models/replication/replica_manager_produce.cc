// SPDX-License-Identifier: Apache-2.0
//
// Producers' requests. Source: core/.../server/{ReplicaManager,DelayedProduce,KafkaApis}.scala,
// cluster/Partition.scala (appendRecordsToLeader, checkEnoughReplicasReachOffset).

#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::on_produce(RequestToken token, const ProduceRequest& request, Step& step) {
  DelayedProduce waiting{.token = token};
  waiting.parts.resize(request.partitions.size());
  waiting.response.partitions.resize(request.partitions.size());
  absl::InlinedVector<AppendOutcome, 1> outcomes(request.partitions.size());
  bool any_failed = false;
  bool any_appended = false;
  for (size_t i = 0; i < request.partitions.size(); ++i) {
    outcomes[i] = append(request.partitions[i], request.acks, waiting.parts[i],
                         waiting.response.partitions[i], step);
    (outcomes[i] == AppendOutcome::kFailed ? any_failed : any_appended) = true;
  }
  absl::InlinedVector<int32_t, 1> numbers;
  for (const DelayedProduce::Part& part : waiting.parts) numbers.push_back(part.hosted);

  bool waits = request.acks == -1 && any_appended && !check_acknowledged(waiting, step);
  if (waits) {
    NodeId awaited = kNoNode;
    for (const DelayedProduce::Part& part : waiting.parts) {
      if (part.pending && awaited == kNoNode) {
        awaited = at(part.hosted).as_leader.laggard_below(part.required);
      }
    }
    delayed_.park(std::move(waiting), sim::Duration::millis(request.timeout_ms), awaited, step);
  } else if (request.acks != 0) {
    answer(std::move(waiting), step);
  } else if (any_failed) {
    // The producer expects no reply; a closed connection makes it refresh its metadata.
    step.effects.drop_connection(token);
  }
  // Whoever waits for these records comes after the request that brought them.
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (outcomes[i] == AppendOutcome::kWatermarkRose) check_produces(numbers[i], step);
    if (outcomes[i] != AppendOutcome::kFailed) check_fetches(numbers[i], step);
  }
}

ReplicaManager::AppendOutcome ReplicaManager::append(const PartitionProduceData& data, int16_t acks,
                                                     DelayedProduce::Part& part,
                                                     PartitionProduceResponse& reply, Step& step) {
  reply.partition = data.partition;
  const Known* entry = known(data.partition);
  auto refuse = [&reply](ErrorCode error) {
    reply.error = error;
    return AppendOutcome::kFailed;
  };
  if (entry == nullptr) return refuse(ErrorCode::kUnknownTopicOrPartition);
  if (acks < -1 || acks > 1) return refuse(ErrorCode::kInvalidRequiredAcks);
  if (entry->hosted == kNotHosted || !at(entry->hosted).is_leader()) {
    if (entry->is_offline) step.mark(Mark::kReplicaOffline);
    return refuse(error_for(*entry));
  }
  part.hosted = entry->hosted;
  HostedPartition& replica = at(part.hosted);
  if (acks == -1 && replica.as_leader.is_under_min_isr(replica.log)) {
    step.mark(Mark::kNotEnoughReplicas);
    return refuse(ErrorCode::kNotEnoughReplicas);
  }
  AppendResult result =
      replica.log.append_as_leader(data.records, replica.version.leader_epoch, step);
  if (result.error == ErrorCode::kKafkaStorageError) fail_directory_of(part.hosted, "append", step);
  if (result.error != ErrorCode::kNone) return refuse(result.error);
  touch(part.hosted);
  flush_sealed(part.hosted, step);
  reply.base_offset = result.first_offset;
  reply.log_start_offset = replica.log.log_start_offset();
  part.required = result.last_offset + 1;
  part.pending = acks == -1;
  // At once, if the ISR is down to this broker.
  bool rose = replica.as_leader.advance_high_watermark(replica.log, local(), step);
  return rose ? AppendOutcome::kWatermarkRose : AppendOutcome::kAppended;
}

// Settles the parts that can be; true if none is left.
bool ReplicaManager::check_acknowledged(DelayedProduce& request, Step& step) {
  bool all = true;
  for (size_t i = 0; i < request.parts.size(); ++i) {
    DelayedProduce::Part& part = request.parts[i];
    if (!part.pending) continue;
    const HostedPartition& replica = at(part.hosted);
    ErrorCode& error = request.response.partitions[i].error;
    if (replica.deleted) {
      error = error_of_stranger(request.response.partitions[i].partition);
    } else if (replica.is_offline()) {
      error = ErrorCode::kKafkaStorageError;
    } else if (!replica.is_leader()) {
      error = ErrorCode::kNotLeaderOrFollower;
    } else if (replica.log.high_watermark() < part.required) {
      all = false;
      continue;
    } else if (replica.as_leader.maximal_isr_size() < replica.as_leader.min_isr(replica.log)) {
      step.mark(Mark::kNotEnoughReplicasAfterAppend);
      error = ErrorCode::kNotEnoughReplicasAfterAppend;
    }
    part.pending = false;
  }
  return all;
}

void ReplicaManager::answer(DelayedProduce request, Step& step) {
  for (PartitionProduceResponse& reply : request.response.partitions) {
    if (reply.error == ErrorCode::kNotLeaderOrFollower) name_leader(reply.partition, reply);
  }
  step.effects.reply(request.token, std::move(request.response));
}

void ReplicaManager::check_produces(int32_t number, Step& step) {
  for (int64_t id : delayed_.produces_of(number)) {
    DelayedProduce* request = delayed_.find_produce(id);
    if (request == nullptr || !check_acknowledged(*request, step)) continue;
    answer(delayed_.take_produce(id, /*cancel_timer=*/true, step), step);
  }
}

void ReplicaManager::on_produce_timeout(int64_t id, Step& step) {
  if (delayed_.find_produce(id) == nullptr) return;
  DelayedProduce request = delayed_.take_produce(id, /*cancel_timer=*/false, step);
  step.mark(Mark::kProduceTimedOut);
  for (size_t i = 0; i < request.parts.size(); ++i) {
    if (request.parts[i].pending) {
      request.response.partitions[i].error = ErrorCode::kRequestTimedOut;
    }
  }
  answer(std::move(request), step);
}

}  // namespace models
