// SPDX-License-Identifier: Apache-2.0
//
// What opening a log finds, mends and trusts.

#include "models/log/partition_log.h"
#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;

const int64_t kOneBytes = static_cast<int64_t>(batch().size());

// A log of six one-record batches in segments of two (0, 2, 4), not flushed, its process gone.
struct Left : LogBench {
  Left() {
    config.segment_bytes = 2 * kOneBytes;
    config.index_interval_bytes = 0;
    PartitionLog log = open();
    fill(log, 3, {}, 1);
    fill(log, 3, {}, 2);
    at.clear();
  }
  void tear(int64_t base, int64_t bytes) {
    std::string content = at.disk().contents(file(base, ".log"));
    content.resize(content.size() - static_cast<size_t>(bytes));
    at.disk().overwrite(file(base, ".log"), content);
  }
};

TEST(PartitionLogOpen, an_empty_directory_begins_at_the_log_start) {
  LogBench b;
  b.log_start = Offset(42);
  PartitionLog log = b.open();
  EXPECT_EQ(log.log_start_offset(), Offset(42));
  EXPECT_EQ(log.log_end_offset(), Offset(42));
  EXPECT_EQ(log.latest_epoch(), kNoLeaderEpoch);
  EXPECT_TRUE(b.at.disk().has(LogBench::file(42, ".log")));
}

TEST(PartitionLogOpen, everything_comes_back) {
  for (bool clean : {false, true}) {
    Left b;
    b.high_watermark = Offset(4);
    PartitionLog log = b.open(clean, 1);
    EXPECT_EQ(log.log_end_offset(), Offset(6));
    EXPECT_EQ(log.high_watermark(), Offset(4));
    EXPECT_EQ(log.recovery_point(), Offset(clean ? 6 : 1));
    EXPECT_EQ(log.size_bytes(), 6 * kOneBytes);
    EXPECT_THAT(log.epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(1), Offset(0)},
                                                    EpochStart{LeaderEpoch(2), Offset(3)}));
    EXPECT_EQ(b.recovery.bytes_cut, 0);
    EXPECT_EQ(b.recovery.end, Offset(6));
    EXPECT_EQ(b.recovery.indexes_rebuilt, clean ? 0 : 3);
    EXPECT_EQ(b.append(log).first_offset, Offset(6));
  }
}

TEST(PartitionLogOpen, a_torn_tail_is_cut_at_a_batch) {
  for (int64_t bytes : {int64_t{1}, kOneBytes - 61, kOneBytes - 1}) {
    Left b;
    b.tear(4, bytes);
    PartitionLog log = b.open();
    EXPECT_EQ(log.log_end_offset(), Offset(5)) << bytes;
    EXPECT_EQ(b.recovery.bytes_cut, kOneBytes - bytes);
    EXPECT_EQ(b.at.marks().of(Mark::kLogCutAtRecovery), 1);
    EXPECT_EQ(b.append(log).first_offset, Offset(5));
    EXPECT_EQ(b.ranges(log, 0).size(), 6u);
  }
}

TEST(PartitionLogOpen, segments_behind_a_corrupt_batch_are_thrown_away) {
  Left b;
  b.at.disk().flip_bit(LogBench::file(2, ".log"), static_cast<size_t>(kOneBytes) + 62);
  b.high_watermark = Offset(6);
  PartitionLog log = b.open();
  EXPECT_EQ(log.log_end_offset(), Offset(3));
  EXPECT_EQ(b.recovery.bytes_cut, 3 * kOneBytes);
  EXPECT_FALSE(b.at.disk().has(LogBench::file(4, ".log")));
  EXPECT_EQ(log.high_watermark(), Offset(3)) << "not beyond the end";
  EXPECT_THAT(log.epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(1), Offset(0)}))
      << "epoch 2 began behind the cut";
}

TEST(PartitionLogOpen, a_recovery_point_saves_the_segments_below_it_from_being_read) {
  Left b;
  b.at.disk().flip_bit(LogBench::file(0, ".log"), 62);
  PartitionLog log = b.open(false, 2);
  EXPECT_EQ(log.log_end_offset(), Offset(6));
  EXPECT_EQ(b.recovery.indexes_rebuilt, 2) << "from the segment that holds it";
  log = b.open(false, 1);
  EXPECT_EQ(log.log_end_offset(), Offset(0)) << "the segment that holds it is not below it";
}

TEST(PartitionLogOpen, after_a_clean_stop_nothing_is_verified) {
  Left b;
  b.at.disk().flip_bit(LogBench::file(4, ".log"), 62);
  PartitionLog log = b.open(true);
  EXPECT_EQ(log.log_end_offset(), Offset(6));
  EXPECT_EQ(b.recovery.indexes_rebuilt, 0);
}

