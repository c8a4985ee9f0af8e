// SPDX-License-Identifier: Apache-2.0
//
// The codec against batches that Kafka itself wrote: read, and built again byte for byte.

#include "tests/models/log/kafka_batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace models {
namespace {

using Text = std::optional<std::string>;

struct Seen {
  int64_t offset;
  int64_t timestamp_ms;
  Text key;
  Text value;
  BatchBuilder::Headers headers = {};
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> read(const absl::Cord& batch) {
  std::vector<Seen> seen;
  absl::Status status =
      for_each_record(batch, *read_batch_header(batch), [&](const RecordView& record) {
        Seen one{
            record.offset.value(), record.timestamp_ms, Text(record.key), Text(record.value), {}};
        for (const auto& [name, text] : record.headers) one.headers.emplace_back(name, text);
        seen.push_back(std::move(one));
      });
  EXPECT_TRUE(status.ok()) << status;
  return seen;
}

// What MakeBatches.appendFew adds.
std::vector<Seen> few() {
  return {{1000, 5000, "key", "value"},
          {1001, 4990, std::nullopt, ""},
          {1002, 70000, "", std::nullopt, {{"name", "text"}, {"", std::nullopt}, {"\xc3\xa9", ""}}},
          {1200, 5001, std::string(100, 'k'), std::string(300, 'v')}};
}

// What MakeBatches.many adds.
std::vector<Seen> many() {
  std::vector<Seen> records;
  uint32_t random = 12345;
  for (int i = 0; i < 400; ++i) {
    std::string value = "order " + std::to_string(i) + " of customer " + std::to_string(i % 7);
    for (int j = 0; j < 1 + i % 20; ++j) value += ", state: paid; ";
    std::string noise;
    for (int j = 0; j < 8; ++j) {
      random = random * 1103515245 + 12345;
      noise.push_back(static_cast<char>(random >> 16));
    }
    records.push_back({1000 + i, 1'700'000'000'000 + i * 3, noise, value});
  }
  return records;
}

BatchBuilder::Options kafkas_options() {
  return {.base_offset = Offset(1000),
          .leader_epoch = LeaderEpoch(5),
          .attributes = BatchHeader::kTransactionalFlag,
          .producer_id = ProducerId(4711),
          .producer_epoch = ProducerEpoch(3),
          .base_sequence = Sequence(17)};
}

absl::Cord build(const BatchBuilder::Options& options, const std::vector<Seen>& records) {
  BatchBuilder builder(options);
  for (const Seen& record : records) {
    RecordView view;
    view.timestamp_ms = record.timestamp_ms;
    if (record.key) view.key = *record.key;
    if (record.value) view.value = *record.value;
    for (const auto& [name, text] : record.headers)
      view.headers.emplace_back(name, text ? std::optional<std::string_view>(*text) : std::nullopt);
    builder.add_at(Offset(record.offset), view);
  }
  return builder.build();
}

TEST(KafkaBatches, few_records_of_each_codec_are_read) {
  for (std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    absl::Cord batch = kafka_batch("few-" + codec);
    BatchHeader header = *read_batch_header(batch);
    EXPECT_TRUE(is_valid_batch(batch, header));
    EXPECT_EQ(header.codec(), compression_type_named(codec));
    EXPECT_EQ(header.max_timestamp_ms, 70000);
    EXPECT_EQ(header.last_offset(), Offset(1200));
    EXPECT_EQ(header.record_count, 4);
    EXPECT_EQ(read(batch), few()) << codec;
  }
}

TEST(KafkaBatches, many_records_of_each_codec_and_level_are_read) {
  std::vector<Seen> wanted = many();
  for (std::string codec : {"gzip", "gzip-1", "gzip-6", "gzip-9", "snappy", "lz4", "lz4-1", "lz4-4",
                            "lz4-17", "zstd", "zstd--5", "zstd-1", "zstd-22"}) {
    absl::Cord batch = kafka_batch("many-" + codec);
    EXPECT_TRUE(is_valid_batch(batch, *read_batch_header(batch)));
    EXPECT_EQ(read(batch), wanted) << codec;
  }
}

TEST(KafkaBatches, what_is_not_compressed_is_built_byte_for_byte) {
  EXPECT_EQ(build(kafkas_options(), few()), kafka_batch("few-none"));
}

TEST(KafkaBatches, gzip_and_lz4_are_built_byte_for_byte) {
  for (const auto& [name, compression] :
       std::vector<std::pair<std::string, Compression>>{{"gzip", {CompressionType::kGzip}},
                                                        {"gzip-9", {CompressionType::kGzip, 9}},
                                                        {"lz4", {CompressionType::kLz4}},
                                                        {"lz4-17", {CompressionType::kLz4, 17}}}) {
    BatchBuilder::Options options = kafkas_options();
    options.compression = compression;
    EXPECT_EQ(build(options, many()), kafka_batch("many-" + name)) << name;
  }
}

TEST(KafkaBatches, the_time_of_the_append_is_that_of_each_record) {
  absl::Cord batch = kafka_batch("log-append-time");
  EXPECT_EQ(read_batch_header(batch)->timestamp_type(), TimestampType::kLogAppendTime);
  std::vector<Seen> wanted = few();
  for (Seen& record : wanted) record.timestamp_ms = 99'999;
  EXPECT_EQ(read(batch), wanted);
  BatchBuilder::Options options = kafkas_options();
  options.log_append_time_ms = 99'999;
  EXPECT_EQ(build(options, few()), batch);
}

TEST(KafkaBatches, the_delete_horizon_is_the_base_timestamp) {
  absl::Cord batch = kafka_batch("delete-horizon");
  EXPECT_EQ(read_batch_header(batch)->delete_horizon_ms(), 88'888);
  EXPECT_EQ(read_batch_header(kafka_batch("few-none"))->delete_horizon_ms(), std::nullopt);
  EXPECT_EQ(read(batch), few());
  BatchBuilder::Options options = kafkas_options();
  options.delete_horizon_ms = 88'888;
  EXPECT_EQ(build(options, few()), batch);
}

TEST(KafkaBatches, an_emptied_batch_is_its_header) {
  absl::Cord batch = kafka_batch("empty");
  BatchHeader header = *read_batch_header(batch);
  EXPECT_TRUE(is_valid_batch(batch, header));
  EXPECT_EQ(read(batch), std::vector<Seen>());
  BatchHeader full = *read_batch_header(kafka_batch("many-zstd"));
  full.last_offset_delta = 10;
  full.max_timestamp_ms = 70000;
  EXPECT_EQ(empty_batch(full), batch);
}

}  // namespace
}  // namespace models
