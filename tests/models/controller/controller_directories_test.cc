// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <utility>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

constexpr Uuid kDirA{{1, 100}};
constexpr Uuid kDirB{{1, 200}};
constexpr Uuid kDirC{{2, 100}};
constexpr Uuid kDirD{{2, 200}};

// Brokers 1 and 2 with two directories each, and a topic whose replicas the brokers have placed:
// partition p of broker 1 in A or B, of broker 2 in C or D.
class ControllerDirectoriesTest : public ::testing::Test {
 protected:
  ControllerDirectoriesTest() {
    at_.start();
    one_ = at_.add_broker(1, {kDirB, kDirA});
    two_ = at_.add_broker(2, {kDirC, kDirD});
    at_.add_topic("orders", 4, 2);
  }
  const MetadataImage& image() { return at_.controller().committed_image(); }
  const PartitionRegistration& orders(int32_t p) { return *image().find({"orders", p}); }
  Uuid topic_id() { return image().topics.at("orders").id; }
  AssignReplicasToDirsResponse assign(int32_t broker, BrokerEpoch epoch,
                                      std::vector<AssignedDirectory> directories) {
    RequestToken token = at_.assign({NodeId(broker), epoch, std::move(directories)});
    at_.run(sim::Duration::millis(60));
    return *at_.reply<AssignReplicasToDirsResponse>(token);
  }
  void place_all() {
    Uuid id = topic_id();
    assign(1, one_, {{kDirA, {{id, 0}, {id, 1}}}, {kDirB, {{id, 2}, {id, 3}}}});
    assign(2, two_, {{kDirC, {{id, 0}, {id, 2}}}, {kDirD, {{id, 1}, {id, 3}}}});
  }

  ControllerHarness at_;
  BrokerEpoch one_, two_;
};

TEST_F(ControllerDirectoriesTest, KnowsTheDirectoriesOfABrokerSorted) {
  EXPECT_EQ(image().find(NodeId(1))->directories, (std::vector<Uuid>{kDirA, kDirB}));
}

TEST_F(ControllerDirectoriesTest, RefusesADirectoryOfAnotherBrokerOneTwiceAndAReservedOne) {
  for (const std::vector<Uuid>& dirs :
       {std::vector<Uuid>{kDirA}, {Uuid{{3, 100}}, Uuid{{3, 100}}}, {kUnassignedDirectory}}) {
    RequestToken token = at_.register_broker(3, 3, -1, dirs);
    at_.run(sim::Duration::millis(60));
    EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(token)->error, ErrorCode::kInvalidRegistration);
  }
}

TEST_F(ControllerDirectoriesTest, ANewReplicaIsUnassignedUnlessThereIsOneDirectory) {
  for (NodeId id : orders(0).replicas) EXPECT_EQ(orders(0).directory_of(id), kUnassignedDirectory);
  at_.add_broker(3, {Uuid{{3, 100}}});
  at_.add_topic("single", 1, 3);
  EXPECT_EQ(image().find({"single", 0})->directory_of(NodeId(3)), (Uuid{{3, 100}}));
}

TEST_F(ControllerDirectoriesTest, AnAssignmentIsRecordedAndKeepsLeadersAndEpochs) {
  PartitionRegistration before = orders(2);
  place_all();
  EXPECT_EQ(orders(2).directory_of(NodeId(1)), kDirB);
  EXPECT_EQ(orders(2).directory_of(NodeId(2)), kDirC);
  EXPECT_EQ(orders(2).leader_epoch, before.leader_epoch);
  EXPECT_EQ(orders(2).isr, before.isr);
  EXPECT_EQ(orders(2).partition_epoch, before.partition_epoch + 2);
  PartitionEpoch epoch = orders(2).partition_epoch;
  place_all();  // News to nobody.
  EXPECT_EQ(orders(2).partition_epoch, epoch);
  at_.restart();
  EXPECT_EQ(orders(3).directory_of(NodeId(2)), kDirD);
}

