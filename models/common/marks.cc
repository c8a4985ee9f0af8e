// SPDX-License-Identifier: Apache-2.0

#include "models/common/marks.h"

#include <iterator>

namespace models {

namespace {

struct MarkName {
  Mark which;
  std::string_view name;
};

// In the order of the enum.
constexpr MarkName kMarkNames[] = {
    {Mark::kIsrShrunk, "isr_shrunk"},
    {Mark::kIsrExpanded, "isr_expanded"},
    {Mark::kIsrExpandWaitsForEpochStart, "isr_expand_waits_for_epoch_start"},
    {Mark::kTruncatedOnDivergence, "truncated_on_divergence"},
    {Mark::kDivergedFetchAnswered, "diverged_fetch_answered"},
    {Mark::kOutOfRangeFetchReset, "out_of_range_fetch_reset"},
    {Mark::kDuplicateBatchAnswered, "duplicate_batch_answered"},
    {Mark::kSequenceRejected, "sequence_rejected"},
    {Mark::kLogCutAtRecovery, "log_cut_at_recovery"},
    {Mark::kIndexRebuilt, "index_rebuilt"},
    {Mark::kSegmentRolled, "segment_rolled"},
    {Mark::kSegmentDeleted, "segment_deleted"},
    {Mark::kLogCleaned, "log_cleaned"},
    {Mark::kSnapshotGarbled, "snapshot_garbled"},
    {Mark::kSwapFinished, "swap_finished"},
    {Mark::kSwapUndone, "swap_undone"},
    {Mark::kHighWatermarkFrozenBelowMinIsr, "high_watermark_frozen_below_min_isr"},
    {Mark::kNotEnoughReplicas, "not_enough_replicas"},
    {Mark::kNotEnoughReplicasAfterAppend, "not_enough_replicas_after_append"},
    {Mark::kZombieLeaderFenced, "zombie_leader_fenced"},
    {Mark::kBrokerFenced, "broker_fenced"},
    {Mark::kUncleanRegistration, "unclean_registration"},
    {Mark::kProduceTimedOut, "produce_timed_out"},
    {Mark::kProducerEpochBumped, "producer_epoch_bumped"},
    {Mark::kBatchExpired, "batch_expired"},
    {Mark::kBatchSplit, "batch_split"},
    {Mark::kAlterPartitionRetried, "alter_partition_retried"},
    {Mark::kElrJoined, "elr_joined"},
    {Mark::kElrLeaderElected, "elr_leader_elected"},
    {Mark::kElrDroppedUnclean, "elr_dropped_unclean"},
    {Mark::kElrCleared, "elr_cleared"},
    {Mark::kLastKnownLeaderElected, "last_known_leader_elected"},
    {Mark::kUncleanLeaderElected, "unclean_leader_elected"},
    {Mark::kPartitionLeaderless, "partition_leaderless"},
    {Mark::kIneligibleIsrMember, "ineligible_isr_member"},
    {Mark::kStaleAlterPartition, "stale_alter_partition"},
    {Mark::kNewLeaderByReassignment, "new_leader_by_reassignment"},
    {Mark::kReassignmentBegun, "reassignment_begun"},
    {Mark::kReassignmentCompleted, "reassignment_completed"},
    {Mark::kReassignmentCancelled, "reassignment_cancelled"},
    {Mark::kDuplicateRegistration, "duplicate_registration"},
    {Mark::kRegistrationAmended, "registration_amended"},
    {Mark::kStaleHeartbeat, "stale_heartbeat"},
    {Mark::kFencedAgain, "fenced_again"},
    {Mark::kControlledShutdownWaits, "controlled_shutdown_waits"},
    {Mark::kShutdownWithoutLeaders, "shutdown_without_leaders"},
    {Mark::kPreferredLeaderBack, "preferred_leader_back"},
    {Mark::kElectionRefused, "election_refused"},
    {Mark::kTopicDeleted, "topic_deleted"},
    {Mark::kPartitionsAdded, "partitions_added"},
    {Mark::kReplicaDeleted, "replica_deleted"},
    {Mark::kStrayReplicaDeleted, "stray_replica_deleted"},
    {Mark::kBrokerUnregistered, "broker_unregistered"},
    {Mark::kPreVoteGranted, "pre_vote_granted"},
    {Mark::kPreVoteRejected, "pre_vote_rejected"},
    {Mark::kVoteGranted, "vote_granted"},
    {Mark::kVoteRejected, "vote_rejected"},
    {Mark::kElectionLost, "election_lost"},
    {Mark::kElectionTimedOut, "election_timed_out"},
    {Mark::kQuorumLeaderElected, "quorum_leader_elected"},
    {Mark::kQuorumEpochBumped, "quorum_epoch_bumped"},
    {Mark::kQuorumRequestFenced, "quorum_request_fenced"},
    {Mark::kQuorumLogTruncated, "quorum_log_truncated"},
    {Mark::kQuorumDivergenceAnswered, "quorum_divergence_answered"},
    {Mark::kCommitWaitsForOwnEpoch, "commit_waits_for_own_epoch"},
    {Mark::kResignedByCheckQuorum, "resigned_by_check_quorum"},
    {Mark::kResignedAtShutdown, "resigned_at_shutdown"},
    {Mark::kSuccessorCalled, "successor_called"},
    {Mark::kQuorumLeaderFound, "quorum_leader_found"},
    {Mark::kQuorumStateRead, "quorum_state_read"},
    {Mark::kControllerRenounced, "controller_renounced"},
    {Mark::kDecisionsDropped, "decisions_dropped"},
    {Mark::kControllerRedirected, "controller_redirected"},
    {Mark::kSnapshotWritten, "snapshot_written"},
    {Mark::kSnapshotOffered, "snapshot_offered"},
    {Mark::kSnapshotFetched, "snapshot_fetched"},
    {Mark::kSnapshotLoaded, "snapshot_loaded"},
    {Mark::kSnapshotNotFound, "snapshot_not_found"},
    {Mark::kSnapshotPositionOutOfRange, "snapshot_position_out_of_range"},
    {Mark::kSnapshotFetchDropped, "snapshot_fetch_dropped"},
    {Mark::kSnapshotDeleted, "snapshot_deleted"},
    {Mark::kLogTruncatedToSnapshot, "log_truncated_to_snapshot"},
};

constexpr bool is_in_order() {
  for (size_t i = 0; i < std::size(kMarkNames); ++i) {
    if (kMarkNames[i].which != static_cast<Mark>(i)) return false;
  }
  return std::size(kMarkNames) == static_cast<size_t>(Mark::kCount);
}
static_assert(is_in_order(), "each has a name");

}  // namespace

std::string_view name_of(Mark which) { return kMarkNames[static_cast<size_t>(which)].name; }

}  // namespace models
