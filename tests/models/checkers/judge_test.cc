// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/judge.h"

#include <gtest/gtest.h>

#include <functional>

#include "sim/check.h"
#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

TEST(Judge, FindsNothingInARunWithoutTrouble) {
  History run;
  run.assign(1, 0);
  run.produce(3);
  run.poll(1, {seen(0, 0), seen(1, 1)});
  run.poll(1, {seen(2, 2)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kExactlyOnce);
  EXPECT_TRUE(run.judge.audited());
}

TEST(Judge, CountsByPlanWhileTheRunGoesOn) {
  History run;
  run.send(0, 0, 0, 1);
  run.send(1, 0, 0, 1);
  run.send(0, 1, 0, 2);
  run.send(0, 2, 0, 3);
  run.acknowledge({seen(0, 0), seen(1, 1)}, 0);
  run.fail({seen(-1, 0, 3)}, 2);
  EXPECT_EQ(run.judge.produced(), 4);
  EXPECT_EQ(run.judge.produced("checkout"), 3);
  EXPECT_EQ(run.judge.produced("import"), 1);
  EXPECT_EQ(run.judge.acknowledged(), 2);
  EXPECT_EQ(run.judge.acknowledged("import"), 0);
  EXPECT_EQ(run.judge.failed("import"), 1);
  EXPECT_EQ(run.judge.undecided(), 1);
  run.poll(1, {seen(0, 0)});
  run.poll(3, {seen(0, 0), seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1)});
  EXPECT_EQ(run.judge.consumed(), 3) << "the auditor does not count";
  EXPECT_EQ(run.judge.consumed("billing"), 1);
  EXPECT_EQ(run.judge.consumed("audit-trail"), 2);
}

TEST(Judge, TellsWhatWasLost) {
  History run;
  run.produce(3);
  run.audit({seen(0, 0), seen(2, 2)});
  run.finish();
  ASSERT_EQ(run.told(), "lost orders-0@1 #1\n");
  const Anomaly& lost = run.judge.anomalies()[0];
  EXPECT_EQ(lost.producer, "checkout-1");
  EXPECT_EQ(lost.sent, at_ms(1));
  EXPECT_EQ(lost.acknowledged, at_ms(2));
  EXPECT_EQ(lost.event, sim::EventId(4)) << "its acknowledgement";
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost), 1);
}

TEST(Judge, ALossIsLedBackToWhatTookTheRecord) {
  auto cause = [](const std::function<void(History&)>& trouble) {
    History run;
    run.produce(2);
    trouble(run);
    run.audit({seen(0, 0)});
    run.finish();
    EXPECT_EQ(run.told(), "lost orders-0@1 #1\n");
    return static_cast<int64_t>(run.judge.anomalies()[0].event.value()) - 4;  // After producing.
  };
  EXPECT_EQ(cause([](History&) {}), 0) << "its acknowledgement, if nothing is known";
  EXPECT_EQ(cause([](History& run) {
              run.elect(10);
              run.elect(20);
              run.cut(1, 5, 30);
              run.elect(40);
            }),
            2)
      << "the election that led to the cut";
  EXPECT_EQ(cause([](History& run) {
              run.elect(0);
              run.cut(0, 1, 20);
              run.cut(1, 5, 30);
            }),
            3)
      << "the cut: the election was before";
  EXPECT_EQ(cause([](History& run) {
              run.elect(10);
              run.lose_tail(1, 15);
            }),
            2)
      << "the power";
  EXPECT_EQ(cause([](History& run) {
              run.elect(0);
              run.elect(10);
              run.elect(20);
            }),
            2)
      << "the first election since, not the last of the run";
  EXPECT_EQ(cause([](History& run) { run.elect(10, false, 1); }), 0) << "of another partition";
}

TEST(Judge, CallsNothingLostThatWasNotPromisedOrNotLookedFor) {
  History run;
  run.send(0, 0);
  run.fail({seen(-1, 0)}, 0);
  run.send(1, 0);  // Nobody knows.
  run.finish();
  EXPECT_EQ(run.told(), "");

  History unaudited;
  unaudited.produce(2);
  unaudited.audit({seen(0, 0)});
  unaudited.finish(/*audited=*/false);
  EXPECT_EQ(unaudited.told(), "");
  EXPECT_FALSE(unaudited.judge.audited());
}

TEST(Judge, FindsWhatIsStoredInAnotherPartitionAsPhantomThereAndLostHere) {
  History run;
  run.produce(1);
  run.audit({}, 0);
  run.audit({seen(0, 0)}, 1);
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\nphantom orders-1@0 #0\n");
}

TEST(Judge, AFailedRecordThatIsStoredIsLegal) {
  History run;
  run.send(0, 0);
  run.fail({seen(-1, 0)}, 0);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.audit({seen(0, 0)});
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kExactlyOnce);
}

