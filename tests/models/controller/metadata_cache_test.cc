// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_cache.h"

#include <gtest/gtest.h>

#include "tests/support/step_fixture.h"

namespace models {
namespace {

class MetadataCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int32_t id : {1, 2, 3}) {
      BrokerRegistration broker;
      broker.id = NodeId(id);
      broker.fenced = false;
      image_.brokers.emplace(NodeId(id), broker);
    }
    TopicImage topic;
    topic.name = "orders";
    topic.id = Uuid{{1, 2}};
    topic.partitions.resize(2);
    topic.partitions[0].replicas = {NodeId(1), NodeId(2)};
    topic.partitions[0].isr = {NodeId(1), NodeId(2)};
    topic.partitions[0].leader = NodeId(1);
    topic.partitions[0].leader_epoch = LeaderEpoch(5);
    topic.partitions[1] = topic.partitions[0];
    topic.partitions[1].leader = kNoNode;
    image_.topics.emplace("orders", topic);
  }
  MetadataResponse ask(std::vector<std::string> topics) {
    at_.clear();
    MetadataCache().on_metadata(RequestToken(1), {std::move(topics)}, image_, at_.step());
    return at_.replies<MetadataResponse>().at(0).second;
  }

  MetadataImage image_;
  StepFixture at_;
};

TEST_F(MetadataCacheTest, NamesLeadersAndReplicas) {
  MetadataResponse response = ask({"orders"});
  ASSERT_EQ(response.topics.size(), 1u);
  EXPECT_EQ(response.topics[0].topic_id, (Uuid{{1, 2}}));
  const MetadataPartition& partition = response.topics[0].partitions.at(0);
  EXPECT_EQ(partition.error, ErrorCode::kNone);
  EXPECT_EQ(partition.leader, NodeId(1));
  EXPECT_EQ(partition.leader_epoch, LeaderEpoch(5));
  EXPECT_EQ(partition.isr.size(), 2u);
  EXPECT_TRUE(partition.offline_replicas.empty());
}

TEST_F(MetadataCacheTest, HasNoLeaderForALeaderlessPartition) {
  const MetadataPartition partition = ask({"orders"}).topics[0].partitions.at(1);
  EXPECT_EQ(partition.error, ErrorCode::kLeaderNotAvailable);
  EXPECT_EQ(partition.leader, kNoNode);
  EXPECT_EQ(partition.leader_epoch, LeaderEpoch(5));
}

TEST_F(MetadataCacheTest, LeavesOutFencedBrokers) {
  image_.brokers.at(NodeId(1)).fenced = true;
  MetadataResponse response = ask({"orders"});
  EXPECT_EQ(response.brokers, (std::vector<NodeId>{NodeId(2), NodeId(3)}));
  const MetadataPartition& partition = response.topics[0].partitions.at(0);
  EXPECT_EQ(partition.error, ErrorCode::kLeaderNotAvailable);
  EXPECT_EQ(partition.leader, kNoNode);
  EXPECT_EQ(partition.offline_replicas, std::vector<NodeId>{NodeId(1)});
}

TEST_F(MetadataCacheTest, SaysWhichTopicsItDoesNotKnow) {
  MetadataResponse response = ask({"nothing", "orders"});
  ASSERT_EQ(response.topics.size(), 2u);
  EXPECT_EQ(response.topics[0].name, "nothing");
  EXPECT_EQ(response.topics[0].error, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(response.topics[1].error, ErrorCode::kNone);
}

TEST_F(MetadataCacheTest, GivesOnlyBrokersWhenNoTopicIsNamed) {
  MetadataResponse response = ask({});
  EXPECT_EQ(response.brokers.size(), 3u);
  EXPECT_TRUE(response.topics.empty());
}

}  // namespace
}  // namespace models
