// SPDX-License-Identifier: Apache-2.0
//
// Transactions in a log, producers' snapshots, and looking up timestamps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

BatchSpec in_txn(int64_t producer, int32_t sequence) {
  return {.records = 2, .producer = producer, .sequence = sequence, .transactional = true};
}

std::vector<AbortedTxn> aborted(const PartitionLog& log) {
  return log.aborted_txns(Offset(0), log.log_end_offset());
}

TEST(Transactions, the_last_stable_offset_waits_for_the_first_open_one) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {.records = 3});
  b.append(log, in_txn(7, 0));  // 3, 4
  b.append(log, in_txn(8, 0));  // 5, 6
  log.set_high_watermark(Offset(4));
  EXPECT_EQ(log.last_stable_offset(), Offset(3));
  b.end_txn(log, 7, true);  // 7
  log.set_high_watermark(Offset(7));
  EXPECT_EQ(log.last_stable_offset(), Offset(3)) << "its marker is not committed";
  log.set_high_watermark(Offset(8));
  EXPECT_EQ(log.last_stable_offset(), Offset(5));
  b.end_txn(log, 8, false);  // 8
  log.set_high_watermark(Offset(9));
  EXPECT_EQ(log.last_stable_offset(), Offset(9));
}

TEST(Transactions, aborted_ones_are_indexed_with_the_stable_offset_of_their_end) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, in_txn(7, 0));  // 0, 1
  b.append(log, in_txn(8, 0));  // 2, 3
  b.end_txn(log, 8, false);     // 4
  b.end_txn(log, 7, false);     // 5
  b.append(log, in_txn(9, 0));  // 6, 7
  b.end_txn(log, 9, true);      // 8
  AbortedTxn of8{0, ProducerId(8), Offset(2), Offset(4), Offset(0)};
  AbortedTxn of7{0, ProducerId(7), Offset(0), Offset(5), Offset(6)};
  EXPECT_THAT(aborted(log), ElementsAre(of8, of7));
  EXPECT_THAT(log.aborted_txns(Offset(5), Offset(9)), ElementsAre(of7));
  EXPECT_THAT(log.aborted_txns(Offset(0), Offset(1)), ElementsAre(of7));
  EXPECT_EQ(b.at.disk().contents(LogBench::file(0, ".txnindex")).size(), 2u * AbortedTxn::kBytes);
}

TEST(Transactions, an_end_without_beginning_is_written_and_changes_nothing) {
  LogBench b;
  PartitionLog log = b.open();
  EXPECT_EQ(b.end_txn(log, 7, false).error, ErrorCode::kNone);
  log.set_high_watermark(Offset(1));
  EXPECT_EQ(log.last_stable_offset(), Offset(1));
  EXPECT_THAT(aborted(log), IsEmpty());
  EXPECT_FALSE(b.at.disk().has(LogBench::file(0, ".txnindex"))) << "made when needed";
}

TEST(Transactions, markers_of_zombies_are_refused) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, {.producer = 7, .producer_epoch = 2, .transactional = true});
  EXPECT_EQ(log.append_as_leader(marker(7, true, 1), LeaderEpoch(0), b.at.step(),
                                 AppendOrigin::kCoordinator)
                .error,
            ErrorCode::kInvalidProducerEpoch);
  auto end = [&](int coordinator_epoch) {
    return log
        .append_as_leader(marker(7, true, 2, coordinator_epoch), LeaderEpoch(0), b.at.step(),
                          AppendOrigin::kCoordinator)
        .error;
  };
  EXPECT_EQ(end(5), ErrorCode::kNone);
  EXPECT_EQ(end(4), ErrorCode::kTransactionCoordinatorFenced);
}

TEST(Transactions, a_client_writes_no_marker_and_no_plain_batch_inside_one) {
  LogBench b;
  PartitionLog log = b.open();
  EXPECT_EQ(log.append_as_leader(marker(7, true), LeaderEpoch(0), b.at.step()).error,
            ErrorCode::kInvalidRecord);
  b.append(log, in_txn(7, 0));
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 2}).error, ErrorCode::kInvalidTxnState);
}

