// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <set>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

class ControllerPartitionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    at_.start();
    for (int32_t id : {1, 2, 3, 4}) epochs_[id] = at_.add_broker(id);
    at_.add_topic("orders", 1, 3);
    for (NodeId id : at_.partition("orders").replicas) replicas_.push_back(id.value());
    for (int32_t id : {1, 2, 3, 4}) {
      if (!at_.partition("orders").has_replica(NodeId(id))) outsider_ = id;
    }
  }

  AlterPartitionData wanted(std::vector<int32_t> isr) {
    const PartitionRegistration& now = at_.partition("orders");
    AlterPartitionData data{{"orders", 0}, now.leader_epoch, {}, now.partition_epoch};
    for (int32_t id : isr) {
      BrokerEpoch epoch = epochs_.contains(id) ? epochs_[id] : kNoBrokerEpoch;
      data.new_isr.push_back({NodeId(id), epoch});
    }
    return data;
  }
  AlterPartitionResult alter(int32_t sender, AlterPartitionData data) {
    RequestToken token = at_.alter_partition({NodeId(sender), epochs_[sender], {std::move(data)}});
    at_.run(60_ms);
    auto response = at_.reply<AlterPartitionResponse>(token);
    EXPECT_EQ(response->error, ErrorCode::kNone);
    return response->partitions.at(0);
  }
  ErrorCode error_of(int32_t sender, AlterPartitionData data) {
    return alter(sender, std::move(data)).error;
  }
  void fence(int32_t id) { at_.heartbeat(id, epochs_[id], 1'000'000, true); }
  CreatableTopicResult create(CreatableTopic topic) {
    RequestToken token = at_.create_topics({{std::move(topic)}});
    at_.run(60_ms);
    return at_.reply<CreateTopicsResponse>(token)->topics.at(0);
  }

  ControllerHarness at_;
  std::map<int32_t, BrokerEpoch> epochs_;
  std::vector<int32_t> replicas_;  // Of orders-0; the first leads.
  int32_t outsider_ = 0;
};

