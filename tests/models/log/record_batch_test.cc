// SPDX-License-Identifier: Apache-2.0

#include "models/log/record_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"
#include "models/log/record_reader.h"
#include "sim/check.h"

namespace models {
namespace {

using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

struct Seen {
  int64_t offset;
  int64_t timestamp_ms;
  std::optional<std::string> key;
  std::optional<std::string> value;
  Headers headers;
  bool operator==(const Seen&) const = default;
};

std::optional<std::string> owned(const std::optional<std::string_view>& view) {
  return view ? std::optional(std::string(*view)) : std::nullopt;
}

absl::Status decode(const absl::Cord& batch, std::vector<Seen>& seen) {
  std::optional<BatchHeader> header = read_batch_header(batch);
  if (!header) return absl::InvalidArgumentError("no header");
  return for_each_record(batch, *header, [&](const RecordView& record) {
    Seen one{
        record.offset.value(), record.timestamp_ms, owned(record.key), owned(record.value), {}};
    for (const auto& [name, text] : record.headers)
      one.headers.emplace_back(std::string(name), owned(text));
    seen.push_back(std::move(one));
  });
}

// Two records at offset 0x0102030405060708; all header fields have bytes of their own.
absl::Cord known_batch() {
  BatchBuilder builder({.base_offset = Offset(0x0102030405060708),
                        .leader_epoch = LeaderEpoch(0x11121314),
                        .producer_id = ProducerId(0x2122232425262728),
                        .producer_epoch = ProducerEpoch(0x3132),
                        .base_sequence = Sequence(0x41424344)});
  builder.add(1000, "k", "v");
  builder.add(1300, std::nullopt, "value", {{"h", "x"}, {"n", std::nullopt}});
  return builder.build();
}

std::string part(const absl::Cord& bytes, size_t from, size_t size) {
  return std::string(bytes.Subcord(from, size));
}

std::string hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

absl::Cord with_byte(const absl::Cord& bytes, size_t at, char value) {
  std::string changed(bytes);
  changed.at(at) = value;
  return absl::Cord(changed);
}

// With the CRC that its bytes have, so that only what is inside is wrong.
absl::Cord with_good_crc(const absl::Cord& bytes) {
  std::string changed(bytes);
  store_big_endian<uint32_t>(changed.data() + 17, crc32c(std::string_view(changed).substr(21)));
  return absl::Cord(changed);
}

TEST(RecordBatch, header_fields_lie_at_kafkas_offsets_in_big_endian) {
  absl::Cord batch = known_batch();
  ASSERT_EQ(batch.size(), 61u + 9 + 20);
  EXPECT_EQ(part(batch, 0, 8), hex("0102030405060708")) << "base offset";
  EXPECT_EQ(part(batch, 8, 4), hex("0000004e")) << "length: 90 - 12";
  EXPECT_EQ(part(batch, 12, 4), hex("11121314")) << "leader epoch";
  EXPECT_EQ(part(batch, 16, 1), hex("02")) << "magic";
  EXPECT_EQ(part(batch, 21, 2), hex("0000")) << "attributes";
  EXPECT_EQ(part(batch, 23, 4), hex("00000001")) << "last offset delta";
  EXPECT_EQ(part(batch, 27, 8), hex("00000000000003e8")) << "base timestamp";
  EXPECT_EQ(part(batch, 35, 8), hex("0000000000000514")) << "max timestamp";
  EXPECT_EQ(part(batch, 43, 8), hex("2122232425262728")) << "producer id";
  EXPECT_EQ(part(batch, 51, 2), hex("3132")) << "producer epoch";
  EXPECT_EQ(part(batch, 53, 4), hex("41424344")) << "base sequence";
  EXPECT_EQ(part(batch, 57, 4), hex("00000002")) << "record count";
}

TEST(RecordBatch, records_have_zigzag_lengths) {
  absl::Cord batch = known_batch();
  // length 8; attributes; timestamp +0; offset +0; key of 1; value of 1; no headers.
  EXPECT_EQ(part(batch, 61, 9), hex("1000000002") + "k" + hex("02") + "v" + hex("00"));
  // length 19; attributes; timestamp +300; offset +1; null key; value of 5; two headers.
  EXPECT_EQ(part(batch, 70, 20), hex("2600d80402010a") + "value" + hex("0402") + "h" + hex("02") +
                                     "x" + hex("02") + "n" + hex("01"));
}

TEST(RecordBatch, crc_is_castagnolis_over_everything_from_the_attributes_on) {
  EXPECT_EQ(crc32c(std::string_view("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string_view(std::string(32, '\0'))), 0x8A9136AAu) << "RFC 3720, B.4";
  absl::Cord batch = known_batch();
  std::string flat(batch);
  uint32_t crc = crc32c(std::string_view(flat).substr(21));
  EXPECT_EQ(load_big_endian<uint32_t>(flat.data() + 17), crc);
  EXPECT_EQ(crc32c(batch, 21), crc);
  EXPECT_EQ(read_batch_header(batch)->crc, crc);
}

TEST(RecordBatch, crc_of_a_cord_does_not_depend_on_its_chunks) {
  std::string text(5000, 'a');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31);
  absl::Cord pieces;
  for (size_t i = 0; i < text.size(); i += 700) {
    absl::Cord piece(text.substr(i, 700));
    pieces.Append(std::move(piece));
  }
  for (size_t skip : {0, 1, 699, 700, 701, 4999, 5000})
    EXPECT_EQ(crc32c(pieces, static_cast<int64_t>(skip)),
              crc32c(std::string_view(text).substr(skip)));
}

TEST(RecordBatch, every_bit_behind_the_crc_counts_and_none_of_offset_and_epoch) {
  absl::Cord batch = known_batch();
  for (size_t at = 0; at < batch.size(); ++at) {
    absl::Cord changed = with_byte(batch, at, static_cast<char>(part(batch, at, 1)[0] ^ 0x40));
    bool free = at < 8 || (at >= 12 && at < 16);
    EXPECT_EQ(is_valid_batch(changed, *read_batch_header(changed)), free) << "byte " << at;
  }
}

TEST(RecordBatch, varints_are_zigzag_with_small_groups_first) {
  auto bytes = [](int64_t value) {
    std::string out;
    append_varint(out, value);
    EXPECT_EQ(varint_size(value), static_cast<int64_t>(out.size())) << value;
    return out;
  };
  EXPECT_EQ(bytes(0), hex("00"));
  EXPECT_EQ(bytes(-1), hex("01"));
  EXPECT_EQ(bytes(1), hex("02"));
  EXPECT_EQ(bytes(63), hex("7e"));
  EXPECT_EQ(bytes(-64), hex("7f"));
  EXPECT_EQ(bytes(64), hex("8001"));
  EXPECT_EQ(bytes(-65), hex("8101"));
  EXPECT_EQ(bytes(8191), hex("fe7f"));
  EXPECT_EQ(bytes(8192), hex("808001"));
  EXPECT_EQ(bytes(INT64_MAX), hex("feffffffffffffffff01"));
  EXPECT_EQ(bytes(INT64_MIN), hex("ffffffffffffffffff01"));
}

RC_GTEST_PROP(RecordBatchProperty, varints_come_back, (int64_t value)) {
  int64_t shifted = value >> *rc::gen::inRange(0, 63);
  std::string out;
  append_varint(out, shifted);
  ByteReader reader(out);
  RC_ASSERT(reader.varint() == shifted);
  RC_ASSERT((reader.ok() && reader.remaining() == 0u));
  ByteReader cut(std::string_view(out).substr(0, out.size() - 1));
  cut.varint();
  RC_ASSERT(!cut.ok());
}

TEST(RecordBatch, a_varint_of_more_than_ten_bytes_is_refused) {
  std::string bytes(11, '\x80');
  ByteReader reader(bytes);
  EXPECT_EQ(reader.varint(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(RecordBatch, null_and_empty_are_told_apart) {
  BatchBuilder builder(BatchBuilder::Options{});
  builder.add(1, std::nullopt, "");
  builder.add(1, "", std::nullopt);
  std::vector<Seen> seen;
  ASSERT_TRUE(decode(builder.build(), seen).ok());
  EXPECT_EQ(seen, (std::vector<Seen>{{0, 1, std::nullopt, "", {}}, {1, 1, "", std::nullopt, {}}}));
}

TEST(RecordBatch, records_carry_offset_timestamp_and_headers) {
  std::vector<Seen> seen;
  ASSERT_TRUE(decode(known_batch(), seen).ok());
  int64_t base = 0x0102030405060708;
  EXPECT_EQ(seen, (std::vector<Seen>{
                      {base, 1000, "k", "v", {}},
                      {base + 1, 1300, std::nullopt, "value", {{"h", "x"}, {"n", std::nullopt}}}}));
}

TEST(RecordBatch, max_timestamp_is_the_largest_not_the_last) {
  BatchBuilder builder(BatchBuilder::Options{});
  for (int64_t time : {500, 900, 100}) builder.add(time, "k", "v");
  absl::Cord batch = builder.build();
  EXPECT_EQ(read_batch_header(batch)->base_timestamp_ms, 500);
  EXPECT_EQ(read_batch_header(batch)->max_timestamp_ms, 900);
  std::vector<Seen> seen;
  ASSERT_TRUE(decode(batch, seen).ok());
  EXPECT_EQ(seen[2].timestamp_ms, 100) << "a negative delta";
}

TEST(RecordBatch, stamping_leaves_crc_and_payload_and_shares_the_bytes) {
  BatchBuilder builder(BatchBuilder::Options{});
  builder.add(1, "key", std::string(5000, 'x'));
  absl::Cord batch = builder.build();
  absl::Cord stamped = stamp_batch(batch, Offset(777), LeaderEpoch(9));
  BatchHeader header = *read_batch_header(stamped);
  EXPECT_EQ(header.base_offset, Offset(777));
  EXPECT_EQ(header.leader_epoch, LeaderEpoch(9));
  EXPECT_TRUE(is_valid_batch(stamped, header));
  EXPECT_EQ(header.crc, read_batch_header(batch)->crc);
  EXPECT_EQ(part(stamped, 16, stamped.size()), part(batch, 16, batch.size()));
  EXPECT_EQ(read_batch_header(batch)->base_offset, Offset(0)) << "the original is as it was";
  auto payload_of = [](const absl::Cord& cord) {
    absl::string_view last;
    for (absl::string_view chunk : cord.Chunks()) last = chunk;
    return last.data() + last.size();
  };
  EXPECT_EQ(payload_of(stamped), payload_of(batch)) << "the same memory";
}

TEST(RecordBatch, header_is_read_at_a_position_and_over_chunks) {
  absl::Cord batch = known_batch();
  absl::Cord pieces(std::string(13, 'z'));
  std::string flat(batch);
  for (size_t i = 0; i < flat.size(); i += 7) {
    absl::Cord piece = absl::MakeCordFromExternal(
        absl::string_view(flat.data() + i, std::min<size_t>(7, flat.size() - i)), [] {});
    pieces.Append(std::move(piece));
  }
  EXPECT_EQ(read_batch_header(pieces, 13), read_batch_header(batch));
  EXPECT_FALSE(read_batch_header(pieces, 14 + static_cast<int64_t>(batch.size()) - 61));
  EXPECT_FALSE(read_batch_header(pieces, -1));
  EXPECT_FALSE(read_batch_header(batch.Subcord(0, 60)));
}

TEST(RecordBatch, validity_needs_magic_length_and_all_bytes) {
  absl::Cord batch = known_batch();
  EXPECT_TRUE(is_valid_batch(batch, *read_batch_header(batch)));
  absl::Cord torn = batch.Subcord(0, batch.size() - 1);
  EXPECT_FALSE(is_valid_batch(torn, *read_batch_header(torn)));
  absl::Cord longer = batch;
  longer.Append("rest");
  EXPECT_TRUE(is_valid_batch(longer, *read_batch_header(longer))) << "what follows is not its own";
  absl::Cord old = with_byte(batch, 16, 1);
  EXPECT_FALSE(is_valid_batch(old, *read_batch_header(old)));
  absl::Cord short_length = with_byte(batch, 11, 48);
  EXPECT_FALSE(is_valid_batch(short_length, *read_batch_header(short_length)));
  absl::Cord negative_length = with_byte(batch, 8, '\xff');
  EXPECT_FALSE(is_valid_batch(negative_length, *read_batch_header(negative_length)));
}

TEST(RecordBatch, malformed_records_are_refused) {
  absl::Cord batch = known_batch();
  auto refused = [](const absl::Cord& bytes) {
    std::vector<Seen> seen;
    return absl::IsInvalidArgument(decode(with_good_crc(bytes), seen));
  };
  ASSERT_FALSE(refused(batch));
  EXPECT_TRUE(refused(with_byte(batch, 61, 0x12))) << "longer than it is";
  EXPECT_TRUE(refused(with_byte(batch, 61, 0x0e))) << "shorter than it is";
  EXPECT_TRUE(refused(with_byte(batch, 65, 0x7e))) << "a key beyond its record";
  EXPECT_TRUE(refused(with_byte(batch, 69, 0x7e))) << "headers that are not there";
  EXPECT_TRUE(refused(with_byte(batch, 69, 0x01))) << "-1 headers";
  EXPECT_TRUE(refused(with_byte(batch, 60, 1))) << "bytes after the last record";
  EXPECT_TRUE(refused(with_byte(batch, 60, 3))) << "a record that is not there";
}

RC_GTEST_PROP(RecordBatchProperty, damaged_records_never_break_the_decoder, ()) {
  std::string flat(known_batch());
  int changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i)
    flat[*rc::gen::inRange<size_t>(61, flat.size())] = *rc::gen::arbitrary<char>();
  std::vector<Seen> seen;
  absl::Status status = decode(absl::Cord(flat), seen);
  RC_ASSERT(seen.size() <= 2u);
  RC_ASSERT((!status.ok() || seen.size() == 2u));
}

RC_GTEST_PROP(RecordBatchProperty, what_is_built_is_read_back, ()) {
  using Text = std::optional<std::string>;
  auto text = rc::gen::maybe(rc::gen::arbitrary<std::string>());
  auto as_text = [](const rc::Maybe<std::string>& maybe) { return maybe ? Text(*maybe) : Text(); };
  int64_t base = *rc::gen::inRange<int64_t>(0, int64_t{1} << 40);
  BatchBuilder builder({.base_offset = Offset(base)});
  std::vector<Seen> wanted;
  int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    Seen record{base + i,
                *rc::gen::inRange<int64_t>(0, int64_t{1} << 42),
                as_text(*text),
                as_text(*text),
                {}};
    int headers = *rc::gen::inRange(0, 3);
    for (int h = 0; h < headers; ++h)
      record.headers.emplace_back(*rc::gen::arbitrary<std::string>(), as_text(*text));
    std::optional<std::string_view> key, value;
    if (record.key) key = *record.key;
    if (record.value) value = *record.value;
    builder.add(record.timestamp_ms, key, value, record.headers);
    wanted.push_back(std::move(record));
  }
  absl::Cord batch = builder.build();
  RC_ASSERT(builder.size_bytes() == static_cast<int64_t>(batch.size()));
  RC_ASSERT(is_valid_batch(batch, *read_batch_header(batch)));
  std::vector<Seen> seen;
  RC_ASSERT(decode(batch, seen).ok());
  RC_ASSERT(seen == wanted);
}

TEST(BatchBuilder, counts_its_bytes_and_may_be_built_again_with_another_producer) {
  BatchBuilder builder(BatchBuilder::Options{});
  EXPECT_EQ(builder.size_bytes(), 61);
  builder.add(1, "key", "value");
  EXPECT_EQ(builder.size_bytes(), 61 + record_size_bytes(0, 0, "key", "value"));
  EXPECT_FALSE(read_batch_header(builder.build())->has_producer());
  builder.set_producer(ProducerId(5), ProducerEpoch(2), Sequence(40));
  absl::Cord again = builder.build();
  BatchHeader header = *read_batch_header(again);
  EXPECT_TRUE(is_valid_batch(again, header));
  EXPECT_EQ(header.producer_id, ProducerId(5));
  EXPECT_EQ(header.producer_epoch, ProducerEpoch(2));
  EXPECT_EQ(header.base_sequence, Sequence(40));
}

// ---- Compressed batches ----

const std::vector<Compression>& codecs() {
  static const std::vector<Compression> kAll = {
      {CompressionType::kNone},     {CompressionType::kGzip}, {CompressionType::kGzip, 1},
      {CompressionType::kSnappy},   {CompressionType::kLz4},  {CompressionType::kLz4, 12},
      {CompressionType::kZstd, -1}, {CompressionType::kZstd}};
  return kAll;
}

absl::Cord large_batch(const Compression& compression) {
  BatchBuilder builder({.base_offset = Offset(100), .compression = compression});
  for (int i = 0; i < 300; ++i)
    builder.add(i, std::to_string(i),
                std::string(static_cast<size_t>(1 + i % 900), static_cast<char>(i)),
                {{"h", std::nullopt}});
  return builder.build();
}

TEST(CompressedBatch, holds_the_same_records_with_each_codec) {
  std::vector<Seen> wanted;
  ASSERT_TRUE(decode(large_batch({}), wanted).ok());
  ASSERT_EQ(wanted.size(), 300u);
  for (const Compression& compression : codecs()) {
    absl::Cord batch = large_batch(compression);
    EXPECT_TRUE(is_valid_batch(batch, *read_batch_header(batch)));
    EXPECT_EQ(read_batch_header(batch)->codec(), compression.type);
    std::vector<Seen> seen;
    EXPECT_TRUE(decode(batch, seen).ok());
    EXPECT_EQ(seen, wanted) << name_of(compression.type);
  }
}

TEST(CompressedBatch, gives_no_more_than_its_bound) {
  for (const Compression& compression : codecs()) {
    if (compression.type == CompressionType::kNone) continue;
    BatchBuilder builder({.compression = compression});
    builder.add(1, "k", std::string(1 << 20, 'x'));
    absl::Cord batch = builder.build();
    BatchHeader header = *read_batch_header(batch);
    auto ignore = [](const RecordView&) {};
    EXPECT_TRUE(for_each_record(batch, header, ignore, (1 << 20) + 100).ok());
    EXPECT_TRUE(absl::IsResourceExhausted(for_each_record(batch, header, ignore, 1 << 20)));
  }
}

TEST(CompressedBatch, cut_anywhere_is_refused) {
  for (const Compression& compression : codecs()) {
    BatchBuilder builder({.compression = compression});
    for (int i = 0; i < 40; ++i) builder.add(i, std::to_string(i * i), "value", {{"h", "x"}});
    const absl::Cord batch = builder.build();
    for (size_t cut = 61; cut < batch.size(); ++cut) {
      absl::Cord part = batch.Subcord(0, cut);
      BatchHeader header = *read_batch_header(part);
      std::vector<Seen> seen;
      EXPECT_FALSE(decode(part, seen).ok()) << "the length tells of more";
      header.length = static_cast<int32_t>(cut) - 12;
      EXPECT_FALSE(for_each_record(part, header, [](const RecordView&) {}).ok())
          << name_of(compression.type) << " " << cut;
    }
  }
}

TEST(CompressedBatch, another_number_of_records_than_it_says_is_refused) {
  for (const Compression& compression : codecs()) {
    absl::Cord batch = large_batch(compression);
    BatchHeader header = *read_batch_header(batch);
    auto status_with = [&](int32_t count) {
      header.record_count = count;
      return for_each_record(batch, header, [](const RecordView&) {});
    };
    EXPECT_TRUE(status_with(300).ok());
    EXPECT_TRUE(absl::IsInvalidArgument(status_with(299)));
    EXPECT_TRUE(absl::IsInvalidArgument(status_with(301)));
    EXPECT_TRUE(absl::IsInvalidArgument(status_with(INT32_MAX)));
    EXPECT_TRUE(absl::IsInvalidArgument(status_with(-1)));
    EXPECT_TRUE(status_with(0).ok()) << "Kafka looks at nothing then";
  }
}

TEST(CompressedBatch, of_a_codec_that_does_not_exist_is_refused) {
  BatchHeader header = *read_batch_header(known_batch());
  header.attributes |= 5;
  EXPECT_EQ(header.codec(), std::nullopt);
  EXPECT_TRUE(
      absl::IsInvalidArgument(for_each_record(known_batch(), header, [](const RecordView&) {})));
}

RC_GTEST_PROP(CompressedBatchProperty, no_garbage_breaks_the_decoder, ()) {
  BatchBuilder builder({.compression = *rc::gen::elementOf(codecs())});
  for (int i = 0; i < 20; ++i) builder.add(i, "key", "some value", {{"name", "text"}});
  std::string flat(builder.build());
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i)
    flat[*rc::gen::inRange<size_t>(21, flat.size())] = *rc::gen::arbitrary<char>();
  absl::Cord batch(flat);
  (void)for_each_record(
      batch, *read_batch_header(batch), [](const RecordView&) {}, 100000);
}

// What can be read can be written again; without a codec to the same bytes.
RC_GTEST_PROP(CompressedBatchProperty, read_and_built_again_it_is_the_same, ()) {
  BatchBuilder::Options options{.base_offset = Offset(*rc::gen::inRange<int64_t>(0, 1000)),
                                .compression = *rc::gen::elementOf(codecs())};
  if (*rc::gen::arbitrary<bool>())
    options.delete_horizon_ms = *rc::gen::inRange<int64_t>(0, 1 << 20);
  BatchBuilder builder(options);
  int64_t offset = options.base_offset.value();
  for (int i = *rc::gen::inRange(1, 30); i > 0; --i) {
    std::string key = *rc::gen::arbitrary<std::string>(),
                value = *rc::gen::arbitrary<std::string>();
    RecordView record;
    record.timestamp_ms = *rc::gen::inRange<int64_t>(-1, int64_t{1} << 42);
    if (*rc::gen::arbitrary<bool>()) record.key = key;
    if (*rc::gen::arbitrary<bool>()) record.value = value;
    for (int h = *rc::gen::inRange(0, 3); h > 0; --h)
      record.headers.emplace_back(key, record.value);
    builder.add_at(Offset(offset), record);
    offset += *rc::gen::inRange(1, 50);
  }
  absl::Cord batch = builder.build();
  BatchBuilder again(options);
  absl::Status read =
      for_each_record(batch, *read_batch_header(batch),
                      [&](const RecordView& record) { again.add_at(record.offset, record); });
  RC_ASSERT(read.ok());
  RC_ASSERT(again.build() == batch);
}

// ---- Reading without content ----

TEST(RecordReader, skipping_tells_all_but_the_content) {
  for (const Compression& compression : codecs()) {
    absl::Cord batch = large_batch(compression);
    BatchHeader header = *read_batch_header(batch);
    FlatPayload payload(batch, header);
    RecordReader all(payload.bytes(), header, compression.type, RecordReader::Content::kRead,
                     1 << 20);
    RecordReader skim(payload.bytes(), header, compression.type, RecordReader::Content::kSkip,
                      1 << 20);
    RecordView full, bare;
    while (all.next(full)) {
      ASSERT_TRUE(skim.next(bare)) << skim.status();
      EXPECT_EQ(bare.offset, full.offset);
      EXPECT_EQ(bare.timestamp_ms, full.timestamp_ms);
      EXPECT_EQ(bare.key.has_value(), full.key.has_value());
      EXPECT_EQ(skim.record_bytes(), all.record_bytes());
    }
    EXPECT_FALSE(skim.next(bare));
    EXPECT_TRUE(all.status().ok() && skim.status().ok());
  }
}

TEST(RecordReader, tells_a_damaged_stream_from_damaged_records) {
  absl::Cord batch = large_batch({CompressionType::kGzip});
  BatchHeader header = *read_batch_header(batch);
  std::string payload(batch.Subcord(61, batch.size()));
  auto read = [&](std::string_view bytes) {
    RecordReader reader(bytes, header, CompressionType::kGzip, RecordReader::Content::kSkip,
                        1 << 20);
    RecordView record;
    while (reader.next(record)) continue;
    EXPECT_TRUE(absl::IsInvalidArgument(reader.status()));
    return reader.is_stream_damaged();
  };
  EXPECT_TRUE(read(payload.substr(0, payload.size() - 20)));
  EXPECT_FALSE(read(compress({CompressionType::kGzip}, "no records at all")));
}

// ---- Other headers ----

TEST(RecordBatch, another_header_shares_the_payload) {
  BatchBuilder builder(BatchBuilder::Options{});
  builder.add(1, "key", std::string(5000, 'x'));
  absl::Cord batch = builder.build();
  BatchHeader header = *read_batch_header(batch);
  header.attributes |= BatchHeader::kLogAppendTimeFlag;
  header.max_timestamp_ms = 77;
  absl::Cord changed = with_header(batch, header);
  BatchHeader now = *read_batch_header(changed);
  EXPECT_TRUE(is_valid_batch(changed, now));
  EXPECT_NE(now.crc, header.crc);
  now.crc = header.crc;
  EXPECT_EQ(now, header);
  std::vector<Seen> seen;
  ASSERT_TRUE(decode(changed, seen).ok());
  EXPECT_EQ(seen[0].timestamp_ms, 77);
}

TEST(BatchBuilder, keeps_a_last_offset_whose_record_went) {
  BatchBuilder builder({.base_offset = Offset(10)});
  builder.add(1, "k", "v");
  builder.keep_last_offset(Offset(19));
  BatchHeader header = *read_batch_header(builder.build());
  EXPECT_EQ(header.last_offset(), Offset(19));
  EXPECT_EQ(header.record_count, 1);
  EXPECT_THROW(builder.add_at(Offset(19), RecordView()), sim::CheckFailure) << "offsets must grow";
}

TEST(BatchHeader, without_a_sequence_there_is_no_last_one) {
  BatchHeader header;
  header.last_offset_delta = 5;
  EXPECT_EQ(header.last_sequence(), kNoSequence);
}

TEST(BatchBuilder, without_records_builds_nothing) {
  EXPECT_THROW(BatchBuilder(BatchBuilder::Options{}).build(), sim::CheckFailure);
}

TEST(BatchHeader, last_sequence_wraps_to_zero) {
  BatchHeader header;
  header.base_sequence = Sequence(INT32_MAX - 1);
  header.last_offset_delta = 1;
  EXPECT_EQ(header.last_sequence(), Sequence(INT32_MAX));
  header.last_offset_delta = 3;
  EXPECT_EQ(header.last_sequence(), Sequence(1));
}

TEST(BatchHeader, attributes_tell_control_and_transactional_batches) {
  for (int16_t attributes : {0x00, 0x10, 0x20, 0x30}) {
    BatchBuilder builder({.attributes = attributes});
    builder.add(1, "k", "v");
    BatchHeader header = *read_batch_header(builder.build());
    EXPECT_EQ(header.is_transactional(), (attributes & 0x10) != 0);
    EXPECT_EQ(header.is_control(), (attributes & 0x20) != 0);
  }
}

}  // namespace
}  // namespace models
