// SPDX-License-Identifier: Apache-2.0

#include "models/log/partition_log.h"

#include <algorithm>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"
#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::Pair;

const int64_t kOneBytes = static_cast<int64_t>(batch().size());

// --- Append ---

TEST(PartitionLog, a_leader_gives_offsets_and_its_epoch) {
  LogBench b;
  PartitionLog log = b.open();
  AppendResult first = b.append(log, {.records = 3}, 4);
  EXPECT_EQ(first.error, ErrorCode::kNone);
  EXPECT_EQ(first.first_offset, Offset(0));
  EXPECT_EQ(first.last_offset, Offset(2));
  EXPECT_EQ(first.records, 3);
  EXPECT_EQ(b.append(log, {.records = 2}, 5).first_offset, Offset(3));
  EXPECT_EQ(log.log_end_offset(), Offset(5));
  EXPECT_EQ(log.latest_epoch(), LeaderEpoch(5));
  absl::Cord bytes = log.read(Offset(3), 1000, Offset(5), true, b.at.step()).records;
  BatchHeader header = *read_batch_header(bytes);
  EXPECT_EQ(header.base_offset, Offset(3));
  EXPECT_EQ(header.leader_epoch, LeaderEpoch(5));
  EXPECT_TRUE(is_valid_batch(bytes, header));
  EXPECT_THAT(log.epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(4), Offset(0)},
                                                  EpochStart{LeaderEpoch(5), Offset(3)}));
}

ErrorCode leader_says(const absl::Cord& bytes, const TopicConfig& config = {}) {
  LogBench b;
  b.config = config;
  PartitionLog log = b.open();
  AppendResult result = log.append_as_leader(bytes, LeaderEpoch(0), b.at.step());
  if (result.error != ErrorCode::kNone) {
    EXPECT_EQ(log.log_end_offset(), Offset(0));
    EXPECT_EQ(log.size_bytes(), 0);
    // As Kafka, which learns the epoch before it looks at the segment's size.
    EXPECT_EQ(log.epochs().entries().empty(), result.error != ErrorCode::kRecordListTooLarge);
  }
  return result.error;
}

// `bytes` with a header field of type T changed and the CRC made right.
template <class T>
absl::Cord with_field(const absl::Cord& bytes, size_t at, T value) {
  std::string flat(bytes);
  store_big_endian<T>(flat.data() + at, value);
  store_big_endian<uint32_t>(flat.data() + 17, crc32c(std::string_view(flat).substr(21)));
  return absl::Cord(flat);
}

