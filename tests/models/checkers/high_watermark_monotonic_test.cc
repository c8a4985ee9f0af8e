// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(HighWatermarkMonotonic, ReportsALeaderThatGoesBack) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: went back on a leader");
  EXPECT_NE(cluster.text().find("broker 1 is 6, a leader in epoch 1; before it was 8"),
            std::string::npos);
}

TEST(HighWatermarkMonotonic, ReportsALeaderThatForgetsItInANewEpoch) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.broker(2).log().set_high_watermark(at(4));
  cluster.elect(2, {2, 3});
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: went back on a leader");
}

TEST(HighWatermarkMonotonic, AFollowerMayGoBackOnceInAnEpoch) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.elect(2, {2, 3});
  cluster.follow(3);
  cluster.watermark(3, 6);  // The new leader's watermark.
  cluster.watermark(3, 8);
  EXPECT_EQ(cluster.found(), "");
  cluster.watermark(3, 6);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: went back on a follower");
}

TEST(HighWatermarkMonotonic, AFollowerMayGoBackInEachEpoch) {
  FakeCluster cluster;
  cluster.settle(4);
  for (int leader : {2, 1, 2}) {
    cluster.elect(leader, {1, 2, 3});
    cluster.follow(3);
    cluster.watermark(3, 6);
    cluster.watermark(3, 8);
  }
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(HighWatermarkMonotonic, AFollowersCutTakesItAlong) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.elect(1, {1, 3});
  cluster.produce(1, 4);
  cluster.copy(1, 3);
  cluster.watermark(1, 8);
  cluster.watermark(3, 8);
  cluster.elect(2, {2});  // Has nothing.
  cluster.follow(3);
  cluster.truncate(3, 0);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(HighWatermarkMonotonic, ReportsALogThatStartsEarlierAfterACleanStop) {
  FakeCluster cluster;
  cluster.settle(4);
  EXPECT_EQ(cluster.broker(2).log().increment_log_start(at(4), cluster.broker(2).step()),
            ErrorCode::kNone);
  cluster.report(2);
  cluster.stop_cleanly(2);
  cluster.boot(2, 8);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: log start forgotten over a clean restart");
}

TEST(HighWatermarkMonotonic, RetentionMovesTheStartAndNothingElse) {
  FakeCluster cluster;
  cluster.settle(4);
  for (int id : {1, 2, 3}) {
    EXPECT_EQ(cluster.broker(id).log().increment_log_start(at(5), cluster.broker(id).step()),
              ErrorCode::kNone);
    cluster.report(id);
  }
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.recheck(), "");
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: went back on a leader");
}

TEST(HighWatermarkMonotonic, ARestartAfterACrashMayReadAnOldCheckpoint) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.crash(2);
  cluster.boot(2, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// KAFKA-769: the checkpoint is written and not read.
TEST(HighWatermarkMonotonic, ReportsACleanRestartThatForgetsIt) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.stop_cleanly(2);
  cluster.boot(2, 0);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: forgotten over a clean restart");
}

TEST(HighWatermarkMonotonic, QuietWhenACleanRestartKeepsIt) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.stop_cleanly(2);
  cluster.boot(2, 8);
  cluster.follow(2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(HighWatermarkMonotonic, ALaterCrashForgivesTheCleanStop) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.stop_cleanly(2);
  cluster.boot(2, 8);
  cluster.crash(2);
  cluster.boot(2, 4);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