TEST(Judge, FindsDuplicatesInTheLogOnceARecord) {
  History run;
  run.produce(2);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(1, 1), seen(2, 0), seen(3, 0)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 0), seen(3, 0)});
  run.finish();
  EXPECT_EQ(run.told(), "duplicated orders-0@2/0 #0\n") << "billing only saw what is stored";
  EXPECT_EQ(run.judge.count(AnomalyKind::kDuplicated, "billing"), 0);
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtLeastOnce) << "but it was given it twice";
}

TEST(Judge, AnAuditorThatReadsAgainSeesNoDuplicates) {
  History run;
  run.produce(3);
  run.audit({seen(0, 0), seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "");
}

TEST(Judge, FindsDuplicatesOfAConsumer) {
  History run;
  run.produce(2);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(1, 1)});
  run.poll(1, {seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told(), "duplicated(billing) orders-0@1/1 #1\n");
  EXPECT_EQ(run.judge.anomalies()[0].event, sim::EventId(7)) << "the second poll";
  EXPECT_EQ(run.judge.count(AnomalyKind::kDuplicated, "billing"), 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kDuplicated), 0) << "the log has none";
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtLeastOnce);
  EXPECT_EQ(run.judge.guarantee("audit-trail"), Guarantee::kUnknown) << "it was given nothing";
}

TEST(Judge, NamesTheRecordThatWasStoredTooEarly) {
  History run;
  run.produce(4);
  run.audit({seen(0, 0), seen(1, 3), seen(2, 1), seen(3, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "reordered orders-0@1/2 #3\n");
}

TEST(Judge, OrderIsOfOneProducerAndPartitionAndOfFirstPlaces) {
  History run;
  run.send(0, 0, 0, 1);
  run.send(1, 1, 0, 1);
  run.send(2, 0, 0, 1);
  run.send(0, 0, 0, 2);
  run.audit({seen(0, 0, 2), seen(1, 0), seen(2, 2), seen(3, 0)}, 0);  // #0 again, behind #2.
  run.audit({seen(0, 1)}, 1);
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kReordered), 0);
  EXPECT_EQ(run.judge.count(AnomalyKind::kDuplicated), 1);
}

TEST(Judge, ReordersOfAConsumerCountOnlyIfTheLogIsInOrder) {
  History in_order, reordered;
  for (History* run : {&in_order, &reordered}) {
    run->produce(2);
    run->assign(1, 0);
    run->poll(1, {seen(0, 1), seen(1, 0)});
  }
  in_order.audit({seen(0, 0), seen(1, 1)});
  in_order.finish();
  EXPECT_EQ(in_order.judge.count(AnomalyKind::kReordered, "billing"), 1);
  EXPECT_EQ(in_order.judge.count(AnomalyKind::kInconsistentOffset, "billing"), 2);
  reordered.audit({seen(0, 1), seen(1, 0)});
  reordered.finish();
  EXPECT_EQ(reordered.told(), "reordered orders-0@0/1 #1\n");
}

TEST(Judge, FindsPhantoms) {
  History run;
  run.produce(1);
  run.assign(1, 0);
  RecordSeen nonsense{Offset(2), RecordId(-7)};
  run.poll(1, {seen(0, 0), seen(1, 5), nonsense});
  run.audit({seen(0, 0), seen(1, 8, 77)});
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kPhantom), 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kPhantom, "billing"), 2);
  EXPECT_EQ(run.judge.anomalies()[0].producer, "");
  EXPECT_EQ(run.judge.anomalies()[0].sent, std::nullopt);
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtLeastOnce);
}

TEST(Judge, FindsOffsetsAtWhichReadersDisagree) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.assign(3, 0);
  run.poll(1, {seen(0, 0), seen(1, 1), seen(2, 2)});
  run.poll(3, {seen(0, 0), seen(1, 2)});
  run.finish(/*audited=*/false);
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset, "audit-trail"), 0);
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset, "billing"), 1)
      << "the plan named later";
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset), 0);
}

TEST(Judge, FindsAnOffsetThatChangedUnderOneReader) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(1, 1)});
  run.assign(1, 1);
  run.poll(1, {seen(1, 2)});
  run.audit({seen(0, 0), seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 2)});
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset), 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset, "billing"), 1);
}

TEST(Judge, FindsWhatAConsumerPassedAndWasNeverGiven) {
  History run;
  run.produce(5);
  run.assign(1, 1);
  run.poll(1, {seen(1, 1), seen(3, 3)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2), seen(3, 3), seen(4, 4)});
  run.finish();
  EXPECT_EQ(run.told(), "skipped(billing) orders-0@2 #2\n")
      << "neither #0, before its start, nor #4, unread";
  EXPECT_EQ(run.judge.anomalies()[0].event, sim::EventId(12)) << "the poll that passed it";
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtMostOnce);
}

