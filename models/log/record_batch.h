// SPDX-License-Identifier: Apache-2.0
//
// RecordBatch v2 (magic 2), as bytes and as values.
//
//   offset  field                       offset  field
//   0   i64 base offset                 27  i64 base timestamp
//   8   i32 length (bytes after it)     35  i64 max timestamp
//   12  i32 partition leader epoch      43  i64 producer id
//   16  i8  magic = 2                   51  i16 producer epoch
//   17  u32 CRC-32C of bytes 21..end    53  i32 base sequence
//   21  i16 attributes                  57  i32 record count
//   23  i32 last offset delta           61  records, or one compressed stream of them
//
//   attributes: 0..2 codec  3 log append time  4 transactional  5 control  6 delete horizon
//
// Base offset and leader epoch lie outside the CRC, so that a leader stamps them without touching
// the payload, which all replicas of a batch share. With the delete horizon flag, the base
// timestamp is the time from which the cleaner may drop the batch's tombstones and markers; the
// records' timestamps are relative to it all the same. Source:
// clients/.../record/{DefaultRecordBatch,DefaultRecord,MemoryRecordsBuilder}.java.

#ifndef MODELS_LOG_RECORD_BATCH_H_
#define MODELS_LOG_RECORD_BATCH_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/ids.h"
#include "models/log/compression.h"

namespace models {

inline constexpr int64_t kBatchHeaderBytes = 61;
inline constexpr int64_t kBatchLengthPrefixBytes = 12;  // Base offset and length.

// What the timestamps of a batch's records tell (message.timestamp.type).
enum class TimestampType : int8_t { kCreateTime = 0, kLogAppendTime = 1 };

struct BatchHeader {
  static constexpr int16_t kCodecMask = 0x07;
  static constexpr int16_t kLogAppendTimeFlag = 0x08;
  static constexpr int16_t kTransactionalFlag = 0x10;
  static constexpr int16_t kControlFlag = 0x20;
  static constexpr int16_t kDeleteHorizonFlag = 0x40;

  Offset base_offset;
  int32_t length = 0;  // Bytes after the length field.
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  int8_t magic = 2;
  uint32_t crc = 0;
  int16_t attributes = 0;
  int32_t last_offset_delta = 0;
  int64_t base_timestamp_ms = -1;
  int64_t max_timestamp_ms = -1;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  int32_t record_count = 0;

