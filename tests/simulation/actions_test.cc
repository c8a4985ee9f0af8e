// SPDX-License-Identifier: Apache-2.0
//
// Administrators at work while clients are, and faults in the middle.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "models/node/controller_node.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using models::NodeId;
using models::TopicPartition;
using scenarios::Outcome;
using scenarios::Run;
using scenarios::RunResult;

std::string cluster(const std::string& actions, const std::string& faults = "",
                    const std::string& expect = "\"lost == 0\"", int brokers = 4) {
  return R"({"name":"actions","duration":"40s","cluster":{"brokers":)" + std::to_string(brokers) +
         R"(},"topics":{"orders":{"partitions":3,"replication.factor":3,
      "config":{"min.insync.replicas":2}},"spare":{"partitions":2,"replication.factor":2}},
    "producers":{"checkout":{"count":2,"topic":"orders","rate":"100/s","value":{"size":"200B"}}},
    "consumers":{"billing":{"topics":["orders"],"assignment":"static",
      "config":{"auto.offset.reset":"earliest"}}},
    "actions":[)" +
         actions + R"(],"faults":[)" + faults + R"(],"expect":[)" + expect + "]}";
}

struct Ended {
  RunResult result;
  models::MetadataImage image;
  std::vector<std::string> replicas_on;  // "1:orders-0": what brokers host at the end.
};

Ended run(const std::string& text, uint64_t seed = 1) {
  Run run(parse(text), {.seed = seed});
  while (run.step()) {
  }
  Ended ended;
  for (const auto& each : run.cluster().brokers()) {
    auto* broker = static_cast<const models::BrokerNode*>(run.world().find(each.process));
    if (broker == nullptr) continue;
    for (const models::HostedPartition& replica : broker->replica_manager().replicas()) {
      if (replica.deleted) continue;
      ended.replicas_on.push_back(std::to_string(each.id.value()) + ":" +
                                  to_string(replica.partition()));
    }
  }
  auto controller = run.cluster().controllers().front().process;
  ended.image = static_cast<const models::ControllerNode*>(run.world().find(controller))
                    ->controller()
                    .committed_image();
  ended.result = run.finish();
  return ended;
}

TEST(Actions, AReassignmentUnderLoadMovesTheReplicasAndLosesNothing) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Ended ended = run(cluster(R"({"at":"10s","reassign":"orders-0",
                                  "replicas":["broker 4","broker 3","broker 2"]},
                                 {"at":"10s","reassign":"orders-1",
                                  "replicas":["broker 1","broker 2","broker 4"]})"),
                      seed);
    EXPECT_EQ(ended.result.outcome, Outcome::kPassed) << why(ended.result);
    const auto* partition = ended.image.find(TopicPartition{"orders", 0});
    EXPECT_EQ(partition->replicas, (std::vector<NodeId>{NodeId(4), NodeId(3), NodeId(2)}));
    EXPECT_FALSE(partition->is_reassigning());
    auto hosts = [&](const std::string& name) {
      return std::count(ended.replicas_on.begin(), ended.replicas_on.end(), name) == 1;
    };
    EXPECT_TRUE(hosts("4:orders-0"));
    EXPECT_FALSE(hosts("1:orders-0"));
  }
}

TEST(Actions, AReassignmentSurvivesCrashesInTheMiddle) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Ended ended = run(cluster(R"({"at":"10s","reassign":"orders-0",
                                  "replicas":["broker 4","broker 3","broker 2"]})",
                              R"({"at":"10020ms","crash":"broker 4","for":"8s"},
                                 {"at":"22s","crash":"leader of orders-0","for":"5s"})"),
                      seed);
    EXPECT_EQ(ended.result.outcome, Outcome::kPassed) << why(ended.result);
    EXPECT_FALSE(ended.image.find(TopicPartition{"orders", 0})->is_reassigning());
  }
}

