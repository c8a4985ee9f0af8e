// SPDX-License-Identifier: Apache-2.0
//
// What may be said of a consumer that has not come to the end of all.

#include <gtest/gtest.h>

#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

Guarantee guarantee_of(const History& run) { return run.judge.guarantee("billing"); }
int64_t unread_of(const History& run) { return run.judge.judgement("billing").unread; }

TEST(JudgeGuarantee, AConsumerThatWasGivenNothingHasNone) {
  History run;
  run.produce(3);
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  EXPECT_EQ(guarantee_of(run), Guarantee::kUnknown);
  EXPECT_EQ(unread_of(run), 3);
}

TEST(JudgeGuarantee, NothingToBeGivenIsNoGuaranteeEither) {
  History run;
  run.assign(1, 0);
  run.send(0, 0);  // Never acknowledged.
  run.finish();
  EXPECT_EQ(guarantee_of(run), Guarantee::kUnknown);
  EXPECT_EQ(unread_of(run), 0);

  History late;
  late.produce(2);
  late.assign(1, 2);  // All is before its start.
  late.audit({seen(0, 0), seen(1, 1)});
  late.finish();
  EXPECT_EQ(guarantee_of(late), Guarantee::kUnknown);
  EXPECT_EQ(unread_of(late), 0);
}

TEST(JudgeGuarantee, OneUnreadRecordIsEnough) {
  for (int64_t given : {2, 3}) {
    History run;
    run.assign(1, 0);
    run.produce(3);
    for (int64_t i = 0; i < given; ++i) run.poll(1, {seen(i, i)});
    run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
    run.finish();
    EXPECT_EQ(guarantee_of(run), given == 3 ? Guarantee::kExactlyOnce : Guarantee::kUnknown);
    EXPECT_EQ(unread_of(run), 3 - given);
  }
}

TEST(JudgeGuarantee, APartitionThatNobodyStartedCountsIfItsTopicIsRead) {
  for (const char* topic : {"orders", "returns"}) {
    History run;
    run.assign(1, 0);
    run.produce(1);
    run.poll(1, {seen(0, 0)});
    RecordSeen elsewhere = seen(0, 1);
    run.judge.on_producer(1, client_event(ClientEventKind::kSend, 2, {seen(-1, 1)}, topic),
                          at_ms(5), sim::EventId(70));
    run.judge.on_producer(1, client_event(ClientEventKind::kAcknowledged, 2, {elsewhere}, topic),
                          at_ms(6), sim::EventId(71));
    run.judge.on_consumer(History::kAuditor,
                          client_event(ClientEventKind::kPolled, 2, {elsewhere}, topic), at_ms(9),
                          sim::EventId(72));
    run.audit({seen(0, 0)});
    run.finish();
    bool read = std::string(topic) == "orders";
    EXPECT_EQ(unread_of(run), read ? 1 : 0) << topic;
    EXPECT_EQ(guarantee_of(run), read ? Guarantee::kUnknown : Guarantee::kExactlyOnce) << topic;
  }
}

// With acks=0 only the auditor knows where a record is.
TEST(JudgeGuarantee, FindsTheUnreadAmongRecordsOfUnknownOffset) {
  for (int64_t given : {1, 2}) {
    History run;
    run.assign(1, 0);
    for (int64_t i = 0; i < 2; ++i) {
      run.send(i, 0);
      run.acknowledge({seen(-1, i)}, 0);
    }
    for (int64_t i = 0; i < given; ++i) run.poll(1, {seen(i, i)});
    run.audit({seen(0, 0), seen(1, 1)});
    run.finish();
    EXPECT_EQ(unread_of(run), 2 - given);
  }
}

TEST(JudgeGuarantee, WhatWasMissedIsKnownWithoutTheRest) {
  History run;
  run.assign(1, 0);
  run.produce(3);
  run.poll(1, {seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  EXPECT_EQ(guarantee_of(run), Guarantee::kAtMostOnce) << "#0 was skipped, #2 is unread";
  EXPECT_EQ(unread_of(run), 1);
}

}  // namespace
}  // namespace models::tests
