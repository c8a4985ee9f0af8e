// SPDX-License-Identifier: Apache-2.0

#include "models/log/record_batch.h"

#include <algorithm>
#include <cstring>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr int64_t kCrcPosition = 17;
constexpr int64_t kAttributesPosition = 21;  // Where the CRC begins to count.
constexpr int32_t kLengthOfHeaderAfterPrefix =
    static_cast<int32_t>(kBatchHeaderBytes - kBatchLengthPrefixBytes);

// The first bytes of `bytes` from `position` on, contiguous: from its first chunk if they lie in
// it.
const char* peek(const absl::Cord& bytes, int64_t position, char (&buffer)[kBatchHeaderBytes]) {
  auto at = bytes.char_begin();
  absl::Cord::Advance(&at, static_cast<size_t>(position));
  absl::string_view chunk = absl::Cord::ChunkRemaining(at);
  if (chunk.size() >= kBatchHeaderBytes) return chunk.data();
  size_t filled = 0;
  while (filled < kBatchHeaderBytes) {
    absl::string_view piece = absl::Cord::ChunkRemaining(at);
    size_t count = std::min(piece.size(), static_cast<size_t>(kBatchHeaderBytes) - filled);
    std::memcpy(buffer + filled, piece.data(), count);
    filled += count;
    absl::Cord::Advance(&at, count);
  }
  return buffer;
}

void store_header(char* out, const BatchHeader& header) {
  store_big_endian<int64_t>(out, header.base_offset.value());
  store_big_endian<int32_t>(out + 8, header.length);
  store_big_endian<int32_t>(out + 12, header.leader_epoch.value());
  store_big_endian<int8_t>(out + 16, header.magic);
  store_big_endian<uint32_t>(out + 17, header.crc);
  store_big_endian<int16_t>(out + 21, header.attributes);
  store_big_endian<int32_t>(out + 23, header.last_offset_delta);
  store_big_endian<int64_t>(out + 27, header.base_timestamp_ms);
  store_big_endian<int64_t>(out + 35, header.max_timestamp_ms);
  store_big_endian<int64_t>(out + 43, header.producer_id.value());
  store_big_endian<int16_t>(out + 51, header.producer_epoch.value());
  store_big_endian<int32_t>(out + 53, header.base_sequence.value());
  store_big_endian<int32_t>(out + 57, header.record_count);
}

// A batch of a header and a payload, which is shared; length and CRC are set.
absl::Cord seal(BatchHeader header, absl::Cord payload) {
  header.length = kLengthOfHeaderAfterPrefix + static_cast<int32_t>(payload.size());
  std::string bytes(static_cast<size_t>(kBatchHeaderBytes), '\0');
  store_header(bytes.data(), header);
  absl::Cord batch(bytes);
  batch.Append(std::move(payload));
  store_big_endian<uint32_t>(bytes.data() + kCrcPosition, crc32c(batch, kAttributesPosition));
  batch.RemovePrefix(static_cast<size_t>(kBatchHeaderBytes));
  batch.Prepend(bytes);
  return batch;
}

}  // namespace

std::optional<BatchHeader> read_batch_header(const absl::Cord& bytes, int64_t position) {
  if (position < 0 || static_cast<int64_t>(bytes.size()) - position < kBatchHeaderBytes)
    return std::nullopt;
  char buffer[kBatchHeaderBytes];
  const char* in = peek(bytes, position, buffer);
  BatchHeader header;
  header.base_offset = Offset(load_big_endian<int64_t>(in));
  header.length = load_big_endian<int32_t>(in + 8);
  header.leader_epoch = LeaderEpoch(load_big_endian<int32_t>(in + 12));
  header.magic = load_big_endian<int8_t>(in + 16);
  header.crc = load_big_endian<uint32_t>(in + 17);
  header.attributes = load_big_endian<int16_t>(in + 21);
  header.last_offset_delta = load_big_endian<int32_t>(in + 23);
  header.base_timestamp_ms = load_big_endian<int64_t>(in + 27);
  header.max_timestamp_ms = load_big_endian<int64_t>(in + 35);
  header.producer_id = ProducerId(load_big_endian<int64_t>(in + 43));
  header.producer_epoch = ProducerEpoch(load_big_endian<int16_t>(in + 51));
  header.base_sequence = Sequence(load_big_endian<int32_t>(in + 53));
  header.record_count = load_big_endian<int32_t>(in + 57);
  return header;
}

bool is_intact_batch(const absl::Cord& batch, const BatchHeader& header) {
  int64_t total = header.total_bytes();
  if (header.length < kLengthOfHeaderAfterPrefix || static_cast<int64_t>(batch.size()) < total)
    return false;
  if (static_cast<int64_t>(batch.size()) == total)
    return crc32c(batch, kAttributesPosition) == header.crc;
  return crc32c(batch.Subcord(0, static_cast<size_t>(total)), kAttributesPosition) == header.crc;
}

bool is_valid_batch(const absl::Cord& batch, const BatchHeader& header) {
  return header.magic == 2 && header.last_offset_delta >= 0 && is_intact_batch(batch, header);
}

absl::Cord stamp_batch(const absl::Cord& batch, Offset base_offset, LeaderEpoch epoch) {
  char buffer[kBatchHeaderBytes];
  char header[kBatchHeaderBytes];
  std::memcpy(header, peek(batch, 0, buffer), kBatchHeaderBytes);
  store_big_endian<int64_t>(header, base_offset.value());
  store_big_endian<int32_t>(header + 12, epoch.value());
  absl::Cord stamped(absl::string_view(header, kBatchHeaderBytes));
  stamped.Append(batch.Subcord(static_cast<size_t>(kBatchHeaderBytes), batch.size()));
  return stamped;
}