TEST(PartitionLog, a_leader_refuses_what_kafka_refuses) {
  absl::Cord good = batch({.records = 2});
  EXPECT_EQ(leader_says(good), ErrorCode::kNone);
  EXPECT_EQ(leader_says(good.Subcord(0, 60)), ErrorCode::kInvalidRecord) << "no whole batch";
  EXPECT_EQ(leader_says(good.Subcord(0, good.size() - 1)), ErrorCode::kInvalidRecord);
  std::string flipped(good);
  flipped[65] ^= 1;
  EXPECT_EQ(leader_says(absl::Cord(flipped)), ErrorCode::kCorruptMessage);
  absl::Cord two = good;
  two.Append(good);
  EXPECT_EQ(leader_says(two), ErrorCode::kInvalidRecord) << "one batch a partition";
  EXPECT_EQ(leader_says(with_field<int8_t>(good, 16, 1)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(leader_says(batch({.base = 1})), ErrorCode::kInvalidRecord);
  EXPECT_EQ(leader_says(with_field<int32_t>(good, 57, 3)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(leader_says(with_field<int32_t>(good, 57, 0)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(leader_says(with_field<int16_t>(good, 21, 0x20)), ErrorCode::kInvalidRecord)
      << "control";
  EXPECT_EQ(leader_says(with_field<int16_t>(good, 21, 1)), ErrorCode::kUnknownServerError)
      << "not gzip at all";
  EXPECT_EQ(leader_says(batch({.producer = 1, .sequence = -1})), ErrorCode::kInvalidRecord);
}

TEST(PartitionLog, a_leader_refuses_batches_that_are_too_large_or_from_the_future) {
  TopicConfig config;
  config.max_message_bytes = static_cast<int32_t>(kOneBytes);
  EXPECT_EQ(leader_says(batch(), config), ErrorCode::kNone);
  config.max_message_bytes -= 1;
  EXPECT_EQ(leader_says(batch(), config), ErrorCode::kMessageTooLarge);
  config = TopicConfig();
  config.segment_bytes = kOneBytes;
  EXPECT_EQ(leader_says(batch(), config), ErrorCode::kNone);
  config.segment_bytes -= 1;
  EXPECT_EQ(leader_says(batch(), config), ErrorCode::kRecordListTooLarge);
  EXPECT_EQ(leader_says(batch({.timestamp_ms = kNowMs + 3600'000})), ErrorCode::kNone);
  EXPECT_EQ(leader_says(batch({.timestamp_ms = kNowMs + 3600'001})), ErrorCode::kInvalidTimestamp);
}

TEST(PartitionLog, a_retry_is_answered_with_the_first_offsets_and_not_stored) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 3);
  AppendResult first = b.append(log, {.records = 2, .producer = 7});
  ASSERT_EQ(b.append(log, {.producer = 7, .sequence = 2}).error, ErrorCode::kNone);
  int64_t size = log.size_bytes();
  AppendResult again = b.append(log, {.records = 2, .producer = 7});
  EXPECT_EQ(again.error, ErrorCode::kNone);
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.first_offset, first.first_offset);
  EXPECT_EQ(again.last_offset, first.last_offset);
  EXPECT_EQ(log.size_bytes(), size);
  EXPECT_EQ(b.at.marks().of(Mark::kDuplicateBatchAnswered), 1);
}

TEST(PartitionLog, an_unknown_producer_may_begin_anywhere_and_that_is_told) {
  LogBench b;
  PartitionLog log = b.open();
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 0}).error, ErrorCode::kNone);
  EXPECT_EQ(b.at.marks().of(Mark::kUnknownProducerTakenOver), 0);
  EXPECT_EQ(b.append(log, {.producer = 8, .sequence = 5}).error, ErrorCode::kNone);
  EXPECT_EQ(b.append(log, {.producer = 8, .sequence = 6}).error, ErrorCode::kNone);
  EXPECT_EQ(b.at.marks().of(Mark::kUnknownProducerTakenOver), 1);
}

// A snapshot has only the last batch of a producer: the others are refused after a start.
TEST(PartitionLog, a_batch_forgotten_with_a_start_is_refused_and_that_is_told) {
  LogBench b;
  PartitionLog log = b.open();
  for (int32_t i = 0; i < 3; ++i) b.append(log, {.producer = 7, .sequence = i});
  log = b.open();
  auto told = [&] {
    std::vector<Note> notes = b.at.all<Note>();
    return std::count_if(notes.begin(), notes.end(),
                         [](const Note& note) { return note.what == "forgotten_batch_refused"; });
  };
  EXPECT_TRUE(b.append(log, {.producer = 7, .sequence = 2}).duplicate);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 5}).error,
            ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 1}).error,
            ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(told(), 1);
}

TEST(PartitionLog, a_gap_in_sequences_and_an_old_epoch_are_refused) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 1, {.producer = 7, .producer_epoch = 1});
  EXPECT_EQ(b.append(log, {.producer = 7, .producer_epoch = 1, .sequence = 2}).error,
            ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(b.append(log, {.producer = 7, .producer_epoch = 0, .sequence = 1}).error,
            ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(log.log_end_offset(), Offset(1));
  EXPECT_EQ(b.append(log, {.producer = 7, .producer_epoch = 1, .sequence = 1}).error,
            ErrorCode::kNone);
}

TEST(PartitionLog, a_follower_copies_offsets_epochs_and_bytes) {
  LogBench b, c;
  PartitionLog leader = b.open(), follower = c.open();
  b.fill(leader, 2, {.records = 2}, 1);
  b.fill(leader, 1, {.records = 3}, 2);
  absl::Cord bytes = leader.read(Offset(0), 10'000, Offset(7), true, b.at.step()).records;
  AppendResult result = follower.append_as_follower(bytes, LeaderEpoch(2), c.at.step());
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.first_offset, Offset(0));
  EXPECT_EQ(result.last_offset, Offset(6));
  EXPECT_EQ(result.records, 7);
  EXPECT_EQ(follower.epochs(), leader.epochs());
  EXPECT_EQ(c.at.disk().contents(LogBench::file(0, ".log")),
            b.at.disk().contents(LogBench::file(0, ".log")));
}

TEST(PartitionLog, a_follower_ignores_a_cut_batch_and_refuses_old_or_corrupt_ones) {
  LogBench b;
  PartitionLog log = b.open();
  absl::Cord bytes = batch({.records = 2, .base = 0, .epoch = 1});
  absl::Cord second = batch({.base = 2, .epoch = 1});
  bytes.Append(second.Subcord(0, second.size() - 1));
  EXPECT_EQ(log.append_as_follower(bytes, LeaderEpoch(1), b.at.step()).last_offset, Offset(1));
  EXPECT_EQ(log.log_end_offset(), Offset(2));
  AppendResult old =
      log.append_as_follower(batch({.base = 1, .epoch = 1}), LeaderEpoch(1), b.at.step());
  EXPECT_EQ(old.error, ErrorCode::kUnknownServerError) << "UnexpectedAppendOffsetException";
  EXPECT_EQ(old.first_offset, Offset(1));
  EXPECT_EQ(old.last_offset, Offset(1));
  std::string corrupt(second);
  corrupt[70] ^= 1;
  EXPECT_EQ(log.append_as_follower(absl::Cord(corrupt), LeaderEpoch(1), b.at.step()).error,
            ErrorCode::kCorruptMessage);
  EXPECT_EQ(log.log_end_offset(), Offset(2));
  EXPECT_EQ(
      log.append_as_follower(batch({.base = 10, .epoch = 1}), LeaderEpoch(1), b.at.step()).error,
      ErrorCode::kNone)
      << "gaps are the leader's business";
  EXPECT_EQ(log.log_end_offset(), Offset(11));
}

TEST(PartitionLog, a_follower_refuses_batches_whose_offsets_do_not_grow) {
  LogBench b;
  PartitionLog log = b.open();
  absl::Cord bytes = batch({.records = 2, .base = 5, .epoch = 1});
  bytes.Append(batch({.base = 6, .epoch = 1}));
  AppendResult result = log.append_as_follower(bytes, LeaderEpoch(1), b.at.step());
  EXPECT_EQ(result.error, ErrorCode::kUnknownServerError) << "OffsetsOutOfOrderException";
  EXPECT_EQ(result.first_offset, kNoOffset);
  EXPECT_EQ(log.log_end_offset(), Offset(0));
}

TEST(PartitionLog, a_follower_drops_batches_above_the_epoch_of_its_fetch) {
  LogBench b;
  PartitionLog log = b.open();
  absl::Cord bytes = batch({.base = 0, .epoch = 3});
  bytes.Append(batch({.base = 1, .epoch = 4}));
  bytes.Append(batch({.base = 2, .epoch = 3}));
  AppendResult result = log.append_as_follower(bytes, LeaderEpoch(3), b.at.step());
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.records, 1);
  EXPECT_EQ(log.log_end_offset(), Offset(1));
}

TEST(PartitionLog, a_disk_that_fails_is_a_storage_error_and_nothing_is_appended) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 1);
  b.at.disk().fail_from(1);
  EXPECT_EQ(b.append(log).error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(log.log_end_offset(), Offset(1));
  b.at.disk().mend();
  log = b.open();
  EXPECT_EQ(b.append(log).first_offset, Offset(1));
}

// --- Read ---

TEST(PartitionLog, reads_from_the_batch_that_holds_the_offset_up_to_the_bytes) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 4, {.records = 2});
  int64_t each = log.size_bytes() / 4;
  auto read = [&](int64_t from, int64_t bytes, int64_t limit = 8, bool one = false) {
    return log.read(Offset(from), bytes, Offset(limit), one, b.at.step()).records;
  };
  EXPECT_THAT(ranges_in(read(3, 2 * each)), ElementsAre(Pair(2, 3), Pair(4, 5)));
  EXPECT_EQ(read(0, each + 5).size(), static_cast<size_t>(each + 5)) << "the last one may be cut";
  EXPECT_EQ(read(0, 10).size(), 10u);
  EXPECT_EQ(read(0, 10, 8, true).size(), static_cast<size_t>(each)) << "at least one batch";
  EXPECT_EQ(read(0, 0, 8, true).size(), static_cast<size_t>(each));
  EXPECT_TRUE(read(0, 0).empty());
  EXPECT_EQ(read(0, each + 5, 8, true).size(), static_cast<size_t>(each + 5));
}

