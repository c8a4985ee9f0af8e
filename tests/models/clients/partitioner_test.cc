// SPDX-License-Identifier: Apache-2.0

#include "models/clients/partitioner.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

namespace models {
namespace {

TEST(Partitioner, murmur2_gives_the_values_that_kafkas_own_test_expects) {
  EXPECT_EQ(murmur2("21"), -973932308);
  EXPECT_EQ(murmur2("foobar"), -790332482);
  EXPECT_EQ(murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(murmur2("abc"), 479470107);
}

TEST(Partitioner, a_negative_hash_gives_a_partition_all_the_same) {
  ASSERT_LT(murmur2("foobar"), 0);
  EXPECT_EQ(partition_for_key("foobar", 10), (-790332482 & 0x7fffffff) % 10);
  EXPECT_EQ(partition_for_key("abc", 10), 7);
}

RC_GTEST_PROP(PartitionerProperty, partition_is_in_range_and_always_the_same,
              (const std::string& key)) {
  int32_t partitions = *rc::gen::inRange(1, 100);
  int32_t chosen = partition_for_key(key, partitions);
  RC_ASSERT(chosen >= 0);
  RC_ASSERT(chosen < partitions);
  RC_ASSERT(chosen == partition_for_key(std::string(key), partitions));
}

TEST(Partitioner, keys_spread_over_the_partitions) {
  std::vector<int> counts(8);
  for (int i = 0; i < 8000; ++i)
    ++counts[static_cast<size_t>(partition_for_key("k" + std::to_string(i), 8))];
  for (int count : counts) EXPECT_NEAR(count, 1000, 150);
}

std::vector<LeaderView> led(const std::vector<int>& leaders) {
  std::vector<LeaderView> views;
  for (int leader : leaders) views.push_back({NodeId(leader), LeaderEpoch(1)});
  return views;
}

TEST(StickyPartitioner, stays_until_a_batch_is_taken) {
  sim::Rng rng(1);
  StickyPartitioner sticky;
  std::vector<LeaderView> leaders = led({1, 2, 3, 1, 2, 3});
  std::vector<int32_t> chosen;
  for (int i = 0; i < 400; ++i) {
    chosen.push_back(sticky.current(leaders, rng));
    sticky.appended(100, 1000, true, leaders, rng);
  }
  for (size_t i = 0; i < chosen.size(); ++i) EXPECT_EQ(chosen[i], chosen[i / 10 * 10]) << i;
  EXPECT_EQ(std::set<int32_t>(chosen.begin(), chosen.end()).size(), 6u) << "each in its turn";
}

TEST(StickyPartitioner, draws_only_partitions_with_a_leader_unless_none_has_one) {
  sim::Rng rng(1);
  StickyPartitioner sticky;
  std::set<int32_t> some, any;
  for (int i = 0; i < 100; ++i) {
    std::vector<LeaderView> leaders = led({-1, -1, 1, -1, 2, -1});
    sticky.appended(1000, 1000, true, leaders, rng);
    some.insert(sticky.current(leaders, rng));
  }
  EXPECT_EQ(some, (std::set<int32_t>{2, 4}));
  for (int i = 0; i < 100; ++i) {
    std::vector<LeaderView> leaders = led({-1, -1, -1});
    sticky.appended(1000, 1000, true, leaders, rng);
    any.insert(sticky.current(leaders, rng));
  }
  EXPECT_EQ(any.size(), 3u);
}

TEST(StickyPartitioner,
     stays_when_the_leader_is_lost_and_while_a_batch_fills_up_to_twice_its_size) {
  for (int i = 0; i < 20; ++i) {
    sim::Rng rng(static_cast<uint64_t>(i));
    StickyPartitioner sticky;
    int32_t first = sticky.current(led({1, 2, 3, 1, 2, 3}), rng);
    std::vector<LeaderView> lost = led({1, 2, 3, 1, 2, 3});
    lost[static_cast<size_t>(first)].leader = kNoNode;
    EXPECT_EQ(sticky.current(lost, rng), first);
    sticky.appended(1999, 1000, false, lost, rng);
    EXPECT_EQ(sticky.current(lost, rng), first);
    sticky.appended(1, 1000, false, lost, rng);
    EXPECT_NE(sticky.current(lost, rng), first);
  }
}

}  // namespace
}  // namespace models
