// SPDX-License-Identifier: Apache-2.0

#include "models/common/marks.h"

#include <iterator>

namespace models {

namespace {

struct Words {
  Mark mark;
  std::string_view name;
  std::string_view about;
};

// In the enum's order.
constexpr Words kWords[] = {
    {Mark::kIsrShrunk, "isr_shrunk", "A leader took over an ISR that lost members."},
    {Mark::kIsrExpanded, "isr_expanded", "A leader took over an ISR that won members."},
    {Mark::kIsrExpandWaitsForEpochStart, "isr_expand_waits_for_epoch_start",
     "A follower reached the high watermark but not yet the start of the leader's epoch, so it "
     "must not join the ISR (KAFKA-7128)."},
    {Mark::kTruncatedOnDivergence, "truncated_on_divergence",
     "A follower was told where its log parts from the leader's."},
    {Mark::kDivergedFetchAnswered, "diverged_fetch_answered",
     "A leader answered a fetch with the place where the logs part."},
    {Mark::kOutOfRangeFetchReset, "out_of_range_fetch_reset",
     "A follower's fetch was out of the leader's range, and it asked where to begin."},
    {Mark::kDuplicateBatchAnswered, "duplicate_batch_answered",
     "A producer's retry met the broker's memory of its last five batches."},
    {Mark::kSequenceRejected, "sequence_rejected",
     "A batch did not follow the producer's last one and was refused."},
    {Mark::kLogCutAtRecovery, "log_cut_at_recovery",
     "Recovery after an unclean stop cut a torn or corrupt tail."},
    {Mark::kIndexRebuilt, "index_rebuilt",
     "Recovery found no usable index and rebuilt it from the segment."},
    {Mark::kSegmentRolled, "segment_rolled", "A log began a new segment."},
    {Mark::kSegmentDeleted, "segment_deleted", "Retention let a segment go."},
    {Mark::kLogCleaned, "log_cleaned", "The cleaner finished a round."},
    {Mark::kSnapshotGarbled, "snapshot_garbled", "A snapshot of producers could not be read."},
    {Mark::kSwapFinished, "swap_finished",
     "An interrupted replacement of segments was completed at start."},
    {Mark::kSwapUndone, "swap_undone",
     "An interrupted replacement of segments had not come far enough and was undone."},
    {Mark::kHighWatermarkFrozenBelowMinIsr, "high_watermark_frozen_below_min_isr",
     "A leader held its high watermark back, as the ISR was below min.insync.replicas."},
    {Mark::kNotEnoughReplicas, "not_enough_replicas",
     "A produce with acks=all was refused before it was written."},
    {Mark::kNotEnoughReplicasAfterAppend, "not_enough_replicas_after_append",
     "A produce with acks=all was written, and the ISR fell short before it was answered."},
    {Mark::kZombieLeaderFenced, "zombie_leader_fenced",
     "A former leader learnt of its successor while it still had work in hand."},
    {Mark::kBrokerFenced, "broker_fenced",
     "The controller fenced a broker that was silent for its session."},
    {Mark::kUncleanRegistration, "unclean_registration",
     "A broker registered without the mark of a clean stop."},
    {Mark::kProduceTimedOut, "produce_timed_out",
     "A produce with acks=all waited for its replicas longer than its timeout."},
    {Mark::kProducerEpochBumped, "producer_epoch_bumped",
     "A producer began a new epoch, as it could not tell what became of a batch."},
    {Mark::kBatchExpired, "batch_expired", "A producer gave a batch up after delivery.timeout.ms."},
    {Mark::kBatchSplit, "batch_split", "A producer split a batch that the broker found too large."},
    {Mark::kAlterPartitionRetried, "alter_partition_retried",
     "A proposal for the ISR failed in a way that is tried again."},
    {Mark::kElrJoined, "elr_joined",
     "A member left the ISR below min.insync.replicas and stays eligible to lead (KIP-966)."},
    {Mark::kElrLeaderElected, "elr_leader_elected",
     "With an empty ISR an eligible replica took over, without loss."},
    {Mark::kElrDroppedUnclean, "elr_dropped_unclean",
     "A replica came back without a clean stop and is not eligible any more."},
    {Mark::kElrCleared, "elr_cleared",
     "min.insync.replicas changed, so that nobody is known to be eligible."},
    {Mark::kLastKnownLeaderElected, "last_known_leader_elected",
     "ISR and ELR were empty, and the last leader came back and took over."},
    {Mark::kUncleanLeaderElected, "unclean_leader_elected",
     "A replica that may lack committed records took over."},
    {Mark::kPartitionLeaderless, "partition_leaderless",
     "A partition lost its leader, and nobody could take over."},
    {Mark::kIneligibleIsrMember, "ineligible_isr_member",
     "A leader proposed a fenced, leaving or reborn replica for the ISR, and was refused."},
    {Mark::kStaleAlterPartition, "stale_alter_partition",
     "A proposal for the ISR was of an older leader or partition epoch."},
    {Mark::kNewLeaderByReassignment, "new_leader_by_reassignment",
     "A leader's own proposal ended a reassignment that leaves it without its replica."},
    {Mark::kReassignmentBegun, "reassignment_begun", "A partition began to move to other brokers."},
    {Mark::kReassignmentCompleted, "reassignment_completed",
     "A partition has moved: all its new replicas are in the ISR."},
    {Mark::kReassignmentCancelled, "reassignment_cancelled",
     "A move of a partition was taken back."},
    {Mark::kDuplicateRegistration, "duplicate_registration",
     "A broker registered while the session of its former incarnation had not run out."},
    {Mark::kRegistrationAmended, "registration_amended",
     "The same incarnation of a broker registered again."},
    {Mark::kStaleHeartbeat, "stale_heartbeat", "A heartbeat was of a former life of its broker."},
    {Mark::kFencedAgain, "fenced_again",
     "The session of a broker that was fenced already ran out."},
    {Mark::kControlledShutdownWaits, "controlled_shutdown_waits",
     "A broker that wants to stop had to wait until its leaderships had moved."},
    {Mark::kShutdownWithoutLeaders, "shutdown_without_leaders",
     "A broker that led nothing could stop at once."},
    {Mark::kPreferredLeaderBack, "preferred_leader_back",
     "A leadership went back to the preferred replica."},
    {Mark::kElectionRefused, "election_refused",
     "An election that was asked for could not be held."},
    {Mark::kTopicDeleted, "topic_deleted", "A topic was deleted."},
    {Mark::kPartitionsAdded, "partitions_added", "A topic was given more partitions."},
    {Mark::kReplicaDeleted, "replica_deleted",
     "A broker deleted a replica: its partition is gone, or belongs to others."},
    {Mark::kStrayReplicaDeleted, "stray_replica_deleted",
     "A starting broker set aside files of a partition that is not its own."},
    {Mark::kBrokerUnregistered, "broker_unregistered",
     "A broker was taken out of the cluster for good."},
    {Mark::kPreVoteGranted, "pre_vote_granted",
     "A controller would have voted for another, if it had been asked to (KIP-996)."},
    {Mark::kPreVoteRejected, "pre_vote_rejected",
     "A controller saw no need for an election, or no good candidate (KIP-996)."},
    {Mark::kVoteGranted, "vote_granted", "A controller voted for another."},
    {Mark::kVoteRejected, "vote_rejected", "A controller refused another its vote."},
    {Mark::kElectionLost, "election_lost", "A controller that would lead heard too many refusals."},
    {Mark::kElectionTimedOut, "election_timed_out",
     "A controller that would lead did not hear from a majority in time."},
    {Mark::kQuorumLeaderElected, "quorum_leader_elected", "A controller won an election."},
    {Mark::kQuorumEpochBumped, "quorum_epoch_bumped",
     "A controller that led or followed met a higher epoch."},
    {Mark::kQuorumRequestFenced, "quorum_request_fenced",
     "A controller refused a request of an older epoch of the quorum."},
    {Mark::kQuorumLogTruncated, "quorum_log_truncated",
     "A controller cut metadata records that were never committed."},
    {Mark::kQuorumDivergenceAnswered, "quorum_divergence_answered",
     "The quorum's leader answered a fetch with the place where the logs part."},
    {Mark::kCommitWaitsForOwnEpoch, "commit_waits_for_own_epoch",
     "A majority had all records but none of the leader's epoch, so that none counted as "
     "committed."},
    {Mark::kResignedByCheckQuorum, "resigned_by_check_quorum",
     "The quorum's leader resigned, as no majority fetched from it."},
    {Mark::kResignedAtShutdown, "resigned_at_shutdown",
     "The quorum's leader resigned, as it was to stop."},
    {Mark::kSuccessorCalled, "successor_called",
     "A controller was told by a leader that resigned to elect itself."},
    {Mark::kQuorumLeaderFound, "quorum_leader_found",
     "A controller or broker was told by another who leads the quorum."},
    {Mark::kQuorumStateRead, "quorum_state_read", "A controller started in an epoch that it knew."},
    {Mark::kControllerRenounced, "controller_renounced", "The active controller lost its role."},
    {Mark::kDecisionsDropped, "decisions_dropped",
     "A controller that lost its role had decided more than was committed."},
    {Mark::kControllerRedirected, "controller_redirected",
     "A request met a controller that is not the active one."},
};

constexpr bool is_in_order() {
  for (size_t i = 0; i < std::size(kWords); ++i) {
    if (kWords[i].mark != static_cast<Mark>(i)) return false;
  }
  return true;
}
static_assert(std::size(kWords) == kMarkCount, "each mark has a name and words");
static_assert(is_in_order());

}  // namespace

std::string_view name_of(Mark mark) { return kWords[static_cast<size_t>(mark)].name; }
std::string_view about(Mark mark) { return kWords[static_cast<size_t>(mark)].about; }

}  // namespace models
