// SPDX-License-Identifier: Apache-2.0
//
// Invariants over whole runs: what they remember agrees with what reading everything anew gives, and
// they find what they are for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::Outcome;
using scenarios::run_scenario;
using ::testing::HasSubstr;

constexpr uint64_t kOften = 1000;  // Events.

void expect_quiet(const std::shared_ptr<const scenarios::Scenario>& scenario, uint64_t seed) {
  auto result = run_scenario(scenario, {.seed = seed, .recheck_every = kOften});
  EXPECT_FALSE(result.violation.has_value()) << "seed " << seed << ": " << why(result);
}

TEST(Invariants, agree_with_reading_everything_anew) {
  const char* const kFaults[] = {
      R"({"at":"8s","crash":"leader of orders-0","for":"8s"})",
      R"({"at":"8s","power_off":"leader of orders-0","for":"8s"},
         {"at":"9s","power_off":"broker 3","for":"3s"})",
      R"({"at":"8s","isolate":"follower of orders-0","for":"40s"},
         {"at":"20s","crash":"leader of orders-1","for":"5s"})",
      R"({"at":"5s","restart_rolling":"all","down":"1s","settle":"3s"})",
      R"({"at":"8s","corrupt_disk":"broker 1","in":"orders-0","file":".log"},
         {"at":"9s","crash":"broker 2","for":"5s"})",
      R"({"at":"8s","crash":"controller","for":"6s"})",
  };
  for (const char* faults : kFaults) {
    for (uint64_t seed : {1, 2}) expect_quiet(parse(small_scenario(faults)), seed);
  }
}

// More partitions than are compared after each event, and batches that a cleaner thins out.
TEST(Invariants, agree_where_a_broker_hosts_many_and_a_cleaner_works) {
  auto scenario = parse(R"({"name": "many", "duration": "30s",
    "cluster": {"brokers": 3, "config": {"log.cleaner.backoff.ms": 500}},
    "topics": {
      "orders": {"partitions": 40, "replication.factor": 3, "config": {"min.insync.replicas": 2}},
      "changes": {"partitions": 2, "replication.factor": 3, "config": {"cleanup.policy": "compact",
          "internal.segment.bytes": 10000, "min.cleanable.dirty.ratio": 0.01}}},
    "producers": {
      "checkout": {"topic": "orders", "rate": "300/s"},
      "cdc": {"topic": "changes", "rate": "200/s", "keys": {"distinct": 50}}},
    "consumers": {"billing": {"topics": ["orders", "changes"], "assignment": "static"}},
    "faults": [{"at": "8s", "crash": "broker 1", "for": "6s"},
               {"at": "20s", "power_off": "broker 2", "for": "4s"}]})");
  for (uint64_t seed : {1, 2, 3}) expect_quiet(scenario, seed);
}

// A follower in the ISR is down for good reasons; here retention takes what it has not got.
TEST(Invariants, name_the_place_the_values_and_the_event) {
  auto scenario = parse(R"({"mutations": ["KAFKA-5634"], "name": "retention", "duration": "50s",
    "cluster": {"brokers": 3, "config": {"log.retention.check.interval.ms": 1000}},
    "topics": {"orders": {"partitions": 1, "replication.factor": 3,
        "config": {"internal.segment.bytes": 10000, "retention.bytes": 20000}}},
    "producers": {"checkout": {"topic": "orders", "rate": "100/s", "config": {"acks": "1",
        "enable.idempotence": false}}},
    "faults": [{"at": "30s", "partition": [["broker 1"], ["broker 2"], ["broker 3"]],
                "for": "10s"}]})");
  auto result = run_scenario(scenario, {.seed = 1});
  ASSERT_TRUE(result.violation.has_value()) << why(result);
  EXPECT_EQ(result.outcome, Outcome::kInvariant);
  EXPECT_EQ(result.violation->invariant, "isr-holds-committed");
  EXPECT_THAT(result.violation->text, HasSubstr("orders-0: broker "));
  EXPECT_THAT(result.violation->text, HasSubstr("has the high watermark "));
  EXPECT_GT(result.violation->at, sim::SimTime::at_millis(30'000));
  EXPECT_NE(result.violation->event.value(), 0u);
}

}  // namespace
}  // namespace tests