TEST(PartitionLog, reads_nothing_at_or_beyond_the_limit) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 4, {.records = 2});
  auto ranges = [&](int64_t from, int64_t limit) {
    return ranges_in(log.read(Offset(from), 10'000, Offset(limit), true, b.at.step()).records);
  };
  EXPECT_THAT(ranges(0, 4), ElementsAre(Pair(0, 1), Pair(2, 3)));
  EXPECT_THAT(ranges(2, 4), ElementsAre(Pair(2, 3)));
  EXPECT_TRUE(ranges(4, 4).empty());
  EXPECT_TRUE(ranges(6, 4).empty());
  EXPECT_EQ(ranges(0, 100).size(), 4u);
}

TEST(PartitionLog, reads_outside_the_log_are_out_of_range) {
  LogBench b;
  b.log_start = Offset(5);
  PartitionLog log = b.open();
  b.fill(log, 2);
  auto read = [&](int64_t from) {
    return log.read(Offset(from), 1000, Offset(7), true, b.at.step());
  };
  EXPECT_EQ(read(4).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(read(8).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(read(7).error, ErrorCode::kNone);
  EXPECT_TRUE(read(7).records.empty());
  EXPECT_EQ(ranges_in(read(5).records).size(), 2u);
}

// --- Segments ---

TEST(PartitionLog, rolls_when_the_next_batch_would_not_fit) {
  LogBench b;
  b.config.segment_bytes = 2 * kOneBytes;
  PartitionLog log = b.open();
  b.fill(log, 5);
  EXPECT_EQ(b.at.marks().of(Mark::kSegmentRolled), 2);
  for (int64_t base : {0, 2, 4}) {
    std::string bytes = b.at.disk().contents(LogBench::file(base, ".log"));
    EXPECT_EQ(static_cast<int64_t>(bytes.size()), base == 4 ? kOneBytes : 2 * kOneBytes);
  }
  EXPECT_EQ(log.size_bytes(), 5 * kOneBytes);
  EXPECT_THAT(ranges_in(log.read(Offset(1), 10'000, Offset(5), true, b.at.step()).records),
              ElementsAre(Pair(1, 1)))
      << "one segment a read";
  EXPECT_EQ(b.ranges(log, 0).size(), 5u);
}

TEST(PartitionLog, a_roll_hands_out_the_sealed_segments_once) {
  LogBench b;
  b.config.segment_bytes = 2 * kOneBytes;
  PartitionLog log = b.open();
  b.fill(log, 2);
  EXPECT_FALSE(log.take_sealed()) << "nothing has rolled";
  b.fill(log, 3);
  auto sealed = log.take_sealed();
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->end, Offset(4));
  EXPECT_EQ(sealed->files.size(), 8u) << "log, both indexes and producers of two segments";
  EXPECT_FALSE(log.take_sealed());
  log.on_flushed(sealed->end, b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(4));
  b.fill(log, 2);
  sealed = log.take_sealed();
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->files.size(), 4u) << "what is durable already is left out";
  log.truncate_to(Offset(3), b.at.step());
  log.on_flushed(sealed->end, b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(3));
}

TEST(PartitionLog, a_limit_in_an_earlier_segment_holds) {
  LogBench b;
  b.config.segment_bytes = 2 * kOneBytes;
  PartitionLog log = b.open();
  b.fill(log, 6);
  auto count = [&](int64_t from, int64_t limit) {
    return ranges_in(log.read(Offset(from), 10'000, Offset(limit), true, b.at.step()).records)
        .size();
  };
  EXPECT_EQ(count(0, 1), 1u);
  EXPECT_EQ(count(0, 2), 2u);
  EXPECT_EQ(count(2, 3), 1u);
  EXPECT_EQ(count(5, 3), 0u);
}

// --- High watermark ---

TEST(PartitionLog, high_watermark_stays_inside_the_log) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 3);
  EXPECT_TRUE(log.set_high_watermark(Offset(2)));
  EXPECT_FALSE(log.set_high_watermark(Offset(2)));
  EXPECT_TRUE(log.set_high_watermark(Offset(9)));
  EXPECT_EQ(log.high_watermark(), Offset(3));
  EXPECT_EQ(log.last_stable_offset(), Offset(3));
}

// --- Cutting ---

TEST(PartitionLog, cutting_lowers_end_watermark_recovery_point_and_epochs) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 3, {}, 1);
  b.fill(log, 3, {}, 2);
  log.flush(b.at.step());
  log.set_high_watermark(Offset(6));
  EXPECT_EQ(log.truncate_to(Offset(2), b.at.step()), 4);
  EXPECT_EQ(log.log_end_offset(), Offset(2));
  EXPECT_EQ(log.high_watermark(), Offset(2));
  EXPECT_EQ(log.recovery_point(), Offset(2));
  EXPECT_THAT(log.epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(1), Offset(0)}));
  EXPECT_EQ(b.at.disk().contents(kDirectory + "/leader-epoch-checkpoint"), "0\n1\n1 0\n");
  EXPECT_EQ(b.append(log, {}, 3).first_offset, Offset(2));
  EXPECT_THAT(b.ranges(log, 0), ElementsAre(Pair(0, 0), Pair(1, 1), Pair(2, 2)));
}

