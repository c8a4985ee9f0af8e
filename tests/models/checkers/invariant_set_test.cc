// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/invariant_set.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/models/checkers/fake_cluster.h"

namespace models::tests {
namespace {

TEST(InvariantSet, CatalogueNamesEachOnce) {
  std::set<std::string_view> names;
  for (const InvariantCard& card : InvariantSet::catalogue()) {
    EXPECT_TRUE(names.insert(card.name).second) << card.name;
    EXPECT_FALSE(card.why.empty());
  }
  EXPECT_EQ(names.size(), 14u);
}

TEST(InvariantSet, ACopyGoesItsOwnWay) {
  FakeCluster cluster;
  cluster.settle(4);
  InvariantSet copy = cluster.invariants();
  cluster.watermark(1, 6);
  EXPECT_NE(cluster.found(), "");

  cluster.broker(1).log().set_high_watermark(at(8));
  EXPECT_FALSE(copy.on_replica(cluster.view(1)));
  cluster.broker(1).log().set_high_watermark(at(4));
  EXPECT_TRUE(copy.on_replica(cluster.view(1)));
}

TEST(InvariantSet, ACopyOutlivesTheOriginal) {
  FakeCluster cluster;
  cluster.settle(4);
  std::optional<InvariantSet> original = cluster.invariants();
  InvariantSet copy = *original;
  original.reset();
  cluster.broker(1).log().truncate_to(at(4), cluster.broker(1).step());
  std::optional<Violation> found = copy.on_replica(cluster.view(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->signature, "committed-data-survives: lost");
}

TEST(InvariantSet, SignaturesHoldNoValues) {
  FakeCluster one;
  one.settle(4);
  one.truncate(1, 6);
  FakeCluster other;
  other.settle(9);
  other.truncate(1, 2);
  EXPECT_EQ(one.found(), other.found());
  EXPECT_NE(one.text(), other.text());
}

TEST(InvariantSet, RechecksAgreeOverALongHistory) {
  FakeCluster cluster;
  cluster.elect(1, {1, 2, 3});
  int leader = 1;
  for (int round = 1; round <= 30; ++round) {
    cluster.produce(leader, 1 + round % 3);
    for (int id : {1, 2, 3}) {
      if (id != leader) cluster.copy(leader, id);
    }
    int64_t end = cluster.broker(leader).log().log_end_offset().value();
    for (int id : {1, 2, 3}) cluster.watermark(id, end);
    if (round % 7 == 0) {
      leader = leader % 3 + 1;
      cluster.elect(leader, {1, 2, 3});
      for (int id : {1, 2, 3}) {
        if (id != leader) cluster.follow(id);
      }
    }
    ASSERT_EQ(cluster.recheck(), "") << round;
  }
  EXPECT_EQ(cluster.found(), "") << cluster.text();
}

constexpr Uuid kOtherTopic{{1, 2}};

TEST(InvariantSet, ATopicMadeAgainBeginsAnew) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.delete_topic();
  cluster.create_topic(kOtherTopic);
  cluster.report(2);  // Has not heard yet, and holds what went by that name before.
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  for (int id : {1, 2, 3}) {
    cluster.broker(id).log().truncate_fully_and_start_at(at(0), cluster.broker(id).step());
    cluster.follow(id);
  }
  cluster.lead(1);
  cluster.produce(1, 2, "other");
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.memory().topic_id(), kOtherTopic);
  cluster.watermark(1, 2);
  cluster.watermark(1, 1);
  EXPECT_NE(cluster.found(), "");
}

TEST(InvariantSet, AReplicaThatWasRemovedMayBeginAnew) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.registration().replicas = {node(1), node(2)};
  cluster.set_isr({1, 2});
  cluster.truncate(3, 2);  // On its way out.
  cluster.registration().replicas.push_back(node(3));
  cluster.commit_metadata();
  cluster.report(3);
  cluster.broker(3).log().truncate_fully_and_start_at(at(0), cluster.broker(3).step());
  cluster.follow(3);
  cluster.copy(1, 3);
  cluster.watermark(3, 8);
  cluster.set_isr({1, 2, 3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  cluster.truncate(3, 2);
  EXPECT_EQ(cluster.found(), "cuts-spare-committed: cut below the watermark");
}

TopicConfig compacted() {
  TopicConfig config;
  config.cleanup_policy = {.deletes = false, .compacts = true};
  return config;
}

// What a cleaner leaves of one batch: the same offsets, fewer records.
void replace_with_fewer(FakeBroker& broker) {
  BatchBuilder builder({.leader_epoch = LeaderEpoch(1)});
  builder.add(1000, std::nullopt, "v");
  builder.add(1000, std::nullopt, "another");
  auto read = broker.log().read(at(2), 1 << 20, broker.log().log_end_offset(), true, broker.step());
  absl::Cord rest = read.records;
  broker.log().truncate_fully_and_start_at(at(0), broker.step());
  broker.log().append_as_follower(builder.build(), LeaderEpoch(1), broker.step());
  broker.log().append_as_follower(rest, LeaderEpoch(1), broker.step());
}

TEST(InvariantSet, ACleanedBatchStandsForTheCommittedOne) {
  for (bool cleaned : {true, false}) {
    FakeCluster cluster;
    cluster.settle(4);
    if (cleaned) cluster.set_config(compacted());
    cluster.crash(2);
    replace_with_fewer(cluster.broker(2));
    cluster.broker(2).log().set_high_watermark(at(8));
    cluster.report(2);
    EXPECT_EQ(cluster.found(), cleaned ? "" : "log-matching: same epoch and offset, other batch");
    if (cleaned) {
      EXPECT_EQ(cluster.recheck(), "");
    }
  }
}

TEST(InvariantSet, ACompactedLogMayHaveHolesAndNoShorterEnd) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.set_config(compacted());
  FakeBroker& broker = cluster.broker(2);
  auto read = broker.log().read(at(4), 1 << 20, at(8), true, broker.step());
  absl::Cord rest = read.records;
  cluster.crash(2);
  broker.log().truncate_fully_and_start_at(at(0), broker.step());
  broker.log().append_as_follower(rest, LeaderEpoch(1), broker.step());
  cluster.elect(2, {2, 3});
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_EQ(cluster.recheck(), "");
  cluster.truncate(2, 6);
  EXPECT_EQ(cluster.found(), "committed-data-survives: lost");
}

TEST(InvariantSet, WhereBitsRotContentsAreNotComparedAndWatermarksAre) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.invariants().on_rot(node(2), TopicPartition{"others", 0});
  InvariantSet elsewhere = cluster.invariants();
  cluster.invariants().on_rot(node(2), kOrders);
  cluster.truncate(3, 4);
  EXPECT_EQ(cluster.found(), "") << cluster.text();
  EXPECT_TRUE(elsewhere.on_replica(cluster.view(3)));
  cluster.watermark(1, 6);
  EXPECT_EQ(cluster.found(), "high-watermark-monotonic: went back on a leader");
}

// What the shell does not report is found by reading everything anew.
TEST(InvariantSet, ARecheckFindsWhatNobodyReported) {
  FakeCluster cluster;
  cluster.settle(4);
  cluster.broker(1).log().assign_epoch_start(LeaderEpoch(1), cluster.broker(1).step());
  BatchBuilder builder({});
  builder.add(1000, std::nullopt, "unseen");
  cluster.broker(1).log().append_as_leader(builder.build(), LeaderEpoch(1),
                                           cluster.broker(1).step());
  EXPECT_EQ(cluster.recheck(), "recheck: differs");
}

}  // namespace
}  // namespace models::tests
