// SPDX-License-Identifier: Apache-2.0
//
// What hunts draw is legal, the same for each seed, and keeps to what its class promises.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scenarios/action_catalogue.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/hunt/action_gen.h"
#include "scenarios/hunt/fault_gen.h"
#include "scenarios/hunt/json_text.h"
#include "scenarios/hunt/scenario_gen.h"
#include "scenarios/loader.h"
#include "sim/byte_hash.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::DrawOptions;
using scenarios::FaultVerb;
using scenarios::Json;
using scenarios::Scenario;

Scenario drawn(uint64_t seed, const DrawOptions& options = {}) {
  std::string text = scenarios::json_text(scenarios::draw_scenario(seed, options));
  scenarios::Loaded loaded = scenarios::load_scenario_text(text, "drawn.json", {});
  for (const scenarios::Problem& problem : loaded.problems)
    ADD_FAILURE() << to_string(problem) << "\n" << text;
  return loaded.scenario.value_or(Scenario());
}

TEST(DrawScenario, a_thousand_load_without_a_problem) {
  for (uint64_t seed = 1; seed <= 1000 && !HasFailure(); ++seed) drawn(seed);
}

TEST(DrawScenario, equal_seeds_give_equal_bytes_and_others_do_not) {
  std::set<std::string> texts;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    std::string text = scenarios::json_text(scenarios::draw_scenario(seed, {}));
    EXPECT_EQ(text, scenarios::json_text(scenarios::draw_scenario(seed, {})));
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 50u);
}

TEST(DrawScenario, faults_are_over_while_there_is_still_load) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Scenario scenario = drawn(seed);
    for (const scenarios::FaultPlan& fault : scenario.faults) {
      bool lasts =
          fault.verb != FaultVerb::kCorruptDisk && fault.verb != FaultVerb::kRestartRolling;
      ASSERT_EQ(fault.lasts.has_value(), lasts) << fault.text;
      sim::SimTime end =
          fault.at + fault.every * (fault.times - 1) + fault.lasts.value_or(sim::Duration());
      EXPECT_LE(end, sim::SimTime() + scenario.duration) << seed << ": " << fault.text;
    }
  }
}

// A class that must be survived holds no trouble that takes the data from under it.
TEST(DrawScenario, what_must_survive_can) {
  int one_loss = 0, flushed = 0, beyond = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Scenario scenario = drawn(seed);
    int64_t losses = 0, rot = 0, lies = 0;
    for (const scenarios::FaultPlan& fault : scenario.faults) {
      losses += fault.verb == FaultVerb::kPowerOff ? fault.times : 0;
      rot += fault.verb == FaultVerb::kCorruptDisk;
      lies += fault.verb == FaultVerb::kLyingDisk;
    }
    auto promised = [&](std::string_view metric) {
      return std::any_of(scenario.expect.begin(), scenario.expect.end(),
                         [&](const scenarios::Expectation& e) { return e.metric == metric; });
    };
    EXPECT_EQ(promised("convergence"), rot == 0) << seed;
    if (!promised("lost")) {
      ++beyond;
      continue;
    }
    EXPECT_EQ(rot, 0) << seed;
    bool all_flushed = true;
    for (const scenarios::TopicPlan& topic : scenario.topics) {
      EXPECT_FALSE(topic.config.unclean_leader_election_enable) << seed;
      all_flushed = all_flushed && topic.config.flush_messages == 1;
      if (losses > 0 && topic.config.flush_messages > 1) {
        EXPECT_GE(topic.config.min_insync_replicas, 2) << seed;
      }
    }
    EXPECT_TRUE(losses <= 1 || all_flushed) << seed;
    EXPECT_TRUE(lies == 0 || !all_flushed) << seed << ": the power may go, and nothing was flushed";
    for (const scenarios::ProducerPlan& producer : scenario.producers) {
      EXPECT_EQ(producer.config.acks, models::Acks::kAll) << seed;
      // Else a leader that starts anew may have forgotten one of them.
      if (promised("duplicated")) {
        EXPECT_EQ(producer.config.max_in_flight_requests_per_connection, 1) << seed;
      }
    }
    flushed += losses > 1;
    one_loss += losses == 1;
  }
  EXPECT_GT(one_loss, 20);
  EXPECT_GE(flushed, 3);
  EXPECT_GT(beyond, 50);
}