TEST(PartitionLog, cutting_inside_a_batch_removes_it_but_the_log_ends_there) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 2, {.records = 4});
  EXPECT_EQ(log.truncate_to(Offset(6), b.at.step()), 2);
  EXPECT_EQ(log.log_end_offset(), Offset(6));
  EXPECT_THAT(b.ranges(log, 0), ElementsAre(Pair(0, 3)));
  EXPECT_EQ(b.append(log).first_offset, Offset(6));
}

TEST(PartitionLog, cutting_removes_whole_segments) {
  LogBench b;
  b.config.segment_bytes = 2 * kOneBytes;
  PartitionLog log = b.open();
  b.fill(log, 7);
  log.truncate_to(Offset(3), b.at.step());
  EXPECT_TRUE(b.at.disk().has(LogBench::file(2, ".log")));
  for (int64_t base : {4, 6}) {
    EXPECT_FALSE(b.at.disk().has(LogBench::file(base, ".log")));
    EXPECT_FALSE(b.at.disk().has(LogBench::file(base, ".index")));
  }
  b.fill(log, 2);
  EXPECT_EQ(b.ranges(log, 0).size(), 5u);
}

TEST(PartitionLog, cutting_before_the_log_starts_over_there) {
  LogBench b;
  b.log_start = Offset(10);
  PartitionLog log = b.open();
  b.fill(log, 3, {}, 1);
  EXPECT_EQ(log.truncate_to(Offset(4), b.at.step()), 3);
  EXPECT_EQ(log.log_start_offset(), Offset(4));
  EXPECT_EQ(log.log_end_offset(), Offset(4));
  EXPECT_TRUE(log.epochs().entries().empty());
  EXPECT_FALSE(b.at.disk().has(LogBench::file(10, ".log")));
  EXPECT_EQ(b.append(log).first_offset, Offset(4));
}

