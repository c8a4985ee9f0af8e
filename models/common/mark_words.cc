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
    case Mark::kCount:
      break;
  }
  return "unknown";
}

}  // namespace models
