// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(IsrHoldsCommitted, QuietWhileTheWatermarkWaitsForAll) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2});
  cluster.produce(1, 4);
  cluster.copy(1, 2);
  cluster.watermark(1, 8);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(IsrHoldsCommitted, ReportsAMemberThatIsBehind) {
  FakeCluster cluster;
  cluster.settle(2);
  cluster.produce(1, 2);
  cluster.copy(1, 2);
  cluster.watermark(1, 8);
  EXPECT_EQ(cluster.found(), "isr-holds-committed: behind");
  EXPECT_NE(cluster.text().find("broker 1, leader of epoch 1, has the high watermark 8, but broker "
                                "3 in the ISR ends at 4"),
            std::string::npos)
      << cluster.text();
}

TEST(IsrHoldsCommitted, ReportsAMemberWithOtherRecords) {
  FakeCluster cluster;
  cluster.elect(3, {1, 2, 3});
  cluster.produce(3, 2, "only here");
  cluster.elect(1, {1, 2, 3});
  cluster.produce(1, 2);
  cluster.copy(1, 2);
  cluster.watermark(1, 4);
  EXPECT_EQ(cluster.found(), "isr-holds-committed: different");
}

// KAFKA-5634: the watermark is pulled along by the log's start.
TEST(IsrHoldsCommitted, ReportsAWatermarkThatTheLogStartPullsAlong) {
  FakeCluster cluster;
  cluster.settle(2);
  cluster.produce(1, 4);
  PartitionLog& log = cluster.broker(1).log();
  log.truncate_fully_and_start_at(at(8), cluster.broker(1).step());
  cluster.ignore("committed-data-survives");
  cluster.report(1);
  EXPECT_EQ(cluster.found(), "isr-holds-committed: behind");
}

TEST(IsrHoldsCommitted, QuietAboutALeaderThatHasNotHeardOfItsSuccessor) {
  FakeCluster cluster;
  cluster.settle(2);
  cluster.produce(1, 1);
  cluster.copy(1, 2);
  cluster.copy(1, 3);
  cluster.decide(2, {2, 3});
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(IsrHoldsCommitted, QuietAboutAMemberThatLostPower) {
  FakeCluster cluster;
  cluster.settle(2);
  cluster.produce(1, 1);
  cluster.copy(1, 2);
  cluster.copy(1, 3);
  cluster.lose_power(3);
  cluster.watermark(1, 6);  // Its fetch had arrived.
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
