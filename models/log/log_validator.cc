// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_validator.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "models/log/byte_order.h"
#include "models/log/record_reader.h"

namespace models {

namespace {

constexpr int8_t kMagic = 2;
constexpr int64_t kMagicPosition = 16;
constexpr int32_t kLeastLength = 14;  // Of a batch of magic 0.
constexpr int16_t kFirstVersionWithZstd = 7;
constexpr int16_t kKnownAttributes = 0x7f;

struct Failure {
  ErrorCode error = ErrorCode::kNone;
  std::string message;
  bool is_set() const { return error != ErrorCode::kNone; }
};

// Kafka's clocks may be a garbage timestamp apart.
int64_t wrapping_difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

// ---- The request ----

// Bytes of the batch at `position`; nothing if no whole batch is there.
struct Found {
  Failure failure;
  std::optional<int64_t> size;
};
Found find_batch(const absl::Cord& bytes, int64_t position) {
  int64_t remaining = static_cast<int64_t>(bytes.size()) - position;
  if (remaining < kBatchLengthPrefixBytes) return {};
  std::string start(
      bytes.Subcord(static_cast<size_t>(position), static_cast<size_t>(kMagicPosition + 1)));
  int32_t length = load_big_endian<int32_t>(start.data() + 8);
  if (length < kLeastLength) return {{ErrorCode::kCorruptMessage, "a batch shorter than any"}, {}};
  if (remaining <= kMagicPosition) return {};
  int8_t magic = static_cast<int8_t>(start[kMagicPosition]);
  if (magic < 0 || magic > kMagic) return {{ErrorCode::kCorruptMessage, "an unknown magic"}, {}};
  int64_t size = kBatchLengthPrefixBytes + length;
  if (size > remaining) return {};
  if (magic != kMagic)
    return {{ErrorCode::kInvalidRecord, "a batch of magic " + std::to_string(magic) + ", not 2"},
            size};
  return {{}, size};
}

// The one batch of the request.
Failure take_batch(const absl::Cord& bytes, const ValidatorOptions& options, absl::Cord& batch,
                   BatchHeader& header) {
  Found first = find_batch(bytes, 0);
  if (first.failure.is_set()) return first.failure;
  if (!first.size) return {ErrorCode::kInvalidRecord, "no whole batch"};
  bool alone = *first.size == static_cast<int64_t>(bytes.size());
  batch = alone ? bytes : bytes.Subcord(0, static_cast<size_t>(*first.size));
  std::optional<BatchHeader> read = read_batch_header(batch);
  if (!read) return {ErrorCode::kCorruptMessage, "a batch shorter than its header"};
  header = *read;
  if (options.produce_version < kFirstVersionWithZstd && header.codec() == CompressionType::kZstd)
    return {ErrorCode::kUnsupportedCompressionType, "zstd in a produce request of an old version"};
  if (alone) return {};
  Found second = find_batch(bytes, *first.size);
  if (second.size) return {ErrorCode::kInvalidRecord, "more than one batch"};
  return second.failure;
}

Failure check_batch(const absl::Cord& batch, const BatchHeader& header,
                    const ValidatorOptions& options) {
  if (options.from_client && header.base_offset != Offset(0))
    return {ErrorCode::kInvalidRecord, "base offset " + std::to_string(header.base_offset.value()) +
                                           " in a client's batch, not 0"};
  if (header.total_bytes() > options.max_message_bytes)
    return {ErrorCode::kMessageTooLarge, "a batch of " + std::to_string(header.total_bytes()) +
                                             " bytes, at most " +
                                             std::to_string(options.max_message_bytes)};
  if (!is_intact_batch(batch, header))
    return {ErrorCode::kCorruptMessage, "the CRC does not match"};
  if (!header.codec()) return {ErrorCode::kUnknownServerError, "a codec that does not exist"};
  if (!options.from_client) return {};
  if (header.last_offset_delta < 0)
    return {ErrorCode::kInvalidRecord, "the last offset is before the first"};
  if (header.record_count <= 0)
    return {ErrorCode::kInvalidRecord, std::to_string(header.record_count) + " records"};
  if (header.record_count - 1 != header.last_offset_delta)
    return {ErrorCode::kInvalidRecord, std::to_string(header.record_count) +
                                           " records, but a last offset delta of " +
                                           std::to_string(header.last_offset_delta)};
  if (header.is_control()) return {ErrorCode::kInvalidRecord, "a control batch from a client"};
  if (header.has_producer() && header.base_sequence.value() < 0)
    return {ErrorCode::kInvalidRecord, "a producer's batch without a sequence"};
  return {};
}

// ---- The records ----

// Reads the records twice at most: once to check them, and once more to pack them anew.
class Validator {
 public:
  Validator(const absl::Cord& batch, const BatchHeader& header, Offset next, int64_t now_ms,
            const ValidatorOptions& options)
      : batch_(batch),
        header_(header),
        next_(next),
        now_ms_(now_ms),
        options_(options),
        payload_(batch, header),
        source_(header.codec().value_or(CompressionType::kNone)),
        target_(options.compression.value_or(Compression{source_, {}})) {}

