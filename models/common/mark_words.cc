// SPDX-License-Identifier: Apache-2.0
//
// What each mark means, for `faultline marks` and reports.

#include "models/common/marks.h"

namespace models {

std::string_view about(Mark mark) {
  switch (mark) {
    case Mark::kIsrShrunk:
      return "A leader took over an ISR that lost members.";
    case Mark::kIsrExpanded:
      return "A leader took over an ISR that won members.";
    case Mark::kIsrExpandWaitsForEpochStart:
      return "A follower reached the high watermark but not yet the start of the leader's epoch, "
             "so "
             "it must not join the ISR (KAFKA-7128).";
    case Mark::kTruncatedOnDivergence:
      return "A follower was told where its log parts from the leader's.";
    case Mark::kDivergedFetchAnswered:
      return "A leader answered a fetch with the place where the logs part.";
    case Mark::kOutOfRangeFetchReset:
      return "A follower's fetch was out of the leader's range, and it asked where to begin.";
    case Mark::kDuplicateBatchAnswered:
      return "A producer's retry met the broker's memory of its last five batches.";
    case Mark::kSequenceRejected:
      return "A batch did not follow the producer's last one and was refused.";
    case Mark::kLogCutAtRecovery:
      return "Recovery after an unclean stop cut a torn or corrupt tail.";
    case Mark::kIndexRebuilt:
      return "Recovery found no usable index and rebuilt it from the segment.";
    case Mark::kSegmentRolled:
      return "A log began a new segment.";
    case Mark::kSegmentDeleted:
      return "Retention let a segment go.";
    case Mark::kLogCleaned:
      return "The cleaner finished a round.";
    case Mark::kSnapshotGarbled:
      return "A snapshot of producers could not be read.";
    case Mark::kSwapFinished:
      return "An interrupted replacement of segments was completed at start.";
    case Mark::kSwapUndone:
      return "An interrupted replacement of segments had not come far enough and was undone.";
    case Mark::kHighWatermarkFrozenBelowMinIsr:
      return "A leader held its high watermark back, as the ISR was below min.insync.replicas.";
    case Mark::kNotEnoughReplicas:
      return "A produce with acks=all was refused before it was written.";
    case Mark::kNotEnoughReplicasAfterAppend:
      return "A produce with acks=all was written, and the ISR fell short before it was answered.";
    case Mark::kZombieLeaderFenced:
      return "A former leader learnt of its successor while it still had work in hand.";
    case Mark::kBrokerFenced:
      return "The controller fenced a broker that was silent for its session.";
    case Mark::kUncleanRegistration:
      return "A broker registered without the mark of a clean stop.";
    case Mark::kProduceTimedOut:
      return "A produce with acks=all waited for its replicas longer than its timeout.";
    case Mark::kProducerEpochBumped:
      return "A producer began a new epoch, as it could not tell what became of a batch.";
    case Mark::kBatchExpired:
      return "A producer gave a batch up after delivery.timeout.ms.";
    case Mark::kBatchSplit:
      return "A producer split a batch that the broker found too large.";
    case Mark::kAlterPartitionRetried:
      return "A proposal for the ISR failed in a way that is tried again.";
    case Mark::kElrJoined:
      return "A member left the ISR below min.insync.replicas and stays eligible to lead "
             "(KIP-966).";
    case Mark::kElrLeaderElected:
      return "With an empty ISR an eligible replica took over, without loss.";
    case Mark::kElrDroppedUnclean:
      return "A replica came back without a clean stop and is not eligible any more.";
    case Mark::kElrCleared:
      return "min.insync.replicas changed, so that nobody is known to be eligible.";
    case Mark::kLastKnownLeaderElected:
      return "ISR and ELR were empty, and the last leader came back and took over.";
    case Mark::kUncleanLeaderElected:
      return "A replica that may lack committed records took over.";
    case Mark::kPartitionLeaderless:
      return "A partition lost its leader, and nobody could take over.";
    case Mark::kIneligibleIsrMember:
      return "A leader proposed a fenced, leaving or reborn replica for the ISR, and was refused.";
    case Mark::kStaleAlterPartition:
      return "A proposal for the ISR was of an older leader or partition epoch.";
    case Mark::kNewLeaderByReassignment:
      return "A leader's own proposal ended a reassignment that leaves it without its replica.";
    case Mark::kReassignmentBegun:
      return "A partition began to move to other brokers.";
    case Mark::kReassignmentCompleted:
      return "A partition has moved: all its new replicas are in the ISR.";
    case Mark::kReassignmentCancelled:
      return "A move of a partition was taken back.";
    case Mark::kDuplicateRegistration:
      return "A broker registered while the session of its former incarnation had not run out.";
    case Mark::kRegistrationAmended:
      return "The same incarnation of a broker registered again.";
    case Mark::kStaleHeartbeat:
      return "A heartbeat was of a former life of its broker.";
    case Mark::kFencedAgain:
      return "The session of a broker that was fenced already ran out.";
    case Mark::kControlledShutdownWaits:
      return "A broker that wants to stop had to wait until its leaderships had moved.";
    case Mark::kShutdownWithoutLeaders:
      return "A broker that led nothing could stop at once.";
    case Mark::kPreferredLeaderBack:
      return "A leadership went back to the preferred replica.";
    case Mark::kElectionRefused:
      return "An election that was asked for could not be held.";
    case Mark::kTopicDeleted:
      return "A topic was deleted.";
    case Mark::kPartitionsAdded:
      return "A topic was given more partitions.";
    case Mark::kReplicaDeleted:
      return "A broker deleted a replica: its partition is gone, or belongs to others.";
    case Mark::kStrayReplicaDeleted:
      return "A starting broker set aside files of a partition that is not its own.";
    case Mark::kBrokerUnregistered:
      return "A broker was taken out of the cluster for good.";
    case Mark::kPreVoteGranted:
      return "A controller would have voted for another, if it had been asked to (KIP-996).";
    case Mark::kPreVoteRejected:
      return "A controller saw no need for an election, or no good candidate (KIP-996).";
    case Mark::kVoteGranted:
      return "A controller voted for another.";
    case Mark::kVoteRejected:
      return "A controller refused another its vote.";
    case Mark::kElectionLost:
      return "A controller that would lead heard too many refusals.";
    case Mark::kElectionTimedOut:
      return "A controller that would lead did not hear from a majority in time.";
    case Mark::kQuorumLeaderElected:
      return "A controller won an election.";
    case Mark::kQuorumEpochBumped:
      return "A controller that led or followed met a higher epoch.";
    case Mark::kQuorumRequestFenced:
      return "A controller refused a request of an older epoch of the quorum.";
    case Mark::kQuorumLogTruncated:
      return "A controller cut metadata records that were never committed.";
    case Mark::kQuorumDivergenceAnswered:
      return "The quorum's leader answered a fetch with the place where the logs part.";
    case Mark::kCommitWaitsForOwnEpoch:
      return "A majority had all records but none of the leader's epoch, so that none counted as "
             "committed.";
    case Mark::kResignedByCheckQuorum:
      return "The quorum's leader resigned, as no majority fetched from it.";
    case Mark::kResignedAtShutdown:
      return "The quorum's leader resigned, as it was to stop.";
    case Mark::kSuccessorCalled:
      return "A controller was told by a leader that resigned to elect itself.";
    case Mark::kQuorumLeaderFound:
      return "A controller or broker was told by another who leads the quorum.";
    case Mark::kQuorumStateRead:
      return "A controller started in an epoch that it knew.";
    case Mark::kControllerRenounced:
      return "The active controller lost its role.";
    case Mark::kDecisionsDropped:
      return "A controller that lost its role had decided more than was committed.";
    case Mark::kControllerRedirected:
      return "A request met a controller that is not the active one.";
    case Mark::kCount:
      break;
  }
  return "unknown";
}

}  // namespace models
