// SPDX-License-Identifier: Apache-2.0
//
// compression.type of a producer: what is sent, and how a batch is filled whose size is not known
// before it is compressed.

#include "models/clients/producer.h"
#include "models/log/compression.h"
#include "tests/models/clients/producer_fixture.h"

namespace models {
namespace {

constexpr int64_t kOneRatio = CompressionRatio::kOne;

// Ids of the records of the request's batch, in order.
std::vector<RecordId> ids_in(const ProduceRequest& request) {
  const absl::Cord& batch = request.partitions.at(0).records;
  std::vector<RecordId> ids;
  absl::Status read = for_each_record(
      batch, *read_batch_header(batch),
      [&](const RecordView& record) { ids.push_back(record_id_of(record).value()); });
  EXPECT_TRUE(read.ok()) << read;
  return ids;
}

int64_t size_of(const ProduceRequest& request) {
  return static_cast<int64_t>(request.partitions.at(0).records.size());
}

ProducerConfig with_codec(ProducerCompression codec) {
  ProducerConfig config;
  config.compression_type = codec;
  return config;
}

// The first batch that a producer of this configuration sends: 6 records.
ProduceRequest first_batch(const ProducerConfig& config) {
  ProducerBench b(config, 1000, 100);
  b.start();
  b.load(5_ms);
  b.wake(5_ms);
  return b.take_sent().at(0).second;
}

TEST(ProducerCompression, each_codec_packs_the_same_records) {
  ProduceRequest plain = first_batch({});
  EXPECT_EQ(ids_in(plain).size(), 6u);
  const std::pair<ProducerCompression, CompressionType> kCodecs[] = {
      {ProducerCompression::kNone, CompressionType::kNone},
      {ProducerCompression::kGzip, CompressionType::kGzip},
      {ProducerCompression::kSnappy, CompressionType::kSnappy},
      {ProducerCompression::kLz4, CompressionType::kLz4},
      {ProducerCompression::kZstd, CompressionType::kZstd}};
  for (const auto& [codec, type] : kCodecs) {
    ProduceRequest request = first_batch(with_codec(codec));
    EXPECT_EQ(ProducerBench::header(request).codec(), type);
    EXPECT_EQ(ids_in(request), ids_in(plain)) << name_of(type);
    if (type != CompressionType::kNone) {
      EXPECT_LT(size_of(request), size_of(plain)) << name_of(type);
    }
  }
}

TEST(ProducerCompression, the_level_is_the_codecs) {
  std::string records(first_batch({}).partitions.at(0).records.Subcord(kBatchHeaderBytes, 100'000));
  auto payload = [](const ProduceRequest& request) {
    return std::string(request.partitions.at(0).records.Subcord(kBatchHeaderBytes, 100'000));
  };
  ProducerConfig gzip = with_codec(ProducerCompression::kGzip);
  gzip.compression_gzip_level = 1;
  EXPECT_EQ(payload(first_batch(gzip)), compress({CompressionType::kGzip, 1}, records));
  ProducerConfig lz4 = with_codec(ProducerCompression::kLz4);
  lz4.compression_lz4_level = 12;
  EXPECT_EQ(payload(first_batch(lz4)), compress({CompressionType::kLz4, 12}, records));
  ProducerConfig zstd = with_codec(ProducerCompression::kZstd);
  zstd.compression_zstd_level = -5;
  EXPECT_EQ(payload(first_batch(zstd)), compress({CompressionType::kZstd, -5}, records));
}

TEST(ProducerCompression, the_estimate_improves_slowly_and_worsens_at_once) {
  CompressionRatioEstimator estimator;
  EXPECT_EQ(estimator.current(), CompressionRatio{kOneRatio});
  estimator.observe(CompressionRatio::of(200, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{995'000});
  estimator.observe(CompressionRatio::of(994, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{994'000}) << "not past what was seen";
  estimator.observe(CompressionRatio::of(994, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{994'000});
  estimator.observe(CompressionRatio::of(995, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{1'044'000}) << "by 0.05 at least";
  estimator.observe(CompressionRatio::of(1500, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{1'500'000});
  estimator.reset_after(CompressionRatio::of(300, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{kOneRatio});
  estimator.reset_after(CompressionRatio::of(1100, 1000));
  EXPECT_EQ(estimator.current(), CompressionRatio{1'100'000});
  EXPECT_EQ(CompressionRatio{500'000}.estimate(1000), 525) << "with 5 % on top";
}

// What a producer under a load that never ends packs into its n-th batch.
std::vector<size_t> batch_counts(ProducerCompression codec, int batches) {
  ProducerConfig config = with_codec(codec);
  config.batch_size = 4000;
  config.linger_ms = 1000_s;
  ProducerBench b(config, 1000, 100);
  b.start();
  std::vector<size_t> counts;
  while (counts.size() < static_cast<size_t>(batches)) {
    b.load(1_ms);
    for (const auto& [node, request] : b.take_sent()) {
      counts.push_back(ids_in(request).size());
      b.reply(node, request);
    }
  }
  return counts;
}

TEST(ProducerCompression, a_batch_takes_more_the_better_those_before_it_were_packed) {
  std::vector<size_t> plain = batch_counts(ProducerCompression::kNone, 40);
  EXPECT_NEAR(static_cast<double>(plain.front()), static_cast<double>(plain.back()), 1);
  std::vector<size_t> packed = batch_counts(ProducerCompression::kLz4, 40);
  EXPECT_LE(packed.front(), plain.front()) << "at first nothing is expected of the codec";
  // 40 batches later the estimate is 0.8, by steps of 0.005.
  EXPECT_GT(packed.back(), plain.back() * 11 / 10);
  EXPECT_LT(packed.back(), plain.back() * 13 / 10);
}

// How many records the second batch takes, while the first, of one tiny record, is in flight.
size_t records_of_the_second(ProducerCompression codec) {
  ProducerConfig config = with_codec(codec);
  config.linger_ms = 0_ms;
  config.batch_size = 600;
  config.max_in_flight_requests_per_connection = 1;
  ProducerBench b(config, 1000, 8);
  b.start();
  b.load(0_ms);
  ProduceRequest first = b.take_sent().at(0).second;
  EXPECT_EQ(ids_in(first).size(), 1u);
  for (int i = 0; i < 60; ++i) b.load(1_ms);
  b.reply(kOne, first);
  return ids_in(b.take_sent().at(0).second).size();
}

TEST(ProducerCompression, a_batch_that_packing_made_larger_makes_the_next_one_smaller) {
  EXPECT_LT(records_of_the_second(ProducerCompression::kGzip),
            records_of_the_second(ProducerCompression::kNone) * 3 / 4);
}

TEST(ProducerCompression, a_packed_batch_that_is_too_large_goes_again_in_pieces) {
  ProducerConfig config = with_codec(ProducerCompression::kZstd);
  ProducerBench b(config, 1000, 100);
  b.start();
  b.load(7_ms);
  b.producer.stop_load(b.at.step());
  b.wake(0_ms);
  ProduceRequest whole = b.take_sent().at(0).second;
  std::vector<RecordId> wanted = ids_in(whole);
  EXPECT_EQ(wanted.size(), 8u);
  b.reply(kOne, whole, ErrorCode::kMessageTooLarge);
  ProduceRequest again = b.take_sent().at(0).second;
  EXPECT_EQ(ids_in(again), wanted) << "one piece of batch.size";
  b.reply(kOne, again, ErrorCode::kMessageTooLarge);
  std::vector<RecordId> seen;
  int next = 0;
  while (seen.size() < wanted.size()) {
    auto sent = b.take_sent();
    ASSERT_EQ(sent.size(), 1u) << "one at a time, in order";
    BatchHeader header = ProducerBench::header(sent[0].second);
    EXPECT_EQ(header.codec(), CompressionType::kZstd);
    EXPECT_EQ(header.base_sequence, Sequence(next));
    next += header.record_count;
    for (RecordId id : ids_in(sent[0].second)) seen.push_back(id);
    b.reply(kOne, sent[0].second, ErrorCode::kNone, 0);
  }
  EXPECT_EQ(seen, wanted);
  EXPECT_TRUE(b.producer.idle());
}

TEST(ProducerCompression, a_retry_sends_the_same_bytes) {
  ProducerBench b(with_codec(ProducerCompression::kSnappy), 1000, 100);
  b.start();
  b.load(5_ms);
  b.wake(5_ms);
  ProduceRequest first = b.take_sent().at(0).second;
  b.reply(kOne, first, ErrorCode::kNotEnoughReplicas);
  b.wake(200_ms);
  ProduceRequest second = b.take_sent().at(0).second;
  EXPECT_EQ(first.partitions[0].records, second.partitions[0].records);
}

}  // namespace
}  // namespace models