// A leader that noted its epoch's start and was deposed before it wrote anything
// (UnifiedLog.truncateTo).
TEST(PartitionLog, cutting_at_or_past_the_end_forgets_an_epoch_without_records) {
  for (int64_t end : {2, 5}) {
    LogBench b;
    PartitionLog log = b.open();
    b.fill(log, 2, {}, 1);
    log.assign_epoch_start(LeaderEpoch(3), b.at.step());
    ASSERT_EQ(log.latest_epoch(), LeaderEpoch(3));
    EXPECT_EQ(log.truncate_to(Offset(end), b.at.step()), 0);
    EXPECT_EQ(log.log_end_offset(), Offset(2));
    EXPECT_EQ(log.latest_epoch(), LeaderEpoch(1)) << "cut at " << end;
  }
}

TEST(PartitionLog, cutting_takes_producers_back) {
  LogBench b;
  PartitionLog log = b.open();
  for (int i = 0; i < 3; ++i) b.fill(log, 1, {.producer = 7, .sequence = i});
  log.truncate_to(Offset(1), b.at.step());
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 3}).error,
            ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 1}).first_offset, Offset(1));
}

// --- Flush ---

TEST(PartitionLog, flush_makes_all_durable_and_moves_the_recovery_point) {
  LogBench b;
  b.config.segment_bytes = 2 * kOneBytes;
  PartitionLog log = b.open();
  b.fill(log, 5);
  EXPECT_EQ(log.unflushed_files().size(), 11u) << "three files of each segment, two snapshots";
  log.flush(b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(5));
  EXPECT_EQ(log.unflushed_files().size(), 3u) << "the active segment's";
  b.fill(log, 1);
  b.at.disk().lose_power();
  PartitionLog again = b.open(false, 5);
  EXPECT_EQ(again.log_end_offset(), Offset(5));
  EXPECT_EQ(b.ranges(again, 0).size(), 5u);
}