  Offset last_offset() const { return base_offset + last_offset_delta; }
  Offset next_offset() const { return base_offset + last_offset_delta + 1; }
  int64_t total_bytes() const { return kBatchLengthPrefixBytes + length; }
  bool is_control() const { return (attributes & kControlFlag) != 0; }
  bool is_transactional() const { return (attributes & kTransactionalFlag) != 0; }
  bool is_compressed() const { return (attributes & kCodecMask) != 0; }
  // Nothing if no codec has the id.
  std::optional<CompressionType> codec() const {
    return compression_type_of_id(attributes & kCodecMask);
  }
  TimestampType timestamp_type() const {
    return (attributes & kLogAppendTimeFlag) != 0 ? TimestampType::kLogAppendTime
                                                  : TimestampType::kCreateTime;
  }
  std::optional<int64_t> delete_horizon_ms() const {
    return (attributes & kDeleteHorizonFlag) != 0 ? std::optional(base_timestamp_ms) : std::nullopt;
  }
  bool has_producer() const { return producer_id.value() > kNoProducerId.value(); }
  Sequence last_sequence() const {
    return base_sequence == kNoSequence ? kNoSequence : advance(base_sequence, last_offset_delta);
  }
  bool operator==(const BatchHeader&) const = default;
};

// Reads the header at `position` of `bytes`. Nothing if fewer than 61 bytes are there.
std::optional<BatchHeader> read_batch_header(const absl::Cord& bytes, int64_t position = 0);
// True if the whole batch is there, has a header's length and its CRC matches.
bool is_intact_batch(const absl::Cord& batch, const BatchHeader& header);
// True if it is intact, its magic is 2 and its last offset is not before its first.
bool is_valid_batch(const absl::Cord& batch, const BatchHeader& header);
// The batch with another base offset and leader epoch; the payload is shared, the CRC untouched.
absl::Cord stamp_batch(const absl::Cord& batch, Offset base_offset, LeaderEpoch epoch);

// The batch with another header, its CRC computed anew; the payload is shared. `header.length` and
// `header.crc` are not looked at.
absl::Cord with_header(const absl::Cord& batch, BatchHeader header);
// What the cleaner leaves of a batch without records, to keep the producer's last sequence: the
// header alone, with neither codec nor base timestamp.
absl::Cord empty_batch(BatchHeader header);

struct RecordView {
  Offset offset;
  int64_t timestamp_ms = -1;  // The batch's if its records have the time of their append.
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> headers;
};

// More than any producer puts into a batch, less than a simulator's machine has.
inline constexpr int64_t kMostDecompressedBytes = int64_t{256} << 20;

// Decodes every record of one batch and hands each to `visit`. The views live only during the call.
// InvalidArgument for malformed bytes, ResourceExhausted if a compressed batch holds more than
// `max_bytes` (in both cases `visit` may have seen a prefix).
absl::Status for_each_record(const absl::Cord& batch, const BatchHeader& header,
                             const std::function<void(const RecordView&)>& visit,
                             int64_t max_bytes = kMostDecompressedBytes);

// Builds one batch. Records keep the order in which they were added; their offsets must grow.
class BatchBuilder {
 public:
  struct Options {
    Offset base_offset{0};
    LeaderEpoch leader_epoch = kNoLeaderEpoch;
    int16_t attributes = 0;  // Those of the fields below are added.
    ProducerId producer_id = kNoProducerId;
    ProducerEpoch producer_epoch = kNoProducerEpoch;
    Sequence base_sequence = kNoSequence;
    Compression compression = {};
    std::optional<int64_t> log_append_time_ms = {};  // Makes it the batch's timestamp type.
    std::optional<int64_t> delete_horizon_ms = {};
  };
  using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

  explicit BatchBuilder(const Options& options) : options_(options) {}

  // At the next offset.
  void add(int64_t timestamp_ms, std::optional<std::string_view> key,
           std::optional<std::string_view> value, const Headers& headers = {});
  // At `offset`, whatever offset the record has.
  void add_at(Offset offset, const RecordView& record);
  // The cleaner keeps the last offset of a batch whose last record went.
  void keep_last_offset(Offset last) {
    next_delta_ = static_cast<int32_t>(last - options_.base_offset) + 1;
  }

  int32_t record_count() const { return count_; }
  int64_t max_timestamp_ms() const { return max_timestamp_ms_; }
  // Bytes of the batch as it stands, header included, before compression.
  int64_t size_bytes() const { return kBatchHeaderBytes + static_cast<int64_t>(records_.size()); }
  // Producer identity is often known only when the batch is sent.
  void set_producer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence);
  // The finished batch; needs at least one record. The builder may be used for the same records
  // again (a retry with another producer identity).
  absl::Cord build() const;

 private:
  template <class AnyHeaders>
  void append(int32_t offset_delta, int64_t timestamp_ms, std::optional<std::string_view> key,
              std::optional<std::string_view> value, const AnyHeaders& headers);
  int16_t attributes() const;

  Options options_;
  std::string records_;
  int32_t count_ = 0;
  int32_t next_delta_ = 0;
  int64_t base_timestamp_ms_ = -1;
  int64_t max_timestamp_ms_ = -1;
};

// Bytes of a record after its length field, without its headers and their count.
int64_t record_body_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key,
                          std::optional<std::string_view> value);
// Bytes that one record without headers takes in a batch.
int64_t record_size_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key,
                          std::optional<std::string_view> value);

}  // namespace models

#endif  // MODELS_LOG_RECORD_BATCH_H_
