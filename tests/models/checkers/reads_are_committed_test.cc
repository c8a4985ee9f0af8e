// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(ReadsAreCommitted, QuietBelowTheWatermark) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 2);
  cluster.serve(1, 0, 8);
  cluster.serve(2, 4, 8);  // A follower may serve, too.
  cluster.tell_end(1, 8);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(ReadsAreCommitted, ReportsARecordAboveTheWatermark) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 2);
  cluster.serve(1, 6, 10);
  EXPECT_EQ(cluster.found(), "reads-are-committed: above the watermark");
  EXPECT_NE(cluster.text().find("broker 1 gave a consumer 8..9 of epoch 1"), std::string::npos)
      << cluster.text();
}

TEST(ReadsAreCommitted, ReportsAnEndAboveTheWatermark) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 2);
  cluster.tell_end(1, 12);
  EXPECT_EQ(cluster.found(), "reads-are-committed: end above the watermark");
}

TEST(ReadsAreCommitted, ReportsWhatWasNotCommitted) {
  FakeCluster cluster;
  cluster.ignore("isr-holds-committed");
  cluster.ignore("log-matching");
  cluster.elect(3, {1, 2, 3});
  cluster.produce(3, 2, "only here");
  cluster.elect(1, {1, 2});
  cluster.produce(1, 2);
  cluster.copy(1, 2);
  cluster.watermark(1, 4);
  cluster.watermark(3, 4);
  cluster.serve(3, 0, 4);
  EXPECT_EQ(cluster.found(), "reads-are-committed: not what was committed");
}

TEST(ReadsAreCommitted, QuietAboutWhatAnUncleanElectionGaveUp) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.elect(1, {1});
  cluster.produce(1, 2, "given up");
  cluster.watermark(1, 4);
  cluster.elect(3, {3});
  cluster.produce(3, 2, "new");
  cluster.watermark(3, 4);
  cluster.serve(1, 0, 4);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// Nobody looks at it any more, so that its watermark is not known.
TEST(ReadsAreCommitted, QuietAboutALeaderThatHasNotHeardOfItsRemoval) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.registration().replicas = {node(2), node(3)};
  cluster.decide(2, {2, 3});
  cluster.produce(1, 1);
  cluster.watermark(1, 9);
  cluster.serve(1, 8, 10);
  cluster.tell_end(1, 9);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