TEST_F(ControllerPartitionsTest, AlterPartitionShrinksAndExpandsTheIsr) {
  AlterPartitionResult shrunk = alter(replicas_[0], wanted({replicas_[0], replicas_[2]}));
  EXPECT_EQ(shrunk.error, ErrorCode::kNone);
  EXPECT_EQ(shrunk.isr, (std::vector<NodeId>{NodeId(replicas_[0]), NodeId(replicas_[2])}));
  EXPECT_EQ(shrunk.partition_epoch, PartitionEpoch(1));
  EXPECT_EQ(shrunk.leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(shrunk.leader, NodeId(replicas_[0]));
  AlterPartitionResult expanded =
      alter(replicas_[0], wanted({replicas_[0], replicas_[2], replicas_[1]}));
  EXPECT_EQ(expanded.partition_epoch, PartitionEpoch(2));
  EXPECT_EQ(at_.partition("orders").isr.size(), 3u);
}

TEST_F(ControllerPartitionsTest, AlterPartitionToTheSameIsrChangesNothing) {
  AlterPartitionResult same =
      alter(replicas_[0], wanted({replicas_[0], replicas_[1], replicas_[2]}));
  EXPECT_EQ(same.error, ErrorCode::kNone);
  EXPECT_EQ(same.partition_epoch, PartitionEpoch(0));
}

TEST_F(ControllerPartitionsTest, AlterPartitionRefusesAStaleBrokerEpochAsAWhole) {
  RequestToken token =
      at_.alter_partition({NodeId(replicas_[0]), BrokerEpoch(0), {wanted({replicas_[0]})}});
  auto response = at_.reply<AlterPartitionResponse>(token);
  EXPECT_EQ(response->error, ErrorCode::kStaleBrokerEpoch);
  EXPECT_TRUE(response->partitions.empty());
}

TEST_F(ControllerPartitionsTest, AlterPartitionChecksInKafkasOrder) {
  int32_t leader = replicas_[0];
  int32_t follower = replicas_[1];
  alter(leader, wanted({leader, follower}));  // So that a lower partition epoch exists.
  // Each request is wrong in its own way and in those of all later lines: the first one counts.
  AlterPartitionData data = wanted({outsider_});
  data.partition_epoch = PartitionEpoch(0);
  data.leader_epoch = LeaderEpoch(-1);
  AlterPartitionData unknown = data;
  unknown.partition.topic = "nothing";
  EXPECT_EQ(error_of(follower, unknown), ErrorCode::kUnknownTopicId);
  AlterPartitionData former = wanted({leader});
  former.topic_id = Uuid{{9, 9}};
  EXPECT_EQ(error_of(leader, former), ErrorCode::kUnknownTopicId) << "deleted, and made anew";
  unknown.partition = {"orders", 5};
  EXPECT_EQ(error_of(follower, unknown), ErrorCode::kUnknownTopicOrPartition);
  AlterPartitionData later_leader = data;
  later_leader.leader_epoch = LeaderEpoch(1);
  EXPECT_EQ(error_of(follower, later_leader), ErrorCode::kNotController);
  AlterPartitionData later_partition = data;
  later_partition.partition_epoch = PartitionEpoch(2);
  EXPECT_EQ(error_of(follower, later_partition), ErrorCode::kNotController);
  EXPECT_EQ(error_of(follower, data), ErrorCode::kFencedLeaderEpoch);
  data.leader_epoch = LeaderEpoch(0);
  EXPECT_EQ(error_of(follower, data), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of(leader, data), ErrorCode::kInvalidUpdateVersion);
  data.partition_epoch = PartitionEpoch(1);
  EXPECT_EQ(error_of(leader, data), ErrorCode::kInvalidRequest);                // Not a replica.
  EXPECT_EQ(error_of(leader, wanted({follower})), ErrorCode::kInvalidRequest);  // Lacks the leader.
  EXPECT_EQ(error_of(leader, wanted({leader, leader})), ErrorCode::kInvalidRequest);
  EXPECT_EQ(at_.partition("orders").partition_epoch, PartitionEpoch(1));
}

TEST_F(ControllerPartitionsTest, AlterPartitionRefusesMembersThatMayNotBeInSync) {
  int32_t leader = replicas_[0];
  std::vector<int32_t> all = replicas_;
  AlterPartitionData reborn = wanted(all);
  reborn.new_isr[1].broker_epoch = BrokerEpoch(1);  // Fetched in a former life (KIP-903).
  EXPECT_EQ(error_of(leader, reborn), ErrorCode::kIneligibleReplica);
  reborn.new_isr[1].broker_epoch = kNoBrokerEpoch;  // Not checked.
  EXPECT_EQ(error_of(leader, reborn), ErrorCode::kNone);
  fence(replicas_[1]);
  EXPECT_EQ(error_of(leader, wanted(all)), ErrorCode::kIneligibleReplica);
}

TEST_F(ControllerPartitionsTest, AlterPartitionFromAFencedLeaderMeetsTheNewEpoch) {
  AlterPartitionData data = wanted({replicas_[0]});
  fence(replicas_[0]);
  EXPECT_EQ(error_of(replicas_[0], data), ErrorCode::kFencedLeaderEpoch);
}

TEST_F(ControllerPartitionsTest, CreatesATopicWithAllActiveReplicasInSync) {
  CreatableTopicResult result = create({"payments", 8, 3, {{"min.insync.replicas", "2"}}});
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_FALSE(result.topic_id.is_zero());
  const TopicImage& topic = at_.controller().committed_image().topics.at("payments");
  EXPECT_EQ(topic.id, result.topic_id);
  EXPECT_EQ(topic.config.min_insync_replicas, 2);
  ASSERT_EQ(topic.partitions.size(), 8u);
  for (const PartitionRegistration& partition : topic.partitions) {
    EXPECT_EQ(partition.isr, partition.replicas);
    EXPECT_EQ(partition.leader, partition.replicas.front());
    EXPECT_EQ(partition.leader_epoch, LeaderEpoch(0));
  }
}

TEST_F(ControllerPartitionsTest, LeavesAFencedReplicaOutOfANewIsr) {
  fence(3);
  create({"payments", 1, 4, {}});
  const PartitionRegistration& partition = at_.partition("payments");
  EXPECT_EQ(partition.replicas.size(), 4u);
  EXPECT_EQ(partition.isr.size(), 3u);
  EXPECT_FALSE(partition.in_isr(NodeId(3)));
}

TEST_F(ControllerPartitionsTest, RefusesTopicsThatItCannotCreate) {
  EXPECT_EQ(create({"orders", 1, 1, {}}).error, ErrorCode::kTopicAlreadyExists);
  EXPECT_EQ(create({"", 1, 1, {}}).error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(create({"a b", 1, 1, {}}).error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(create({"..", 1, 1, {}}).error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(create({std::string(250, 'a'), 1, 1, {}}).error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(create({"payments", 1, 5, {}}).error, ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(create({"payments", 1, 0, {}}).error, ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(create({"payments", 0, 1, {}}).error, ErrorCode::kInvalidPartitions);
  EXPECT_EQ(create({"payments", 1, 1, {{"no.such.key", "1"}}}).error, ErrorCode::kInvalidConfig);
  EXPECT_EQ(create({"a.b", 1, 1, {}}).error, ErrorCode::kNone);
  EXPECT_EQ(create({"a_b", 1, 1, {}}).error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(at_.controller().latest_image().topics.size(), 2u);
}

TEST_F(ControllerPartitionsTest, PutsReplicasWhereTheClientWantsThem) {
  using Assignments = std::vector<std::vector<NodeId>>;
  auto assigned = [&](Assignments to) { return create({"payments", -1, -1, {}, std::move(to)}); };
  const ErrorCode bad = ErrorCode::kInvalidReplicaAssignment;
  EXPECT_EQ(assigned({{NodeId(1), NodeId(1)}}).error, bad);
  EXPECT_EQ(assigned({{NodeId(1), NodeId(9)}}).error, bad);
  EXPECT_EQ(assigned({{NodeId(1)}, {NodeId(1), NodeId(2)}}).error, bad);
  EXPECT_EQ(assigned({{}}).error, bad);
  EXPECT_EQ(create({"payments", 1, -1, {}, {{NodeId(1)}}}).error, ErrorCode::kInvalidRequest);
  fence(2);
  EXPECT_EQ(assigned({{NodeId(2)}}).error, bad);
  EXPECT_EQ(assigned({{NodeId(3), NodeId(1)}, {NodeId(2), NodeId(3)}}).error, ErrorCode::kNone);
  EXPECT_EQ(at_.partition("payments").replicas, (std::vector<NodeId>{NodeId(3), NodeId(1)}));
  const TopicImage& topic = at_.controller().committed_image().topics.at("payments");
  ASSERT_EQ(topic.partitions.size(), 2u);
  EXPECT_EQ(topic.partitions[1].isr, std::vector<NodeId>{NodeId(3)});
  EXPECT_EQ(topic.partitions[1].leader, NodeId(3));
}

TEST_F(ControllerPartitionsTest, CreatesTheGoodTopicsOfARequest) {
  RequestToken token = at_.create_topics(
      {{{"good", 1, 1, {}}, {"bad!", 1, 1, {}}, {"twice", 1, 1, {}}, {"twice", 2, 1, {}}}});
  at_.run(60_ms);
  auto response = at_.reply<CreateTopicsResponse>(token);
  EXPECT_EQ(response->topics[0].error, ErrorCode::kNone);
  EXPECT_EQ(response->topics[1].error, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(response->topics[2].error, ErrorCode::kInvalidRequest);
  EXPECT_TRUE(at_.controller().latest_image().topics.contains("good"));
  EXPECT_FALSE(at_.controller().latest_image().topics.contains("twice"));
}

TEST_F(ControllerPartitionsTest, AllocatesProducerIdsInBlocksThatSurviveARestart) {
  RequestToken first = at_.allocate_producer_ids(1, epochs_[1]);
  RequestToken second = at_.allocate_producer_ids(2, epochs_[2]);
  EXPECT_FALSE(at_.replied(first));
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<AllocateProducerIdsResponse>(first)->producer_id_start, 0);
  EXPECT_EQ(at_.reply<AllocateProducerIdsResponse>(first)->producer_id_len, 1000);
  EXPECT_EQ(at_.reply<AllocateProducerIdsResponse>(second)->producer_id_start, 1000);
  at_.restart();
  RequestToken third = at_.allocate_producer_ids(1, epochs_[1]);
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<AllocateProducerIdsResponse>(third)->producer_id_start, 2000);
}

}  // namespace
}  // namespace models