  ValidatedBatch run() {
    bool both_plain = source_ == CompressionType::kNone && target_.type == CompressionType::kNone;
    // Control records stay as they are unless they come compressed.
    keeps_payload_ =
        source_ == target_.type || (source_ == CompressionType::kNone && header_.is_control());
    Failure failure = check_records(!both_plain);
    if (failure.is_set()) return failed(std::move(failure));
    return keeps_payload_ ? keep() : pack_anew();
  }

 private:
  Failure check_records(bool checks_offsets) {
    auto content = keeps_payload_ ? RecordReader::Content::kSkip : RecordReader::Content::kRead;
    RecordReader reader(payload_.bytes(), header_, source_, content,
                        options_.max_decompressed_bytes);
    bool was_skipped = keeps_payload_ && source_ != CompressionType::kNone;
    result_.uncompressed_bytes = kBatchHeaderBytes;
    RecordView record;
    for (; reader.next(record); ++count_) {
      if (std::optional<RecordError> error = check(record)) {
        result_.record_errors.push_back(*std::move(error));
        continue;
      }
      max_timestamp_ms_ = std::max(max_timestamp_ms_, record.timestamp_ms);
      if (checks_offsets && record.offset != Offset(count_)) keeps_payload_ = false;
      result_.uncompressed_bytes += reader.record_bytes();
    }
    if (!reader.status().ok()) {
      result_.record_errors.clear();
      return failure_of(reader);
    }
    if (!result_.record_errors.empty()) return failure_of_records();
    if (count_ == 0) return {ErrorCode::kInvalidRecord, "a batch without records"};
    if (was_skipped && !keeps_payload_)
      return {ErrorCode::kUnknownServerError, "the offsets inside do not count from 0"};
    return {};
  }

  Failure failure_of(const RecordReader& reader) const {
    std::string why(reader.status().message());
    if (absl::IsResourceExhausted(reader.status()))
      return {ErrorCode::kMessageTooLarge, std::move(why)};
    if (reader.is_stream_damaged()) return {ErrorCode::kUnknownServerError, std::move(why)};
    return {ErrorCode::kInvalidRecord, std::move(why)};
  }

  Failure failure_of_records() const {
    Failure failure{ErrorCode::kInvalidRecord, ""};
    for (const RecordError& error : result_.record_errors) {
      if (error.error == ErrorCode::kInvalidTimestamp) failure.error = error.error;
    }
    failure.message = std::to_string(result_.record_errors.size()) + " of " +
                      std::to_string(count_) +
                      " records refused; the first: " + result_.record_errors.front().message;
    return failure;
  }

  std::optional<RecordError> check(const RecordView& record) const {
    if (options_.compacted && !record.key)
      return RecordError{count_, ErrorCode::kInvalidRecord,
                         "no key, which a compacted topic needs"};
    bool is_create_time = options_.timestamp_type == TimestampType::kCreateTime;
    if (is_create_time && record.timestamp_ms != -1) {
      int64_t age_ms = wrapping_difference(now_ms_, record.timestamp_ms);
      if (age_ms > options_.timestamp_before_max_ms ||
          wrapping_difference(0, age_ms) > options_.timestamp_after_max_ms)
        return RecordError{count_, ErrorCode::kInvalidTimestamp,
                           "timestamp " + std::to_string(record.timestamp_ms) + " too far from " +
                               std::to_string(now_ms_)};
    } else if (header_.timestamp_type() == TimestampType::kLogAppendTime) {
      return RecordError{count_, ErrorCode::kInvalidTimestamp,
                         "the time of the append is not the client's to set"};
    }
    return std::nullopt;
  }

