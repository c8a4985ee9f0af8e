// SPDX-License-Identifier: Apache-2.0
//
// What comparisons with Kafka's own log code have taught (tests/conformance/log): cases at the edge
// where ours did otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

BatchSpec in_txn(int64_t producer, int64_t base) {
  return {.records = 2, .producer = producer, .base = base, .epoch = 0, .transactional = true};
}

absl::Cord marker_at(int64_t base, int64_t producer, bool commit) {
  return stamp_batch(marker(producer, commit), Offset(base), LeaderEpoch(0));
}

TEST(AsKafka, an_abort_is_indexed_with_what_has_begun_later_in_the_same_append) {
  LogBench b;
  PartitionLog log = b.open();
  absl::Cord bytes = batch(in_txn(7, 0));  // 0, 1
  bytes.Append(marker_at(2, 7, false));
  bytes.Append(batch({.base = 3, .epoch = 0}));
  bytes.Append(batch(in_txn(8, 4)));  // 4, 5
  ASSERT_EQ(log.append_as_follower(bytes, LeaderEpoch(0), b.at.step()).error, ErrorCode::kNone);
  AbortedTxn of7{0, ProducerId(7), Offset(0), Offset(2), Offset(4)};
  EXPECT_THAT(log.aborted_txns(Offset(0), Offset(6)), ElementsAre(of7));
}

TEST(AsKafka, a_follower_refuses_a_plain_batch_inside_a_transaction) {
  LogBench b;
  PartitionLog log = b.open();
  absl::Cord bytes = batch(in_txn(7, 0));
  bytes.Append(batch({.producer = 7, .sequence = 2, .base = 2, .epoch = 0}));
  EXPECT_EQ(log.append_as_follower(bytes, LeaderEpoch(0), b.at.step()).error,
            ErrorCode::kInvalidTxnState);
  EXPECT_EQ(log.log_end_offset(), Offset(0));
}

TEST(AsKafka, a_log_that_begins_inside_a_transaction_is_stable_up_to_the_batch_there) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {.records = 2, .producer = 7, .transactional = true});
  b.append(log, {.records = 3});
  log.set_high_watermark(Offset(5));
  ASSERT_EQ(log.increment_log_start(Offset(3), b.at.step()), ErrorCode::kNone);
  EXPECT_EQ(log.last_stable_offset(), Offset(2));
}

TEST(AsKafka, the_recovery_point_goes_with_the_log_start_and_only_falls_with_a_cut) {
  LogBench b;
  PartitionLog log = b.open();
  b.fill(log, 5);
  log.set_high_watermark(Offset(5));
  ASSERT_EQ(log.increment_log_start(Offset(3), b.at.step()), ErrorCode::kNone);
  EXPECT_EQ(log.recovery_point(), Offset(3));
  log.truncate_fully_and_start_at(Offset(9), b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(3));
  log.truncate_fully_and_start_at(Offset(2), b.at.step());
  EXPECT_EQ(log.recovery_point(), Offset(2));
}

TEST(AsKafka, a_full_cut_removes_snapshots_at_once) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {.producer = 7});
  ASSERT_EQ(log.roll(Offset(1), b.at.step()), ErrorCode::kNone);
  EXPECT_THAT(b.names(".snapshot"), ElementsAre(segment_file_name(Offset(1), ".snapshot")));
  log.truncate_fully_and_start_at(Offset(9), b.at.step());
  EXPECT_THAT(b.names(".snapshot"), IsEmpty());
  EXPECT_THAT(b.names(".snapshot.deleted"), IsEmpty());
  log.close(b.at.step());
  EXPECT_THAT(b.names(".snapshot"), IsEmpty());
}

TEST(AsKafka, an_empty_segment_that_is_rolled_is_made_anew) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {});
  ASSERT_EQ(log.roll(Offset(1), b.at.step()), ErrorCode::kNone);
  ASSERT_EQ(log.roll(Offset(1), b.at.step()), ErrorCode::kNone);
  EXPECT_EQ(log.segments().size(), 2u);
  EXPECT_THAT(b.names(".log.deleted"), ElementsAre(segment_file_name(Offset(1), ".log.deleted")));
  EXPECT_EQ(b.append(log, {}).first_offset, Offset(1));
}

TEST(AsKafka, silent_producers_are_forgotten_while_the_log_is_open) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {.producer = 7});
  b.append(log, {.producer = 8, .transactional = true});
  b.at.advance(sim::Duration::seconds(25 * 3600));
  log.expire_producers(b.at.step());
  ASSERT_EQ(log.producers().producers().size(), 1u);
  EXPECT_EQ(log.producers().producers().begin()->first, ProducerId(8));
}

}  // namespace
}  // namespace models
