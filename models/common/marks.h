// SPDX-License-Identifier: Apache-2.0
//
// Marks count how often a rare and interesting place in the code was reached, so that a test or a
// campaign can say whether it was exercised at all. They live in the world, outside the digest.

#ifndef MODELS_COMMON_MARKS_H_
#define MODELS_COMMON_MARKS_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace models {

enum class Mark : uint8_t {
  kIsrShrunk,
  kIsrExpanded,
  kIsrExpandWaitsForEpochStart,  // LEO reached the high watermark but not the epoch's start.
  kTruncatedOnDivergence,
  kDivergedFetchAnswered,
  kOutOfRangeFetchReset,
  kDuplicateBatchAnswered,  // A retry met the broker's memory of the last five batches.
  kSequenceRejected,
  kUnknownProducerTakenOver,  // Its first batch here was not its first.
  kLogCutAtRecovery,
  kIndexRebuilt,
  kSegmentRolled,
  kSegmentDeleted,
  kLogCleaned,       // A round of the cleaner was done.
  kSnapshotGarbled,  // A producer snapshot that could not be read.
  kSwapFinished,     // An interrupted replacement of segments was completed.
  kSwapUndone,       // One that had not come far enough was undone.
  kHighWatermarkFrozenBelowMinIsr,
  kNotEnoughReplicas,
  kNotEnoughReplicasAfterAppend,
  kZombieLeaderFenced,
  kBrokerFenced,
  kUncleanRegistration,
  kProduceTimedOut,
  kProducerEpochBumped,
  kBatchExpired,
  kBatchSplit,
  kAlterPartitionRetried,
  // Controller.
  kElrJoined,               // A member left the ISR below min.insync.replicas and stays eligible.
  kElrLeaderElected,        // With an empty ISR an eligible replica took over, without loss.
  kElrDroppedUnclean,       // A replica came back without a clean shutdown: not eligible any more.
  kElrCleared,              // min.insync.replicas changed: who is eligible is unknown.
  kLastKnownLeaderElected,  // ISR and ELR are empty; the last leader came back.
  kUncleanLeaderElected,
  kPartitionLeaderless,
  kIneligibleIsrMember,      // AlterPartition named a fenced, leaving or reborn replica.
  kStaleAlterPartition,      // Of an older leader or partition epoch.
  kNewLeaderByReassignment,  // The leader's own AlterPartition ended a reassignment without it.
  kReassignmentBegun,
  kReassignmentCompleted,
  kReassignmentCancelled,
  kDuplicateRegistration,  // The former incarnation's session has not run out.
  kRegistrationAmended,    // The same incarnation registered again.
  kStaleHeartbeat,
  kFencedAgain,  // The session of a fenced broker ran out.
  kControlledShutdownWaits,
  kShutdownWithoutLeaders,  // A broker that led nothing could leave at once.
  kPreferredLeaderBack,
  kElectionRefused,  // ElectLeaders could not do what was asked.
  kTopicDeleted,
  kPartitionsAdded,
  kReplicaDeleted,  // By a broker: its partition is gone, or belongs to others.
  kBrokerUnregistered,
  // The controllers' quorum.
  kPreVoteGranted,
  kPreVoteRejected,
  kVoteGranted,
  kVoteRejected,
  kElectionLost,  // A candidate or prospective heard too many refusals.
  kElectionTimedOut,
  kQuorumLeaderElected,
  kQuorumEpochBumped,  // A leader or follower met a higher epoch.
  kQuorumRequestFenced,
  kQuorumLogTruncated,
  kQuorumDivergenceAnswered,
  kCommitWaitsForOwnEpoch,  // A majority has all but a record of the leader's epoch.
  kResignedByCheckQuorum,
  kResignedAtShutdown,
  kSuccessorCalled,    // A follower was told to elect itself.
  kQuorumLeaderFound,  // A voter or broker was told by another who leads.
  kQuorumStateRead,    // A voter started in an epoch that it knew.
  kControllerRenounced,
  kDecisionsDropped,       // A controller that lost its role had decided more than was committed.
  kControllerRedirected,   // A broker met NOT_CONTROLLER.
  kFetchSessionEvicted,    // Another session took its place.
  kFetchSessionNotOpened,  // The cache was full of better ones.
  kFetchSessionNotFound,
  kFetchSessionEpochWrong,
  kFetchSessionEmptied,         // Its last partition was forgotten.
  kFetchSessionReopened,        // A fetcher lost its session and began anew.
  kStaleReplicaEpochRefused,    // A fetch of a life that has ended.
  kWaitingFetchFenced,          // The leader epoch moved on under it.
  kWaitingFetchBeyondEnd,       // The log was cut under it.
  kWaitingFetchOnOlderSegment,  // The log rolled under it.
  kWaitingFetchDiverged,
  kPreferredReplicaNamed,  // A consumer was sent to a replica near it.
  kPreferredReplicaExpired,
  kPreferredReplicaDropped,  // It failed, or knew too little.
  kOffsetNotAvailable,       // A new leader's watermark lags its epoch.
  kRecordsDeleted,           // DeleteRecords moved a leader's log start.
  kDeleteRecordsTimedOut,
  kFollowerLogStartRaised,  // By its leader's.
  kFollowerRestartedAtLeaderStart,
  kTruncatedInSteps,  // The leader's epoch was unknown here (KIP-279).
  kIsrProposalReverted,
  kIsrProposalAwaitsMetadata,
  kIdleFetcherClosed,
  kLogDirectoryFailed,    // One of several: the broker lives on.
  kReplicaOffline,        // Asked for a replica whose directory has failed.
  kDirectoryAssigned,     // A broker told where it has put a replica.
  kStrayReplicaFound,     // A start met a log that metadata gives to nobody here.
  kDeletionResumed,       // A start met a directory that was being deleted.
  // Snapshots of the metadata log.
  kSnapshotWritten,             // A node has made one of its own image.
  kSnapshotOffered,             // A leader answered a fetch by the snapshot to take instead.
  kSnapshotFetched,             // A voter or broker has copied the leader's.
  kSnapshotLoaded,              // An image was made from one.
  kSnapshotNotFound,            // The leader has deleted what it offered.
  kSnapshotPositionOutOfRange,  // Asked for bytes that the snapshot does not have.
  kSnapshotFetchDropped,        // A new epoch or leader ended a download.
  kSnapshotDeleted,             // Retention let it go, or a newer one took the log's place.
  kLogTruncatedToSnapshot,      // A voter's whole log gave way to a snapshot.
  kCount,
};
inline constexpr int kMarkCount = static_cast<int>(Mark::kCount);
std::string_view name_of(Mark mark);
// What happened there, in words.
std::string_view about(Mark mark);

class Marks {
 public:
  void count(Mark mark) {
    ++counts_[static_cast<size_t>(mark)];
    any_ = true;
  }
  // False if nothing was counted since `clear`; then nobody needs to look further.
  bool any() const { return any_; }
  void clear() { *this = Marks(); }
  int64_t of(Mark mark) const { return counts_[static_cast<size_t>(mark)]; }

 private:
  std::array<int64_t, kMarkCount> counts_{};
  bool any_ = false;
};

}  // namespace models

#endif  // MODELS_COMMON_MARKS_H_
