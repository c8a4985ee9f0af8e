// SPDX-License-Identifier: Apache-2.0
//
// What retention and compaction removed is neither lost nor held against anybody.

#include <gtest/gtest.h>

#include "models/checkers/history/judge.h"
#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

std::string removed(const History& run) {
  std::string text;
  for (const RemovalCount& each : run.judge.removal_counts())
    text += to_string(each.partition) + " " + each.by + " " + std::to_string(each.records) +
            " before " + std::to_string(each.before.value()) + "\n";
  return text;
}

TEST(JudgeRemoval, WhatRetentionDeletedIsNotLost) {
  History run;
  run.produce(5);
  run.delete_before(2, 100);
  run.delete_before(3, 200);
  run.assign(History::kAuditor, 3);
  run.poll(History::kAuditor, {seen(4, 4)});
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@3 #3\n") << "the auditor looked there";
  EXPECT_EQ(removed(run), "orders-0 retention.ms 3 before 3\n");
  EXPECT_EQ(run.judge.removed(), 3);
  EXPECT_EQ(run.judge.removed("orders", 1), 0);
}

TEST(JudgeRemoval, WhatTheAuditorCouldStillReadIsNotDeleted) {
  History run;
  run.produce(3);
  run.delete_before(2, 100);  // On a replica that does not lead.
  run.audit({seen(0, 0), seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@1 #1\n");
  EXPECT_EQ(removed(run), "");
}

TEST(JudgeRemoval, NothingIsDeletedThatNobodyTellsOf) {
  History run;
  run.produce(2);
  run.assign(History::kAuditor, 2);
  run.finish();
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost), 2);
}

TEST(JudgeRemoval, WhatIsDeletedDuringTheAuditIsNotLost) {
  History run;
  run.produce(4);
  run.assign(History::kAuditor, 0);
  run.poll(History::kAuditor, {seen(0, 0)});
  run.delete_before(3, 100);
  run.assign(History::kAuditor, 3);
  run.poll(History::kAuditor, {seen(3, 3)});
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.removed(), 2);
}

TEST(JudgeRemoval, TheSettingThatDeletedIsNamed) {
  auto named = [](int64_t retention_ms, int64_t retention_bytes, bool deletes = true) {
    JudgeOptions options = History::strict_options();
    options.topics[1].config.retention_ms = retention_ms;
    options.topics[1].config.retention_bytes = retention_bytes;
    options.topics[1].config.cleanup_policy.deletes = deletes;
    History run(options);
    run.produce(1);
    run.delete_before(1, 100);
    run.assign(History::kAuditor, 1);
    run.finish();
    return run.told() + removed(run);
  };
  EXPECT_EQ(named(50, -1), "orders-0 retention.ms 1 before 1\n");
  EXPECT_EQ(named(-1, 1000), "orders-0 retention.bytes 1 before 1\n");
  EXPECT_EQ(named(50, 1000), "orders-0 retention.ms 1 before 1\n");
  EXPECT_EQ(named(5000, 1000), "orders-0 retention.bytes 1 before 1\n") << "it was not that old";
  EXPECT_EQ(named(-1, -1), "lost orders-0@0 #0\n") << "nothing may have deleted it";
  EXPECT_EQ(named(50, -1, false), "lost orders-0@0 #0\n") << "cleanup.policy is not delete";
}

