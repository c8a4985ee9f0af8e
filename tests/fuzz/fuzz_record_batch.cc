// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a record batch: read, validated as an append, packed anew, decompressed.
//
//   first byte: options of the validator | rest: the batch; its length and CRC are made to fit in
//   most
//
// Must hold: no crash, no read outside, no memory beyond the bound; what the validator passes is
// intact, has the offsets it was given, and reads as many records as it says.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/compression.h"
#include "models/log/control_records.h"
#include "models/log/crc32c.h"
#include "models/log/log_validator.h"
#include "models/log/record_batch.h"
#include "sim/check.h"

namespace models {
namespace {

constexpr int64_t kBound = 1 << 20;
constexpr int64_t kNowMs = 1'700'000'000'000;
constexpr Offset kNext{12345};

// Without it, nearly all bytes would end at the CRC.
void make_fit(std::string& batch) {
  if (batch.size() < static_cast<size_t>(kBatchHeaderBytes)) return;
  store_big_endian<int32_t>(batch.data() + 8, static_cast<int32_t>(batch.size()) - 12);
  batch[16] = 2;
  store_big_endian<uint32_t>(batch.data() + 17, crc32c(std::string_view(batch).substr(21)));
}

ValidatorOptions options_of(uint8_t bits) {
  ValidatorOptions options;
  options.leader_epoch = LeaderEpoch(3);
  options.max_decompressed_bytes = kBound;
  options.from_client = (bits & 2) == 0;
  options.compacted = (bits & 4) != 0;
  if ((bits & 8) != 0) options.timestamp_type = TimestampType::kLogAppendTime;
  if ((bits & 16) != 0) options.timestamp_before_max_ms = 1000;
  if (std::optional<CompressionType> type = compression_type_of_id(bits >> 5))
    options.compression = Compression{*type, {}};
  return options;
}

struct Copy {
  int64_t offset;
  int64_t timestamp_ms;
  std::optional<std::string> key;
  std::optional<std::string> value;
  BatchBuilder::Headers headers;
  bool operator==(const Copy&) const = default;
};

std::optional<std::vector<Copy>> copy_of(const absl::Cord& batch, const BatchHeader& header) {
  std::vector<Copy> copies;
  absl::Status status = for_each_record(
      batch, header,
      [&](const RecordView& record) {
        Copy copy{record.offset.value(),
                  record.timestamp_ms,
                  std::optional<std::string>(record.key),
                  std::optional<std::string>(record.value),
                  {}};
        for (const auto& [name, text] : record.headers) copy.headers.emplace_back(name, text);
        copies.push_back(std::move(copy));
      },
      kBound);
  return status.ok() ? std::optional(std::move(copies)) : std::nullopt;
}

void read(const absl::Cord& batch) {
  std::optional<BatchHeader> header = read_batch_header(batch);
  if (!header) return;
  bool is_valid = is_valid_batch(batch, *header);
  std::optional<std::vector<Copy>> records = copy_of(batch, *header);
  (void)end_txn_marker_of(batch, *header);
  if (!is_valid || !records || records->empty()) return;
  // What was read can be written, and is then read as the same.
  BatchBuilder builder(
      {.attributes = static_cast<int16_t>(header->attributes & BatchHeader::kControlFlag)});
  for (const Copy& copy : *records) {
    std::optional<std::string_view> key, value;
    if (copy.key) key = *copy.key;
    if (copy.value) value = *copy.value;
    builder.add(copy.timestamp_ms, key, value, copy.headers);
  }
  absl::Cord again = builder.build();
  std::optional<std::vector<Copy>> reread = copy_of(again, *read_batch_header(again));
  SIM_CHECK(reread && reread->size() == records->size(), "written again, it cannot be read");
  for (size_t i = 0; i < records->size(); ++i) {
    (*records)[i].offset = static_cast<int64_t>(i);
    SIM_CHECK((*records)[i] == (*reread)[i], "written again, a record is another", i);
  }
}

void validate(const absl::Cord& batch, const ValidatorOptions& options) {
  ValidatedBatch result = validate_append(batch, kNext, kNowMs, options);
  SIM_CHECK((result.error == ErrorCode::kNone) == !result.batch.empty());
  if (result.error != ErrorCode::kNone) {
    SIM_CHECK(!result.message.empty(), "an error that does not say why");
    return;
  }
  SIM_CHECK(is_intact_batch(result.batch, result.header), "a batch that is not intact");
  SIM_CHECK(*read_batch_header(result.batch) == result.header);
  SIM_CHECK(result.header.leader_epoch == options.leader_epoch);
  if (!options.from_client) return;
  SIM_CHECK(result.header.base_offset == kNext, result.header.base_offset.value());
  // A compressed batch that is kept is not read as closely, as in Kafka.
  if (result.header.is_compressed() && !result.is_packed_anew) return;
  int32_t count = 0;
  absl::Status status = for_each_record(
      result.batch, result.header, [&](const RecordView&) { ++count; }, 2 * kBound);
  SIM_CHECK(status.ok() && count == result.header.record_count, "passed, but cannot be read");
}

void decode(std::string_view bytes) {
  for (int id = 1; id <= 4; ++id) {
    absl::StatusOr<std::string> held = decompress(*compression_type_of_id(id), bytes, kBound);
    SIM_CHECK(!held.ok() || static_cast<int64_t>(held->size()) <= kBound);
  }
  (void)control_record_type(bytes);
  (void)decode_leader_change(bytes);
  (void)decode_snapshot_header(bytes);
  (void)decode_kraft_version(bytes);
  (void)decode_kraft_voters(bytes);
}

}  // namespace
}  // namespace models

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1) == 0) models::make_fit(bytes);
  absl::Cord batch(bytes);
  models::read(batch);
  models::validate(batch, models::options_of(data[0]));
  if (bytes.size() > static_cast<size_t>(models::kBatchHeaderBytes))
    models::decode(std::string_view(bytes).substr(static_cast<size_t>(models::kBatchHeaderBytes)));
  return 0;
}
