// SPDX-License-Identifier: Apache-2.0
//
// The museum: each historical bug, switched on, must be found by some seed of a scenario that gives it
// the chance; the same seeds without it must be clean.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::Outcome;
using scenarios::run_scenario;

constexpr uint64_t kSeeds = 8;

std::string switched_on(const std::string& mutation) {
  return mutation.empty() ? "" : "\"mutations\":[\"" + mutation + "\"],";
}

// The first seed that finds something; nothing if none does.
std::optional<uint64_t> found_in(const std::shared_ptr<const scenarios::Scenario>& scenario) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto result = run_scenario(scenario, {.seed = seed});
    if (result.outcome == Outcome::kInvariant || result.outcome == Outcome::kFailed) return seed;
  }
  return std::nullopt;
}

std::optional<uint64_t> found_by(const std::string& faults, const std::string& mutation,
                                 const std::string& config = "") {
  return found_in(parse(small_scenario(faults, switched_on(mutation), config)));
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

// A leader without followers takes records that it can't acknowledge, and segments are small. It must
// not clean by them what is committed: they are cut when another has led, and it leads again.
std::string cleans_what_is_cut(const std::string& mutation) {
  return "{" + switched_on(mutation) + R"("name": "cleaner", "duration": "60s",
    "cluster": {"brokers": 3, "config": {"log.cleaner.backoff.ms": 500,
                                         "leader.imbalance.check.interval.seconds": 3}},
    "topics": {"orders": {"partitions": 1, "replication.factor": 3, "config": {
        "min.insync.replicas": 2, "cleanup.policy": "compact", "internal.segment.bytes": 10000,
        "min.cleanable.dirty.ratio": 0.01}}},
    "producers": {"checkout": {"topic": "orders", "rate": "100/s", "keys": {"distinct": 2000},
        "value": {"size": "200B"},
        "config": {"delivery.timeout.ms": 6000, "request.timeout.ms": 2000}}},
    "faults": [{"at": "20s", "partition": [["broker 1"], ["broker 2", "broker 3"]], "for": "17s"},
               {"at": "35s", "crash": "broker 1", "for": "10s"}],
    "expect": ["lost == 0"]})";
}

// Followers that are in the ISR are cut off, the leader goes on with acks=1, and retention is short.
// The log must not begin past what the followers have.
std::string deletes_what_is_not_replicated(const std::string& mutation) {
  return "{" + switched_on(mutation) + R"("name": "retention", "duration": "50s",
    "cluster": {"brokers": 3, "config": {"log.retention.check.interval.ms": 1000}},
    "topics": {"orders": {"partitions": 1, "replication.factor": 3,
        "config": {"internal.segment.bytes": 10000, "retention.bytes": 20000}}},
    "producers": {"checkout": {"topic": "orders", "rate": "100/s",
        "config": {"acks": "1", "enable.idempotence": false}}},
    "faults": [{"at": "30s", "partition": [["broker 1"], ["broker 2"], ["broker 3"]],
                "for": "10s"}]})";
}

TEST(Museum, kafka_5634_is_found) {
  EXPECT_TRUE(found_in(parse(deletes_what_is_not_replicated("KAFKA-5634"))).has_value());
  EXPECT_FALSE(found_in(parse(deletes_what_is_not_replicated(""))).has_value());
}

TEST(Museum, kafka_13194_is_found) {
  EXPECT_TRUE(found_in(parse(cleans_what_is_cut("KAFKA-13194"))).has_value());
  EXPECT_FALSE(found_in(parse(cleans_what_is_cut(""))).has_value());
}

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