TEST_F(ControllerDirectoriesTest, AnswersEachAssignmentForItself) {
  Uuid id = topic_id();
  auto reply = assign(1, one_, {{kDirA, {{id, 0}, {id, 9}, {Uuid{{5, 5}}, 0}}}});
  ASSERT_EQ(reply.replicas.size(), 3u);
  EXPECT_EQ(reply.replicas[0].error, ErrorCode::kNone);
  EXPECT_EQ(reply.replicas[1].error, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(reply.replicas[2].error, ErrorCode::kUnknownTopicId);
  at_.add_broker(3, {Uuid{{3, 100}}});
  BrokerEpoch three = image().find(NodeId(3))->epoch;
  EXPECT_EQ(assign(3, three, {{Uuid{{3, 100}}, {{id, 0}}}}).replicas[0].error,
            ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(assign(1, one_ + 1, {{kDirA, {{id, 0}}}}).error, ErrorCode::kStaleBrokerEpoch);
}

TEST_F(ControllerDirectoriesTest, AnOfflineDirectoryLeavesIsrsAndLeadsNoMore) {
  place_all();
  at_.heartbeat(1, one_, 1'000'000, false, false, {kDirB});
  at_.run(sim::Duration::millis(60));
  for (int32_t p : {0, 1}) EXPECT_TRUE(orders(p).in_isr(NodeId(1))) << p;
  for (int32_t p : {2, 3}) {
    EXPECT_EQ(orders(p).isr, std::vector<NodeId>{NodeId(2)}) << p;
    EXPECT_EQ(orders(p).leader, NodeId(2)) << p;
  }
  EXPECT_EQ(image().find(NodeId(1))->directories, std::vector<Uuid>{kDirA});
  EXPECT_FALSE(image().find(NodeId(1))->fenced);
  // Broker 2 goes: what only it has in sync has no leader, broker 1 must not take it.
  at_.heartbeat(2, two_, 1'000'000, true);
  at_.run(sim::Duration::millis(60));
  EXPECT_EQ(orders(0).leader, NodeId(1));
  EXPECT_EQ(orders(2).leader, kNoNode);
}

TEST_F(ControllerDirectoriesTest, AnEligibleReplicaInAnOfflineDirectoryDoesNotLead) {
  at_.add_topic("safe", 2, 2, {{"min.insync.replicas", "2"}});
  Uuid id = image().topics.at("safe").id;
  assign(1, one_, {{kDirA, {{id, 0}, {id, 1}}}});
  assign(2, two_, {{kDirC, {{id, 0}}}, {kDirD, {{id, 1}}}});
  at_.heartbeat(2, two_, 1'000'000, true);
  at_.run(sim::Duration::millis(60));
  at_.heartbeat(2, two_, 1'000'000, false, false, {kDirC});
  at_.run(sim::Duration::millis(60));
  at_.heartbeat(1, one_, 1'000'000, true);
  at_.run(sim::Duration::millis(60));
  for (int32_t p : {0, 1}) EXPECT_FALSE(image().find({"safe", p})->in_isr(NodeId(1))) << p;
  EXPECT_TRUE(image().find({"safe", 0})->in_elr(NodeId(2)));
  EXPECT_EQ(image().find({"safe", 0})->leader, kNoNode);
  EXPECT_EQ(image().find({"safe", 1})->leader, NodeId(2));
}

// ReplicationControlManager.handleAssignReplicasToDirs leaves eligibleLeaderReplicasEnabled unset.
TEST_F(ControllerDirectoriesTest, AnAssignmentEmptiesTheEligibleLeaderReplicas) {
  at_.add_topic("safe", 1, 2, {{"min.insync.replicas", "2"}});
  auto safe = [&] { return *image().find({"safe", 0}); };
  for (auto [id, epoch] : {std::pair{2, two_}, {1, one_}}) {
    at_.heartbeat(id, epoch, 1'000'000, true);
    at_.run(sim::Duration::millis(60));
  }
  ASSERT_EQ(safe().elr, (std::vector<NodeId>{NodeId(1), NodeId(2)}));
  ASSERT_EQ(safe().last_known_elr, std::vector<NodeId>{NodeId(1)});
  assign(2, two_, {{kDirC, {{image().topics.at("safe").id, 0}}}});
  EXPECT_TRUE(safe().elr.empty());
  EXPECT_EQ(safe().last_known_elr, std::vector<NodeId>{NodeId(1)});
  EXPECT_EQ(safe().leader, kNoNode);
  at_.heartbeat(2, two_, 1'000'000);
  at_.run(sim::Duration::millis(60));
  EXPECT_EQ(safe().leader, kNoNode) << "it was eligible";
  at_.heartbeat(1, one_, 1'000'000);
  at_.run(sim::Duration::millis(60));
  EXPECT_EQ(safe().leader, NodeId(1)) << "the last known leader";
  EXPECT_TRUE(safe().recovering) << "an unclean election";
}

TEST_F(ControllerDirectoriesTest, DirectoriesFollowTheReplicasOfAReassignment) {
  constexpr Uuid kOnly{{3, 100}};
  place_all();
  BrokerEpoch three = at_.add_broker(3, {kOnly});
  at_.reassign({true, {{{"orders", 0}, std::vector<NodeId>{NodeId(3), NodeId(2)}}}});
  at_.run(sim::Duration::millis(60));
  EXPECT_EQ(orders(0).replicas, (std::vector<NodeId>{NodeId(3), NodeId(2), NodeId(1)}));
  EXPECT_EQ(orders(0).directories, (std::vector<Uuid>{kOnly, kDirC, kDirA}));
  AlterPartitionData all{{"orders", 0}, orders(0).leader_epoch, {}, orders(0).partition_epoch};
  all.new_isr = {{NodeId(1), one_}, {NodeId(2), two_}, {NodeId(3), three}};
  NodeId leader = orders(0).leader;
  at_.alter_partition({leader, leader == NodeId(1) ? one_ : two_, {all}});
  at_.run(sim::Duration::millis(60));
  EXPECT_EQ(orders(0).replicas, (std::vector<NodeId>{NodeId(3), NodeId(2)}));
  EXPECT_EQ(orders(0).directories, (std::vector<Uuid>{kOnly, kDirC}));
  at_.restart();
  EXPECT_EQ(orders(0).directories, (std::vector<Uuid>{kOnly, kDirC}));
}

TEST_F(ControllerDirectoriesTest, AnAssignmentToAnOfflineDirectoryTakesTheReplicaOut) {
  at_.heartbeat(1, one_, 1'000'000, false, false, {kDirB});
  at_.run(sim::Duration::millis(60));
  ASSERT_TRUE(orders(0).in_isr(NodeId(1)));
  assign(1, one_, {{kDirB, {{topic_id(), 0}}}});
  EXPECT_EQ(orders(0).isr, std::vector<NodeId>{NodeId(2)});
  EXPECT_EQ(orders(0).leader, NodeId(2));
  EXPECT_EQ(orders(0).directory_of(NodeId(1)), kDirB);
}

}  // namespace
}  // namespace models
