// SPDX-License-Identifier: Apache-2.0

#include "models/controller/replica_placement.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace models {
namespace {

std::vector<UsableBroker> brokers_of(int32_t count) {
  std::vector<UsableBroker> brokers;
  for (int32_t id = 1; id <= count; ++id) brokers.push_back({NodeId(id), "", false});
  return brokers;
}

TEST(PlaceReplicas, RefusesWhatCannotBePlaced) {
  sim::Rng rng(1);
  EXPECT_FALSE(place_replicas(brokers_of(2), 1, 3, rng));
  EXPECT_FALSE(place_replicas(brokers_of(2), 1, 0, rng));
  EXPECT_FALSE(place_replicas({}, 1, 1, rng));
  EXPECT_FALSE(place_replicas({{NodeId(1), "", true}, {NodeId(2), "", true}}, 1, 1, rng));
}

TEST(PlaceReplicas, SpreadsLeadersEvenlyOverOneRound) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    sim::Rng rng(seed);
    auto placed = place_replicas(brokers_of(5), 5, 3, rng);
    ASSERT_TRUE(placed);
    std::set<NodeId> leaders;
    for (const auto& replicas : *placed) leaders.insert(replicas.front());
    EXPECT_EQ(leaders.size(), 5u) << seed;
  }
}

TEST(PlaceReplicas, PutsReplicasInDifferentRacks) {
  std::vector<UsableBroker> brokers;
  for (int32_t id = 1; id <= 9; ++id) {
    brokers.push_back({NodeId(id), std::string(1, static_cast<char>('A' + id % 3)), false});
  }
  sim::Rng rng(7);
  auto placed = place_replicas(brokers, 30, 3, rng);
  ASSERT_TRUE(placed);
  for (const auto& replicas : *placed) {
    std::set<int32_t> racks;
    for (NodeId id : replicas) racks.insert(id.value() % 3);
    EXPECT_EQ(racks.size(), 3u);
  }
}

TEST(PlaceReplicas, StartsOneRackFurtherEachPartition) {
  std::vector<UsableBroker> brokers = {
      {NodeId(1), "A", false}, {NodeId(2), "B", false}, {NodeId(3), "C", false}};
  sim::Rng rng(3);
  auto placed = place_replicas(brokers, 3, 3, rng);
  ASSERT_TRUE(placed);
  for (size_t i = 0; i < 3; ++i) {
    int32_t first = (*placed)[i][0].value();
    EXPECT_EQ((*placed)[i][1].value(), first % 3 + 1);
    EXPECT_EQ((*placed)[i][2].value(), (first + 1) % 3 + 1);
    int32_t before = i > 0 ? (*placed)[i - 1][0].value() : (first + 1) % 3 + 1;
    EXPECT_EQ(first, before % 3 + 1);
  }
}

RC_GTEST_PROP(PlaceReplicas, GivesDistinctReplicasLedByAnUnfencedBroker, ()) {
  int32_t count = *rc::gen::inRange(1, 8);
  std::vector<UsableBroker> brokers;
  for (int32_t id = 1; id <= count; ++id) {
    std::string rack(static_cast<size_t>(*rc::gen::inRange(0, 3)), 'r');
    brokers.push_back({NodeId(id), rack, *rc::gen::arbitrary<bool>()});
  }
  brokers.front().fenced = false;
  auto factor = static_cast<int16_t>(*rc::gen::inRange(1, count + 1));
  sim::Rng rng(*rc::gen::arbitrary<uint64_t>());
  auto placed = place_replicas(brokers, 20, factor, rng);
  RC_ASSERT(placed.has_value());
  for (const auto& replicas : *placed) {
    RC_ASSERT(replicas.size() == static_cast<size_t>(factor));
    RC_ASSERT(std::set<NodeId>(replicas.begin(), replicas.end()).size() == replicas.size());
    RC_ASSERT(!brokers[static_cast<size_t>(replicas.front().value()) - 1].fenced);
  }
}

}  // namespace
}  // namespace models
