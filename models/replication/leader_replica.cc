// SPDX-License-Identifier: Apache-2.0

#include "models/replication/leader_replica.h"

#include <algorithm>
#include <utility>

#include "models/replication/high_watermark.h"

namespace models {

void LeaderReplica::on_registration(NodeId self, const PartitionRegistration& registration,
                                    const MetadataImage& image, Step& step) {
  std::vector<RemoteReplica> former = std::move(remotes_);
  remotes_.clear();
  remotes_.reserve(registration.replicas.size());
  for (NodeId id : registration.replicas) {
    if (id == self) continue;
    auto known = std::find_if(former.begin(), former.end(),
                              [id](const RemoteReplica& replica) { return replica.id == id; });
    remotes_.push_back(known != former.end() ? *known : RemoteReplica{.id = id});
  }
  replica_count_ = registration.replicas.size();
  commit_isr(registration.isr, step);
  on_brokers(image);
}

void LeaderReplica::begin_epoch(Offset log_end, bool new_leader, sim::WallTime now) {
  for (RemoteReplica& replica : remotes_) reset_for_epoch(replica, new_leader, log_end, now);
  epoch_start_ = log_end;
}

void LeaderReplica::on_brokers(const MetadataImage& image) {
  for (RemoteReplica& replica : remotes_) apply_registration(replica, image);
}

const RemoteReplica* LeaderReplica::find(NodeId id) const {
  for (const RemoteReplica& replica : remotes_) {
    if (replica.id == id) return &replica;
  }
  return nullptr;
}

RemoteReplica* LeaderReplica::find(NodeId id) {
  return const_cast<RemoteReplica*>(std::as_const(*this).find(id));
}

size_t LeaderReplica::min_isr(const PartitionLog& log) const {
  return effective_min_isr(log.config().min_insync_replicas, replica_count_);
}

bool LeaderReplica::advance_high_watermark(PartitionLog& log, const LocalBroker& local,
                                           Step& step) const {
  if (is_under_min_isr(log) && !step.mutated(Mutation::kKip966)) {
    if (log.high_watermark() < log.log_end_offset()) {
      step.mark(Mark::kHighWatermarkFrozenBelowMinIsr);
    }
    return false;
  }
  Offset watermark = high_watermark_of({.leader_end = log.log_end_offset(),
                                        .remotes = remotes_,
                                        .joining = joining(),
                                        .now = step.wall,
                                        .lag_max = local.lag_max});
  return watermark > log.high_watermark() && log.set_high_watermark(watermark);
}

bool LeaderReplica::is_follower_in_sync(const RemoteReplica& follower, const PartitionLog& log,
                                        Step& step) const {
  if (follower.log_end < log.high_watermark()) return false;
  // A new leader's watermark may lag behind what its predecessor had committed; all of that lies
  // below the epoch's start.
  if (step.mutated(Mutation::kKafka7128)) return true;
  if (follower.log_end >= epoch_start_) return true;
  step.mark(Mark::kIsrExpandWaitsForEpochStart);
  return false;
}

std::optional<AlterPartitionData> LeaderReplica::propose_expand(const RemoteReplica& follower,
                                                                const PartitionLog& log,
                                                                const PartitionVersion& version,
                                                                const LocalBroker& local,
                                                                Step& step) {
  if (pending_ || follower.in_isr || !is_isr_eligible(follower)) return std::nullopt;
  if (!is_follower_in_sync(follower, log, step)) return std::nullopt;
  std::vector<NodeId> new_isr = isr_;
  new_isr.push_back(follower.id);
  return propose(std::move(new_isr), follower.id, log, version, local);
}

std::optional<AlterPartitionData> LeaderReplica::propose_shrink(const PartitionLog& log,
                                                                const PartitionVersion& version,
                                                                const LocalBroker& local,
                                                                Step& step) {
  if (pending_) return std::nullopt;
  std::vector<NodeId> new_isr = isr_;
  for (const RemoteReplica& replica : remotes_) {
    if (replica.in_isr && !is_caught_up(replica, log.log_end_offset(), step.wall, local.lag_max)) {
      new_isr.erase(std::remove(new_isr.begin(), new_isr.end(), replica.id), new_isr.end());
    }
  }
  if (new_isr.size() == isr_.size()) return std::nullopt;
  return propose(std::move(new_isr), kNoNode, log, version, local);
}

AlterPartitionData LeaderReplica::propose(std::vector<NodeId> new_isr, NodeId joining,
                                          const PartitionLog& log, const PartitionVersion& version,
                                          const LocalBroker& local) {
  AlterPartitionData data{.partition = log.partition(),
                          .leader_epoch = version.leader_epoch,
                          .partition_epoch = version.partition_epoch};
  data.new_isr.reserve(new_isr.size());
  for (NodeId id : new_isr) {
    IsrMember member{.broker_id = id, .broker_epoch = local.epoch};
    if (id != local.id) {
      // A member that has not fetched since this leader began goes unchecked: if it dies, the
      // controller removes it and the partition epoch below is refused.
      const RemoteReplica* replica = find(id);
      bool known = replica != nullptr && replica->fetch_epoch.has_value();
      member.broker_epoch = known ? *replica->fetch_epoch : kNoBrokerEpoch;
    }
    data.new_isr.push_back(member);
  }
  pending_ = Proposal{.joining = joining, .sent = data};
  return data;
}

ProposalOutcome LeaderReplica::on_result(const AlterPartitionData& sent,
                                         const AlterPartitionResult& result,
                                         PartitionVersion& version, Step& step) {
  if (!pending_ || pending_->sent.leader_epoch != sent.leader_epoch ||
      pending_->sent.partition_epoch != sent.partition_epoch ||
      pending_->sent.new_isr != sent.new_isr) {
    return ProposalOutcome::kStale;
  }
  switch (result.error) {
    case ErrorCode::kNone:
      break;
    case ErrorCode::kOperationNotAttempted:
    case ErrorCode::kIneligibleReplica:
      // Only these two say that the partition epoch was right and nothing was changed.
      pending_.reset();
      step.mark(Mark::kIsrProposalReverted);
      return ProposalOutcome::kReverted;
    case ErrorCode::kFencedLeaderEpoch:
      step.mark(Mark::kZombieLeaderFenced);
      return ProposalOutcome::kAwaitsMetadata;
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kInvalidUpdateVersion:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kNewLeaderElected:
      step.mark(Mark::kIsrProposalAwaitsMetadata);
      return ProposalOutcome::kAwaitsMetadata;
    default:
      step.mark(Mark::kAlterPartitionRetried);
      return ProposalOutcome::kRetry;
  }
  if (result.leader_epoch != version.leader_epoch ||
      result.partition_epoch < version.partition_epoch) {
    return ProposalOutcome::kStale;
  }
  version.partition_epoch = result.partition_epoch;
  commit_isr(result.isr, step);
  return ProposalOutcome::kCommitted;
}

void LeaderReplica::commit_isr(std::vector<NodeId> isr, Step& step) {
  auto holds_all = [](const std::vector<NodeId>& set, const std::vector<NodeId>& members) {
    return std::all_of(members.begin(), members.end(), [&set](NodeId id) {
      return std::find(set.begin(), set.end(), id) != set.end();
    });
  };
  if (!holds_all(isr, isr_)) step.mark(Mark::kIsrShrunk);
  if (!isr_.empty() && !holds_all(isr_, isr)) step.mark(Mark::kIsrExpanded);
  isr_ = std::move(isr);
  pending_.reset();
  for (RemoteReplica& replica : remotes_) {
    replica.in_isr = std::find(isr_.begin(), isr_.end(), replica.id) != isr_.end();
  }
}

NodeId LeaderReplica::laggard_below(Offset offset) const {
  for (const RemoteReplica& replica : remotes_) {
    if ((replica.in_isr || replica.id == joining()) && replica.log_end < offset) return replica.id;
  }
  return kNoNode;
}

}  // namespace models
