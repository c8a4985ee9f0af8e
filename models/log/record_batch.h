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
//   23  i32 last offset delta           61  records
//
// Base offset and leader epoch lie outside the CRC, so that a leader stamps them without touching
// the payload, which all replicas of a batch share.
// Source: clients/.../record/{DefaultRecordBatch,DefaultRecord}.java.

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

namespace models {

inline constexpr int64_t kBatchHeaderBytes = 61;
inline constexpr int64_t kBatchLengthPrefixBytes = 12;  // Base offset and length.

struct BatchHeader {
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
  bool is_control() const { return (attributes & 0x20) != 0; }
  bool is_transactional() const { return (attributes & 0x10) != 0; }
  bool has_producer() const { return producer_id != kNoProducerId; }
  Sequence last_sequence() const { return advance(base_sequence, last_offset_delta); }
  bool operator==(const BatchHeader&) const = default;
};

// Reads the header at `position` of `bytes`. Nothing if fewer than 61 bytes are there.
std::optional<BatchHeader> read_batch_header(const absl::Cord& bytes, int64_t position = 0);
// True if the whole batch is there, its magic is 2, its length is sane and its CRC matches.
bool is_valid_batch(const absl::Cord& batch, const BatchHeader& header);
// The batch with another base offset and leader epoch; the payload is shared, the CRC untouched.
absl::Cord stamp_batch(const absl::Cord& batch, Offset base_offset, LeaderEpoch epoch);

struct RecordView {
  Offset offset;
  int64_t timestamp_ms = -1;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> headers;
};

// Decodes every record of one uncompressed batch and hands each to `visit`. The views live only
// during the call. InvalidArgument for malformed bytes (then `visit` may have seen a prefix).
absl::Status for_each_record(const absl::Cord& batch, const BatchHeader& header,
                             const std::function<void(const RecordView&)>& visit);

// Builds one batch. Records keep the order in which they were added.
class BatchBuilder {
 public:
  struct Options {
    Offset base_offset{0};
    LeaderEpoch leader_epoch = kNoLeaderEpoch;
    int16_t attributes = 0;
    ProducerId producer_id = kNoProducerId;
    ProducerEpoch producer_epoch = kNoProducerEpoch;
    Sequence base_sequence = kNoSequence;
  };
  explicit BatchBuilder(const Options& options) : options_(options) {}

  void add(int64_t timestamp_ms, std::optional<std::string_view> key,
           std::optional<std::string_view> value,
           const std::vector<std::pair<std::string, std::optional<std::string>>>& headers = {});

  int32_t record_count() const { return count_; }
  // Bytes of the batch as it stands, header included.
  int64_t size_bytes() const { return kBatchHeaderBytes + static_cast<int64_t>(records_.size()); }
  // Producer identity is often known only when the batch is sent.
  void set_producer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence);
  // The finished batch; needs at least one record. The builder may be used for the same records
  // again (a retry with another producer identity).
  absl::Cord build() const;

 private:
  Options options_;
  std::string records_;
  int32_t count_ = 0;
  int64_t first_timestamp_ms_ = -1;
  int64_t max_timestamp_ms_ = -1;
};

// Bytes of a record after its length field, without its headers and their count.
int64_t record_body_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key, std::optional<std::string_view> value);
// Bytes that one record without headers takes in a batch.
int64_t record_size_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key, std::optional<std::string_view> value);

}  // namespace models

#endif  // MODELS_LOG_RECORD_BATCH_H_
