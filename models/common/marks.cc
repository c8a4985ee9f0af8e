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
    case Mark::kCount:
      break;
  }
  return "unknown";
}

}  // namespace models