TEST(Judge, OffsetsWithoutRecordsAreNoSkips) {
  History run;
  run.send(0, 0);
  run.send(1, 0);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(7, 1)});
  run.audit({seen(0, 0), seen(7, 1)});
  run.finish();
  EXPECT_EQ(run.told(), "");
}

TEST(Judge, WhatIsGivenLaterIsNotSkipped) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(2, 2)});
  run.assign(1, 1);
  run.poll(1, {seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kSkipped, "billing"), 0);
  EXPECT_EQ(run.judge.count(AnomalyKind::kReordered, "billing"), 1) << "#2 came before #1";
}

TEST(Judge, CountsAPartitionAndATopic) {
  History run;
  run.send(0, 0);
  run.send(1, 1);
  run.send(2, 1);
  run.acknowledge({seen(0, 0)}, 0);
  run.acknowledge({seen(0, 1), seen(1, 2)}, 1);
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost), 3);
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost, "", "orders", 0), 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost, "", "orders", 1), 2);
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost, "", "orders"), 3);
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost, "", "returns"), 0);
}

TEST(Judge, KeepsTheFirstOfManyAndCountsAll) {
  History run;
  int64_t lost = Judge::kKept + 5;
  for (int64_t i = 0; i < lost; ++i) run.send(i, 0);
  for (int64_t i = 0; i < lost; ++i) run.acknowledge({seen(lost - i, i)}, 0);
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost), lost);
  ASSERT_EQ(run.judge.anomalies().size(), Judge::kKept);
  ASSERT_EQ(run.judge.anomaly_counts().size(), 1u);
  EXPECT_EQ(run.judge.anomaly_counts()[0].total, lost);
  EXPECT_EQ(run.judge.anomaly_counts()[0].kept, static_cast<int64_t>(Judge::kKept));
  EXPECT_EQ(run.judge.anomalies().front().offset, Offset(1)) << "by offset, not by record";
}

TEST(Judge, GuaranteesOfAPlan) {
  auto guarantee = [](std::vector<RecordSeen> given, std::vector<RecordSeen> stored) {
    History run;
    run.produce(3);
    run.assign(1, 1);
    run.poll(1, given);
    run.audit(stored);
    run.finish();
    return run.judge.guarantee("billing");
  };
  std::vector<RecordSeen> all = {seen(0, 0), seen(1, 1), seen(2, 2)};
  EXPECT_EQ(guarantee({seen(1, 1), seen(2, 2)}, all), Guarantee::kExactlyOnce);
  EXPECT_EQ(guarantee({seen(1, 1)}, all), Guarantee::kUnknown) << "the rest is unread, not missed";
  EXPECT_EQ(guarantee({seen(1, 1), seen(1, 1)}, all), Guarantee::kUnknown);
  EXPECT_EQ(guarantee({seen(1, 1), seen(2, 2), seen(2, 2)}, all), Guarantee::kAtLeastOnce);
  EXPECT_EQ(guarantee({seen(2, 2)}, all), Guarantee::kAtMostOnce);
  EXPECT_EQ(guarantee({seen(2, 2), seen(2, 2)}, all), Guarantee::kNone);
  // Lost before billing could read it; lost, but billing has it; lost before its start.
  EXPECT_EQ(guarantee({seen(1, 1)}, {seen(0, 0), seen(1, 1)}), Guarantee::kAtMostOnce);
  EXPECT_EQ(guarantee({seen(1, 1), seen(2, 2)}, {seen(0, 0), seen(1, 1)}), Guarantee::kExactlyOnce);
  EXPECT_EQ(guarantee({seen(1, 1), seen(2, 2)}, {seen(1, 1), seen(2, 2)}), Guarantee::kExactlyOnce);
}

TEST(Judge, WithoutAnAuditAPassedAcknowledgementStillCounts) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0), seen(2, 2)});
  run.finish(/*audited=*/false);
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtMostOnce);
}

TEST(Judge, ALossWithoutAnOffsetIsBlamedIfSentAfterTheStart) {
  for (int64_t start_ms : {5, 20}) {
    History run;
    run.assign(1, 0, 0, start_ms);
    run.send(0, 0, 10);
    run.acknowledge({seen(-1, 0)}, 0, 10);
    run.audit({});
    run.finish();
    EXPECT_EQ(run.judge.count(AnomalyKind::kLost), 1);
    EXPECT_EQ(run.judge.guarantee("billing"),
              start_ms < 10 ? Guarantee::kAtMostOnce : Guarantee::kUnknown);
  }
}