  // ---- What is written ----

  bool is_log_append_time() const {
    return options_.timestamp_type == TimestampType::kLogAppendTime;
  }

  ValidatedBatch keep() {
    BatchHeader header = header_;
    header.base_offset = next_ + (int64_t{count_} - 1 - header.last_offset_delta);
    header.leader_epoch = options_.leader_epoch;
    int64_t max_timestamp_ms = is_log_append_time() ? now_ms_ : max_timestamp_ms_;
    if (header.timestamp_type() == options_.timestamp_type &&
        header.max_timestamp_ms == max_timestamp_ms) {
      result_.batch = stamp_batch(batch_, header.base_offset, header.leader_epoch);
    } else {
      header.max_timestamp_ms = max_timestamp_ms;
      header.attributes &= kKnownAttributes & ~BatchHeader::kLogAppendTimeFlag;
      if (is_log_append_time()) header.attributes |= BatchHeader::kLogAppendTimeFlag;
      result_.batch = with_header(batch_, header);
    }
    return finished();
  }

  ValidatedBatch pack_anew() {
    // Kafka's builder takes each id but -1 for a producer's, its checks none below 0.
    bool has_id = header_.producer_id != kNoProducerId;
    bool lacks_epoch = has_id && header_.producer_epoch == kNoProducerEpoch;
    bool lacks_sequence = has_id && header_.base_sequence.value() < 0;
    if (lacks_epoch || lacks_sequence || (header_.is_transactional() && !has_id))
      return failed({ErrorCode::kUnknownServerError, "a producer without epoch, sequence or id"});
    BatchBuilder::Options options{.base_offset = next_,
                                  .leader_epoch = options_.leader_epoch,
                                  .producer_id = header_.producer_id,
                                  .producer_epoch = header_.producer_epoch,
                                  .base_sequence = header_.base_sequence,
                                  .compression = target_};
    if (header_.is_transactional()) options.attributes = BatchHeader::kTransactionalFlag;
    if (is_log_append_time()) options.log_append_time_ms = now_ms_;
    BatchBuilder builder(options);
    RecordReader reader(payload_.bytes(), header_, source_, RecordReader::Content::kRead,
                        options_.max_decompressed_bytes);
    RecordView record;
    for (int64_t i = 0; reader.next(record); ++i) {
      if (record.timestamp_ms < -1)
        return failed({ErrorCode::kUnknownServerError, "a negative timestamp"});
      builder.add_at(next_ + i, record);
    }
    result_.batch = builder.build();
    result_.is_packed_anew = true;
    int64_t size = static_cast<int64_t>(result_.batch.size());
    if (size > options_.max_message_bytes)
      return failed({ErrorCode::kMessageTooLarge,
                     "packed anew, a batch of " + std::to_string(size) + " bytes"});
    return finished();
  }

  ValidatedBatch finished() {
    result_.header = *read_batch_header(result_.batch);
    result_.max_timestamp_ms = result_.header.max_timestamp_ms;
    if (result_.max_timestamp_ms != -1)
      result_.offset_of_max_timestamp = result_.header.last_offset();
    if (is_log_append_time()) result_.log_append_time_ms = now_ms_;
    return std::move(result_);
  }

  ValidatedBatch failed(Failure failure) {
    ValidatedBatch result;
    result.error = failure.error;
    result.message = std::move(failure.message);
    result.record_errors = std::move(result_.record_errors);
    return result;
  }

  const absl::Cord& batch_;
  const BatchHeader& header_;
  Offset next_;
  int64_t now_ms_;
  const ValidatorOptions& options_;
  FlatPayload payload_;
  CompressionType source_;
  Compression target_;
  bool keeps_payload_ = false;
  int32_t count_ = 0;
  int64_t max_timestamp_ms_ = -1;
  ValidatedBatch result_;
};

}  // namespace

ValidatedBatch validate_append(const absl::Cord& bytes, Offset next, int64_t now_ms,
                               const ValidatorOptions& options) {
  absl::Cord batch;
  BatchHeader header;
  Failure failure = take_batch(bytes, options, batch, header);
  if (!failure.is_set()) failure = check_batch(batch, header, options);
  if (!failure.is_set()) return Validator(batch, header, next, now_ms, options).run();
  ValidatedBatch refused;
  refused.error = failure.error;
  refused.message = std::move(failure.message);
  return refused;
}

}  // namespace models