TEST(JudgeRemoval, AnAdministratorNeedsNoSetting) {
  JudgeOptions options = History::strict_options();
  options.topics[1].config.retention_ms = -1;
  History run(options);
  run.produce(2);
  run.delete_before(1, 100, 0, true);
  run.assign(History::kAuditor, 1);
  run.poll(History::kAuditor, {seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told() + removed(run), "orders-0 delete_records 1 before 1\n");
}

TEST(JudgeRemoval, OfUnknownOffsetsWhatIsOlderThanAllThatIsLeft) {
  JudgeOptions options = History::strict_options();
  options.producers[1].config.acks = Acks::kNone;
  History run(options);
  for (int64_t i = 0; i < 4; ++i) {
    run.send(i, 0, i);
    run.acknowledge({seen(-1, i)}, 0, i);
  }
  run.delete_before(2, 100);
  run.assign(History::kAuditor, 2);
  run.poll(History::kAuditor, {seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@-1 #3 acks=0\n");
  EXPECT_EQ(run.judge.removed(), 2);
}

TEST(JudgeRemoval, AConsumerThatIsOvertakenByRetentionSkips) {
  History run;
  run.produce(5);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.delete_before(3, 100);
  run.assign(1, 4, 0, 150);  // Out of range, and on to the end.
  run.poll(1, {seen(4, 4)});
  run.assign(History::kAuditor, 3);
  run.poll(History::kAuditor, {seen(3, 3), seen(4, 4)});
  run.finish();
  EXPECT_EQ(run.told(),
            "skipped(billing) orders-0@1 #1 retention.ms\n"
            "skipped(billing) orders-0@2 #2 retention.ms\n"
            "skipped(billing) orders-0@3 #3 auto.offset.reset=latest\n");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kAtMostOnce);
}

TEST(JudgeRemoval, AJumpBeforeTheDeletionIsNotExcusedByIt) {
  History run;
  run.produce(3);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.assign(1, 2, 0, 50);
  run.poll(1, {seen(2, 2)});
  run.delete_before(2, 100);
  run.assign(History::kAuditor, 2);
  run.poll(History::kAuditor, {seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "skipped(billing) orders-0@1 #1 auto.offset.reset=latest\n");
}

TEST(JudgeRemoval, WhatWasGivenInTimeIsNotSkipped) {
  History run;
  run.assign(1, 0);
  run.produce(3);
  run.poll(1, {seen(0, 0), seen(1, 1), seen(2, 2)});
  run.delete_before(3, 100);
  run.assign(History::kAuditor, 3);
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.guarantee("billing"), Guarantee::kExactlyOnce);
}

// Of a compacted topic only the newest value of each key is promised.
TEST(JudgeRemoval, CompactionTakesValuesThatAreSuperseded) {
  JudgeOptions options = History::strict_options();
  options.topics[1].config.cleanup_policy.compacts = true;
  options.topics[1].config.cleanup_policy.deletes = false;
  History run(options);
  for (auto [count, key] :
       std::vector<std::pair<int64_t, uint64_t>>{{0, 7}, {1, 8}, {2, 7}, {3, 0}}) {
    run.send_keyed(count, 0, key);
    run.acknowledge({seen(count, count)}, 0, 1);
  }
  run.send(4, 0);
  run.acknowledge({seen(4, 4)}, 0, 1);
  run.assign(1, 0);
  run.poll(1, {seen(2, 2), seen(4, 4)});
  run.audit({seen(2, 2), seen(4, 4)});
  run.finish();
  EXPECT_EQ(run.judge.removed(), 1);
  EXPECT_EQ(removed(run), "orders-0 cleanup.policy=compact 1 before 1\n");
  EXPECT_EQ(run.told(),
            "lost orders-0@1 #1\n"
            "lost orders-0@3 #3\n"
            "skipped(billing) orders-0@0 #0 cleanup.policy=compact\n");
}

// Where another record is stored, no cleaner has been: the one that was acknowledged there was cut off.
TEST(JudgeRemoval, CompactionTakesNothingFromAPlaceThatIsTaken) {
  JudgeOptions options = History::strict_options();
  options.topics[1].config.cleanup_policy.compacts = true;
  options.topics[1].config.cleanup_policy.deletes = false;
  History run(options);
  for (int64_t count : {0, 1, 2}) run.send_keyed(count, 0, 7);
  run.acknowledge({seen(0, 0)}, 0, 1);
  run.acknowledge({seen(0, 1)}, 0, 1);
  run.acknowledge({seen(1, 2)}, 0, 1);
  run.assign(1, 0);
  run.poll(1, {seen(0, 1), seen(1, 2)});
  run.audit({seen(0, 1), seen(1, 2)});
  run.finish();
  EXPECT_EQ(run.judge.removed(), 0);
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\n");
}

// The same, though a cleaner took the other record later: the plan has seen it there. What was lost
// before it could be read is excused by acks, and nothing that came behind what could.
TEST(JudgeRemoval, ARecordInWhosePlaceAnotherWasGivenIsNotSkippedByCompaction) {
  auto told = [](Acks acks, int64_t first_ms) {
    JudgeOptions options = History::strict_options();
    options.producers[1].config.acks = acks;
    options.topics[1].config.cleanup_policy.compacts = true;
    options.topics[1].config.cleanup_policy.deletes = false;
    History run(options);
    for (int64_t count : {0, 1, 2}) run.send_keyed(count, 0, 7);
    run.acknowledge({seen(0, 0)}, 0, first_ms);
    run.acknowledge({seen(0, 1)}, 0, 2);
    run.acknowledge({seen(1, 2)}, 0, 3);
    run.assign(1, 0);
    run.poll(1, {seen(0, 1), seen(1, 2)});
    run.audit({seen(1, 2)});
    run.finish();
    return run.told();
  };
  EXPECT_EQ(told(Acks::kAll, 1), "skipped(billing) orders-0@0 #0\n");
  EXPECT_EQ(told(Acks::kLeader, 1), "skipped(billing) orders-0@0 #0 acks=1\n");
  EXPECT_EQ(told(Acks::kLeader, 3), "skipped(billing) orders-0@0 #0\n");
}

// The cleaner took the record that came too early, and with it the evidence that the log had it so.
TEST(JudgeRemoval, WhatAConsumerReadInTheLogsOrderIsTheLogsDisorder) {
  for (bool idempotent : {true, false}) {
    JudgeOptions options = History::strict_options();
    options.topics[1].config.cleanup_policy.compacts = true;
    options.topics[1].config.cleanup_policy.deletes = false;
    for (JudgedProducer& producer : options.producers)
      producer.config.enable_idempotence = idempotent;
    History run(options);
    for (int64_t count : {0, 1, 2}) run.send_keyed(count, 0, 7 + static_cast<uint64_t>(count % 2));
    for (auto [offset, count] : {std::pair(0, 2), std::pair(1, 0), std::pair(2, 1)})
      run.acknowledge({seen(offset, count)}, 0, 1);
    run.assign(1, 0);
    run.poll(1, {seen(0, 2), seen(1, 0), seen(2, 1)});
    run.audit({seen(1, 0), seen(2, 1)});
    run.finish();
    EXPECT_EQ(run.told(), std::string("reordered(billing) orders-0@0/1 #2") +
                              (idempotent ? ""
                                          : " enable.idempotence=false with "
                                            "max.in.flight.requests.per.connection>1") +
                              "\n");
  }
}

// A record whose producer was told of a failure may be stored, and replaces the value before it.
TEST(JudgeRemoval, CompactionTakesWhatAFailedRecordSupersedes) {
  JudgeOptions options = History::strict_options();
  options.topics[1].config.cleanup_policy.compacts = true;
  options.topics[1].config.cleanup_policy.deletes = false;
  History run(options);
  for (int64_t count : {0, 1}) run.send_keyed(count, 0, 7 + static_cast<uint64_t>(count));
  run.acknowledge({seen(0, 0)}, 0, 1);
  run.acknowledge({seen(1, 1)}, 0, 1);
  run.send_keyed(2, 0, 7);
  run.fail({seen(-1, 2)}, 0, 1);
  run.audit({seen(2, 2)});
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@1 #1\n");
}

// First the cleaner took the old value, for the sake of one that nobody was told of; then retention
// took the beginning of the log, and with it the evidence.
TEST(JudgeRemoval, WhatWasCompactedBeforeItWasDeletedIsPermittedByCompaction) {
  for (bool newer : {true, false}) {
    JudgeOptions options = History::strict_options();
    options.topics[1].config.cleanup_policy.compacts = true;
    History run(options);
    for (int64_t count : {0, 1}) run.send_keyed(count, 0, 7 + static_cast<uint64_t>(count));
    run.acknowledge({seen(0, 0)}, 0, 1);
    run.acknowledge({seen(1, 1)}, 0, 1);
    if (newer) run.send_keyed(2, 0, 7, 10);
    run.assign(1, 0);
    run.poll(1, {seen(1, 1)});
    run.delete_before(2, 100);
    run.assign(History::kAuditor, 2);
    run.finish();
    EXPECT_EQ(run.told(), std::string("skipped(billing) orders-0@0 #0") +
                              (newer ? " cleanup.policy=compact" : "") + "\n");
  }
}

TEST(JudgeRemoval, OnlyATopicThatIsCompactedMayForgetOldValues) {
  History run;
  for (int64_t count : {0, 1}) {
    run.send_keyed(count, 0, 7);
    run.acknowledge({seen(count, count)}, 0, 1);
  }
  run.audit({seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\n");
}

}  // namespace
}  // namespace models::tests
