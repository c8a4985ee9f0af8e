// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/one_leader_per_epoch.h"

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

constexpr char kTwo[] = "one-leader-per-epoch: two leaders";

TEST(OneLeaderPerEpoch, TwoMayLeadInDifferentEpochs) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  cluster.elect(2, {2, 3});
  cluster.report(1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(OneLeaderPerEpoch, OneMayLeadAgainInItsEpoch) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  cluster.crash(1);
  cluster.boot(1, 0);
  cluster.lead(1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(OneLeaderPerEpoch, ReportsABrokerThatTheControllerDidNotName) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2, 3});
  cluster.lead(2);
  EXPECT_EQ(cluster.found(), kTwo);
  EXPECT_EQ(cluster.text(), "orders-0: in epoch 1 both broker 1 and broker 2 lead");
}

// By itself: in the whole set another invariant is first to see this.
TEST(OneLeaderPerEpoch, ReportsAControllerThatNamesASecondOne) {
  OneLeaderPerEpoch invariant;
  PartitionMemory memory(kOrders);
  TopicImage topic;
  PartitionRegistration first;
  first.leader = node(1);
  first.leader_epoch = LeaderEpoch(4);
  PartitionRegistration second = first;
  second.leader = node(2);
  EXPECT_FALSE(invariant.on_registration({kOrders, nullptr, first, topic, memory}));
  EXPECT_FALSE(invariant.on_registration({kOrders, &first, first, topic, memory}));
  EXPECT_TRUE(invariant.on_registration({kOrders, &first, second, topic, memory}));
}

TEST(OneLeaderPerEpoch, RemembersTheLeadersOfOldEpochs) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  cluster.elect(2, {1, 2, 3});
  cluster.broker(3).is_leader = true;
  cluster.broker(3).epoch = 1;
  cluster.report(3);
  EXPECT_EQ(cluster.found(), kTwo);
}

}  // namespace
}  // namespace models::tests
