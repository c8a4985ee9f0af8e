// SPDX-License-Identifier: Apache-2.0
//
// How batches enter a log: a leader checks what it is given and gives it offsets, a follower
// copies.

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "models/log/log_validator.h"
#include "models/log/partition_log.h"

namespace models {

namespace {

AppendResult failed(ErrorCode error) {
  AppendResult result;
  result.error = error;
  return result;
}

ValidatorOptions validator_options(const TopicConfig& config, LeaderEpoch epoch,
                                   AppendOrigin origin) {
  ValidatorOptions options{.from_client = origin == AppendOrigin::kClient,
                           .leader_epoch = epoch,
                           .compacted = config.cleanup_policy.compacts,
                           .timestamp_before_max_ms = config.message_timestamp_before_max_ms,
                           .timestamp_after_max_ms = config.message_timestamp_after_max_ms,
                           .max_message_bytes = config.max_message_bytes};
  if (config.message_timestamp_type == MessageTimestampType::kLogAppendTime)
    options.timestamp_type = TimestampType::kLogAppendTime;
  switch (config.compression_type) {
    case TopicCompression::kProducer:
      break;
    case TopicCompression::kUncompressed:
      options.compression = Compression{};
      break;
    case TopicCompression::kGzip:
      options.compression = Compression{CompressionType::kGzip, config.compression_gzip_level};
      break;
    case TopicCompression::kSnappy:
      options.compression = Compression{CompressionType::kSnappy, std::nullopt};
      break;
    case TopicCompression::kLz4:
      options.compression = Compression{CompressionType::kLz4, config.compression_lz4_level};
      break;
    case TopicCompression::kZstd:
      options.compression = Compression{CompressionType::kZstd, config.compression_zstd_level};
      break;
  }
  return options;
}

// Is the batch older than all that is remembered of its producer, which is less than it may have in
// flight? A snapshot has no more than the last batch of each (ProducerStateManager.readSnapshot).
bool is_forgotten(const ProducerStates& producers, const BatchHeader& batch) {
  auto found = producers.producers().find(batch.producer_id);
  if (found == producers.producers().end()) return false;
  const ProducerEntry& entry = found->second;
  return entry.epoch == batch.producer_epoch && !entry.batches.empty() &&
         entry.batches.size() < kRememberedBatches &&
         batch.last_sequence() < entry.batches.front().first_sequence;
}

// The producer sends it again under a new epoch, in which nobody knows it
// (TransactionManager.canRetry).
void note_forgotten_batch(const TopicPartition& partition, Offset log_end, const BatchHeader& batch,
                          Step& step) {
  step.effects.note("forgotten_batch_refused",
                    {{"partition", to_string(partition)},
                     {"offset", std::to_string(log_end.value())},
                     {"producer_id", std::to_string(batch.producer_id.value())},
                     {"sequence", std::to_string(batch.base_sequence.value())}});
}

// The batches of a follower's append that are whole and meant for it.
struct Copied {
  ErrorCode error = ErrorCode::kNone;
  absl::InlinedVector<WrittenBatch, 1> batches;
  RollParams roll;
};
Copied analyze(const absl::Cord& bytes, LeaderEpoch fetch_epoch) {
  Copied found;
  int64_t size = static_cast<int64_t>(bytes.size());
  int64_t position = 0;
  while (std::optional<BatchHeader> header = read_batch_header(bytes, position)) {
    int64_t total = header->total_bytes();
    if (total > size - position) break;  // Cut at the fetch's limit; it comes again.
    bool alone = position == 0 && total == size;
    absl::Cord batch =
        alone ? bytes : bytes.Subcord(static_cast<size_t>(position), static_cast<size_t>(total));
    if (header->leader_epoch > fetch_epoch) break;
    if (!is_valid_batch(batch, *header)) {
      found.error = ErrorCode::kCorruptMessage;
      return found;
    }
    if (!found.batches.empty() && header->last_offset() <= found.roll.last_offset) {
      found.error = ErrorCode::kUnknownServerError;  // OffsetsOutOfOrderException
      return found;
    }
    found.roll.bytes += total;
    found.roll.last_offset = header->last_offset();
    found.roll.max_timestamp_ms = std::max(found.roll.max_timestamp_ms, header->max_timestamp_ms);
    found.batches.push_back({*header, std::move(batch)});
    position += total;
  }
  return found;
}

}  // namespace

ErrorCode PartitionLog::roll(Offset base, Step& step) {
  return failed_ ? ErrorCode::kKafkaStorageError : settled(begin_segment(base, step));
}

ErrorCode PartitionLog::begin_segment(Offset base, Step& step) {
  base = std::max(base, log_end_);
  Segment& active = segments_.back();
  step.mark(Mark::kSegmentRolled);
  bool is_empty = active.base_offset() == base;  // It is made anew, as KAFKA-6388 has it.
  absl::Status sealed = is_empty ? delete_files({active}, base, step) : active.seal(step);
  if (!sealed.ok()) return ErrorCode::kKafkaStorageError;
  auto fresh = Segment::create(directory_, base, config_, step);
  if (!fresh.ok()) return ErrorCode::kKafkaStorageError;
  if (is_empty) segments_.pop_back();
  segments_.push_back(std::move(*fresh));
  sealed_ = true;
  producers_.set_map_end(base);
  auto snapshot = producers_.take_snapshot(directory_, step);
  if (!snapshot.ok()) return ErrorCode::kKafkaStorageError;
  if (*snapshot) unsynced_snapshots_.push_back(**snapshot);
  return ErrorCode::kNone;
}

ErrorCode PartitionLog::roll_if_needed(const RollParams& append, Offset base, Step& step) {
  auto due = segments_.back().should_roll(append, step.wall.millis(), config_, step);
  if (!due.ok()) return ErrorCode::kKafkaStorageError;
  return *due ? roll(base, step) : ErrorCode::kNone;
}

// As Kafka, before anything that may refuse the append.
void PartitionLog::note_epoch(const BatchHeader& header, Step& step) {
  if (epochs_.assign(header.leader_epoch, header.base_offset)) save_epochs(step);
}

ErrorCode PartitionLog::write(absl::Cord batch, const BatchHeader& header, Step& step) {
  Segment& active = segments_.back();
  if (!settled(active.append(std::move(batch), header, config_, step)).ok())
    return ErrorCode::kKafkaStorageError;
  if (start_batch_ == log_end_) start_batch_ = header.base_offset;
  log_end_ = header.next_offset();
  return ErrorCode::kNone;
}

// Also what is aborted goes into the transaction index only when all batches of an append are taken
// in: its last stable offset is that behind the append, whatever has begun in it.
ErrorCode PartitionLog::take_in_written(std::span<const WrittenBatch> written, Step& step) {
  std::vector<CompletedTxn> completed;
  for (const WrittenBatch& each : written) {
    if (auto txn = follow(producers_, each.header, each.bytes)) completed.push_back(*txn);
  }
  for (const CompletedTxn& txn : completed) {
    if (!settled(complete(producers_, txn, &segments_.back(), step)).ok())
      return ErrorCode::kKafkaStorageError;
  }
  producers_.set_map_end(log_end_);
  return ErrorCode::kNone;
}

// Earlier batches of it may still be on their way, from a leader that refused them: they will be out
// of order here (ProducerAppendInfo.checkSequence).
void PartitionLog::note_unknown_producer(const BatchHeader& header, Step& step) const {
  if (header.base_sequence == Sequence(0) || producers_.producers().contains(header.producer_id))
    return;
  step.mark(Mark::kUnknownProducerTakenOver);
  step.effects.note("unknown_producer_taken_over",
                    {{"partition", to_string(partition_)},
                     {"offset", std::to_string(log_end_.value())},
                     {"producer_id", std::to_string(header.producer_id.value())},
                     {"sequence", std::to_string(header.base_sequence.value())}});
}

// What a producer's or coordinator's batch meets in the producers' state. The remembered batch if
// it is a retry.
ErrorCode PartitionLog::check_producer(const absl::Cord& batch, const BatchHeader& header,
                                       AppendOrigin origin, std::optional<ProducerBatch>& known,
                                       Step& step) const {
  if (!header.has_producer()) return ErrorCode::kNone;
  ErrorCode error = ErrorCode::kNone;
  if (std::optional<EndTxnMarker> marker = end_txn_marker_of(batch, header)) {
    error = producers_.check_marker(header, *marker);
  } else if (origin == AppendOrigin::kClient) {
    known = producers_.duplicate_of(header);
    if (!known) error = producers_.check(header);
    if (!known && error == ErrorCode::kNone) note_unknown_producer(header, step);
    if (error == ErrorCode::kOutOfOrderSequenceNumber && is_forgotten(producers_, header))
      note_forgotten_batch(partition_, log_end_, header, step);
  }
  if (known) step.mark(Mark::kDuplicateBatchAnswered);
  if (error != ErrorCode::kNone) step.mark(Mark::kSequenceRejected);
  return error;
}

AppendResult PartitionLog::append_as_leader(absl::Cord batch, LeaderEpoch epoch, Step& step,
                                            AppendOrigin origin) {
  if (failed_) return failed(ErrorCode::kKafkaStorageError);
  ValidatedBatch valid = validate_append(batch, log_end_, step.wall.millis(),
                                         validator_options(config_, epoch, origin));
  if (valid.error != ErrorCode::kNone) return failed(valid.error);
  const BatchHeader& header = valid.header;
  note_epoch(header, step);
  if (header.total_bytes() > config_.segment_size()) return failed(ErrorCode::kRecordListTooLarge);
  AppendResult result;
  result.records = header.record_count;
  ErrorCode error = roll_if_needed(
      {header.total_bytes(), header.last_offset(), header.max_timestamp_ms}, log_end_, step);
  if (error != ErrorCode::kNone) return failed(error);
  std::optional<ProducerBatch> known;
  error = check_producer(valid.batch, header, origin, known, step);
  if (error != ErrorCode::kNone) return failed(error);
  if (known) {
    result.duplicate = true;
    result.first_offset = known->first_offset;
    result.last_offset = known->last_offset;
    return result;
  }
  error = write(valid.batch, header, step);
  WrittenBatch written{header, std::move(valid.batch)};
  if (error == ErrorCode::kNone) error = take_in_written({&written, 1}, step);
  if (error != ErrorCode::kNone) return failed(error);
  result.first_offset = header.base_offset;
  result.last_offset = header.last_offset();
  if (log_end_ - recovery_point_ >= config_.flush_messages) flush(step);
  return failed_ ? failed(ErrorCode::kKafkaStorageError) : result;
}

// A follower believes its leader, but for a plain batch inside a transaction.
ErrorCode PartitionLog::check_copied(std::span<const WrittenBatch> batches) const {
  absl::InlinedVector<std::pair<ProducerId, bool>, 4> in_txn;
  for (const WrittenBatch& each : batches) {
    if (!each.header.has_producer()) continue;
    auto state = std::find_if(in_txn.begin(), in_txn.end(), [&](const auto& known) {
      return known.first == each.header.producer_id;
    });
    if (state == in_txn.end()) {
      auto known = producers_.producers().find(each.header.producer_id);
      bool is_open =
          known != producers_.producers().end() && known->second.txn_first_offset != kNoOffset;
      state = in_txn.insert(state, {each.header.producer_id, is_open});
    }
    if (each.header.is_control()) {
      if (each.header.record_count > 0) state->second = false;
      continue;
    }
    if (state->second && !each.header.is_transactional()) return ErrorCode::kInvalidTxnState;
    if (each.header.is_transactional()) state->second = true;
  }
  return ErrorCode::kNone;
}

AppendResult PartitionLog::append_as_follower(absl::Cord batches, LeaderEpoch fetch_epoch,
                                              Step& step) {
  if (failed_) return failed(ErrorCode::kKafkaStorageError);
  Copied copied = analyze(batches, fetch_epoch);
  if (copied.error != ErrorCode::kNone) return failed(copied.error);
  AppendResult result;
  if (copied.batches.empty()) return result;
  result.first_offset = copied.batches.front().header.base_offset;
  if (result.first_offset < log_end_) {
    result.error = ErrorCode::kUnknownServerError;  // UnexpectedAppendOffsetException
    result.last_offset = copied.roll.last_offset;
    return result;
  }
  for (const WrittenBatch& each : copied.batches) note_epoch(each.header, step);
  if (copied.roll.bytes > config_.segment_size()) return failed(ErrorCode::kRecordListTooLarge);
  ErrorCode error = roll_if_needed(copied.roll, result.first_offset, step);
  if (error == ErrorCode::kNone) error = check_copied(copied.batches);
  if (error != ErrorCode::kNone) return failed(error);
  for (const WrittenBatch& each : copied.batches) {
    error = write(each.bytes, each.header, step);
    if (error != ErrorCode::kNone) return failed(error);
    result.last_offset = each.header.last_offset();
    result.records += each.header.record_count;
  }
  error = take_in_written(copied.batches, step);
  if (error != ErrorCode::kNone) return failed(error);
  if (log_end_ - recovery_point_ >= config_.flush_messages) flush(step);
  return failed_ ? failed(ErrorCode::kKafkaStorageError) : result;
}

}  // namespace models
