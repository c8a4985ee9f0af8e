// SPDX-License-Identifier: Apache-2.0
//
// The museum: each historical bug, switched on, must be found by some seed of a scenario that gives it
// the chance; the same seeds without it must be clean.

#include <gtest/gtest.h>

#include <optional>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::Outcome;
using scenarios::run_scenario;

constexpr uint64_t kSeeds = 8;

// The first seed that finds something; nothing if none does.
std::optional<uint64_t> found_by(const std::string& faults, const std::string& mutation,
                                 const std::string& config = "") {
  std::string mutations = mutation.empty() ? "" : "\"mutations\":[\"" + mutation + "\"],";
  auto scenario = parse(small_scenario(faults, mutations, config));
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto result = run_scenario(scenario, {.seed = seed});
    if (result.outcome == Outcome::kInvariant || result.outcome == Outcome::kFailed) return seed;
  }
  return std::nullopt;
}

// The leader dies while its two followers cannot reach each other. One of them is elected; the other,
// wrongly, cuts its log to its own watermark, which lags by a fetch; then the new leader dies too.
const char* const kTwoLeadersDie =
    R"({"at":"10s","crash":"broker 1","for":"40s"},
       {"at":"10s","partition":[["broker 2"],["broker 3"]],"for":"50s"},
       {"at":"25s","crash":"leader of orders-0","for":"25s"})";
// One follower is away until the leader has died. The new leader knows less of the watermark than its
// epoch's start, and the follower, far away, gets one batch a fetch.
const char* const kAwayAndBack =
    R"({"at":"8s","isolate":"follower of orders-0","for":"24s"},
       {"at":"5s","slow_link":["broker 1","broker 2","broker 3"],"latency":"60ms","for":"60s"},
       {"at":"20s","crash":"leader of orders-0","for":"30s"})";
const char* const kSmallFetches = R"("config":{"replica.fetch.max.bytes":1},)";
const char* const kRestarts = R"({"at":"8s","restart_rolling":"all","down":"1s","settle":"6s"})";

TEST(Museum, kip_101_is_found) {
  EXPECT_TRUE(found_by(kTwoLeadersDie, "KIP-101").has_value());
  EXPECT_FALSE(found_by(kTwoLeadersDie, "").has_value());
}

TEST(Museum, kafka_7128_is_found) {
  EXPECT_TRUE(found_by(kAwayAndBack, "KAFKA-7128", kSmallFetches).has_value());
  EXPECT_FALSE(found_by(kAwayAndBack, "", kSmallFetches).has_value());
}

TEST(Museum, kafka_769_is_found) {
  EXPECT_TRUE(found_by(kRestarts, "KAFKA-769").has_value());
  EXPECT_FALSE(found_by(kRestarts, "").has_value());
}

}  // namespace
}  // namespace tests
