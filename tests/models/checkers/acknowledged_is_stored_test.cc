// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TopicConfig min_isr(int32_t count) {
  TopicConfig config;
  config.min_insync_replicas = count;
  return config;
}

TEST(AcknowledgedIsStored, QuietWhenWhatIsAcknowledgedIsCommitted) {
  FakeCluster cluster;
  cluster.set_config(min_isr(2));
  cluster.settle(4);
  cluster.acknowledge(1, 6, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(AcknowledgedIsStored, ReportsAnAnswerBeforeTheWatermarkHasPassed) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 1);
  cluster.acknowledge(1, 8, 2);
  EXPECT_EQ(cluster.found(), "acknowledged-is-stored: acknowledged too early");
  EXPECT_NE(cluster.text().find("broker 1 acknowledged 8..9 with acks=all, but its high watermark "
                                "is 8"),
            std::string::npos)
      << cluster.text();
}

TEST(AcknowledgedIsStored, ReportsTooFewCopies) {
  FakeCluster cluster;
  cluster.ignore("isr-holds-committed");
  cluster.set_config(min_isr(2));
  cluster.elect(1, {1, 2});
  cluster.produce(1, 1);
  cluster.watermark(1, 2);
  cluster.acknowledge(1, 0, 2);
  EXPECT_EQ(cluster.found(), "acknowledged-is-stored: acknowledged with too few copies");
}

TEST(AcknowledgedIsStored, CountsAReplicaThatLostItSince) {
  FakeCluster cluster;
  cluster.set_config(min_isr(2));
  cluster.elect(1, {1, 2});
  cluster.produce(1, 1);
  cluster.copy(1, 2);
  cluster.watermark(1, 2);
  cluster.lose_power(2);
  cluster.acknowledge(1, 0, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// KIP-966: below min.insync.replicas the watermark is frozen.
TEST(AcknowledgedIsStored, ReportsAWatermarkThatMovesBelowMinIsr) {
  FakeCluster cluster;
  cluster.set_config(min_isr(2));
  cluster.settle(2);
  cluster.set_isr({1});
  cluster.produce(1, 1);
  cluster.lead(1);  // It has heard.
  EXPECT_EQ(cluster.found(), "");
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "acknowledged-is-stored: watermark moved below min.insync.replicas");
  EXPECT_NE(cluster.text().find("went from 4 to 6 with 1 in the ISR"), std::string::npos)
      << cluster.text();
}

TEST(AcknowledgedIsStored, QuietAboutALeaderThatHasNotHeardThatTheIsrShrank) {
  FakeCluster cluster;
  cluster.set_config(min_isr(2));
  cluster.settle(2);
  cluster.produce(1, 1);
  cluster.copy(1, 2);
  cluster.copy(1, 3);
  cluster.set_isr({1});
  cluster.watermark(1, 6);
  cluster.acknowledge(1, 4, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(AcknowledgedIsStored, QuietAboutALeaderFromBeforeAnUncleanElection) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.elect(1, {1});
  cluster.produce(1, 2);
  cluster.watermark(1, 4);
  cluster.elect(3, {3});
  cluster.produce(1, 1);
  cluster.watermark(1, 6);
  cluster.acknowledge(1, 4, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

}  // namespace
}  // namespace models::tests
