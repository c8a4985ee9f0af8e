// SPDX-License-Identifier: Apache-2.0

#include "sim/rng.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "sim/check.h"

namespace sim {
namespace {

using namespace sim::literals;

// The value below which `percent` / 100 of the draws lie.
Duration percentile(std::vector<Duration> draws, size_t per_mille) {
  std::sort(draws.begin(), draws.end());
  return draws[draws.size() * per_mille / 1000];
}

template <class Draw>
std::vector<Duration> draws_of(int count, const Draw& draw) {
  std::vector<Duration> draws;
  for (int i = 0; i < count; ++i) draws.push_back(draw());
  return draws;
}

void expect_within(Duration actual, Duration expected, int64_t percent) {
  Duration most = Duration::nanos(expected.nanos() * percent / 100);
  EXPECT_GE(actual, expected - most) << actual.nanos() << " for " << expected.nanos();
  EXPECT_LE(actual, expected + most) << actual.nanos() << " for " << expected.nanos();
}

TEST(RngTest, GivesTheReferenceOutputOfXoshiroSeededBySplitmix) {
  Rng rng(0);
  EXPECT_EQ(rng.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(rng.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(rng.next(), 0x1a5f849d4933e6e0u);
  EXPECT_EQ(rng.next(), 0x6aa594f1262d2d2cu);
}

// Every stored seed, digest and scenario depends on these numbers: they may never change.
TEST(RngTest, GivesTheSameNumbersForEver) {
  EXPECT_EQ(stable_hash(""), 0xefe9b8a5e10194adu);
  EXPECT_EQ(stable_hash("network.loss"), 0x50feecc485830fa5u);
  Rng rng = Rng(42).stream("network.loss", 3, 4);
  EXPECT_EQ(rng.next(), 0x2b6df96fcdb0731du);
  EXPECT_EQ(rng.below(1'000'000), 458403u);
  EXPECT_EQ(rng.between(-50, 50), -37);
  EXPECT_EQ(rng.log_normal(1_ms, 3_ms).nanos(), 1038742);
  EXPECT_EQ(rng.exponential(1_ms).nanos(), 2871270);
}

TEST(RngTest, StreamsDoNotDependOnDrawsMade) {
  Rng fresh(7);
  Rng used(7);
  for (int i = 0; i < 100; ++i) used.next();
  EXPECT_EQ(fresh.stream("disk", 2), used.stream("disk", 2));
}

TEST(RngTest, StreamsDifferInSeedNameAndNumbers) {
  std::set<uint64_t> firsts;
  for (uint64_t seed : {1u, 2u}) {
    for (const char* name : {"disk", "diskk", "network", ""}) {
      for (uint64_t a : {0u, 1u, 2u}) {
        for (uint64_t b : {0u, 1u, 2u}) firsts.insert(Rng(seed).stream(name, a, b).next());
      }
    }
  }
  EXPECT_EQ(firsts.size(), 2u * 4 * 3 * 3);
}

TEST(RngTest, AStreamOfAStreamIsItsOwn) {
  Rng root(7);
  EXPECT_NE(root.stream("a").stream("b").next(), root.stream("b").stream("a").next());
  EXPECT_NE(root.stream("a").stream("b").next(), root.stream("b").next());
}

TEST(RngTest, HashDependsOnEveryByte) {
  std::set<uint64_t> hashes;
  for (size_t size = 0; size <= 20; ++size) {
    std::string text(size, 'x');
    hashes.insert(stable_hash(text));
    for (char& c : text) {
      c = 'y';
      hashes.insert(stable_hash(text));
      c = 'x';
    }
  }
  EXPECT_EQ(hashes.size(), 21u + 20 * 21 / 2);
}

TEST(RngTest, BelowStaysInBoundsAndIsEven) {
  Rng rng(1);
  EXPECT_EQ(rng.below(1), 0u);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70'000; ++i) ++seen.at(rng.below(7));
  for (int count : seen) EXPECT_NEAR(count, 10'000, 500);
  // A bound just above half the range: without rejection, one half would come twice as often.
  const uint64_t bound = (uint64_t{1} << 63) + (uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += rng.below(bound) < bound / 3 ? 1 : 0;
  EXPECT_NEAR(low, 10'000, 500);
  EXPECT_THROW(rng.below(0), CheckFailure);
}

TEST(RngTest, BetweenReachesBothEndsAndTheWholeRange) {
  Rng rng(1);
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.between(-2, 2));
  EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2}));
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int negative = 0;
  for (int i = 0; i < 1000; ++i) negative += rng.between(kLeast, kMost) < 0 ? 1 : 0;
  EXPECT_NEAR(negative, 500, 100);
}

TEST(RngTest, ChanceIsExactAndDrawsNothingAtTheEnds) {
  Rng rng(1);
  const Rng before = rng;
  EXPECT_FALSE(rng.chance(Ratio{0, 1}));
  EXPECT_TRUE(rng.chance(Ratio{1, 1}));
  EXPECT_TRUE(rng.chance(Ratio{5, 3}));
  EXPECT_EQ(rng, before);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += rng.chance(Ratio{1, 4}) ? 1 : 0;
  EXPECT_NEAR(hits, 25'000, 600);
}

TEST(RngTest, UpToIncludesBothEnds) {
  Rng rng(1);
  const Rng before = rng;
  EXPECT_EQ(rng.up_to(Duration()), Duration());
  EXPECT_EQ(rng, before);
  std::set<int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(rng.up_to(3_ns).nanos());
  EXPECT_EQ(seen, (std::set<int64_t>{0, 1, 2, 3}));
}

class LogNormalTest : public testing::TestWithParam<std::array<int64_t, 2>> {};

TEST_P(LogNormalTest, HitsMedianAndPercentile) {
  Rng rng(5);
  Duration p50 = Duration::nanos(GetParam()[0]);
  Duration p99 = Duration::nanos(GetParam()[1]);
  auto draws = draws_of(100'000, [&] { return rng.log_normal(p50, p99); });
  expect_within(percentile(draws, 500), p50, 2);
  expect_within(percentile(draws, 990), p99, 2);
  // Log-normal: what p99 is to the median, the median is to the first percentile.
  Duration p1 = Duration::nanos(p50.nanos() * p50.nanos() / p99.nanos());
  expect_within(percentile(draws, 10), p1, 4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, LogNormalTest,
                         testing::Values(std::array<int64_t, 2>{1'000'000, 1'100'000},
                                         std::array<int64_t, 2>{75'000, 160'000},
                                         std::array<int64_t, 2>{780'000, 2'400'000},
                                         std::array<int64_t, 2>{1'000'000'000, 1'700'000'000}));

TEST(RngTest, LogNormalTailIsThatOfTheNormalDistribution) {
  Rng rng(6);
  // p99.9 lies at 3.0902 / 2.3263 of the way of p99, in logarithms: 10^1.3284 = 21.30 ms.
  auto draws = draws_of(1'000'000, [&] { return rng.log_normal(1_ms, 10_ms); });
  expect_within(percentile(draws, 999), Duration::micros(21'300), 4);
}

TEST(RngTest, LogNormalWithoutSpreadDrawsNothing) {
  Rng rng(1);
  const Rng before = rng;
  EXPECT_EQ(rng.log_normal(5_ms, 5_ms), 5_ms);
  EXPECT_EQ(rng, before);
  EXPECT_EQ(rng.draw(LogNormal()), Duration());
  EXPECT_EQ(rng, before);
  EXPECT_THROW(rng.log_normal(5_ms, 4_ms), CheckFailure);
  EXPECT_THROW(rng.log_normal(0_ms, 4_ms), CheckFailure);
}

TEST(RngTest, LogNormalNeverOverflows) {
  Rng rng(1);
  for (int i = 0; i < 10'000; ++i) EXPECT_GE(rng.log_normal(1_ns, Duration::max()), Duration());
}

TEST(RngTest, ExponentialHasItsMeanAndMedian) {
  Rng rng(3);
  auto draws = draws_of(100'000, [&] { return rng.exponential(10_ms); });
  int64_t sum = 0;
  for (Duration d : draws) sum += d.nanos();
  expect_within(Duration::nanos(sum / 100'000), 10_ms, 2);
  expect_within(percentile(draws, 500), Duration::micros(6'931), 2);
  expect_within(percentile(draws, 990), Duration::micros(46'052), 3);
  const Rng before = rng;
  EXPECT_EQ(rng.exponential(Duration()), Duration());
  EXPECT_EQ(rng, before);
}

}  // namespace
}  // namespace sim
