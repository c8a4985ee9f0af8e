// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

constexpr char kLost[] = "committed-data-survives: lost";
constexpr char kReplaced[] = "committed-data-survives: replaced";

TEST(CommittedDataSurvives, QuietWhenTheNextLeaderHoldsEverything) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.crash(1);
  cluster.elect(2, {2, 3});
  cluster.produce(2, 2);
  cluster.copy(2, 3);
  cluster.watermark(2, 12);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().committed().end(), at(12));
}

TEST(CommittedDataSurvives, ReportsALeaderThatEndsTooEarly) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  cluster.produce(1, 3);
  cluster.copy(1, 2);
  cluster.watermark(1, 6);
  cluster.elect(3, {3, 2});
  EXPECT_EQ(cluster.found(), kLost);
  EXPECT_NE(cluster.text().find("orders-0: 0..1 of epoch 1"), std::string::npos) << cluster.text();
  EXPECT_NE(cluster.text().find("broker 3, leader of epoch 2"), std::string::npos);
}

// KIP-101: a follower in the ISR cuts its log to its own, older watermark and then must lead.
TEST(CommittedDataSurvives, ReportsAFollowerThatCutToItsOwnWatermark) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2});
  cluster.produce(1, 5);
  cluster.copy(1, 2);
  cluster.watermark(1, 10);
  cluster.watermark(2, 8);
  cluster.crash(2);
  cluster.boot(2, 8);
  cluster.truncate(2, 8);
  EXPECT_EQ(cluster.found(), "");
  cluster.crash(1);
  cluster.elect(2, {2});
  EXPECT_EQ(cluster.found(), kLost);
}

TEST(CommittedDataSurvives, ReportsALeaderWithOtherRecordsThere) {
  FakeCluster cluster;
  cluster.ignore("isr-holds-committed");
  cluster.elect(3, {1, 2, 3});
  cluster.produce(3, 1, "only here");
  cluster.elect(1, {1, 2, 3});
  cluster.produce(1, 2);
  cluster.copy(1, 2);
  cluster.watermark(1, 4);
  EXPECT_EQ(cluster.found(), "");
  cluster.elect(3, {3, 1, 2});
  EXPECT_EQ(cluster.found(), kReplaced);
}

TEST(CommittedDataSurvives, ReportsALeaderThatCutsItsOwnLog) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.truncate(1, 6);
  EXPECT_EQ(cluster.found(), kLost);
}

// acks=1: records above the watermark were promised to nobody.
TEST(CommittedDataSurvives, QuietAboutRecordsThatWereNotCommitted) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 3);
  cluster.crash(1);
  cluster.elect(2, {2, 3});
  cluster.produce(2, 1, "others");
  cluster.copy(2, 3);
  cluster.watermark(2, 10);
  cluster.boot(1, 8);
  cluster.follow(1);
  cluster.truncate(1, 8);
  cluster.copy(2, 1);
  cluster.watermark(1, 10);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(CommittedDataSurvives, QuietAboutAnOldLeaderThatHasNotHeard) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.elect(2, {2, 3});
  cluster.produce(2, 2);
  cluster.copy(2, 3);
  cluster.watermark(2, 12);
  cluster.produce(1, 1);  // It still believes in epoch 1.
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

// The successor's log has them, but the watermark is moved by the predecessor, late.
TEST(CommittedDataSurvives, QuietWhenTheOldLeaderCommitsWhatTheNewOneHolds) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.produce(1, 1);
  cluster.copy(1, 2);
  cluster.elect(2, {2, 3});
  cluster.watermark(1, 10);
  cluster.produce(2, 1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().commit_epoch(), LeaderEpoch(1));
}

TEST(CommittedDataSurvives, QuietAfterAnUncleanElection) {
  FakeCluster cluster(true);
  cluster.elect(1, {1, 2});
  cluster.produce(1, 1);
  cluster.copy(1, 3);
  cluster.set_isr({1});
  cluster.produce(1, 3, "lost");
  cluster.watermark(1, 8);
  cluster.crash(1);
  cluster.elect(3, {3});
  cluster.produce(3, 5, "new");
  cluster.watermark(3, 12);
  cluster.boot(1, 8);  // Comes back with what the others gave up, below its own watermark.
  cluster.follow(1);
  cluster.truncate(1, 2);
  cluster.copy(3, 1);
  cluster.watermark(1, 12);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().floor(), LeaderEpoch(2));
  EXPECT_EQ(cluster.memory().committed().end(), at(12));
}

