// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/committed_log.h"

#include <gtest/gtest.h>

#include "sim/check.h"

namespace models::tests {
namespace {

// Batch `i` holds offsets 3i, 3i+1 and 3i+2.
BatchPrint print_of(int64_t i) {
  return {Offset(3 * i), LeaderEpoch(1), static_cast<uint32_t>(i), 2, 3, 100};
}

CommittedLog log_of(int64_t batches) {
  CommittedLog log;
  for (int64_t i = 0; i < batches; ++i) log.push(print_of(i));
  return log;
}

TEST(CommittedLog, AnEmptyOneHoldsNothing) {
  CommittedLog log;
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.end(), Offset(0));
  EXPECT_EQ(log.holding(Offset(0)), nullptr);
  EXPECT_EQ(log.last_ending_by(Offset(10)), nullptr);
}

// Sizes around the block of 1024 prints.
TEST(CommittedLog, FindsEachBatchByEachOfItsOffsets) {
  for (int64_t batches : {1, 2, 1023, 1024, 1025, 2048, 2500}) {
    CommittedLog log = log_of(batches);
    EXPECT_EQ(log.end(), Offset(3 * batches));
    for (int64_t offset = 0; offset < 3 * batches; ++offset) {
      const BatchPrint* found = log.holding(Offset(offset));
      ASSERT_NE(found, nullptr) << offset;
      ASSERT_EQ(*found, print_of(offset / 3));
    }
    EXPECT_EQ(log.holding(log.end()), nullptr);
  }
}

TEST(CommittedLog, FindsTheLastBatchThatEndsByAnOffset) {
  CommittedLog log = log_of(2000);
  EXPECT_EQ(log.last_ending_by(Offset(0)), nullptr);
  EXPECT_EQ(log.last_ending_by(Offset(2)), nullptr);
  EXPECT_EQ(*log.last_ending_by(Offset(3)), print_of(0));
  EXPECT_EQ(*log.last_ending_by(Offset(3 * 1024)), print_of(1023));
  EXPECT_EQ(*log.last_ending_by(Offset(3 * 1024 + 1)), print_of(1023));
  EXPECT_EQ(*log.last_ending_by(Offset(9000)), print_of(1999));
}

TEST(CommittedLog, FindsTheEndOfAnEpoch) {
  CommittedLog log;
  EXPECT_EQ(log.end_of(LeaderEpoch(9)), Offset(0));
  for (int64_t i = 0; i < 3000; ++i) {
    BatchPrint print = print_of(i);
    print.epoch = LeaderEpoch(static_cast<int32_t>(2 * (i / 700)));  // 0, 2, 4, 6, 8
    log.push(print);
  }
  EXPECT_EQ(log.end_of(LeaderEpoch(-1)), Offset(0));
  for (int32_t epoch : {0, 2, 4, 6}) {
    EXPECT_EQ(log.end_of(LeaderEpoch(epoch)), Offset(3 * 700 * (epoch / 2 + 1)));
    EXPECT_EQ(log.end_of(LeaderEpoch(epoch + 1)), Offset(3 * 700 * (epoch / 2 + 1)));
  }
  EXPECT_EQ(log.end_of(LeaderEpoch(8)), log.end());
}

TEST(CommittedLog, TruncatesWholeBatches) {
  for (int64_t kept : {0, 1, 1023, 1024, 1025, 1999}) {
    CommittedLog log = log_of(2000);
    log.truncate(Offset(3 * kept + 1));
    EXPECT_EQ(log.end(), Offset(3 * kept));
    log.push(print_of(kept));
    EXPECT_EQ(*log.holding(Offset(3 * kept + 2)), print_of(kept));
  }
}

TEST(CommittedLog, ACopyIsIndependent) {
  CommittedLog log = log_of(1500);
  CommittedLog copy = log;
  log.truncate(Offset(30));
  log.push(print_of(10));
  EXPECT_EQ(copy.end(), Offset(4500));
  EXPECT_EQ(*copy.holding(Offset(3000)), print_of(1000));
  EXPECT_EQ(log.end(), Offset(33));
}

TEST(CommittedLog, RefusesABatchThatOverlaps) {
  CommittedLog log = log_of(2);
  EXPECT_THROW(log.push(print_of(1)), sim::CheckFailure);
}

}  // namespace
}  // namespace models::tests