TEST(Actions, ADeletedTopicLeavesNoReplicaAndItsNameMayBeUsedAgain) {
  Ended ended = run(cluster(R"({"at":"5s","delete_topic":"spare"},
                               {"at":"10s","create_topic":"spare","partitions":1,
                                "replication.factor":4},
                               {"at":"12s","delete_topic":"spare"},
                               {"at":"12100ms","create_topic":"spare","partitions":3})"));
  EXPECT_EQ(ended.result.outcome, Outcome::kPassed) << why(ended.result);
  EXPECT_EQ(ended.image.topics.at("spare").partitions.size(), 3u);
  auto spare = [](const std::string& name) { return name.find("spare") != std::string::npos; };
  EXPECT_EQ(std::count_if(ended.replicas_on.begin(), ended.replicas_on.end(), spare), 3);
}

TEST(Actions, AddedPartitionsAreWrittenAndReadToTheirEnd) {
  Ended ended = run(cluster(R"({"at":"5s","add_partitions":"orders","to":6})"));
  EXPECT_EQ(ended.result.outcome, Outcome::kPassed) << why(ended.result);
  EXPECT_EQ(ended.image.topics.at("orders").partitions.size(), 6u);
  EXPECT_TRUE(ended.result.audited);
  EXPECT_EQ(ended.result.consumed, ended.result.produced);
}

TEST(Actions, WhatIsRefusedIsToldAndWarned) {
  Ended ended = run(cluster(R"({"at":"5s","reassign":"orders-0","cancel":true},
                               {"at":"6s","elect_unclean":"orders-0"})"));
  ASSERT_EQ(ended.result.warnings.size(), 2u);
  EXPECT_EQ(ended.result.warnings[0],
            "reassign orders-0: cancel: refused: orders-0: NO_REASSIGNMENT_IN_PROGRESS");
  EXPECT_EQ(ended.result.warnings[1],
            "elect_unclean orders-0: refused: orders-0: ELECTION_NOT_NEEDED");
}

TEST(Actions, ASettingTakesEffectAtTheBrokers) {
  // With three in sync as the minimum one crash stops all writes, and with two it does not.
  std::string raise = R"({"at":"5s","alter_config":"orders","config":{"min.insync.replicas":3}})";
  std::string crash = R"({"at":"10s","crash":"follower of orders-0","for":"25s"})";
  std::string expect = R"("under_min_isr >= 1 during 22s..30s")";
  EXPECT_EQ(run(cluster(raise, crash, expect, 3)).result.outcome, Outcome::kPassed);
  EXPECT_NE(run(cluster("", crash, expect, 3)).result.outcome, Outcome::kPassed);
}

TEST(Actions, DeletedRecordsAreGoneAndHeldAgainstNobody) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Ended ended = run(cluster(R"({"at":"10010ms","delete_records":"orders-0","before":100},
                                 {"at":"25s","delete_records":"orders-1"},
                                 {"at":"30s","delete_records":"orders-2","before":1000000})",
                              R"({"at":"10s","crash":"leader of orders-0","for":"8s"})",
                              R"("lost == 0", "skipped(billing) == 0", "deleted >= 200")", 3),
                      seed);
    EXPECT_EQ(ended.result.outcome, Outcome::kPassed) << why(ended.result);
    ASSERT_EQ(ended.result.warnings.size(), 1u);
    EXPECT_EQ(ended.result.warnings[0],
              "delete_records orders-2 before 1000000: refused: orders-2: OFFSET_OUT_OF_RANGE");
  }
}

TEST(Actions, AnOperationOutlivesTheControllersCrash) {
  Ended ended = run(cluster(R"({"at":"10010ms","create_topic":"late","partitions":2})",
                            R"({"at":"10s","crash":"controller","for":"6s"})"));
  EXPECT_TRUE(ended.image.topics.contains("late")) << why(ended.result);
}

}  // namespace
}  // namespace tests
