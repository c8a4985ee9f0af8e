// SPDX-License-Identifier: Apache-2.0

#include "models/common/marks.h"

namespace models {

std::string_view name_of(Mark mark) {
  switch (mark) {
    case Mark::kIsrShrunk:
      return "isr_shrunk";
    case Mark::kIsrExpanded:
      return "isr_expanded";
    case Mark::kIsrExpandWaitsForEpochStart:
      return "isr_expand_waits_for_epoch_start";
    case Mark::kTruncatedOnDivergence:
      return "truncated_on_divergence";
    case Mark::kDivergedFetchAnswered:
      return "diverged_fetch_answered";
    case Mark::kOutOfRangeFetchReset:
      return "out_of_range_fetch_reset";
    case Mark::kDuplicateBatchAnswered:
      return "duplicate_batch_answered";
    case Mark::kSequenceRejected:
      return "sequence_rejected";
    case Mark::kLogCutAtRecovery:
      return "log_cut_at_recovery";
    case Mark::kIndexRebuilt:
      return "index_rebuilt";
    case Mark::kSegmentRolled:
      return "segment_rolled";
    case Mark::kSegmentDeleted:
      return "segment_deleted";
    case Mark::kLogCleaned:
      return "log_cleaned";
    case Mark::kSnapshotGarbled:
      return "snapshot_garbled";
    case Mark::kSwapFinished:
      return "swap_finished";
    case Mark::kSwapUndone:
      return "swap_undone";
    case Mark::kHighWatermarkFrozenBelowMinIsr:
      return "high_watermark_frozen_below_min_isr";
    case Mark::kNotEnoughReplicas:
      return "not_enough_replicas";
    case Mark::kNotEnoughReplicasAfterAppend:
      return "not_enough_replicas_after_append";
    case Mark::kZombieLeaderFenced:
      return "zombie_leader_fenced";
    case Mark::kBrokerFenced:
      return "broker_fenced";
    case Mark::kUncleanRegistration:
      return "unclean_registration";
    case Mark::kProduceTimedOut:
      return "produce_timed_out";
    case Mark::kProducerEpochBumped:
      return "producer_epoch_bumped";
    case Mark::kBatchExpired:
      return "batch_expired";
    case Mark::kBatchSplit:
      return "batch_split";
    case Mark::kAlterPartitionRetried:
      return "alter_partition_retried";
    case Mark::kElrJoined:
      return "elr_joined";
    case Mark::kElrLeaderElected:
      return "elr_leader_elected";
    case Mark::kElrDroppedUnclean:
      return "elr_dropped_unclean";
    case Mark::kElrCleared:
      return "elr_cleared";
    case Mark::kLastKnownLeaderElected:
      return "last_known_leader_elected";
    case Mark::kUncleanLeaderElected:
      return "unclean_leader_elected";
    case Mark::kPartitionLeaderless:
      return "partition_leaderless";
    case Mark::kIneligibleIsrMember:
      return "ineligible_isr_member";
    case Mark::kStaleAlterPartition:
      return "stale_alter_partition";
    case Mark::kNewLeaderByReassignment:
      return "new_leader_by_reassignment";
    case Mark::kReassignmentBegun:
      return "reassignment_begun";
    case Mark::kReassignmentCompleted:
      return "reassignment_completed";
    case Mark::kReassignmentCancelled:
      return "reassignment_cancelled";
    case Mark::kDuplicateRegistration:
      return "duplicate_registration";
    case Mark::kRegistrationAmended:
      return "registration_amended";
    case Mark::kStaleHeartbeat:
      return "stale_heartbeat";
    case Mark::kFencedAgain:
      return "fenced_again";
    case Mark::kControlledShutdownWaits:
      return "controlled_shutdown_waits";
    case Mark::kShutdownWithoutLeaders:
      return "shutdown_without_leaders";
    case Mark::kPreferredLeaderBack:
      return "preferred_leader_back";
    case Mark::kElectionRefused:
      return "election_refused";
    case Mark::kTopicDeleted:
      return "topic_deleted";
    case Mark::kPartitionsAdded:
      return "partitions_added";
    case Mark::kReplicaDeleted:
      return "replica_deleted";
    case Mark::kStrayReplicaDeleted:
      return "stray_replica_deleted";
    case Mark::kBrokerUnregistered:
      return "broker_unregistered";
    case Mark::kCount:
      break;
  }
  return "unknown";
}

}  // namespace models
