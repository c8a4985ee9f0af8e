// SPDX-License-Identifier: Apache-2.0
//
// Single batches of Kafka's MemoryRecordsBuilder: we read what was written, and write the same.

#include <gtest/gtest.h>

#include "models/log/record_batch.h"
#include "tests/conformance/log/canonical.h"
#include "tests/conformance/log/described_batch.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

using models::BatchBuilder;
using models::BatchHeader;
using models::RecordView;

Json contents() {
  return Json::parse(R"([
    [{"key": null, "value": null, "timestamp": 1}],
    [{"key": "", "value": "", "timestamp": 0}, {"value": "AA==", "timestamp": -1}],
    [{"key": {"text": "key %"}, "value": {"text": "value %"}, "timestamp": 1700000000000,
      "headers": [["name", "AAEC"], ["", ""], ["name", null], ["\u00e9\u4e2d", "/w=="]]}],
    [{"key": {"text": "%"}, "value": {"bytes": 100, "seed": 1}, "timestamp": 1700000000000,
      "timestamp_step": -7, "repeat": 300}],
    [{"value": {"text": "one % two % three % four % five"}, "timestamp": 1700000000000,
      "timestamp_step": 1000000000, "repeat": 2000}],
    [{"offset": 3, "value": "AA==", "timestamp": 5}, {"offset": 200, "value": "AA==", "timestamp": 4},
     {"offset": 70000, "key": "AA==", "value": null, "timestamp": 9223372036854775807}],
    [{"value": {"bytes": 70000, "seed": 3}, "timestamp": 7, "repeat": 3}],
    [{"value": {"bytes": 5242880, "seed": 4}, "timestamp": 8}]
  ])");
}

Json codecs() {
  Json all = Json::parse(R"([{}, {"codec": "gzip"}, {"codec": "snappy"}, {"codec": "lz4"},
                             {"codec": "zstd"}])");
  for (int level : {1, 2, 3, 4, 5, 6, 7, 8, 9})
    all.push_back({{"codec", "gzip"}, {"level", level}});
  for (int level : {1, 3, 9, 12, 17}) all.push_back({{"codec", "lz4"}, {"level", level}});
  for (int level : {-5, 1, 3, 9, 19}) all.push_back({{"codec", "zstd"}, {"level", level}});
  return all;
}

Json attributes() {
  return Json::parse(R"([
    {"producer_id": 4000000000000, "producer_epoch": 32767, "base_sequence": 2147483647},
    {"producer_id": 0, "producer_epoch": 0, "base_sequence": 0, "transactional": true,
     "leader_epoch": 7, "base_offset": 1},
    {"timestamp_type": "LogAppendTime", "append_time": 1700000000005},
    {"delete_horizon": 1700000000000}, {"last_offset": 100000}
  ])");
}

Json control_batches() {
  return Json::parse(R"([
    {"marker": "commit", "producer_id": 5, "producer_epoch": 1, "coordinator_epoch": 9,
     "timestamp": 1700000000000},
    {"marker": "abort", "producer_id": 5, "producer_epoch": 32767, "timestamp": 1},
    {"leader_change": {"leader": 1, "voters": [1, 2, 300], "granting": [1, 300]}, "timestamp": 5,
     "leader_epoch": 3},
    {"snapshot_header": 1700000000000, "timestamp": 6}, {"snapshot_footer": 0, "timestamp": 7},
    {"kraft_version": 1, "timestamp": 8},
    {"records": [], "last_offset": 7, "timestamp": 9, "producer_id": 5, "producer_epoch": 1,
     "base_sequence": 3},
    {"records": [], "last_offset": 2, "transactional": true, "control": true, "timestamp": 5}
  ])");
}

Json all_batches() {
  Json all = control_batches();
  for (const Json& records : contents()) {
    for (const Json& codec : codecs()) {
      all.push_back(codec);
      all.back()["records"] = records;
    }
  }
  for (const Json& attribute : attributes()) {
    for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
      all.push_back(attribute);
      all.back()["codec"] = codec;
      all.back()["records"] = contents()[2];
    }
  }
  return all;
}

Json sum_of(const absl::Cord& batch, const BatchHeader& header) {
  Canonical sum;
  absl::Status read =
      for_each_record(batch, header, [&](const RecordView& record) { sum.add(record); });
  EXPECT_TRUE(read.ok()) << read;
  return sum.report();
}

absl::Cord encode_again(const absl::Cord& batch, const BatchHeader& header) {
  BatchBuilder::Options options{.base_offset = header.base_offset,
                                .leader_epoch = header.leader_epoch,
                                .attributes = static_cast<int16_t>(header.attributes & 0x30),
                                .producer_id = header.producer_id,
                                .producer_epoch = header.producer_epoch,
                                .base_sequence = header.base_sequence,
                                .delete_horizon_ms = header.delete_horizon_ms()};
  if (header.timestamp_type() == models::TimestampType::kLogAppendTime)
    options.log_append_time_ms = header.max_timestamp_ms;
  BatchBuilder builder(options);
  absl::Status read = for_each_record(
      batch, header, [&](const RecordView& record) { builder.add_at(record.offset, record); });
  EXPECT_TRUE(read.ok()) << read;
  builder.keep_last_offset(header.last_offset());
  return builder.build();
}

TEST(Batches, kafkas_are_read_and_written_the_same) {
  Json described = all_batches();
  Answer answer = ask_kafka({"batch", described.dump()});
  ASSERT_EQ(answer.exit, 0) << answer.describe();
  ASSERT_EQ(answer.lines.size(), described.size());
  Tally compared;
  int64_t same = 0, encoded_again = 0;
  for (size_t i = 0; i < described.size(); ++i) {
    SCOPED_TRACE(described[i].dump().substr(0, 300));
    absl::Cord kafkas(from_base64(answer.lines[i].value("bytes", "")));
    absl::Cord ours = described_batch(described[i]);
    auto header = models::read_batch_header(kafkas);
    auto our_header = models::read_batch_header(ours);
    ASSERT_TRUE(header && our_header);
    EXPECT_TRUE(is_valid_batch(kafkas, *header));
    bool equal = kafkas == ours;
    same += equal ? 1 : 0;
    EXPECT_TRUE(equal || depends_on_library(described[i]));
    Json sum = sum_of(kafkas, *header);
    EXPECT_EQ(sum, sum_of(ours, *our_header));
    // The header but for what the codec's output changes.
    our_header->crc = header->crc;
    our_header->length = header->length;
    EXPECT_TRUE(*header == *our_header);
    // A time of append stands in the header alone: the record's own is not read.
    bool whole = header->timestamp_type() == models::TimestampType::kCreateTime;
    if (!header->is_compressed() && header->record_count > 0 && whole) {
      EXPECT_EQ(encode_again(kafkas, *header), kafkas);
      ++encoded_again;
    }
    ++compared.batches;
    compared.records += sum.value("records", 0);
  }
  count("batches of Kafka's builder", compared);
  std::printf("          %ld of them with the same bytes as ours, %ld read and encoded again\n",
              static_cast<long>(same), static_cast<long>(encoded_again));
}

}  // namespace
}  // namespace conformance