TEST(PartitionLog, a_flush_that_fails_moves_nothing) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 2);
  b.at.disk().fail_from(1);
  log.flush(b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(0));
}

TEST(PartitionLog, a_flush_reported_late_counts_up_to_where_it_began) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 4);
  log.on_flushed(Offset(3), b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(3));
  log.on_flushed(Offset(1), b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(3)) << "never back";
  log.truncate_to(Offset(2), b.at.step());
  log.on_flushed(Offset(4), b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(2)) << "not behind the log end";
}

TEST(PartitionLog, flush_messages_flushes_by_itself) {
  LogBench b;
  b.config.flush_messages = 3;
  PartitionLog log = b.open();
  b.fill(log, 2);
  EXPECT_EQ(log.recovery_point(), Offset(0));
  b.fill(log, 1);
  EXPECT_EQ(log.recovery_point(), Offset(3));
}

// --- A disk that fails ---

// In place of a log whose memory and files differ: nothing, until it is opened again.
TEST(PartitionLog, after_a_failed_change_nothing_works) {
  for (int64_t operation = 1; operation <= 8; ++operation) {
    LogBench bench;
    bench.config.segment_bytes = 400;
    PartitionLog log = bench.open();
    bench.fill(log, 12, {.records = 2});
    bench.at.disk().fail_from(operation);
    log.truncate_to(Offset(9), bench.at.step());
    bench.at.disk().mend();
    ASSERT_TRUE(log.has_failed()) << operation;
    EXPECT_EQ(bench.append(log).error, ErrorCode::kKafkaStorageError);
    EXPECT_EQ(log.append_as_follower(batch({.base = 30}), kNoLeaderEpoch, bench.at.step()).error,
              ErrorCode::kKafkaStorageError);
    EXPECT_EQ(log.read(Offset(0), 1000, Offset(9), true, bench.at.step()).error,
              ErrorCode::kKafkaStorageError);
    EXPECT_EQ(log.roll(Offset(30), bench.at.step()), ErrorCode::kKafkaStorageError);
    EXPECT_EQ(log.truncate_to(Offset(3), bench.at.step()), 0);
    log.flush(bench.at.step());
    EXPECT_EQ(log.recovery_point(), Offset(0));
    PartitionLog again = bench.open();
    EXPECT_EQ(bench.append(again).error, ErrorCode::kNone);
  }
}

TEST(PartitionLog, a_failed_flush_does_not_move_the_recovery_point) {
  for (int64_t operation = 1; operation <= 4; ++operation) {
    LogBench bench;
    PartitionLog log = bench.open();
    bench.fill(log, 3);
    bench.at.disk().fail_from(operation);
    log.flush(bench.at.step());
    EXPECT_EQ(log.recovery_point(), Offset(0)) << operation;
    EXPECT_TRUE(log.has_failed());
  }
}

}  // namespace
}  // namespace models
