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

// The first bytes of `bytes` from `position` on, contiguous: from its first chunk if they lie in it.
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

}  // namespace

std::optional<BatchHeader> read_batch_header(const absl::Cord& bytes, int64_t position) {
  if (position < 0 || static_cast<int64_t>(bytes.size()) - position < kBatchHeaderBytes) return std::nullopt;
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

bool is_valid_batch(const absl::Cord& batch, const BatchHeader& header) {
  if (header.magic != 2 || header.length < kLengthOfHeaderAfterPrefix) return false;
  int64_t total = header.total_bytes();
  if (static_cast<int64_t>(batch.size()) < total || header.last_offset_delta < 0) return false;
  if (static_cast<int64_t>(batch.size()) == total) return crc32c(batch, kAttributesPosition) == header.crc;
  return crc32c(batch.Subcord(0, static_cast<size_t>(total)), kAttributesPosition) == header.crc;
}

absl::Cord stamp_batch(const absl::Cord& batch, Offset base_offset, LeaderEpoch epoch) {
  char buffer[kBatchHeaderBytes];
  std::string header(peek(batch, 0, buffer), static_cast<size_t>(kBatchHeaderBytes));
  store_big_endian<int64_t>(header.data(), base_offset.value());
  store_big_endian<int32_t>(header.data() + 12, epoch.value());
  absl::Cord stamped(header);
  stamped.Append(batch.Subcord(static_cast<size_t>(kBatchHeaderBytes), batch.size()));
  return stamped;
}

absl::Status for_each_record(const absl::Cord& batch, const BatchHeader& header,
                             const std::function<void(const RecordView&)>& visit) {
  // Views need contiguous bytes: the whole records part is looked at flat, copied only if it is not.
  absl::Cord records = batch.Subcord(static_cast<size_t>(kBatchHeaderBytes),
                                     static_cast<size_t>(header.total_bytes() - kBatchHeaderBytes));
  std::string copy;
  std::string_view flat;
  if (auto whole = records.TryFlat()) {
    flat = std::string_view(whole->data(), whole->size());
  } else {
    copy = std::string(records);
    flat = copy;
  }
  ByteReader reader(flat);
  RecordView record;
  for (int32_t i = 0; i < header.record_count; ++i) {
    int64_t length = reader.varint();
    size_t begin = reader.position();
    reader.byte();  // Attributes: unused.
    record.timestamp_ms = header.base_timestamp_ms + reader.varint();
    record.offset = header.base_offset + reader.varint();
    int64_t key_size = reader.varint();
    record.key = key_size < 0 ? std::nullopt : std::optional(reader.take(key_size));
    int64_t value_size = reader.varint();
    record.value = value_size < 0 ? std::nullopt : std::optional(reader.take(value_size));
    int64_t headers = reader.varint();
    if (headers < 0 || static_cast<uint64_t>(headers) > reader.remaining())
      return absl::InvalidArgumentError("a record with an impossible number of headers");
    record.headers.clear();
    for (int64_t h = 0; h < headers && reader.ok(); ++h) {
      std::string_view name = reader.take(reader.varint());
      int64_t size = reader.varint();
      record.headers.emplace_back(name, size < 0 ? std::nullopt : std::optional(reader.take(size)));
    }
    if (!reader.ok() || static_cast<int64_t>(reader.position() - begin) != length)
      return absl::InvalidArgumentError("a record that does not end where its length says");
    visit(record);
  }
  if (reader.remaining() > 0) return absl::InvalidArgumentError("bytes after the last record");
  return absl::OkStatus();
}

void BatchBuilder::add(int64_t timestamp_ms, std::optional<std::string_view> key,
                       std::optional<std::string_view> value,
                       const std::vector<std::pair<std::string, std::optional<std::string>>>& headers) {
  if (count_ == 0) first_timestamp_ms_ = max_timestamp_ms_ = timestamp_ms;
  max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
  int64_t delta = timestamp_ms - first_timestamp_ms_;
  int64_t body = record_body_bytes(count_, delta, key, value);
  for (const auto& [name, text] : headers) {
    body += varint_size(static_cast<int64_t>(name.size())) + static_cast<int64_t>(name.size());
    body += text ? varint_size(static_cast<int64_t>(text->size())) + static_cast<int64_t>(text->size()) : 1;
  }
  body += varint_size(static_cast<int64_t>(headers.size()));
  append_varint(records_, body);
  records_.push_back('\0');
  append_varint(records_, delta);
  append_varint(records_, count_);
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
}

void BatchBuilder::set_producer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence) {
  options_.producer_id = id;
  options_.producer_epoch = epoch;
  options_.base_sequence = base_sequence;
}

absl::Cord BatchBuilder::build() const {
  SIM_CHECK(count_ > 0, "a batch without records");
  BatchHeader header;
  header.base_offset = options_.base_offset;
  header.length = kLengthOfHeaderAfterPrefix + static_cast<int32_t>(records_.size());
  header.leader_epoch = options_.leader_epoch;
  header.attributes = options_.attributes;
  header.last_offset_delta = count_ - 1;
  header.base_timestamp_ms = first_timestamp_ms_;
  header.max_timestamp_ms = max_timestamp_ms_;
  header.producer_id = options_.producer_id;
  header.producer_epoch = options_.producer_epoch;
  header.base_sequence = options_.base_sequence;
  header.record_count = count_;
  std::string bytes(static_cast<size_t>(kBatchHeaderBytes), '\0');
  bytes.reserve(static_cast<size_t>(kBatchHeaderBytes) + records_.size());
  store_header(bytes.data(), header);
  bytes.append(records_);
  uint32_t crc = crc32c(std::string_view(bytes).substr(static_cast<size_t>(kAttributesPosition)));
  store_big_endian<uint32_t>(bytes.data() + kCrcPosition, crc);
  return absl::Cord(std::move(bytes));
}

int64_t record_body_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key, std::optional<std::string_view> value) {
  int64_t size = 1 + varint_size(timestamp_delta) + varint_size(offset_delta);
  for (const std::optional<std::string_view>* part : {&key, &value}) {
    size += *part ? varint_size(static_cast<int64_t>((*part)->size())) + static_cast<int64_t>((*part)->size()) : 1;
  }
  return size;
}

int64_t record_size_bytes(int32_t offset_delta, int64_t timestamp_delta,
                          std::optional<std::string_view> key, std::optional<std::string_view> value) {
  int64_t body = record_body_bytes(offset_delta, timestamp_delta, key, value) + 1;  // No headers.
  return varint_size(body) + body;
}

}  // namespace models
