// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_cleaning.h"

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Pair;
using testing::SizeIs;

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 24 * 60 * kMinute;

// "k1" -> "a"; a null value is a tombstone.
struct Kv {
  std::string key;
  std::optional<std::string> value;
};
struct KvSpec {
  int64_t producer = -1;
  int32_t sequence = 0;
  bool transactional = false;
  int64_t timestamp_ms = kNowMs;
  CompressionType codec = CompressionType::kNone;
};

absl::Cord kv_batch(const std::vector<Kv>& records, const KvSpec& spec = {}) {
  BatchBuilder builder(
      {.attributes = static_cast<int16_t>(spec.transactional ? BatchHeader::kTransactionalFlag : 0),
       .compression = {.type = spec.codec}});
  if (spec.producer >= 0)
    builder.set_producer(ProducerId(spec.producer), ProducerEpoch(0), Sequence(spec.sequence));
  for (const Kv& record : records) builder.add(spec.timestamp_ms, record.key, record.value);
  return builder.build();
}

struct Compacted : LogBench {
  Compacted() {
    config.cleanup_policy = {.deletes = false, .compacts = true};
    config.min_cleanable_dirty_ratio = {0};
  }
  void put(PartitionLog& log, const std::vector<Kv>& records, const KvSpec& spec = {}) {
    EXPECT_EQ(log.append_as_leader(kv_batch(records, spec), LeaderEpoch(0), at.step()).error,
              ErrorCode::kNone);
    log.set_high_watermark(log.log_end_offset());
  }
  // As written before the topic was compacted: a leader would refuse it now.
  void put_without_key(PartitionLog& log) {
    TopicConfig before = config;
    before.cleanup_policy = {};
    log.set_config(before);
    BatchBuilder builder({});
    builder.add(kNowMs, std::nullopt, "no key");
    EXPECT_EQ(log.append_as_leader(builder.build(), LeaderEpoch(0), at.step()).error,
              ErrorCode::kNone);
    log.set_config(config);
  }
  void roll(PartitionLog& log) {
    ASSERT_EQ(log.roll(log.log_end_offset(), at.step()), ErrorCode::kNone);
  }
  LogCleaning begin(PartitionLog& log) {
    auto what = log_to_clean(log, cleaned_to, at.step());
    EXPECT_TRUE(what.ok()) << what.status();
    return LogCleaning(*what, limits, log);
  }
  LogCleaning::Progress go_on(LogCleaning& round, PartitionLog& log) {
    auto progress = round.advance(log, at.step());
    EXPECT_TRUE(progress.ok()) << progress.status();
    return progress.value_or(LogCleaning::Progress::kAborted);
  }
  void clean(PartitionLog& log) {
    LogCleaning round = begin(log);
    int steps = 0;
    while (go_on(round, log) == LogCleaning::Progress::kWorking) ASSERT_LT(++steps, 10'000);
    cleaned_to = round.clean_end();
  }
  // Offset, key, and value or "-", of what a consumer reads.
  std::vector<std::string> records(const PartitionLog& log) {
    std::vector<std::string> found;
    for (Offset next = log.log_start_offset(); next < log.log_end_offset();) {
      ReadResult read = log.read(next, 1 << 20, log.log_end_offset(), true, at.step());
      EXPECT_EQ(read.error, ErrorCode::kNone);
      int64_t position = 0;
      while (auto header = read_batch_header(read.records, position)) {
        size_t total = static_cast<size_t>(header->total_bytes());
        if (static_cast<size_t>(position) + total > read.records.size()) break;
        absl::Cord bytes = read.records.Subcord(static_cast<size_t>(position), total);
        EXPECT_TRUE(is_valid_batch(bytes, *header));
        EXPECT_TRUE(for_each_record(bytes, *header, [&](const RecordView& record) {
                      if (header->is_control()) return;
                      found.push_back(std::to_string(record.offset.value()) + " " +
                                      std::string(*record.key) + "=" +
                                      std::string(record.value.value_or("-")));
                    }).ok());
        next = header->next_offset();
        position += static_cast<int64_t>(total);
      }
      if (position == 0) break;
    }
    return found;
  }
  CleanerLimits limits;
  std::optional<Offset> cleaned_to;
};

TEST(LogCleaning, keeps_the_last_record_of_each_key_at_its_offset) {
  Compacted b;
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}, {"b", "1"}, {"c", "1"}});
  b.put(log, {{"a", "2"}, {"b", "2"}});
  b.put(log, {{"a", "3"}});
  b.roll(log);
  b.put(log, {{"a", "4"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("2 c=1", "4 b=2", "5 a=3", "6 a=4"));
  EXPECT_EQ(b.cleaned_to, Offset(6));
  EXPECT_EQ(log.log_end_offset(), Offset(7));
  EXPECT_THAT(b.names(".cleaned"), IsEmpty());
  EXPECT_THAT(b.names(".swap"), IsEmpty());
}

TEST(LogCleaning, leaves_the_active_segment_and_what_may_still_be_cut) {
  Compacted b;
  PartitionLog log = b.open();
  for (int i = 0; i < 3; ++i) {
    b.put(log, {{"a", std::to_string(i)}});
    b.roll(log);
  }
  b.put(log, {{"a", "3"}});
  EXPECT_EQ(log_to_clean(log, {}, b.at.step())->first_uncleanable, Offset(3));
  // A follower whose watermark lags may have to cut what lies above.
  log.close(b.at.step());
  PartitionLog fresh = b.open(/*clean=*/true);
  fresh.set_high_watermark(Offset(1));
  EXPECT_EQ(log_to_clean(fresh, {}, b.at.step())->first_uncleanable, Offset(1));
  b.at.mutations().insert(Mutation::kKafka13194);
  EXPECT_EQ(log_to_clean(fresh, {}, b.at.step())->first_uncleanable, Offset(3))
      << "the historical bug";
}

TEST(LogCleaning, a_tombstone_stays_until_its_horizon_and_then_goes) {
  Compacted b;
  b.config.delete_retention_ms = sim::Duration::millis(kMinute);
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}, {"b", "1"}});
  b.put(log, {{"a", std::nullopt}});
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("1 b=1", "2 a=-", "3 z=1"));
  b.at.advance(sim::Duration::millis(2 * kMinute));
  b.roll(log);
  b.put(log, {{"z", "2"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("1 b=1", "3 z=1", "4 z=2"));
}

TEST(LogCleaning, a_record_without_a_key_goes) {
  Compacted b;
  PartitionLog log = b.open();
  b.put_without_key(log);
  b.put(log, {{"k", "v"}});
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("1 k=v", "2 z=1"));
}

