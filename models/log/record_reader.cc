// SPDX-License-Identifier: Apache-2.0

#include "models/log/record_reader.h"

#include <algorithm>
#include <utility>

#include "models/log/byte_order.h"

namespace models {

namespace {

// Garbage may add up to more than 64 bits hold; Kafka's sums wrap.
int64_t wrapping_sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

int64_t timestamp_of(const BatchHeader& header, int64_t delta) {
  if (header.timestamp_type() == TimestampType::kLogAppendTime) return header.max_timestamp_ms;
  return wrapping_sum(header.base_timestamp_ms, delta);
}

// Both are inlined: one reader in registers halves the time of a small record.
[[gnu::always_inline]] inline std::optional<std::string_view> nullable(ByteReader& reader) {
  int32_t size = reader.varint32();
  return size < 0 ? std::nullopt : std::optional(reader.take(size));
}

// What stands behind a record's length. False if it is not a record of just `length` bytes.
[[gnu::always_inline]] inline bool parse_record(ByteReader& reader, int32_t length,
                                                const BatchHeader& header, RecordView& record) {
  size_t begin = reader.position();
  reader.byte();  // Attributes: unused.
  record.timestamp_ms = timestamp_of(header, reader.varint());
  record.offset = Offset(wrapping_sum(header.base_offset.value(), reader.varint32()));
  record.key = nullable(reader);
  record.value = nullable(reader);
  int32_t headers = reader.varint32();
  record.headers.clear();
  if (headers < 0 || static_cast<uint32_t>(headers) > reader.remaining()) return false;
  for (int32_t h = 0; h < headers && reader.ok(); ++h) {
    std::string_view name = reader.take(reader.varint32());
    record.headers.emplace_back(name, nullable(reader));
  }
  return reader.ok() && static_cast<int64_t>(reader.position() - begin) == length;
}

}  // namespace

FlatPayload::FlatPayload(const absl::Cord& batch, const BatchHeader& header)
    : shared_(batch.Subcord(
          static_cast<size_t>(kBatchHeaderBytes),
          static_cast<size_t>(std::max<int64_t>(header.total_bytes() - kBatchHeaderBytes, 0)))) {
  if (auto whole = shared_.TryFlat()) {
    bytes_ = std::string_view(whole->data(), whole->size());
  } else {
    copy_ = std::string(shared_);
    bytes_ = copy_;
  }
}

RecordReader::RecordReader(std::string_view payload, const BatchHeader& header,
                           CompressionType codec, Content content, int64_t max_bytes)
    : header_(header), content_(content) {
  if (codec == CompressionType::kNone) {
    content_ = Content::kRead;  // Nothing is gained by skipping what is there.
    window_ = payload;
  } else if (header.record_count > 0) {
    stream_ = open_decompressor(codec, payload, max_bytes);
  }
}

bool RecordReader::fail(const char* why) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(why);
  return false;
}

bool RecordReader::refill() {
  if (!stream_ || !status_.ok()) return false;
  absl::StatusOr<std::string_view> piece = stream_->next();
  if (!piece.ok()) {
    status_ = piece.status();
    is_stream_damaged_ = true;
    return false;
  }
  window_ = *piece;
  return !window_.empty();
}

bool RecordReader::gather(size_t size) {
  if (window_.empty()) refill();
  if (window_.size() >= size) return true;
  std::string gathered(window_);
  while (gathered.size() < size && refill()) gathered.append(window_);
  carried_ = std::move(gathered);
  window_ = carried_;
  return status_.ok() && window_.size() >= size;
}

int8_t RecordReader::byte() {
  if (window_.empty() && !refill()) {
    fail("the records end before their number is reached");
    return 0;
  }
  int8_t value = static_cast<int8_t>(window_.front());
  window_.remove_prefix(1);
  return value;
}

int64_t RecordReader::number(size_t most_bytes) {
  char bytes[10];
  std::string_view text = window_;
  bool in_window = window_.size() >= most_bytes;
  if (!in_window) {
    size_t size = 0;
    while (size < most_bytes && status_.ok()) {
      int8_t last = byte();
      bytes[size++] = static_cast<char>(last);
      if (last >= 0) break;
    }
    text = std::string_view(bytes, size);
  }
  ByteReader reader(text);
  int64_t value = most_bytes == 5 ? reader.varint32() : reader.varint();
  if (in_window) window_.remove_prefix(reader.position());
  if (!reader.ok()) fail("a number that is too long");
  return value;
}