TEST(Judge, PlansAreJudgedTogetherAndApart) {
  History run;
  run.send(0, 0);
  run.send(1, 1);
  run.acknowledge({seen(0, 0)}, 0);
  run.acknowledge({seen(0, 1)}, 1);
  run.assign(1, 0, 0);
  run.assign(2, 0, 1);
  run.poll(1, {seen(0, 0)}, 0);
  run.poll(2, {seen(0, 1)}, 1);
  run.audit({seen(0, 0)}, 0);
  run.audit({seen(0, 1)}, 1);
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kExactlyOnce);
}

TEST(Judge, AnOffsetIsInconsistentOnceAReader) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  for (int64_t count : {2, 0, 1}) run.poll(1, {seen(0, count)});
  for (int64_t count : {2, 0, 1}) run.audit({seen(0, count)});
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset), 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kInconsistentOffset, "billing"), 1);
  for (const Anomaly& anomaly : run.judge.anomalies()) {
    if (anomaly.kind != AnomalyKind::kInconsistentOffset) continue;
    EXPECT_EQ(count_of(anomaly.record), 0) << "the first that differs from what was read before";
  }
}

TEST(Judge, APlanCanContradictItself) {
  History run;
  run.produce(2);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.poll(1, {seen(0, 1)});
  run.finish(/*audited=*/false);
  EXPECT_EQ(run.told(), "inconsistent offset(billing) orders-0@0 #1\n");
}

TEST(Judge, OnlyTheAuditorKnowsWhatIsStored) {
  History run;
  run.send(0, 0);
  run.send(1, 0);
  run.send(2, 0);
  run.assign(1, 0);
  run.assign(3, 0);
  run.poll(3, {seen(0, 0), seen(1, 1), seen(2, 2)});
  run.poll(1, {seen(0, 0), seen(2, 2)});
  run.finish(/*audited=*/false);
  EXPECT_EQ(run.told(), "");
}

TEST(Judge, ASkippedRecordCountsOnceIfStoredTwice) {
  History run;
  run.produce(2);
  run.assign(1, 0);
  run.poll(1, {seen(2, 1)});
  run.audit({seen(0, 0), seen(1, 0), seen(2, 1)});
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kSkipped, "billing"), 1);
}

TEST(Judge, APositionPassesRecordsWithoutReadingOn) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.assign(1, 3);
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2)});
  run.finish();
  ASSERT_EQ(run.judge.count(AnomalyKind::kSkipped, "billing"), 2);
  EXPECT_EQ(run.judge.anomalies()[0].event, sim::EventId(9)) << "the assignment";
}

TEST(Judge, APhantomOfAnotherPartitionHasNoProducer) {
  History run;
  run.send(0, 0);
  run.audit({seen(0, 0)}, 1);
  run.finish();
  ASSERT_EQ(run.told(), "phantom orders-1@0 #0\n");
  EXPECT_EQ(run.judge.anomalies()[0].producer, "");
  EXPECT_EQ(run.judge.anomalies()[0].sent, std::nullopt);
}

TEST(Judge, WithoutAnAuditTheUnreadTailIsNotMissed) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.finish(/*audited=*/false);
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kUnknown);
  EXPECT_EQ(run.judge.judgement("billing").unread, 2);
}

TEST(Judge, RefusesWhatNoClientCanDo) {
  History run;
  run.produce(1);
  EXPECT_THROW(run.send(0, 0), sim::CheckFailure) << "sent before";
  EXPECT_THROW(run.acknowledge({seen(0, 0)}, 0), sim::CheckFailure) << "decided before";
  EXPECT_THROW(run.fail({seen(0, 9)}, 0), sim::CheckFailure) << "never sent";
  EXPECT_THROW(run.send(0, 0, 0, 42), sim::CheckFailure) << "no such producer";
  EXPECT_THROW(run.assign(42, 0), sim::CheckFailure) << "no such consumer";
  EXPECT_THROW(run.judge.anomalies(), sim::CheckFailure) << "not finished";
  run.send(1, 0);
  EXPECT_THROW(run.acknowledge({seen(0, 1)}, 1), sim::CheckFailure) << "another partition";
  run.finish();
  EXPECT_THROW(run.finish(), sim::CheckFailure);
  EXPECT_THROW(run.send(2, 0), sim::CheckFailure);
  EXPECT_THROW(run.judge.guarantee("biling"), sim::CheckFailure) << "no such plan";
}

TEST(Judge, HasNames) {
  EXPECT_EQ(name_of(AnomalyKind::kInconsistentOffset), "inconsistent offset");
  EXPECT_EQ(name_of(Guarantee::kAtLeastOnce), "at-least-once");
}

}  // namespace
}  // namespace models::tests
