// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(InSyncMeansCommitted, QuietWhenTheJoiningReplicaHasCaughtUp) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2});
  cluster.produce(1, 4);
  cluster.copy(1, 2);
  cluster.watermark(1, 8);
  cluster.copy(1, 3);
  cluster.set_isr({1, 2, 3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// KAFKA-7128: the new leader's watermark lags, the follower reaches it and not the epoch's start.
TEST(InSyncMeansCommitted, ReportsAReplicaBelowTheStartOfTheEpoch) {
  FakeCluster cluster;
  cluster.settle(3);
  cluster.set_isr({1, 2});
  cluster.produce(1, 2);
  cluster.copy(1, 2);
  cluster.watermark(1, 10);
  cluster.crash(1);
  cluster.elect(2, {2});
  ASSERT_EQ(cluster.broker(2).log().high_watermark(), at(6));
  ASSERT_EQ(cluster.broker(3).log().log_end_offset(), at(6));
  cluster.set_isr({2, 3});
  EXPECT_EQ(cluster.found(), "in-sync-means-committed: joined behind");
  EXPECT_NE(cluster.text().find("broker 3 joined the ISR in epoch 2 without the committed 6..7"),
            std::string::npos)
      << cluster.text();
}

TEST(InSyncMeansCommitted, QuietAboutAMemberThatLostPowerMeanwhile) {
  FakeCluster cluster;
  cluster.settle(3);
  cluster.set_isr({1, 2});
  cluster.lose_power(3);
  cluster.boot(3, 0);
  ASSERT_EQ(cluster.broker(3).log().log_end_offset(), at(0));
  cluster.set_isr({1, 2, 3});  // Proposed before, and the controller has not noticed yet.
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// What it held of the old history counts for nothing in the new one.
TEST(InSyncMeansCommitted, ReportsAReplicaThatKeepsWhatAnUncleanElectionGaveUp) {
  FakeCluster cluster(true);
  cluster.elect(1, {1});
  cluster.produce(1, 4, "given up");
  cluster.watermark(1, 8);
  cluster.elect(3, {3});
  cluster.produce(3, 3, "new");
  cluster.watermark(3, 6);
  cluster.follow(1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  cluster.set_isr({3, 1});
  EXPECT_EQ(cluster.found(), "in-sync-means-committed: joined behind");
}

TEST(InSyncMeansCommitted, QuietAboutAnUncleanLeader) {
  FakeCluster cluster(true);
  cluster.elect(1, {1});
  cluster.produce(1, 3);
  cluster.watermark(1, 6);
  cluster.follow(3);
  cluster.decide(3, {3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
