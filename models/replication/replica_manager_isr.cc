// SPDX-License-Identifier: Apache-2.0
//
// Proposals to the controller to change an ISR, and what becomes of them.
// Source: core/.../cluster/Partition.scala (submitAlterPartition, maybeShrinkIsr),
// server/AlterPartitionManager.scala.

#include <utility>

#include "models/replication/notes.h"
#include "models/replication/replica_manager.h"

namespace models {
void ReplicaManager::check_isrs(Step& step) {
  for (size_t i = 0; i < hosted_.size(); ++i) {
    HostedPartition& replica = hosted_[i];
    if (!replica.is_leader()) continue;
    if (auto proposal =
            replica.as_leader.propose_shrink(replica.log, replica.version, local(), step)) {
      submit(static_cast<int32_t>(i), *std::move(proposal), step);
    }
  }
}

// The check finds out whose fetches did not come: names the member that is longest behind.
void ReplicaManager::arm_isr_check(Step& step) {
  const RemoteReplica* longest = nullptr;
  for (const HostedPartition& replica : hosted_) {
    if (!replica.is_leader()) continue;
    for (const RemoteReplica& remote : replica.as_leader.remotes()) {
      bool behind = remote.in_isr && remote.log_end < replica.log.log_end_offset();
      if (!behind) continue;
      if (longest == nullptr || remote.last_caught_up < longest->last_caught_up) longest = &remote;
    }
  }
  step.effects.arm({Timer::kIsrCheck, 0}, options_.config.replica_lag_time_max_ms / 2,
                   longest == nullptr ? kNoNode : longest->id,
                   longest == nullptr ? std::string_view() : FetchRequest::kName);
}

void ReplicaManager::submit(int32_t number, AlterPartitionData proposal, Step& step) {
  HostedPartition& replica = at(number);
  proposal.topic_id = replica.topic_id;
  step.effects.note("isr_proposed", {{"partition", to_string(proposal.partition)},
                                     {"isr", list_of(replica.as_leader.isr())},
                                     {"proposed", list_of(proposal.new_isr)}});
  if (alter_partitions_.submit(proposal, local(), step)) return;
  // An earlier proposal, overtaken by metadata, is still on its way.
  replica.as_leader.on_result(proposal, {.error = ErrorCode::kOperationNotAttempted},
                              replica.version, step);
}

void ReplicaManager::on_alter_partition_response(const AlterPartitionResponse& response,
                                                 const AlterPartitionRequest& sent, Step& step) {
  if (response.error == ErrorCode::kNotController) {
    return alter_partitions_.resend_later(sent, step);
  }
  if (response.error != ErrorCode::kNone) return alter_partitions_.retry_later(step);
  for (const AlterPartitionData& item : sent.partitions) {
    for (const AlterPartitionResult& result : response.partitions) {
      bool about_it = result.topic_id == item.topic_id &&
                      result.partition.partition == item.partition.partition;
      if (!about_it) continue;
      alter_partitions_.remove(item);
      apply_result(item, result, step);
      break;
    }
  }
  alter_partitions_.finish(local(), step);
}

void ReplicaManager::apply_result(const AlterPartitionData& sent,
                                  const AlterPartitionResult& result, Step& step) {
  const Known* entry = known(sent.partition);
  if (entry == nullptr || entry->hosted == kNotHosted || !at(entry->hosted).is_leader()) return;
  int32_t number = entry->hosted;
  HostedPartition& replica = at(number);
  if (replica.topic_id != sent.topic_id) return;
  switch (replica.as_leader.on_result(sent, result, replica.version, step)) {
    case ProposalOutcome::kCommitted:
      note_isr(replica, step);
      touch(number);
      if (replica.as_leader.advance_high_watermark(replica.log, local(), step)) {
        check_all(number, step);
      }
      return;
    case ProposalOutcome::kRetry:
      alter_partitions_.submit(sent, local(), step);
      return;
    case ProposalOutcome::kReverted:
    case ProposalOutcome::kAwaitsMetadata:
      step.effects.note("isr_refused", {{"partition", to_string(sent.partition)},
                                        {"error", std::string(name_of(result.error))}});
      return;
    case ProposalOutcome::kStale:
      return;
  }
}

void ReplicaManager::note_isr(const HostedPartition& replica, Step& step) {
  step.effects.note("isr_changed", {{"partition", to_string(replica.partition())},
                                    {"isr", list_of(replica.as_leader.isr())}});
}

void ReplicaManager::on_alter_partition_failed(const AlterPartitionRequest& sent, RequestFailure,
                                               Step& step) {
  alter_partitions_.resend_later(sent, step);
}

}  // namespace models
