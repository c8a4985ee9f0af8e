// SPDX-License-Identifier: Apache-2.0

#include "models/log/compression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/xxhash32.h"
#include "sim/check.h"
#include "tests/models/log/kafka_batches.h"

namespace models {
namespace {

using absl::IsInvalidArgument;
using absl::IsResourceExhausted;

constexpr int64_t kPlenty = int64_t{1} << 24;
constexpr CompressionType kCodecs[] = {CompressionType::kGzip, CompressionType::kSnappy,
                                       CompressionType::kLz4, CompressionType::kZstd};

std::string noise(size_t size) {
  std::string bytes;
  uint32_t state = 1;
  for (size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(state >> 24));
  }
  return bytes;
}

std::string words(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += "order " + std::to_string(i % 97) + " is paid; ";
  return text.substr(0, size);
}

// Texts around the sizes of blocks and buffers.
std::vector<std::string> samples() {
  std::vector<std::string> all = {"", "a", std::string(100000, 'x'), noise(70000)};
  for (size_t size : {100, 16384, 32767, 32768, 32769, 65535, 65536, 65537, 131072, 300000})
    all.push_back(words(size));
  return all;
}

std::string test_name(const testing::TestParamInfo<CompressionType>& info) {
  return std::string(name_of(info.param));
}

class EachCodec : public testing::TestWithParam<CompressionType> {};
INSTANTIATE_TEST_SUITE_P(Compression, EachCodec, testing::ValuesIn(kCodecs), test_name);

TEST_P(EachCodec, gives_back_what_it_took) {
  for (const std::string& text : samples()) {
    std::string packed = compress({GetParam()}, text);
    absl::StatusOr<std::string> back = decompress(GetParam(), packed, kPlenty);
    ASSERT_TRUE(back.ok()) << text.size() << ": " << back.status();
    EXPECT_EQ(*back, text) << text.size();
  }
}

TEST_P(EachCodec, does_so_at_each_level) {
  std::optional<CompressionLevels> levels = levels_of(GetParam());
  if (!levels) return;
  std::string text = words(70000) + noise(3000);
  std::vector<int> chosen = {levels->by_default};
  for (int level = std::max(levels->least, -3); level <= levels->most; ++level)
    chosen.push_back(level);
  chosen.push_back(levels->least);
  for (int level : chosen) {
    absl::StatusOr<std::string> back =
        decompress(GetParam(), compress({GetParam(), level}, text), kPlenty);
    ASSERT_TRUE(back.ok()) << level << ": " << back.status();
    EXPECT_EQ(*back, text) << level;
  }
}

TEST_P(EachCodec, refuses_levels_it_does_not_have) {
  std::optional<CompressionLevels> levels = levels_of(GetParam());
  if (!levels) return;
  EXPECT_THROW(compress({GetParam(), levels->most + 1}, "x"), sim::CheckFailure);
  EXPECT_THROW(compress({GetParam(), levels->least - 3}, "x"), sim::CheckFailure);
}

TEST_P(EachCodec, reads_no_further_than_its_bound) {
  std::string text = words(200000);
  std::string packed = compress({GetParam()}, text);
  EXPECT_TRUE(decompress(GetParam(), packed, 200000).ok());
  EXPECT_TRUE(IsResourceExhausted(decompress(GetParam(), packed, 199999).status()));
  EXPECT_TRUE(IsResourceExhausted(decompress(GetParam(), packed, 0).status()));
}

TEST_P(EachCodec, a_bomb_costs_one_block) {
  std::string bomb = compress({GetParam()}, std::string(64 << 20, '\0'));
  ASSERT_LT(bomb.size(), size_t{4} << 20);
  std::unique_ptr<Decompressor> stream = open_decompressor(GetParam(), bomb, 100000);
  size_t given = 0;
  absl::StatusOr<std::string_view> piece = stream->next();
  for (; piece.ok(); piece = stream->next()) given += piece->size();
  EXPECT_TRUE(IsResourceExhausted(piece.status()));
  EXPECT_LE(given, 100000u);
  EXPECT_TRUE(IsResourceExhausted(stream->next().status())) << "it stays failed";
}

TEST_P(EachCodec, a_stream_cut_anywhere_is_damaged_or_gives_a_prefix) {
  std::string text = words(3000) + noise(300) + words(40000);
  std::string packed = compress({GetParam()}, text);
  for (size_t cut = 0; cut < packed.size(); ++cut) {
    absl::StatusOr<std::string> back = decompress(GetParam(), packed.substr(0, cut), kPlenty);
    if (!back.ok()) {
      EXPECT_TRUE(IsInvalidArgument(back.status())) << cut << ": " << back.status();
      continue;
    }
    // snappy-java takes the end of a chunk for the end of the stream, zstd-jni no bytes for no
    // frame.
    EXPECT_TRUE(GetParam() == CompressionType::kSnappy || cut == 0) << cut;
    EXPECT_LT(back->size(), text.size());
    EXPECT_EQ(*back, text.substr(0, back->size())) << cut;
  }
}

TEST_P(EachCodec, no_changed_byte_breaks_the_reader) {
  std::string text = words(500) + noise(200);
  const std::string packed = compress({GetParam()}, text);
  for (size_t at = 0; at < packed.size(); ++at) {
    for (int change : {0x01, 0x80, 0xff}) {
      std::string damaged = packed;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      absl::StatusOr<std::string> back = decompress(GetParam(), damaged, 100000);
      EXPECT_TRUE(!back.ok() || back->size() <= 100000u);
    }
  }
}

RC_GTEST_PROP(CompressionProperty, what_is_compressed_comes_back, ()) {
  CompressionType type =
      *rc::gen::elementOf(std::vector<CompressionType>(std::begin(kCodecs), std::end(kCodecs)));
  std::string part = *rc::gen::arbitrary<std::string>();
  std::string text;
  for (int i = *rc::gen::inRange(0, 3000); i > 0; --i) text += part;
  absl::StatusOr<std::string> back = decompress(type, compress({type}, text), kPlenty);
  RC_ASSERT(back.ok());
  RC_ASSERT(*back == text);
}

RC_GTEST_PROP(CompressionProperty, garbage_is_an_error_or_bytes, ()) {
  CompressionType type =
      *rc::gen::elementOf(std::vector<CompressionType>(std::begin(kCodecs), std::end(kCodecs)));
  std::string garbage = compress({type}, "some text").substr(0, *rc::gen::inRange<size_t>(0, 20));
  garbage += *rc::gen::arbitrary<std::string>();
  absl::StatusOr<std::string> back = decompress(type, garbage, 5000);
  RC_ASSERT((!back.ok() || back->size() <= 5000u));
}

// ---- Kafka's bytes ----

TEST(Compression, gzip_and_lz4_are_byte_for_byte_kafkas) {
  std::vector<std::pair<std::string, Compression>> cases = {
      {"gzip", {CompressionType::kGzip}},      {"gzip-1", {CompressionType::kGzip, 1}},
      {"gzip-6", {CompressionType::kGzip, 6}}, {"gzip-9", {CompressionType::kGzip, 9}},
      {"lz4", {CompressionType::kLz4}},        {"lz4-1", {CompressionType::kLz4, 1}},
      {"lz4-4", {CompressionType::kLz4, 4}},   {"lz4-17", {CompressionType::kLz4, 17}}};
  for (const auto& [name, compression] : cases) {
    std::string packed = payload_of(kafka_batch("many-" + name));
    absl::StatusOr<std::string> records = decompress(compression.type, packed, kPlenty);
    ASSERT_TRUE(records.ok()) << name << records.status();
    EXPECT_EQ(compress(compression, *records), packed) << name;
  }
}

TEST(Compression, all_of_kafkas_streams_hold_the_same_records) {
  std::string records =
      *decompress(CompressionType::kGzip, payload_of(kafka_batch("many-gzip")), kPlenty);
  EXPECT_GT(records.size(), 65536u) << "more than a block";
  for (std::string name : {"snappy", "lz4", "zstd", "zstd--5", "zstd-1", "zstd-22"}) {
    CompressionType type = *compression_type_named(name.substr(0, name.find('-')));
    absl::StatusOr<std::string> held =
        decompress(type, payload_of(kafka_batch("many-" + name)), kPlenty);
    ASSERT_TRUE(held.ok()) << name << held.status();
    EXPECT_EQ(*held, records) << name;
    EXPECT_EQ(
        *decompress(type, payload_of(kafka_batch("few-" + std::string(name_of(type)))), kPlenty),
        payload_of(kafka_batch("few-none")));
  }
}

// ---- Types and levels ----

TEST(Compression, types_have_kafkas_names_and_ids) {
  EXPECT_EQ(compression_type_named("none"), CompressionType::kNone);
  EXPECT_EQ(compression_type_named("zstd"), CompressionType::kZstd);
  EXPECT_EQ(compression_type_named("producer"), std::nullopt);
  EXPECT_EQ(compression_type_named("GZIP"), std::nullopt);
  EXPECT_EQ(compression_type_of_id(3), CompressionType::kLz4);
  EXPECT_EQ(compression_type_of_id(5), std::nullopt);
  EXPECT_EQ(compression_type_of_id(-1), std::nullopt);
}

TEST(Compression, levels_have_kafkas_bounds) {
  CompressionLevels gzip = *levels_of(CompressionType::kGzip);
  EXPECT_TRUE(gzip.allow(-1) && gzip.allow(1) && gzip.allow(9));
  EXPECT_FALSE(gzip.allow(0) || gzip.allow(10) || gzip.allow(-2));
  CompressionLevels lz4 = *levels_of(CompressionType::kLz4);
  EXPECT_TRUE(lz4.allow(1) && lz4.allow(17));
  EXPECT_FALSE(lz4.allow(0) || lz4.allow(18));
  CompressionLevels zstd = *levels_of(CompressionType::kZstd);
  EXPECT_TRUE(zstd.allow(-131072) && zstd.allow(22));
  EXPECT_FALSE(zstd.allow(-131073) || zstd.allow(23));
  EXPECT_FALSE(levels_of(CompressionType::kSnappy));
  EXPECT_EQ(Compression{CompressionType::kLz4}.level_or_default(), 9);
  EXPECT_EQ((Compression{CompressionType::kLz4, 3}.level_or_default()), 3);
}

TEST(Compression, tells_the_versions_of_its_libraries) {
  EXPECT_THAT(compression_libraries(),
              testing::MatchesRegex("lz4 [0-9.]+, snappy [0-9.]+, zlib [0-9.]+, zstd [0-9.]+"));
}

TEST(Compression, none_is_the_bytes_themselves) {
  EXPECT_EQ(compress({}, "as it is"), "as it is");
  EXPECT_EQ(*decompress(CompressionType::kNone, "as it is", 8), "as it is");
  EXPECT_TRUE(IsResourceExhausted(decompress(CompressionType::kNone, "as it is", 7).status()));
}

// ---- gzip ----

TEST(Gzip, has_javas_header) {
  EXPECT_EQ(compress({CompressionType::kGzip, 9}, "x").substr(0, 10),
            std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
}

TEST(Gzip, members_may_follow_each_other_and_other_bytes_are_left_alone) {
  std::string one = compress({CompressionType::kGzip}, "one");
  std::string two = compress({CompressionType::kGzip}, "two");
  EXPECT_EQ(*decompress(CompressionType::kGzip, one + two, kPlenty), "onetwo");
  EXPECT_EQ(*decompress(CompressionType::kGzip, one + std::string(18, '\x1f'), kPlenty), "one");
  EXPECT_EQ(*decompress(CompressionType::kGzip, one + noise(100), kPlenty), "one");
  two[12] = static_cast<char>(two[12] ^ 0xff);
  EXPECT_TRUE(IsInvalidArgument(decompress(CompressionType::kGzip, one + two, kPlenty).status()));
}

TEST(Gzip, verifies_its_checksum_and_length) {
  std::string packed = compress({CompressionType::kGzip}, "text");
  for (size_t from_end : {1, 4, 5, 8}) {
    std::string damaged = packed;
    damaged[packed.size() - from_end] ^= 1;
    EXPECT_TRUE(IsInvalidArgument(decompress(CompressionType::kGzip, damaged, kPlenty).status()))
        << from_end;
  }
}

// ---- snappy ----

TEST(Snappy, begins_as_snappy_java_and_has_blocks_of_32_kib) {
  std::string packed = compress({CompressionType::kSnappy}, std::string(32769, 'x'));
  EXPECT_EQ(packed.substr(0, 16), std::string("\x82SNAPPY\0\0\0\0\1\0\0\0\1", 16));
  int32_t first = load_big_endian<int32_t>(packed.data() + 16);
  int32_t second = load_big_endian<int32_t>(packed.data() + 20 + first);
  EXPECT_EQ(packed.size(), static_cast<size_t>(24 + first + second));
  EXPECT_EQ(compress({CompressionType::kSnappy}, "").size(), 16u) << "no block for nothing";
}

TEST(Snappy, raw_blocks_without_header_are_read) {
  std::string text = words(1000);
  std::string raw = compress({CompressionType::kSnappy}, text).substr(20);
  EXPECT_EQ(*decompress(CompressionType::kSnappy, raw, kPlenty), text);
  EXPECT_EQ(*decompress(CompressionType::kSnappy, std::string("\x01\x00z", 3), kPlenty), "z");
  EXPECT_TRUE(IsResourceExhausted(decompress(CompressionType::kSnappy, raw, 999).status()));
}

TEST(Snappy, streams_may_follow_each_other) {
  std::string both =
      compress({CompressionType::kSnappy}, "one") + compress({CompressionType::kSnappy}, "two");
  EXPECT_EQ(*decompress(CompressionType::kSnappy, both, kPlenty), "onetwo");
  std::string one = compress({CompressionType::kSnappy}, "one");
  auto with = [&](size_t at, char byte) {
    std::string other = one;
    other[at] = byte;
    return other;
  };
  EXPECT_EQ(*decompress(CompressionType::kSnappy, with(11, 0) + one, kPlenty), "oneone")
      << "the first version is not looked at";
  EXPECT_TRUE(
      IsInvalidArgument(decompress(CompressionType::kSnappy, one + with(11, 0), kPlenty).status()));
  EXPECT_EQ(*decompress(CompressionType::kSnappy, one + with(5, 'x'), kPlenty), "one")
      << "what only begins like a header ends the stream";
  EXPECT_TRUE(IsInvalidArgument(
      decompress(CompressionType::kSnappy, one + one.substr(0, 15), kPlenty).status()));
}

TEST(Snappy, impossible_lengths_are_refused) {
  std::string good = compress({CompressionType::kSnappy}, words(100));
  auto status_with = [&](size_t at, char byte) {
    std::string damaged = good;
    damaged[at] = byte;
    return decompress(CompressionType::kSnappy, damaged, kPlenty).status();
  };
  EXPECT_TRUE(IsInvalidArgument(status_with(16, '\x80'))) << "a negative length";
  EXPECT_TRUE(IsInvalidArgument(status_with(16, '\x7f'))) << "a length beyond the end";
  // A block that claims gigabytes is refused before anything is allocated for it.
  std::string liar = good.substr(0, 16) + std::string("\0\0\0\5\xff\xff\xff\xff\x0f", 9);
  EXPECT_TRUE(
      IsInvalidArgument(decompress(CompressionType::kSnappy, liar, int64_t{1} << 40).status()));
}

// ---- lz4 ----

TEST(Lz4, begins_and_ends_as_kafkas_frame) {
  std::string packed = compress({CompressionType::kLz4}, "");
  EXPECT_EQ(packed, std::string("\x04\x22\x4d\x18\x60\x40\x82\0\0\0\0", 11));
  std::string stored = compress({CompressionType::kLz4}, "abc");
  EXPECT_EQ(stored.substr(7), std::string("\3\0\0\x80"
                                          "abc\0\0\0\0",
                                          11))
      << "too short to gain";
}

// A frame with the given descriptor and one stored block.
std::string lz4_frame(uint8_t flags, uint8_t blocks, std::string_view after_descriptor = "") {
  std::string frame("\x04\x22\x4d\x18", 4);
  frame.push_back(static_cast<char>(flags));
  frame.push_back(static_cast<char>(blocks));
  if ((flags & 8) != 0) frame.append("12345678");
  frame.push_back(static_cast<char>(xxhash32(std::string_view(frame).substr(4)) >> 8));
  frame.append(
      std::string("\3\0\0\x80"
                  "abc",
                  7));
  frame.append(after_descriptor);
  return frame;
}

TEST(Lz4, reads_the_kinds_of_frames_that_kafka_reads) {
  std::string end(4, '\0');
  auto read = [](const std::string& frame) {
    return decompress(CompressionType::kLz4, frame, kPlenty);
  };
  EXPECT_EQ(*read(lz4_frame(0x60, 0x40, end)), "abc");
  EXPECT_EQ(*read(lz4_frame(0x60, 0x70, end)), "abc") << "blocks of 4 MiB";
  EXPECT_EQ(*read(lz4_frame(0x68, 0x40, end)), "abc") << "the content's size is passed over";
  EXPECT_EQ(*read(lz4_frame(0x64, 0x40, end + "bad!")), "abc") << "and so is its checksum";
  EXPECT_EQ(*read(lz4_frame(0x60, 0x40, end + "what follows")), "abc");
  std::string checksum(4, '\0');
  store_little_endian<uint32_t>(checksum.data(), xxhash32("abc"));
  EXPECT_EQ(*read(lz4_frame(0x70, 0x40, checksum + end)), "abc");
  checksum[0] ^= 1;
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x70, 0x40, checksum + end)).status()));
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x40, 0x40, end)).status())) << "dependent blocks";
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x61, 0x40, end)).status())) << "reserved bits";
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x20, 0x40, end)).status())) << "version 0";
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x60, 0x30, end)).status())) << "block size 3";
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x60, 0x40)).status())) << "no end mark";
  EXPECT_TRUE(IsInvalidArgument(read(lz4_frame(0x64, 0x40, end)).status())) << "no checksum";
}

TEST(Lz4, checksums_are_xxh32) {
  EXPECT_EQ(xxhash32(""), 0x02CC5D05u);
  EXPECT_EQ(xxhash32("abc"), 0x32D153FFu);
  EXPECT_EQ(xxhash32("Nobody inspects the spammish repetition"), 0xE2293B2Fu);
}

// ---- zstd ----

TEST(Zstd, frames_may_follow_each_other_and_garbage_may_not) {
  std::string one = compress({CompressionType::kZstd}, "one");
  EXPECT_EQ(*decompress(CompressionType::kZstd, one + one, kPlenty), "oneone");
  EXPECT_TRUE(
      IsInvalidArgument(decompress(CompressionType::kZstd, one + "garbage", kPlenty).status()));
}

TEST(Zstd, frames_tell_neither_size_nor_checksum_and_end_as_zstd_jnis) {
  std::string packed = compress({CompressionType::kZstd}, words(1000));
  EXPECT_EQ(packed.substr(0, 4), "\x28\xb5\x2f\xfd");
  EXPECT_EQ(packed[4], 0);
  EXPECT_EQ(packed.substr(packed.size() - 3), std::string("\1\0\0", 3)) << "an empty last block";
}

}  // namespace
}  // namespace models
