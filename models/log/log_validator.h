// SPDX-License-Identifier: Apache-2.0
//
// What a leader does with the bytes of an append before they reach its log: it checks them, gives
// offsets and leader epoch, and rewrites what the topic's configuration asks for.
//
//   bytes + options + next offset + now  ->  the batch to write, or an error code and why
//
// Nothing is copied that need not be: only the header is new (the CRC too if it covers what
// changed); the payload stays shared, unless the topic's codec is another than the batch's. Then
// the records are packed anew.
//
// In order, as Kafka: one whole batch of magic 2 (ProduceRequest.validateRecords), its base offset,
// size and CRC (UnifiedLog.analyzeAndValidateRecords), its header, then each record (LogValidator),
// then the size of a batch packed anew (UnifiedLog.append). Kafka's odd cases are kept:
//   - a leader does not look at the offsets inside a batch without a codec;
//   - nor, in a compressed batch that it keeps, whether a record ends where its length says;
//   - a stream that cannot be decompressed, an unknown codec, and inner offsets that do not count
//   from
//     0 in a compressed batch give UNKNOWN_SERVER_ERROR: there, Kafka throws what it did not
//     foresee.
// Not kept: when it packs anew, Java replaces bytes of a header's name that are not UTF-8.
// Source: storage/.../log/{LogValidator,UnifiedLog}.java, clients/.../requests/ProduceRequest.java.

#ifndef MODELS_LOG_LOG_VALIDATOR_H_
#define MODELS_LOG_LOG_VALIDATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"
#include "models/log/record_batch.h"

namespace models {

struct ValidatorOptions {
  // Coordinators and Raft leaders may write control batches, and producers' batches without
  // sequence.
  bool from_client = true;
  // Of the request; before version 7 there was no zstd.
  int16_t produce_version = 13;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;

  bool compacted = false;                                     // cleanup.policy
  std::optional<Compression> compression;                     // compression.type; nothing: producer
  TimestampType timestamp_type = TimestampType::kCreateTime;  // message.timestamp.type
  int64_t timestamp_before_max_ms = INT64_MAX;                // message.timestamp.before.max.ms
  int64_t timestamp_after_max_ms = 3'600'000;                 // message.timestamp.after.max.ms
  int64_t max_message_bytes = 1'048'588;                      // max.message.bytes

  // Kafka has no such bound; beyond it the answer is MESSAGE_TOO_LARGE.
  int64_t max_decompressed_bytes = kMostDecompressedBytes;
};

// What is wrong with one record of the batch; goes into the reply.
struct RecordError {
  int32_t index = 0;
  ErrorCode error = ErrorCode::kNone;
  std::string message;
  bool operator==(const RecordError&) const = default;
};

struct ValidatedBatch {
  ErrorCode error = ErrorCode::kNone;
  std::string message;                     // Of an error, for people.
  std::vector<RecordError> record_errors;  // Of INVALID_TIMESTAMP and INVALID_RECORD.

  // Without an error:
  absl::Cord batch;
  BatchHeader header;  // Of `batch`.
  int64_t max_timestamp_ms = -1;
  // Of the batch, not of the record, as the time index wants it; -1 if no record has a timestamp.
  Offset offset_of_max_timestamp = kNoOffset;
  std::optional<int64_t> log_append_time_ms;
  bool is_packed_anew = false;
  int64_t uncompressed_bytes = 0;  // Of header and records, for the cost of the check.
};

// `next` is the log's end, `now_ms` the leader's wall clock. Bytes after the batch that are not a
// whole batch are dropped.
ValidatedBatch validate_append(const absl::Cord& bytes, Offset next, int64_t now_ms,
                               const ValidatorOptions& options);

}  // namespace models

#endif  // MODELS_LOG_LOG_VALIDATOR_H_
