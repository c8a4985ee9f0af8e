// SPDX-License-Identifier: Apache-2.0
//
// Every shipped scenario keeps its promise on a sample of seeds, with all invariants on.

#include <gtest/gtest.h>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::Outcome;
using scenarios::run_scenario;

class Library : public testing::TestWithParam<std::string> {};

TEST_P(Library, holds_on_a_sample_of_seeds) {
  auto scenario = load(GetParam());
  for (uint64_t seed = 2; seed <= 4; ++seed) {
    auto result = run_scenario(scenario, {.seed = seed, .recheck_every = 100'000});
    EXPECT_EQ(result.outcome, Outcome::kPassed) << "seed " << seed << ": " << why(result);
    for (const auto& fault : result.faults) EXPECT_FALSE(fault.nothing()) << fault.text;
    EXPECT_TRUE(result.audited);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Library, testing::ValuesIn(library_names()),
                         [](const auto& info) { return info.param; });

TEST(LeaderCrash, costs_about_a_session_timeout_and_no_record) {
  auto scenario = load("leader_crash");
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    auto result = run_scenario(scenario, {.seed = seed});
    EXPECT_EQ(result.outcome, Outcome::kPassed) << why(result);
    EXPECT_EQ(result.produced, 60'000);
    EXPECT_EQ(result.acknowledged, result.produced);
    EXPECT_EQ(result.consumed, result.produced);
    // The last heartbeat came up to 2 s before the crash; election and clients take a moment more.
    for (const auto& figure : result.figures) {
      if (figure.name != "unavailable") continue;
      EXPECT_GE(figure.value, 6'900'000'000) << seed;
      EXPECT_LE(figure.value, 11'000'000'000) << seed;
    }
  }
}

TEST(LeaderCrash, ends_as_stalled_when_time_stands_still) {
  auto result = run_scenario(load("leader_crash"), {.max_events_at_one_instant = 3});
  EXPECT_EQ(result.outcome, Outcome::kStalled);
  EXPECT_NE(result.stalled.find("time stands still"), std::string::npos) << result.stalled;
  EXPECT_LT(result.events, 1'000u);
}

TEST(Acks1, lost_records_are_named_with_the_setting_that_permits_it) {
  auto result = run_scenario(load("acks_1_loses"), {});
  ASSERT_FALSE(result.anomalies.empty());
  const models::Anomaly& first = result.anomalies.front();
  EXPECT_EQ(first.kind, models::AnomalyKind::kLost);
  EXPECT_EQ(first.permitted_by, "acks=1");
  EXPECT_TRUE(first.acknowledged.has_value());
  EXPECT_FALSE(first.producer.empty());
}

TEST(Acks1, the_same_scenario_with_acks_all_loses_nothing) {
  auto scenario = load("acks_1_loses", {{"/producers/checkout/config/acks", "\"all\""},
                                        {"/topics/orders/config/min.insync.replicas", "2"}});
  auto result = run_scenario(scenario, {});
  for (const models::Anomaly& anomaly : result.anomalies) EXPECT_NE(anomaly.kind, models::AnomalyKind::kLost);
  EXPECT_TRUE(result.audited);
  EXPECT_FALSE(result.violation.has_value()) << why(result);
}

// A broker that is back before its session has ended must not lead on with what its disk kept: it
// waits until the controller takes its new registration, which follows an election.
TEST(Recovery, a_leader_that_is_back_at_once_serves_only_after_its_registration) {
  for (const char* fault : {R"({"at":"10s","power_off":"leader of orders-0","for":"2s"})",
                            R"({"at":"6s","crash":"leader of orders-0","for":"1s","every":"3s","times":7})"}) {
    for (uint64_t seed = 1; seed <= 4; ++seed) {
      auto result = run_scenario(parse(small_scenario(fault)), {.seed = seed});
      EXPECT_EQ(result.outcome, Outcome::kPassed) << fault << ": " << why(result);
    }
  }
}

// Batches expire while their leader is unreachable; time must go on.
TEST(Recovery, a_delivery_timeout_with_an_unreachable_leader_ends) {
  std::string text = R"({"name":"alone","duration":"20s","cluster":{"brokers":1,"controllers":1},
    "topics":{"orders":{"partitions":1,"replication.factor":1}},
    "producers":{"checkout":{"topic":"orders","rate":"50/s","value":{"size":"100B"},
      "config":{"delivery.timeout.ms":3000,"request.timeout.ms":2000,"linger.ms":5}}},
    "faults":[{"at":"5s","isolate":"broker 1","for":"10s"}],"expect":["failed >= 1"]})";
  auto result = run_scenario(parse(text), {.max_events = 2'000'000});
  EXPECT_EQ(result.outcome, Outcome::kPassed) << why(result);
}

}  // namespace
}  // namespace tests