void RecordReader::skip(int32_t size) {
  int64_t rest = size;
  while (rest > 0 && status_.ok()) {
    if (window_.empty() && !refill()) {
      fail("the records end within a record");
      return;
    }
    int64_t here = std::min<int64_t>(rest, static_cast<int64_t>(window_.size()));
    window_.remove_prefix(static_cast<size_t>(here));
    rest -= here;
  }
}

bool RecordReader::read(RecordView& record) {
  int32_t size = number32();
  if (!status_.ok()) return false;
  record_bytes_ = varint_size(size) + size;
  if (size < 0) return fail("a record with a negative length");
  if (!gather(static_cast<size_t>(size))) return fail("the records end within a record");
  std::string_view body = window_.substr(0, static_cast<size_t>(size));
  window_.remove_prefix(body.size());
  ByteReader reader(body);
  if (!parse_record(reader, size, header_, record))
    return fail("a record that does not end where its length says");
  return true;
}

bool RecordReader::pass_over(RecordView& record) {
  int32_t size = number32();
  record_bytes_ = varint_size(size) + size;
  byte();
  record.timestamp_ms = timestamp_of(header_, number(10));
  record.offset = Offset(wrapping_sum(header_.base_offset.value(), number32()));
  for (std::optional<std::string_view>* part : {&record.key, &record.value}) {
    int32_t length = number32();
    *part = length < 0 ? std::nullopt : std::optional(std::string_view());
    skip(length);
  }
  int32_t headers = number32();
  record.headers.clear();
  if (headers < 0) return fail("a record with a negative number of headers");
  for (int32_t h = 0; h < headers && status_.ok(); ++h) {
    int32_t name = number32();
    if (name < 0) return fail("a header without a name");
    skip(name);
    skip(number32());
  }
  return status_.ok();
}

bool RecordReader::next(RecordView& record) {
  if (!status_.ok()) return false;
  if (seen_ >= header_.record_count) {
    if (header_.record_count < 0) return fail("a negative number of records");
    // Only now: the views of the last record had to stay.
    if (seen_ > 0 && (!window_.empty() || refill())) fail("bytes after the last record");
    return false;
  }
  ++seen_;
  return content_ == Content::kRead ? read(record) : pass_over(record);
}

namespace {

absl::Status for_each_plain(std::string_view payload, const BatchHeader& header,
                            const std::function<void(const RecordView&)>& visit) {
  if (header.record_count < 0) return absl::InvalidArgumentError("a negative number of records");
  ByteReader reader(payload);
  RecordView record;
  for (int32_t i = 0; i < header.record_count; ++i) {
    int32_t length = reader.varint32();
    if (!parse_record(reader, length, header, record))
      return absl::InvalidArgumentError("a record that does not end where its length says");
    visit(record);
  }
  if (header.record_count != 0 && reader.remaining() > 0)
    return absl::InvalidArgumentError("bytes after the last record");
  return absl::OkStatus();
}

}  // namespace

absl::Status for_each_record(const absl::Cord& batch, const BatchHeader& header,
                             const std::function<void(const RecordView&)>& visit,
                             int64_t max_bytes) {
  if (header.total_bytes() < kBatchHeaderBytes ||
      header.total_bytes() > static_cast<int64_t>(batch.size()))
    return absl::InvalidArgumentError("a batch that is not whole");
  FlatPayload payload(batch, header);
  if (!header.is_compressed()) return for_each_plain(payload.bytes(), header, visit);
  std::optional<CompressionType> codec = header.codec();
  if (!codec) return absl::InvalidArgumentError("a codec that does not exist");
  RecordReader reader(payload.bytes(), header, *codec, RecordReader::Content::kRead, max_bytes);
  RecordView record;
  while (reader.next(record)) visit(record);
  return reader.status();
}

}  // namespace models