// Who adds a fault says here what harm it does, or hunts would never meet it.
TEST(DrawScenario, each_fault_of_the_catalogue_is_drawn) {
  std::set<std::string> met;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    for (const scenarios::FaultPlan& fault : drawn(seed).faults)
      met.insert(std::string(name_of(fault.verb)));
  }
  for (const scenarios::FaultCard& card : scenarios::fault_catalogue()) {
    EXPECT_TRUE(scenarios::harm_of(card.name).has_value()) << card.name;
    EXPECT_TRUE(met.count(std::string(card.name)) == 1) << card.name;
  }
}

// Leaders fall one after the other, while those before them are still coming back.
TEST(DrawScenario, storms_fall_on_controllers_and_on_brokers) {
  int on_controllers = 0, on_brokers = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    int controllers = 0, brokers = 0;
    for (const scenarios::FaultPlan& fault : drawn(seed).faults) {
      if (fault.verb != FaultVerb::kCrash && fault.verb != FaultVerb::kIsolate) continue;
      ++(fault.text.find("controller") == std::string::npos ? brokers : controllers);
    }
    on_controllers += controllers >= 4;
    on_brokers += brokers >= 4;
  }
  EXPECT_GT(on_controllers, 6);
  EXPECT_GT(on_brokers, 6);
}

// Who adds an action says here what it may break, or hunts would never meet it.
TEST(DrawScenario, each_action_of_the_catalogue_is_drawn) {
  std::set<std::string> met;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Json scenario = scenarios::draw_scenario(seed, {});
    for (const Json& action : scenario.value("actions", Json::array())) {
      for (const auto& [key, value] : action.items()) met.insert(key);
    }
  }
  for (const scenarios::ActionCard& card : scenarios::action_catalogue()) {
    EXPECT_TRUE(scenarios::is_drawn_action(card.name)) << card.name;
    EXPECT_TRUE(met.count(std::string(card.name)) == 1) << card.name;
  }
}

TEST(DrawScenario, a_file_keeps_its_cluster_and_its_promises) {
  DrawOptions options;
  options.base = Json::parse(load("leader_crash")->source);
  Scenario scenario = drawn(7, options);
  EXPECT_EQ(scenario.topics.size(), 1u);
  EXPECT_EQ(scenario.topics[0].partitions, 6);
  EXPECT_EQ(scenario.duration, sim::Duration::seconds(60));
  std::vector<std::string> expected;
  for (const scenarios::Expectation& expectation : scenario.expect)
    expected.push_back(expectation.metric);
  EXPECT_THAT(expected, testing::IsSupersetOf({"lost", "duplicated", "reordered"}));
  EXPECT_THAT(expected, testing::Not(testing::Contains("leader_changes")));
}

TEST(DrawScenario, weak_ones_are_the_same_but_for_acks_and_min_isr) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Scenario strong = drawn(seed);
    Scenario weak = drawn(seed, {.weak = true});
    ASSERT_EQ(strong.faults.size(), weak.faults.size());
    for (size_t i = 0; i < strong.faults.size(); ++i)
      EXPECT_EQ(strong.faults[i].text, weak.faults[i].text);
    for (const scenarios::ProducerPlan& producer : weak.producers)
      EXPECT_EQ(producer.config.acks, models::Acks::kLeader);
    for (const scenarios::TopicPlan& topic : weak.topics)
      EXPECT_EQ(topic.config.min_insync_replicas, 1);
  }
}

}  // namespace
}  // namespace tests
