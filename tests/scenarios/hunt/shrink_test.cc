// SPDX-License-Identifier: Apache-2.0
//
// Shrinking ends small, and what is left fails as before.

#include "scenarios/hunt/shrink.h"

#include <gtest/gtest.h>

#include "scenarios/hunt/json_text.h"
#include "scenarios/hunt/shrink_edits.h"
#include "scenarios/hunt/signature.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::Shrunk;

// Of three faults the crash alone matters: with acks=1 the leader takes with it what was not copied yet.
const char* const kLosesWithAcksOne = R"({
  "name": "loses", "seed": 1, "duration": "12s",
  "cluster": {"brokers": 4, "config": {"num.io.threads": 2}},
  "topics": {"orders": {"partitions": 1, "replication.factor": 2},
             "audit": {"partitions": 2, "replication.factor": 2}},
  "producers": {
    "checkout": {"topic": "orders", "rate": "100/s", "config": {"acks": "1", "linger.ms": 0}},
    "sensors": {"topic": "audit", "rate": "5/s"}},
  "consumers": {"billing": {"topics": ["orders", "audit"], "assignment": "static"}},
  "faults": [
    {"at": "2s", "pause": "client sensors", "for": "1s"},
    {"at": "3s", "slow_link": "follower of orders-0", "latency": "200ms", "for": "8s"},
    {"at": "5s", "crash": "leader of orders-0", "for": "1s"},
    {"at": "6s", "slow_disk": "broker 4", "factor": 2, "for": "1s"}],
  "expect": ["lost == 0", "failed <= 1000000"]
})";

TEST(Shrink, what_does_not_matter_goes_and_the_signature_stays) {
  Json scenario = Json::parse(kLosesWithAcksOne);
  std::string before =
      scenarios::signature_of(scenarios::run_scenario(parse(scenarios::json_text(scenario)), {}));
  ASSERT_NE(before, "");
  Shrunk small = scenarios::shrink(scenario, {.most_runs = 120});
  EXPECT_EQ(small.signature, before);
  EXPECT_EQ(scenarios::signature_of(small.result), before);
  auto again = scenarios::run_scenario(parse(scenarios::json_text(small.scenario)), {});
  EXPECT_EQ(scenarios::signature_of(again), before);
  EXPECT_LE(small.scenario["faults"].size(), 2u) << scenarios::json_text(small.scenario);
  EXPECT_EQ(small.scenario["topics"].size(), 1u);
  EXPECT_EQ(small.scenario["producers"].size(), 1u);
  EXPECT_FALSE(small.scenario.contains("consumers") && !small.scenario["consumers"].empty());
  EXPECT_LT(scenarios::json_text(small.scenario).size(),
            scenarios::json_text(scenario).size() * 2 / 3);
}

TEST(Shrink, what_holds_is_left_alone) {
  Json scenario = Json::parse(kLosesWithAcksOne);
  scenario["faults"] = Json::array();
  Shrunk small = scenarios::shrink(scenario, {.most_runs = 5});
  EXPECT_EQ(small.signature, "");
  EXPECT_EQ(small.scenario, scenario);
  EXPECT_EQ(small.runs, 0);
}

TEST(ShrinkEdits, what_refers_to_a_topic_goes_with_it) {
  bool seen = false;
  for (const auto& edited : scenarios::smaller_scenarios(Json::parse(kLosesWithAcksOne))) {
    if (edited.edit != "without /topics/audit") continue;
    seen = true;
    EXPECT_FALSE(edited.scenario["producers"].contains("sensors"));
    EXPECT_EQ(edited.scenario["faults"].size(), 3u);
  }
  EXPECT_TRUE(seen);
}

TEST(ShrinkEdits, each_loads_and_is_another) {
  Json scenario = Json::parse(kLosesWithAcksOne);
  auto edits = scenarios::smaller_scenarios(scenario);
  EXPECT_GT(edits.size(), 40u);
  for (const auto& edited : edits) {
    EXPECT_NE(edited.scenario, scenario) << edited.edit;
    parse(scenarios::json_text(edited.scenario));
  }
}

}  // namespace
}  // namespace tests