TEST(Transactions, after_a_new_epoch_sequences_start_at_zero) {
  LogBench b;
  PartitionLog log = b.open();
  b.append(log, in_txn(7, 0));
  log.append_as_leader(marker(7, false, 3), LeaderEpoch(0), b.at.step(),
                       AppendOrigin::kCoordinator);
  BatchSpec next = in_txn(7, 2);
  next.producer_epoch = 3;
  EXPECT_EQ(b.append(log, next).error, ErrorCode::kOutOfOrderSequenceNumber);
  next.sequence = 0;
  EXPECT_EQ(b.append(log, next).error, ErrorCode::kNone);
}

TEST(Transactions, survive_a_crash_and_a_cut) {
  LogBench b;
  b.config.segment_bytes = 3 * static_cast<int64_t>(batch({.records = 2}).size());
  {
    PartitionLog log = b.open();
    b.append(log, in_txn(7, 0));
    b.append(log, in_txn(8, 0));
    b.end_txn(log, 8, false);
    b.append(log, in_txn(7, 2));
    b.append(log, in_txn(9, 0));
    b.end_txn(log, 9, false);
  }
  PartitionLog log = b.open();
  log.set_high_watermark(log.log_end_offset());
  EXPECT_EQ(log.last_stable_offset(), Offset(0));
  ASSERT_EQ(aborted(log).size(), 2u);
  EXPECT_EQ(aborted(log)[1].producer_id, ProducerId(9));
  EXPECT_EQ(b.append(log, in_txn(7, 3)).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(b.append(log, in_txn(7, 4)).error, ErrorCode::kNone);
  log.truncate_to(Offset(9), b.at.step());  // Inside the marker's batch: 9 is the marker of 9.
  EXPECT_EQ(aborted(log).size(), 1u);
  log.set_high_watermark(Offset(9));
  EXPECT_EQ(log.last_stable_offset(), Offset(0));
}

TEST(Snapshots, are_taken_when_a_segment_is_sealed_and_at_a_clean_stop) {
  LogBench b;
  b.config.segment_bytes = 2 * static_cast<int64_t>(batch().size());
  {
    PartitionLog log = b.open();
    for (int i = 0; i < 5; ++i) b.append(log, {.producer = 7, .sequence = i});
    EXPECT_THAT(b.names(".snapshot"),
                ElementsAre("00000000000000000002.snapshot", "00000000000000000004.snapshot"));
    log.close(b.at.step());
  }
  EXPECT_EQ(b.names(".snapshot").back(), "00000000000000000005.snapshot");
  PartitionLog log = b.open(true);
  EXPECT_EQ(log.producers().producers().at(ProducerId(7)).batches.size(), 1u) << "only the last";
  EXPECT_TRUE(b.append(log, {.producer = 7, .sequence = 4}).duplicate);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 5}).error, ErrorCode::kNone);
}

TEST(Snapshots, one_that_is_garbled_is_passed_over) {
  LogBench b;
  b.config.segment_bytes = 2 * static_cast<int64_t>(batch().size());
  {
    PartitionLog log = b.open();
    for (int i = 0; i < 5; ++i) b.append(log, {.producer = 7, .sequence = i});
    log.close(b.at.step());
  }
  b.at.disk().flip_bit(LogBench::file(5, ".snapshot"), 20);
  b.at.disk().flip_bit(LogBench::file(4, ".snapshot"), 20);
  PartitionLog log = b.open(true);
  EXPECT_GE(b.at.marks().of(Mark::kSnapshotGarbled), 2);
  EXPECT_EQ(b.append(log, {.producer = 7, .sequence = 5}).error, ErrorCode::kNone);
}

TEST(Timestamps, lead_to_the_first_record_at_or_after_them) {
  LogBench b;
  b.config.index_interval_bytes = 0;
  b.config.segment_bytes = 3 * static_cast<int64_t>(batch().size());
  PartitionLog log = b.open();
  for (int64_t at : {10, 30, 20, 40, 35, 50}) b.append(log, {.timestamp_ms = kNowMs + at});
  auto found = [&](int64_t at) {
    auto record = *log.offset_for_timestamp(kNowMs + at, b.at.step());
    return record ? record->offset.value() : -1;
  };
  EXPECT_EQ(found(0), 0);
  EXPECT_EQ(found(10), 0);
  EXPECT_EQ(found(11), 1);
  EXPECT_EQ(found(31), 3);
  EXPECT_EQ(found(41), 5);
  EXPECT_EQ(found(51), -1);
  EXPECT_EQ((*log.offset_of_max_timestamp(b.at.step()))->offset, Offset(5));
}

}  // namespace
}  // namespace models
