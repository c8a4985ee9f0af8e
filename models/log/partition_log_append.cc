// SPDX-License-Identifier: Apache-2.0
//
// How batches enter a log: a leader checks what clients send and gives it offsets, a follower copies.

#include <utility>

#include "models/log/partition_log.h"

namespace models {

namespace {

constexpr int16_t kCodecBits = 0x07;

AppendResult failed(ErrorCode error) {
  AppendResult result;
  result.error = error;
  return result;
}

// What UnifiedLog.analyzeAndValidateRecords and LogValidator refuse, in their order.
ErrorCode validate(const absl::Cord& batch, const std::optional<BatchHeader>& header,
                   const TopicConfig& config, int64_t now_ms) {
  if (!header) return ErrorCode::kCorruptMessage;
  int64_t size = static_cast<int64_t>(batch.size());
  if (header->total_bytes() > size || header->length < kBatchHeaderBytes - kBatchLengthPrefixBytes)
    return ErrorCode::kCorruptMessage;
  if (header->total_bytes() < size) return ErrorCode::kInvalidRecord;  // More than one batch.
  if (header->magic != 2) return ErrorCode::kUnsupportedVersion;
  if (header->base_offset != Offset(0)) return ErrorCode::kInvalidRecord;
  if (size > config.max_message_bytes) return ErrorCode::kMessageTooLarge;
  if (!is_valid_batch(batch, *header)) return ErrorCode::kCorruptMessage;
  if (header->record_count <= 0 || header->record_count != header->last_offset_delta + 1)
    return ErrorCode::kInvalidRecord;
  if (header->is_control()) return ErrorCode::kInvalidRecord;
  if (header->has_producer() && header->base_sequence == kNoSequence) return ErrorCode::kInvalidRecord;
  if ((header->attributes & kCodecBits) != 0) return ErrorCode::kUnsupportedCompressionType;
  if (header->max_timestamp_ms - now_ms > config.message_timestamp_after_max_ms.millis())
    return ErrorCode::kInvalidTimestamp;
  if (size > config.segment_bytes) return ErrorCode::kRecordListTooLarge;
  return ErrorCode::kNone;
}

}  // namespace

ErrorCode PartitionLog::roll_if_needed(int64_t bytes, const BatchHeader& header, Step& step) {
  Segment& active = segments_.back();
  if (!active.should_roll(bytes, header.last_offset(), header.max_timestamp_ms, step.wall.millis(), config_))
    return ErrorCode::kNone;
  if (active.base_offset() == log_end_) return ErrorCode::kNone;  // Empty: nothing to roll.
  step.mark(Mark::kSegmentRolled);
  auto fresh = Segment::create(directory_, log_end_, step);
  if (!fresh.ok()) return ErrorCode::kKafkaStorageError;
  segments_.push_back(std::move(*fresh));
  sealed_ = true;
  return ErrorCode::kNone;
}

ErrorCode PartitionLog::write(absl::Cord batch, const BatchHeader& header, Step& step) {
  int64_t bytes = static_cast<int64_t>(batch.size());
  ErrorCode error = roll_if_needed(bytes, header, step);
  if (error != ErrorCode::kNone) return error;
  if (epochs_.assign(header.leader_epoch, header.base_offset)) save_epochs(step);
  if (!segments_.back().append(std::move(batch), header, config_, step).ok())
    return ErrorCode::kKafkaStorageError;
  log_end_ = header.next_offset();
  if (header.has_producer() && !header.is_control()) producers_.update(header);
  return ErrorCode::kNone;
}

AppendResult PartitionLog::append_as_leader(absl::Cord batch, LeaderEpoch epoch, Step& step) {
  std::optional<BatchHeader> header = read_batch_header(batch);
  ErrorCode error = validate(batch, header, config_, step.wall.millis());
  if (error != ErrorCode::kNone) return failed(error);
  AppendResult result;
  result.records = header->record_count;
  if (header->has_producer()) {
    if (std::optional<ProducerBatch> known = producers_.duplicate_of(*header)) {
      step.mark(Mark::kDuplicateBatchAnswered);
      result.duplicate = true;
      result.first_offset = known->first_offset;
      result.last_offset = known->last_offset;
      return result;
    }
    error = producers_.check(*header);
    if (error != ErrorCode::kNone) {
      step.mark(Mark::kSequenceRejected);
      return failed(error);
    }
  }
  header->base_offset = log_end_;
  header->leader_epoch = epoch;
  error = write(stamp_batch(batch, log_end_, epoch), *header, step);
  if (error != ErrorCode::kNone) return failed(error);
  result.first_offset = header->base_offset;
  result.last_offset = header->last_offset();
  if (log_end_ - recovery_point_ >= config_.flush_messages) flush(step);
  return result;
}

AppendResult PartitionLog::append_as_follower(absl::Cord batches, LeaderEpoch fetch_epoch, Step& step) {
  AppendResult result;
  int64_t position = 0;
  int64_t size = static_cast<int64_t>(batches.size());
  while (std::optional<BatchHeader> header = read_batch_header(batches, position)) {
    int64_t total = header->total_bytes();
    if (total > size - position) break;  // Cut at the fetch's limit; it comes again.
    absl::Cord batch = position == 0 && total == size
                           ? batches
                           : batches.Subcord(static_cast<size_t>(position), static_cast<size_t>(total));
    if (!is_valid_batch(batch, *header)) return failed(ErrorCode::kCorruptMessage);
    if (fetch_epoch != kNoLeaderEpoch && header->leader_epoch > fetch_epoch) break;
    if (header->base_offset < log_end_) return failed(ErrorCode::kInvalidRecord);
    ErrorCode error = write(std::move(batch), *header, step);
    if (error != ErrorCode::kNone) return failed(error);
    if (result.first_offset == kNoOffset) result.first_offset = header->base_offset;
    result.last_offset = header->last_offset();
    result.records += header->record_count;
    position += total;
  }
  if (log_end_ - recovery_point_ >= config_.flush_messages) flush(step);
  return result;
}

}  // namespace models
