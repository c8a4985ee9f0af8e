// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

constexpr char kDiverges[] = "log-matching: diverges below the watermark";
constexpr char kClash[] = "log-matching: same epoch and offset, other batch";

TEST(LogMatching, QuietWhileFollowersCopy) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  for (int round = 1; round <= 5; ++round) {
    cluster.produce(1, 2);
    cluster.copy(1, 2);
    cluster.copy(1, 3);
    for (int id : {1, 2, 3}) cluster.watermark(id, round * 4);
  }
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.recheck(), "");
  for (const auto& [broker, replica] : cluster.memory().replicas()) {
    EXPECT_EQ(replica.matched, at(20)) << broker.value();
    EXPECT_TRUE(replica.tail.empty()) << broker.value();
  }
}

TEST(LogMatching, ReportsTwoBatchesOfOneName) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  cluster.produce(1, 1, "this");
  cluster.broker(2).epoch = 1;
  cluster.produce(2, 1, "that");
  EXPECT_EQ(cluster.found(), kClash);
}

TEST(LogMatching, ReportsABatchThatIsNotTheCommittedOneOfItsName) {
  FakeCluster cluster;
  cluster.ignore("cuts-spare-committed");
  cluster.settle(2);
  cluster.truncate(3, 2);
  cluster.broker(3).epoch = 1;
  cluster.produce(3, 1, "that");
  EXPECT_EQ(cluster.found(), kClash);
}

TEST(LogMatching, QuietAboutAnUncommittedTailOfAnOldEpoch) {
  FakeCluster cluster;
  cluster.settle(3);
  cluster.produce(1, 2, "alone");
  cluster.elect(2, {2, 3});
  cluster.produce(2, 4, "others");
  cluster.copy(2, 3);
  cluster.watermark(2, 14);
  cluster.follow(1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.recheck(), "");
}

// The old tail stays, and the watermark passes over it: the divergence of KIP-101.
TEST(LogMatching, ReportsADivergentTailBelowTheWatermark) {
  FakeCluster cluster;
  cluster.settle(3);
  cluster.produce(1, 1, "alone");
  cluster.elect(2, {2, 3});
  cluster.produce(2, 2, "others");
  cluster.copy(2, 3);
  cluster.watermark(2, 10);
  cluster.copy(2, 1);  // Fetches on from its own end, 8.
  EXPECT_EQ(cluster.found(), "");
  cluster.watermark(1, 10);
  EXPECT_EQ(cluster.found(), kDiverges);
  EXPECT_NE(cluster.text().find("broker 1 has 6..7 of epoch 1"), std::string::npos);
}

TEST(LogMatching, QuietWhenAFollowerCutsAndCopiesInOneEvent) {
  FakeCluster cluster;
  cluster.settle(3);
  cluster.produce(1, 2, "alone");
  cluster.elect(2, {2, 3});
  cluster.produce(2, 2, "others");
  cluster.broker(1).is_leader = false;
  cluster.broker(1).log().truncate_to(at(6), cluster.broker(1).step());
  cluster.copy(2, 1);  // Reported with the same log end as before.
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  const ReplicaMemory& replica = cluster.memory().replicas().at(node(1));
  ASSERT_EQ(replica.tail.size(), 2u);
  EXPECT_EQ(replica.tail.front().epoch, LeaderEpoch(2));
}

TEST(LogMatching, QuietWhenAFollowerLosesItsTailAndFetchesItAgain) {
  FakeCluster cluster;
  cluster.settle(6);
  cluster.lose_power(2);
  cluster.boot(2, 12);
  ASSERT_EQ(cluster.broker(2).log().log_end_offset(), at(0));
  cluster.follow(2);
  cluster.copy(1, 2);
  cluster.watermark(2, 12);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().replicas().at(node(2)).matched, at(12));
}

// The incremental checks trust what they have read; the recheck does not.
TEST(LogMatching, TheRecheckSeesAChangeThatNobodyReported) {
  FakeCluster cluster;
  cluster.settle(3);
  PartitionLog& log = cluster.broker(3).log();
  log.truncate_to(at(4), cluster.broker(3).step());
  BatchBuilder builder({});
  for (int i = 0; i < kRecordsPerBatch; ++i) builder.add(1000, std::nullopt, "secret");
  log.append_as_leader(builder.build(), LeaderEpoch(1), cluster.broker(3).step());
  log.set_high_watermark(at(6));
  EXPECT_EQ(cluster.found(), "");
  EXPECT_EQ(cluster.recheck(), kClash);
}

}  // namespace
}  // namespace models::tests