TEST(LogCleaning, keeps_the_header_of_a_producers_last_batch) {
  Compacted b;
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}}, {.producer = 7, .sequence = 0});
  b.put(log, {{"a", "2"}}, {.producer = 7, .sequence = 1});
  b.put(log, {{"a", "3"}});
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("2 a=3", "3 z=1"));
  EXPECT_THAT(b.ranges(log, 0), ElementsAre(Pair(1, 1), Pair(2, 2), Pair(3, 3)));
  PartitionLog again = b.open();
  EXPECT_EQ(again.producers().producers().at(ProducerId(7)).batches.back().last_sequence,
            Sequence(1));
}

TEST(LogCleaning, the_last_batch_of_a_round_leaves_its_header) {
  Compacted b;
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}});
  b.put_without_key(log);
  log.set_high_watermark(log.log_end_offset());
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.ranges(log, 0), ElementsAre(Pair(0, 0), Pair(1, 1), Pair(2, 2)));
}

TEST(LogCleaning, drops_aborted_data_at_once_and_the_marker_after_its_horizon) {
  Compacted b;
  b.config.delete_retention_ms = sim::Duration::millis(kMinute);
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}});
  b.put(log, {{"b", "x"}}, {.producer = 7, .transactional = true});
  b.end_txn(log, 7, /*commit=*/false);
  b.put(log, {{"c", "1"}}, {.producer = 8, .transactional = true});
  b.end_txn(log, 8, /*commit=*/true);
  log.set_high_watermark(log.log_end_offset());
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("0 a=1", "3 c=1", "5 z=1"));
  // Data of 7 is its last batch: the header stays, and with it the marker and its index entry.
  EXPECT_THAT(log.aborted_txns(Offset(0), Offset(5)), SizeIs(1));
  b.at.advance(sim::Duration::millis(kDay));
  b.roll(log);
  b.put(log, {{"z", "2"}});
  b.clean(log);
  EXPECT_THAT(b.records(log), ElementsAre("0 a=1", "3 c=1", "5 z=1", "6 z=2"));
}

TEST(LogCleaning, joins_neighbours_that_fit_into_one_segment) {
  Compacted b;
  PartitionLog log = b.open();
  for (int i = 0; i < 6; ++i) {
    b.put(log, {{"k" + std::to_string(i % 2), std::to_string(i)}});
    b.roll(log);
  }
  ASSERT_THAT(log.segments(), SizeIs(7));
  b.clean(log);
  ASSERT_THAT(log.segments(), SizeIs(2));
  EXPECT_EQ(log.segments()[0].base_offset(), Offset(0));
  EXPECT_THAT(b.records(log), ElementsAre("4 k0=4", "5 k1=5"));
  EXPECT_THAT(b.names(".log"), ElementsAre("00000000000000000000.log", "00000000000000000006.log"));
}

TEST(LogCleaning, a_full_map_ends_the_round_early_and_the_next_goes_on) {
  Compacted b;
  b.limits.map_bytes = 4 * KeyOffsets::kBytesPerEntry;
  b.limits.map_load = {Fraction::kOne};
  PartitionLog log = b.open();
  for (int i = 0; i < 10; ++i) b.put(log, {{"k" + std::to_string(i), "1"}});
  for (int i = 0; i < 10; ++i) b.put(log, {{"k" + std::to_string(i), "2"}});
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_EQ(b.cleaned_to, Offset(4));
  for (int rounds = 0; *b.cleaned_to < Offset(20); ++rounds) {
    ASSERT_LT(rounds, 10);
    b.clean(log);
  }
  EXPECT_THAT(b.records(log), SizeIs(11));
}

