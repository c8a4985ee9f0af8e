// SPDX-License-Identifier: Apache-2.0
//
// What a log lets go, and when its files go.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const int64_t kOneBytes = static_cast<int64_t>(batch().size());
constexpr int64_t kHour = 3'600'000;

// Segments of two batches; every batch an hour later than the one before, the last one now.
struct Aging : LogBench {
  Aging() { config.segment_bytes = 2 * kOneBytes; }
  PartitionLog hourly(int batches) {
    PartitionLog log = open();
    for (int i = 0; i < batches; ++i)
      EXPECT_EQ(append(log, {.timestamp_ms = kNowMs - (batches - 1 - i) * kHour}).error,
                ErrorCode::kNone);
    log.set_high_watermark(log.log_end_offset());
    return log;
  }
  int32_t retain(PartitionLog& log) { return *log.delete_old_segments(at.step()); }
  std::vector<std::string> logs() { return names(".log"); }
};

TEST(Retention, by_age_deletes_segments_whose_latest_record_is_too_old) {
  Aging b;
  b.config.retention_ms = 3 * kHour;
  PartitionLog log = b.hourly(7);  // Latest records: 5 h, 3 h, 1 h, now.
  EXPECT_EQ(b.retain(log), 1);
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  EXPECT_THAT(b.logs(), ElementsAre("00000000000000000002.log", "00000000000000000004.log",
                                    "00000000000000000006.log"));
  EXPECT_EQ(log.read(Offset(1), 100, Offset(7), true, b.at.step()).error,
            ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(b.ranges(log, 2).size(), 5u);
  EXPECT_EQ(b.retain(log), 0);
}

TEST(Retention, of_the_whole_log_begins_a_new_segment) {
  Aging b;
  b.config.retention_ms = 0;
  PartitionLog log = b.hourly(3);
  b.at.advance(sim::Duration::millis(1));
  EXPECT_EQ(b.retain(log), 2);
  EXPECT_EQ(log.log_start_offset(), Offset(3));
  EXPECT_EQ(log.log_end_offset(), Offset(3));
  EXPECT_THAT(b.logs(), ElementsAre("00000000000000000003.log"));
  EXPECT_EQ(b.retain(log), 0) << "an empty active segment stays";
}

TEST(Retention, by_size_deletes_as_long_as_what_is_left_is_not_too_small) {
  Aging b;
  b.config.retention_ms = -1;
  b.config.retention_bytes = 3 * kOneBytes;
  PartitionLog log = b.hourly(7);  // Sizes 2 2 2 1.
  EXPECT_EQ(b.retain(log), 2);
  EXPECT_EQ(log.size_bytes(), 3 * kOneBytes);
  b.config.retention_bytes = 2 * kOneBytes;
  log.set_config(b.config);
  EXPECT_EQ(b.retain(log), 0) << "less than the limit would be left";
}

TEST(Retention, keeps_what_the_high_watermark_has_not_passed) {
  Aging b;
  b.config.retention_ms = 0;
  PartitionLog log = b.open();
  for (int i = 0; i < 6; ++i) b.append(log, {.timestamp_ms = kNowMs - kHour});
  log.set_high_watermark(Offset(3));
  EXPECT_EQ(b.retain(log), 1);
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  b.at.mutations().insert(Mutation::kKafka5634);
  EXPECT_EQ(b.retain(log), 2) << "the historical bug did";
  EXPECT_GT(log.log_start_offset(), Offset(3));
}

TEST(Retention, by_log_start_needs_no_delete_policy) {
  Aging b;
  b.config.cleanup_policy.deletes = false;
  b.config.retention_ms = 0;
  PartitionLog log = b.hourly(7);
  EXPECT_EQ(b.retain(log), 0);
  EXPECT_EQ(log.increment_log_start(Offset(5), b.at.step()), ErrorCode::kNone);
  EXPECT_EQ(b.retain(log), 2);
  EXPECT_EQ(log.log_start_offset(), Offset(5));
  EXPECT_EQ(log.increment_log_start(Offset(8), b.at.step()), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(log.increment_log_start(Offset(4), b.at.step()), ErrorCode::kNone);
  EXPECT_EQ(log.log_start_offset(), Offset(5)) << "it never falls";
}

TEST(Retention, files_of_deleted_segments_go_after_the_delay) {
  Aging b;
  b.config.retention_ms = 3 * kHour;
  PartitionLog log = b.hourly(7);
  ASSERT_THAT(b.names(".snapshot"),
              ElementsAre("00000000000000000002.snapshot", "00000000000000000004.snapshot",
                          "00000000000000000006.snapshot"));
  EXPECT_EQ(log.next_removal_ms(), std::nullopt);
  b.config.retention_ms = kHour;
  log.set_config(b.config);
  EXPECT_EQ(b.retain(log), 2);
  EXPECT_THAT(
      b.names(".deleted"),
      ElementsAre("00000000000000000000.index.deleted", "00000000000000000000.log.deleted",
                  "00000000000000000000.timeindex.deleted", "00000000000000000002.index.deleted",
                  "00000000000000000002.log.deleted", "00000000000000000002.snapshot.deleted",
                  "00000000000000000002.timeindex.deleted"));
  EXPECT_EQ(log.next_removal_ms(), kNowMs + 60'000);
  b.at.advance(sim::Duration::millis(59'999));
  EXPECT_TRUE(log.remove_deleted(b.at.step()).ok());
  EXPECT_EQ(b.names(".deleted").size(), 7u);
  b.at.advance(sim::Duration::millis(1));
  EXPECT_TRUE(log.remove_deleted(b.at.step()).ok());
  EXPECT_THAT(b.names(".deleted"), IsEmpty());
  EXPECT_EQ(log.next_removal_ms(), std::nullopt);
}

TEST(Retention, a_start_removes_what_was_left_to_be_removed) {
  Aging b;
  b.config.retention_ms = kHour;
  {
    PartitionLog log = b.hourly(7);
    EXPECT_EQ(b.retain(log), 2);
    log.close(b.at.step());
  }
  PartitionLog log = b.open(true);
  EXPECT_THAT(b.names(".deleted"), IsEmpty());
  EXPECT_EQ(log.log_start_offset(), Offset(4));
}

TEST(Retention, a_cut_puts_segments_out_of_the_way_too) {
  Aging b;
  PartitionLog log = b.hourly(7);
  log.truncate_to(Offset(3), b.at.step());
  EXPECT_THAT(b.logs(), ElementsAre("00000000000000000000.log", "00000000000000000002.log"));
  EXPECT_THAT(b.names(".log.deleted"),
              ElementsAre("00000000000000000004.log.deleted", "00000000000000000006.log.deleted"));
  b.fill(log, 3);
  b.at.advance(sim::Duration::seconds(61));
  EXPECT_TRUE(log.remove_deleted(b.at.step()).ok());
  EXPECT_THAT(b.names(".deleted"), IsEmpty());
  EXPECT_EQ(b.ranges(log, 0).size(), 6u);
}

}  // namespace
}  // namespace models