TEST(PartitionLogOpen, a_lost_or_wrong_index_is_built_anew) {
  Left b;
  std::string before = b.at.disk().contents(LogBench::file(2, ".index"));
  ASSERT_FALSE(before.empty());
  b.at.disk().overwrite(LogBench::file(2, ".index"), std::string(64, 'x'));
  b.open();
  EXPECT_EQ(b.at.disk().contents(LogBench::file(2, ".index")), before);
  ASSERT_TRUE(b.at.disk().remove(LogBench::file(2, ".index")).ok());
  b.open(true);
  EXPECT_EQ(b.at.disk().contents(LogBench::file(2, ".index")), before) << "even after a clean stop";
  EXPECT_EQ(b.recovery.indexes_rebuilt, 1);
}

TEST(PartitionLogOpen, an_index_without_log_is_removed) {
  Left b;
  b.at.disk().overwrite(LogBench::file(77, ".index"), "12345678");
  b.open();
  EXPECT_FALSE(b.at.disk().has(LogBench::file(77, ".index")));
}

TEST(PartitionLogOpen, other_files_are_left_alone) {
  Left b;
  b.at.disk().overwrite(kDirectory + "/partition.metadata", "version: 0");
  b.at.disk().overwrite(kDirectory + "/0000000000000000000x.log", "no");
  EXPECT_EQ(b.open().log_end_offset(), Offset(6));
  EXPECT_TRUE(b.at.disk().has(kDirectory + "/partition.metadata"));
}

TEST(PartitionLogOpen, epochs_come_from_the_batches_when_the_checkpoint_is_gone) {
  Left b;
  ASSERT_TRUE(b.at.disk().remove(kDirectory + "/leader-epoch-checkpoint").ok());
  EXPECT_THAT(b.open().epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(1), Offset(0)},
                                                       EpochStart{LeaderEpoch(2), Offset(3)}));
  EXPECT_EQ(b.at.disk().contents(kDirectory + "/leader-epoch-checkpoint"), "0\n2\n1 0\n2 3\n");
}

TEST(PartitionLogOpen, producers_come_from_the_batches_unless_they_are_too_old) {
  LogBench b;
  {
    PartitionLog log = b.open();
    b.fill(log, 1, {.records = 3, .producer = 7});
  }
  PartitionLog log = b.open();
  EXPECT_TRUE(b.append(log, {.records = 3, .producer = 7}).duplicate);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 9}).error,
            ErrorCode::kOutOfOrderSequenceNumber);
  b.at.advance(sim::Duration::seconds(24 * 3600));
  log = b.open();
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 9}).error, ErrorCode::kNone)
      << "expired: it may begin anywhere";
}

TEST(PartitionLogOpen, a_log_start_inside_hides_what_is_before) {
  Left b;
  b.log_start = Offset(4);
  PartitionLog log = b.open();
  EXPECT_EQ(log.log_start_offset(), Offset(4));
  EXPECT_EQ(log.read(Offset(3), 1000, Offset(6), true, b.at.step()).error,
            ErrorCode::kOffsetOutOfRange);
  EXPECT_THAT(log.epochs().entries(), ElementsAre(EpochStart{LeaderEpoch(2), Offset(4)}));
}

TEST(PartitionLogOpen, a_log_start_behind_the_end_starts_over_there) {
  Left b;
  b.log_start = Offset(9);
  PartitionLog log = b.open();
  EXPECT_EQ(log.log_start_offset(), Offset(9));
  EXPECT_EQ(log.log_end_offset(), Offset(9));
  EXPECT_EQ(log.size_bytes(), 0);
  EXPECT_EQ(b.append(log).first_offset, Offset(9));
}

TEST(PartitionLogOpen, a_disk_that_does_not_answer_is_an_error) {
  LogBench b;
  b.at.disk().fail_from(1);
  LogOpenOptions options{.directory = kDirectory, .partition = {"orders", 0}, .config = {}};
  EXPECT_FALSE(PartitionLog::open(options, b.at.step()).ok());
}

TEST(PartitionLogOpen, is_the_same_when_done_again) {
  Left b;
  b.tear(4, 3);
  PartitionLog first = b.open();
  std::string bytes = b.at.disk().contents(LogBench::file(4, ".log"));
  PartitionLog second = b.open();
  EXPECT_EQ(b.recovery.bytes_cut, 0);
  EXPECT_EQ(second.log_end_offset(), first.log_end_offset());
  EXPECT_EQ(second.epochs(), first.epochs());
  EXPECT_EQ(b.at.disk().contents(LogBench::file(4, ".log")), bytes);
}

}  // namespace
}  // namespace models