TEST(LogCleaning, goes_on_a_buffer_at_a_time_beside_appends) {
  Compacted b;
  b.limits.buffer_bytes = 100;
  PartitionLog log = b.open();
  for (int i = 0; i < 8; ++i) b.put(log, {{"a", std::to_string(i)}});
  b.roll(log);
  LogCleaning round = b.begin(log);
  int steps = 0;
  while (b.go_on(round, log) == LogCleaning::Progress::kWorking) {
    b.put(log, {{"b", std::to_string(++steps)}});
    EXPECT_THAT(b.records(log), IsSupersetOf({std::string("7 a=7")}));
  }
  EXPECT_GE(steps, 15);
  EXPECT_THAT(b.records(log), SizeIs(static_cast<size_t>(1 + steps)));
}

TEST(LogCleaning, a_cut_ends_the_round_and_leaves_no_file) {
  Compacted b;
  b.limits.buffer_bytes = 100;
  PartitionLog log = b.open();
  for (int i = 0; i < 8; ++i) b.put(log, {{"a", std::to_string(i)}});
  b.roll(log);
  b.put(log, {{"b", "1"}});
  LogCleaning round = b.begin(log);
  while (b.names(".cleaned").empty()) {
    ASSERT_EQ(b.go_on(round, log), LogCleaning::Progress::kWorking);
  }
  log.truncate_to(Offset(6), b.at.step());
  EXPECT_EQ(b.go_on(round, log), LogCleaning::Progress::kAborted);
  EXPECT_THAT(b.names(".cleaned"), IsEmpty());
  EXPECT_THAT(b.records(log), SizeIs(6));
}

TEST(LogCleaning, compressed_batches_are_written_with_their_codec) {
  Compacted b;
  PartitionLog log = b.open();
  for (CompressionType codec : {CompressionType::kGzip, CompressionType::kSnappy,
                                CompressionType::kLz4, CompressionType::kZstd}) {
    std::string own(name_of(codec));
    b.put(log, {{"a", own}, {own, "x"}}, {.codec = codec});
  }
  b.roll(log);
  b.put(log, {{"z", "1"}});
  b.clean(log);
  EXPECT_THAT(b.records(log),
              ElementsAre("1 gzip=x", "3 snappy=x", "5 lz4=x", "6 a=zstd", "7 zstd=x", "8 z=1"));
  ReadResult read = log.read(Offset(0), 1 << 20, Offset(2), true, b.at.step());
  EXPECT_EQ(read_batch_header(read.records)->codec(), CompressionType::kGzip);
}

TEST(LogToClean, is_worth_a_round_above_the_dirty_ratio_or_the_longest_lag) {
  Compacted b;
  b.config.min_cleanable_dirty_ratio = {500'000};
  b.config.max_compaction_lag_ms = kDay;
  PartitionLog log = b.open();
  for (int i = 0; i < 4; ++i) {
    b.put(log, {{"a", "1"}});
    b.roll(log);
  }
  auto what = [&](int64_t cleaned) { return *log_to_clean(log, Offset(cleaned), b.at.step()); };
  EXPECT_EQ(what(1).ratio_millionths(), 750'000);
  EXPECT_TRUE(is_worth_cleaning(what(1), log));
  EXPECT_FALSE(is_worth_cleaning(what(2), log)) << "one half is not more than one half";
  EXPECT_FALSE(is_worth_cleaning(what(4), log));
  b.at.advance(sim::Duration::millis(2 * kDay));
  EXPECT_TRUE(is_worth_cleaning(what(3), log));
  EXPECT_FALSE(is_worth_cleaning(what(4), log)) << "nothing is dirty";
}

TEST(LogToClean, waits_for_the_shortest_lag_and_begins_anew_outside_the_log) {
  Compacted b;
  b.config.min_compaction_lag_ms = sim::Duration::millis(kMinute);
  PartitionLog log = b.open();
  b.put(log, {{"a", "1"}}, {.timestamp_ms = kNowMs - 10 * kMinute});
  b.roll(log);
  b.put(log, {{"a", "2"}}, {.timestamp_ms = kNowMs});
  b.roll(log);
  b.put(log, {{"a", "3"}});
  auto what = log_to_clean(log, {}, b.at.step());
  EXPECT_EQ(what->first_uncleanable, Offset(1));
  EXPECT_FALSE(what->was_reset);
  what = log_to_clean(log, Offset(99), b.at.step());
  EXPECT_TRUE(what->was_reset);
  EXPECT_EQ(what->first_dirty, Offset(0));
}

}  // namespace
}  // namespace models
