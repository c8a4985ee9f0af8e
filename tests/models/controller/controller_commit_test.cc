// SPDX-License-Identifier: Apache-2.0
//
// The life of a record: group commit, replies, recovery of the metadata log. A sole controller
// commits before it flushes (KafkaRaftClient.flushLeaderLog); what a quorum waits for, the tests of
// models/raft show.

#include <gtest/gtest.h>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

TEST(ControllerCommit, IsNotActiveBeforeItsLeadershipIsDurable) {
  ControllerHarness at;
  at.controller().on_start(at.step());
  EXPECT_FALSE(at.controller().is_active());
  EXPECT_EQ(at.controller().committed_image().next_offset, Offset(0));
  RequestToken token = at.register_broker(1, 1);
  EXPECT_EQ(at.reply<BrokerRegistrationResponse>(token)->error, ErrorCode::kNotController);
  at.run(
      5_ms);  // quorum-state as it starts, is a candidate, and leads: each a file and a directory.
  EXPECT_FALSE(at.controller().is_active());
  at.run(1_ms);
  EXPECT_TRUE(at.controller().is_active());
}

TEST(ControllerCommit, RepliesAfterTheLingerWhileItFlushes) {
  ControllerHarness at;
  at.start();
  RequestToken token = at.register_broker(1, 1);
  EXPECT_NE(at.controller().latest_image().find(NodeId(1)), nullptr);
  EXPECT_EQ(at.controller().committed_image().find(NodeId(1)), nullptr);
  at.run(24_ms);
  EXPECT_FALSE(at.flush_is_under_way());
  at.run(1_ms);
  EXPECT_TRUE(at.flush_is_under_way());
  ASSERT_TRUE(at.replied(token));
  EXPECT_EQ(at.reply<BrokerRegistrationResponse>(token)->error, ErrorCode::kNone);
  EXPECT_NE(at.controller().committed_image().find(NodeId(1)), nullptr);
}

TEST(ControllerCommit, OneFlushServesAllDecisionsOfALinger) {
  ControllerHarness at;
  at.start();
  int before = at.flushes_begun();
  RequestToken one = at.register_broker(1, 1);
  at.run(10_ms);
  RequestToken two = at.register_broker(2, 2);
  at.run(16_ms);
  EXPECT_EQ(at.flushes_begun(), before + 1);
  EXPECT_TRUE(at.replied(one));
  EXPECT_TRUE(at.replied(two));
}

TEST(ControllerCommit, ADecisionWithoutRecordsWaitsForWhatItSaw) {
  ControllerHarness at;
  at.start();
  BrokerEpoch epoch = at.add_broker(1);
  RequestToken alone = at.heartbeat(1, epoch);
  EXPECT_TRUE(at.replied(alone));  // All it saw is committed.
  at.register_broker(2, 2);
  RequestToken behind = at.heartbeat(1, epoch);
  EXPECT_FALSE(at.replied(behind));
  at.run(26_ms);
  EXPECT_TRUE(at.replied(behind));
}

TEST(ControllerCommit, WritesANoOpEachIdleInterval) {
  ControllerHarness at;
  at.start();
  Offset before = at.controller().committed_image().next_offset;
  at.run(2000_ms);
  EXPECT_EQ(at.controller().committed_image().next_offset - before, 4);
}

TEST(ControllerCommit, AnIdleIntervalOfZeroWritesNoNoOp) {
  ControllerOptions options{NodeId(100), {}, "metadata", 0};
  options.config.metadata_max_idle_interval_ms = sim::Duration();
  ControllerHarness at(options);
  at.start();
  Offset before = at.controller().committed_image().next_offset;
  at.run(2000_ms);
  EXPECT_EQ(at.controller().committed_image().next_offset, before);
}

TEST(ControllerCommit, RestartReplaysTheLogIntoTheSameImage) {
  ControllerHarness at;
  at.start();
  for (int32_t id : {1, 2, 3}) at.add_broker(id);
  at.add_topic("orders", 4, 3, {{"min.insync.replicas", "2"}});
  at.run(50_ms);
  MetadataImage before = at.controller().committed_image();
  at.restart();
  const MetadataImage& after = at.controller().committed_image();
  EXPECT_EQ(after.brokers, before.brokers);
  ASSERT_TRUE(after.topics.contains("orders"));
  EXPECT_EQ(after.topics.at("orders").partitions, before.topics.at("orders").partitions);
  EXPECT_EQ(after.topics.at("orders").id, before.topics.at("orders").id);
  EXPECT_EQ(after.topics.at("orders").config.min_insync_replicas, 2);
  EXPECT_GT(after.next_offset, before.next_offset);  // LeaderChange of the new epoch.
}

TEST(ControllerCommit, EachStartIsANewEpoch) {
  ControllerHarness at;
  at.start();
  at.restart();
  at.restart();
  std::vector<Note> active = at.notes("controller_active");
  ASSERT_EQ(active.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(active[i].fields.at(1).second, std::to_string(i + 1));
}

TEST(ControllerCommit, LosesWhatWasNotWrittenBeforeTheCrash) {
  ControllerHarness at;
  at.start();
  at.register_broker(1, 1);  // Waits for its linger.
  at.restart();
  EXPECT_EQ(at.controller().latest_image().find(NodeId(1)), nullptr);
}

TEST(ControllerCommit, WritesTheBootstrapRecordOnlyOnce) {
  ControllerHarness at;
  at.start();
  EXPECT_EQ(at.controller().committed_image().next_offset, Offset(4));
  at.restart();
  EXPECT_EQ(at.controller().committed_image().next_offset, Offset(5));
}

TEST(ControllerCommit, CopiesAsAValue) {
  ControllerHarness at;
  at.start();
  at.register_broker(1, 1);
  Controller copy = at.controller();
  at.run(100_ms);
  EXPECT_NE(at.controller().committed_image().find(NodeId(1)), nullptr);
  EXPECT_EQ(copy.committed_image().find(NodeId(1)), nullptr);
  EXPECT_NE(copy.latest_image().find(NodeId(1)), nullptr);
}

}  // namespace
}  // namespace models