// Cancelled where nobody of the former replicas is in sync: its first one leads, and is called in
// sync (PartitionReassignmentRevert).
TEST(CommittedDataSurvives, QuietAfterACancelledMoveToWhomNobodyIsInSync) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.registration().adding = {node(1)};
  cluster.elect(1, {1});
  cluster.produce(1, 3);
  cluster.watermark(1, 6);
  cluster.registration().adding.clear();
  cluster.registration().replicas = {node(2), node(3)};
  cluster.elect(2, {2});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().floor(), LeaderEpoch(2));
}

TEST(CommittedDataSurvives, BindsAgainAfterAnUncleanElection) {
  FakeCluster cluster(true);
  cluster.elect(1, {1});
  cluster.produce(1, 2, "lost");
  cluster.watermark(1, 4);
  cluster.elect(3, {3});
  cluster.produce(3, 3, "new");
  cluster.watermark(3, 6);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  cluster.follow(2);
  cluster.copy(3, 2);
  cluster.set_isr({3, 2});
  cluster.truncate(2, 2);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  cluster.elect(2, {2});
  EXPECT_EQ(cluster.found(), kLost);
}

TEST(CommittedDataSurvives, QuietWhenTheOnlyHolderLosesPower) {
  FakeCluster cluster;
  cluster.settle(2);
  cluster.broker(1).log().flush(cluster.broker(1).step());
  cluster.set_isr({1});
  cluster.produce(1, 3);
  cluster.watermark(1, 10);
  cluster.lose_power(1);
  cluster.decide(-1, {1});
  cluster.boot(1, 10);
  ASSERT_EQ(cluster.broker(1).log().log_end_offset(), at(4));
  cluster.elect(1, {1});
  cluster.produce(1, 2, "after");
  cluster.watermark(1, 8);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().committed().end(), at(8));
}

TEST(CommittedDataSurvives, ReportsAPowerLossWhenAnotherInSyncStillHoldsIt) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.lose_power(1);
  cluster.boot(1, 8);
  ASSERT_LT(cluster.broker(1).log().log_end_offset(), at(8));
  cluster.elect(1, {1, 2});
  EXPECT_EQ(cluster.found(), kLost);
}

// A restarted broker reads its former leadership from the metadata log before it hears more.
TEST(CommittedDataSurvives, QuietAboutAFormerLeadershipAfterAPowerLoss) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.lose_power(1);
  cluster.boot(1, 8);
  cluster.lead(1);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(CommittedDataSurvives, APowerLossIsForgottenOnceTheReplicaHasCaughtUp) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.lose_power(2);
  cluster.set_isr({1, 3});
  cluster.boot(2, 0);
  cluster.copy(1, 2);
  cluster.set_isr({1, 3, 2});
  cluster.truncate(2, 4);
  cluster.elect(2, {2});
  EXPECT_EQ(cluster.found(), kLost);
}

// Both changes were committed before anybody looked: an assignment of directories emptied the ELR, so
// that the last known leader was elected, though broker 2 was eligible.
TEST(CommittedDataSurvives, QuietAboutALastKnownLeaderAfterTheElrWasEmptied) {
  FakeCluster cluster;
  cluster.ignore("in-sync-means-committed");
  cluster.settle(2);
  cluster.broker(1).log().flush(cluster.broker(1).step());
  cluster.set_isr({1, 2});
  cluster.produce(1, 3);
  cluster.copy(1, 2);
  cluster.watermark(1, 10);
  cluster.lose_power(1);
  cluster.registration().elr = {node(1), node(2)};
  cluster.registration().last_known_elr = {node(1)};
  cluster.decide(-1, {});
  cluster.boot(1, 10);
  ASSERT_EQ(cluster.broker(1).log().log_end_offset(), at(4));
  PartitionRegistration& now = cluster.registration();
  now.elr.clear();
  now.last_known_elr.clear();
  now.recovering = true;
  now.partition_epoch += 1;
  cluster.elect(1, {1});
  cluster.produce(1, 2, "after");
  cluster.watermark(1, 8);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().committed().end(), at(8));
}

// Nothing releases the cluster: also where unclean elections are allowed this was none.
TEST(CommittedDataSurvives, ReportsAnEligibleLeaderWithoutWhatIsCommitted) {
  FakeCluster cluster(/*unclean_allowed=*/true);
  cluster.ignore("in-sync-means-committed");
  cluster.elect(1, {1, 2});
  cluster.produce(1, 3);
  cluster.copy(1, 2);
  cluster.watermark(1, 6);
  cluster.registration().elr = {node(3)};
  cluster.decide(-1, {});
  cluster.registration().elr.clear();
  cluster.elect(3, {3});
  EXPECT_EQ(cluster.found(), kLost);
}

}  // namespace
}  // namespace models::tests
