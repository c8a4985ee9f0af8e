// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

constexpr char kCut[] = "cuts-spare-committed: cut below the watermark";

TEST(CutsSpareCommitted, ReportsAFollowerThatCutsBelowItsWatermark) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.truncate(2, 4);
  EXPECT_EQ(cluster.found(), kCut);
  EXPECT_NE(cluster.text().find("broker 2, follower in epoch 1, held the committed history up to "
                                "8, below its high watermark, and now, in place of 4..5 of epoch "
                                "1"),
            std::string::npos)
      << cluster.text();
}

TEST(CutsSpareCommitted, ReportsAFollowerThatBeginsAnew) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.broker(2).log().truncate_fully_and_start_at(at(0), cluster.broker(2).step());
  cluster.report(2);
  EXPECT_EQ(cluster.found(), kCut);
}

TEST(CutsSpareCommitted, QuietAboveTheWatermark) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 2, "alone");
  cluster.elect(2, {2, 3});
  cluster.produce(2, 1);
  cluster.follow(1);
  cluster.truncate(1, 8);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(CutsSpareCommitted, QuietWhenRetentionOrALeaderThatIsFarAheadMovesTheStart) {
  FakeCluster cluster;
  cluster.settle(4);
  EXPECT_EQ(cluster.broker(2).log().increment_log_start(at(6), cluster.broker(2).step()),
            ErrorCode::kNone);
  cluster.report(2);
  cluster.set_isr({1, 2});
  cluster.broker(3).log().truncate_fully_and_start_at(at(20), cluster.broker(3).step());
  cluster.report(3);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(CutsSpareCommitted, QuietAfterAnUncleanElection) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.elect(1, {1, 2});
  cluster.produce(1, 4, "given up");
  cluster.copy(1, 2);
  cluster.watermark(1, 8);
  cluster.watermark(2, 8);
  cluster.decide(3, {3});
  cluster.follow(2);
  cluster.truncate(2, 0);  // Before the new leader was seen.
  cluster.lead(3);
  cluster.follow(1);
  cluster.truncate(1, 0);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(CutsSpareCommitted, QuietWhenAllLostItWithThePower) {
  FakeCluster cluster;
  cluster.elect(1, {1});
  cluster.produce(1, 4);
  cluster.watermark(1, 8);
  cluster.copy(1, 2);
  cluster.watermark(2, 8);
  cluster.lose_power(1);
  cluster.boot(1, 0);
  cluster.elect(1, {1});
  cluster.follow(2);
  cluster.truncate(2, 0);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