absl::Cord with_header(const absl::Cord& batch, BatchHeader header) {
  return seal(header, batch.Subcord(static_cast<size_t>(kBatchHeaderBytes), batch.size()));
}

absl::Cord empty_batch(BatchHeader header) {
  header.attributes &= ~(BatchHeader::kCodecMask | BatchHeader::kDeleteHorizonFlag);
  header.base_timestamp_ms = -1;
  header.record_count = 0;
  return seal(header, absl::Cord());
}

template <class AnyHeaders>
void BatchBuilder::append(int32_t offset_delta, int64_t timestamp_ms,
                          std::optional<std::string_view> key,
                          std::optional<std::string_view> value, const AnyHeaders& headers) {
  if (count_ == 0) base_timestamp_ms_ = options_.delete_horizon_ms.value_or(timestamp_ms);
  if (count_ == 0 || timestamp_ms > max_timestamp_ms_) max_timestamp_ms_ = timestamp_ms;
  // Wraps, as Kafka's, when it packs again what a client has packed badly.
  int64_t delta = static_cast<int64_t>(static_cast<uint64_t>(timestamp_ms) -
                                       static_cast<uint64_t>(base_timestamp_ms_));
  int64_t body = record_body_bytes(offset_delta, delta, key, value);
  for (const auto& [name, text] : headers) {
    body += varint_size(static_cast<int64_t>(name.size())) + static_cast<int64_t>(name.size());
    body +=
        text ? varint_size(static_cast<int64_t>(text->size())) + static_cast<int64_t>(text->size())
             : 1;
  }
  body += varint_size(static_cast<int64_t>(headers.size()));
  records_.reserve(records_.size() + static_cast<size_t>(body) + 5);  // Grows once, not thrice.
  append_varint(records_, body);
  records_.push_back('\0');
  append_varint(records_, delta);
  append_varint(records_, offset_delta);
  for (const std::optional<std::string_view>* part : {&key, &value}) {
    append_varint(records_, *part ? static_cast<int64_t>((*part)->size()) : -1);
    if (*part) records_.append(**part);
  }
  append_varint(records_, static_cast<int64_t>(headers.size()));
  for (const auto& [name, text] : headers) {
    append_varint(records_, static_cast<int64_t>(name.size()));
    records_.append(name);
    append_varint(records_, text ? static_cast<int64_t>(text->size()) : -1);
    if (text) records_.append(*text);
  }
  ++count_;
  next_delta_ = offset_delta + 1;
}

void BatchBuilder::add(int64_t timestamp_ms, std::optional<std::string_view> key,
                       std::optional<std::string_view> value, const Headers& headers) {
  append(next_delta_, timestamp_ms, key, value, headers);
}

void BatchBuilder::add_at(Offset offset, const RecordView& record) {
  int64_t delta = offset - options_.base_offset;
  SIM_CHECK(delta >= next_delta_ && delta <= INT32_MAX, "offsets of a batch must grow", delta,
            next_delta_);
  append(static_cast<int32_t>(delta), record.timestamp_ms, record.key, record.value,
         record.headers);
}

void BatchBuilder::set_producer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence) {
  options_.producer_id = id;
  options_.producer_epoch = epoch;
  options_.base_sequence = base_sequence;
}

int16_t BatchBuilder::attributes() const {
  int attributes = options_.attributes | static_cast<int>(options_.compression.type);
  if (options_.log_append_time_ms) attributes |= BatchHeader::kLogAppendTimeFlag;
  if (options_.delete_horizon_ms) attributes |= BatchHeader::kDeleteHorizonFlag;
  return static_cast<int16_t>(attributes);
}

absl::Cord BatchBuilder::build() const {
  SIM_CHECK(count_ > 0, "a batch without records");
  BatchHeader header;
  header.base_offset = options_.base_offset;
  header.leader_epoch = options_.leader_epoch;
  header.attributes = attributes();
  header.last_offset_delta = next_delta_ - 1;
  header.base_timestamp_ms = base_timestamp_ms_;
  header.max_timestamp_ms = options_.log_append_time_ms.value_or(max_timestamp_ms_);
  header.producer_id = options_.producer_id;
  header.producer_epoch = options_.producer_epoch;
  header.base_sequence = options_.base_sequence;
  header.record_count = count_;
  bool packs = options_.compression.type != CompressionType::kNone;
  std::string packed = packs ? compress(options_.compression, records_) : std::string();
  const std::string& payload = packs ? packed : records_;
  header.length = kLengthOfHeaderAfterPrefix + static_cast<int32_t>(payload.size());
  std::string bytes(static_cast<size_t>(kBatchHeaderBytes), '\0');
  bytes.reserve(static_cast<size_t>(kBatchHeaderBytes) + payload.size());
  store_header(bytes.data(), header);
  bytes.append(payload);
  uint32_t crc = crc32c(std::string_view(bytes).substr(static_cast<size_t>(kAttributesPosition)));
  store_big_endian<uint32_t>(bytes.data() + kCrcPosition, crc);
  return absl::Cord(std::move(bytes));
}

int64_t record_body_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key,
                          std::optional<std::string_view> value) {
  int64_t size = 1 + varint_size(timestamp_delta) + varint_size(offset_delta);
  for (const std::optional<std::string_view>* part : {&key, &value}) {
    size += *part ? varint_size(static_cast<int64_t>((*part)->size())) +
                        static_cast<int64_t>((*part)->size())
                  : 1;
  }
  return size;
}

int64_t record_size_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key,
                          std::optional<std::string_view> value) {
  int64_t body = record_body_bytes(offset_delta, timestamp_delta, key, value) + 1;  // No headers.
  return varint_size(body) + body;
}

}  // namespace models
