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
  EXPECT_EQ(names.size(), 6u);
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

}  // namespace
}  // namespace models::tests
