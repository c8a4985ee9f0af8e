// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(MetadataSane, QuietAboutElectionsAndChangesOfTheIsr) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2, 3});
  cluster.set_isr({1, 2});
  cluster.decide(2, {2});
  cluster.decide(-1, {2});
  cluster.decide(2, {2});
  cluster.set_isr({2, 1, 3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(MetadataSane, ReportsALeaderOutsideTheIsr) {
  FakeCluster cluster;
  cluster.decide(1, {2, 3});
  EXPECT_EQ(cluster.found(), "metadata-sane: the leader is not in the ISR");
}

TEST(MetadataSane, ReportsAnUncleanElectionThatIsNotAllowed) {
  FakeCluster strict;
  strict.decide(1, {1, 2});
  strict.decide(3, {3});
  EXPECT_EQ(strict.found(),
            "metadata-sane: a leader from outside the ISR, but unclean elections are not allowed");

  FakeCluster lenient(true);
  lenient.decide(1, {1, 2});
  lenient.decide(3, {3});
  EXPECT_EQ(lenient.found(), "") << lenient.text();
}

// Both changes were committed before anybody looked.
TEST(MetadataSane, QuietAboutALeaderThatJoinedTheIsrMeanwhile) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2});
  cluster.registration().partition_epoch += 1;
  cluster.decide(3, {3, 1, 2});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(MetadataSane, ReportsAMemberThatIsNoReplica) {
  FakeCluster cluster;
  cluster.decide(1, {1, 4});
  EXPECT_EQ(cluster.found(), "metadata-sane: the ISR has a member that is no replica");
}

TEST(MetadataSane, ReportsAnEmptyIsrThatNobodyCanFill) {
  FakeCluster cluster;
  cluster.decide(-1, {});
  EXPECT_EQ(cluster.found(), "metadata-sane: the ISR is empty, and nobody is remembered");

  FakeCluster led;
  led.decide(1, {});
  EXPECT_EQ(led.found(), "metadata-sane: the ISR is empty, yet there is a leader");
}

TEST(MetadataSane, QuietAboutEligibleReplicasThatLead) {
  FakeCluster cluster;
  cluster.decide(1, {1});
  cluster.registration().elr = {node(1), node(2)};
  cluster.registration().last_known_elr = {node(1)};
  cluster.decide(-1, {});
  cluster.registration().elr = {node(1)};
  cluster.decide(2, {2});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(MetadataSane, QuietAboutAnElectionThatTheControllerCallsUnclean) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2});
  cluster.registration().recovering = true;
  cluster.decide(3, {3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

TEST(MetadataSane, QuietAboutALeaderThatCompletesAMove) {
  for (bool moves : {true, false}) {
    FakeCluster cluster;
    cluster.decide(1, {1});
    if (moves) cluster.registration().removing = {node(1)};
    cluster.set_isr({1});
    cluster.registration().removing.clear();
    cluster.registration().replicas = {node(2), node(3)};
    cluster.decide(2, {2});
    EXPECT_EQ(cluster.found().empty(), moves) << cluster.text();
  }
}

// A move that is cancelled, and one that takes somebody else away.
TEST(MetadataSane, ReportsAnOutsiderThatLeadsAtAnotherEndOfAMove) {
  for (int removed : {1, 2}) {
    FakeCluster cluster;
    bool is_cancelled = removed == 1;
    cluster.decide(1, {1});
    cluster.registration().removing = {node(removed)};
    if (is_cancelled) cluster.registration().adding = {node(2)};
    cluster.set_isr({1});
    cluster.registration().removing.clear();
    cluster.registration().adding.clear();
    cluster.registration().replicas = {node(1), node(3)};
    cluster.decide(3, {3});
    EXPECT_EQ(
        cluster.found(),
        "metadata-sane: a leader from outside the ISR, but unclean elections are not allowed");
  }
}

TEST(MetadataSane, ReportsABrokerInSyncAndEligibleBesideIt) {
  FakeCluster cluster;
  cluster.registration().elr = {node(2)};
  cluster.decide(1, {1, 2});
  EXPECT_EQ(cluster.found(), "metadata-sane: a broker is in the ISR and eligible beside it");
}

TEST(MetadataSane, ReportsAMemberListedTwice) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2, 1});
  EXPECT_EQ(cluster.found(), "metadata-sane: a broker is listed twice");
}

TEST(MetadataSane, ReportsALeaderEpochThatGoesBack) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2, 3});
  cluster.decide(2, {1, 2, 3});
  cluster.registration().leader_epoch = LeaderEpoch(1);
  cluster.commit_metadata();
  EXPECT_EQ(cluster.found(), "metadata-sane: the leader epoch went back");
}

TEST(MetadataSane, ReportsAPartitionEpochThatGoesBackOrStaysThroughAChange) {
  FakeCluster back;
  back.decide(1, {1, 2, 3});
  back.set_isr({1, 2});
  back.registration().partition_epoch = PartitionEpoch(0);
  back.commit_metadata();  // 1 after 2.
  EXPECT_EQ(back.found(), "metadata-sane: the partition epoch went back");

  FakeCluster same;
  same.decide(1, {1, 2, 3});
  same.registration().partition_epoch = PartitionEpoch(0);
  same.set_isr({1, 2});  // 1 again.
  EXPECT_EQ(same.found(), "metadata-sane: changed within one partition epoch");
}

TEST(MetadataSane, ReportsANewLeaderInAnOldEpoch) {
  FakeCluster cluster;
  cluster.decide(1, {1, 2, 3});
  cluster.registration().leader = node(2);
  cluster.commit_metadata();
  EXPECT_EQ(cluster.found(), "metadata-sane: the leader changed within one leader epoch");
}

// A topic that was deleted and made anew begins with epochs and offsets from 0.
TEST(MetadataSane, QuietAboutAnotherTopicOfTheSameName) {
  InvariantSet invariants = InvariantSet::all();
  MetadataImage image;
  TopicImage& topic = image.topics["orders"];
  topic.id = Uuid{{1, 1}};
  PartitionRegistration registration;
  registration.replicas = registration.isr = {node(1), node(2)};
  registration.leader = node(1);
  registration.leader_epoch = LeaderEpoch(3);
  topic.partitions = {registration};
  MetadataDelta made;
  made.topics = {"orders"};
  made.partitions = {{"orders", 0}};
  EXPECT_FALSE(invariants.on_metadata(image, made));
  InvariantSet same = invariants;
  MetadataImage recreated = image;
  recreated.topics["orders"].id = Uuid{{2, 2}};
  recreated.topics["orders"].partitions[0].leader = node(2);
  recreated.topics["orders"].partitions[0].leader_epoch = LeaderEpoch(0);
  MetadataDelta made_anew = made;
  made_anew.deleted_topics[topic.id] = "orders";
  EXPECT_FALSE(invariants.on_metadata(recreated, made_anew));
  recreated = image;
  recreated.topics["orders"].partitions[0].leader_epoch = LeaderEpoch(2);
  EXPECT_TRUE(same.on_metadata(recreated, made));
}

}  // namespace
}  // namespace models::tests
