// SPDX-License-Identifier: Apache-2.0

#include "scenarios/loader.h"

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "scenarios/fault_catalogue.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using namespace sim::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Scenario loaded(std::string_view text, const std::vector<Override>& overrides = {}) {
  Loaded result = load_text(text, overrides);
  EXPECT_THAT(messages(result), IsEmpty());
  return result.scenario.value_or(Scenario());
}

FaultPlan fault(const std::string& json) {
  Scenario scenario = loaded(scenario_with(json));
  return scenario.faults.empty() ? FaultPlan() : scenario.faults[0];
}

TEST(LoaderTest, LoadsTheClusterAndTopicsOfTheExample) {
  Scenario scenario = loaded(kLeaderCrash);
  EXPECT_EQ(scenario.file, "my.json");
  EXPECT_EQ(scenario.name, "leader_crash");
  EXPECT_EQ(scenario.title, "A leader dies while everyone is busy");
  EXPECT_THAT(scenario.why, HasSubstr("no acknowledged record"));
  EXPECT_EQ(scenario.seed, 1u);
  EXPECT_EQ(scenario.duration, 60_s);
  EXPECT_EQ(scenario.cluster.brokers, 3);
  EXPECT_EQ(scenario.cluster.controllers, 1);
  EXPECT_THAT(scenario.cluster.config_text, ElementsAre(Pair("replica.lag.time.max.ms", "30000")));
  EXPECT_EQ(scenario.cluster.config.replica_lag_time_max_ms, 30_s);
  ASSERT_EQ(scenario.topics.size(), 1u);
  EXPECT_EQ(scenario.topics[0].name, "orders");
  EXPECT_EQ(scenario.topics[0].partitions, 6);
  EXPECT_EQ(scenario.topics[0].replication_factor, 3);
  EXPECT_EQ(scenario.topics[0].config.min_insync_replicas, 2);
  EXPECT_THAT(scenario.topics[0].config_text, ElementsAre(Pair("min.insync.replicas", "2")));
}

TEST(LoaderTest, LoadsTheClientsOfTheExample) {
  Scenario scenario = loaded(kLeaderCrash);
  ASSERT_EQ(scenario.producers.size(), 1u);
  const ProducerPlan& producer = scenario.producers[0];
  EXPECT_EQ(producer.name, "checkout");
  EXPECT_EQ(producer.count, 2);
  EXPECT_EQ(producer.topic, "orders");
  EXPECT_EQ(producer.records, 500);
  EXPECT_EQ(producer.per, 1_s);
  EXPECT_EQ(producer.skew, models::KeySkew::kZipf);
  EXPECT_EQ(producer.distinct_keys, 1000);
  EXPECT_EQ(producer.value_bytes, 200);
  EXPECT_EQ(producer.config.acks, models::Acks::kAll);
  EXPECT_EQ(producer.config.linger_ms, 5_ms);
  EXPECT_EQ(producer.config_text.size(), 3u);
  ASSERT_EQ(scenario.consumers.size(), 1u);
  EXPECT_EQ(scenario.consumers[0].name, "billing");
  EXPECT_EQ(scenario.consumers[0].count, 3);
  EXPECT_THAT(scenario.consumers[0].topics, ElementsAre("orders"));
  EXPECT_EQ(scenario.consumers[0].processing, 200_us);
}

TEST(LoaderTest, LoadsTheFaultAndExpectationsOfTheExample) {
  Scenario scenario = loaded(kLeaderCrash);
  ASSERT_EQ(scenario.faults.size(), 1u);
  const FaultPlan& crash = scenario.faults[0];
  EXPECT_EQ(crash.verb, FaultVerb::kCrash);
  EXPECT_EQ(crash.at, sim::SimTime() + 20_s);
  EXPECT_EQ(crash.lasts, 15_s);
  EXPECT_EQ(crash.times, 1);
  EXPECT_EQ(crash.text, "crash leader of orders-0");
  ASSERT_EQ(crash.sides.size(), 1u);
  ASSERT_EQ(crash.sides[0].size(), 1u);
  EXPECT_EQ(crash.sides[0][0].kind, Target::Kind::kLeader);
  EXPECT_EQ(crash.sides[0][0].partition, (models::TopicPartition{"orders", 0}));
  ASSERT_EQ(scenario.expect.size(), 6u);
  EXPECT_EQ(scenario.expect[3].metric, "unavailable");
  EXPECT_EQ(scenario.expect[3].op, CompareOp::kLessEqual);
  EXPECT_EQ(scenario.expect[3].value, (12_s).nanos());
  EXPECT_EQ(scenario.mutations, models::MutationSet());
}

TEST(LoaderTest, FillsInDefaults) {
  Scenario scenario = loaded(R"({"name": "t", "duration": "1s", "topics": {"a": {}}, "producers": )"
                             R"({"p": {"topic": "a", "rate": "1/s"}}})");
  EXPECT_EQ(scenario.seed, 1u);
  EXPECT_EQ(scenario.cluster.brokers, 3);
  EXPECT_EQ(scenario.topics[0].partitions, 1);
  EXPECT_EQ(scenario.topics[0].replication_factor, 1);
  EXPECT_EQ(scenario.producers[0].count, 1);
  EXPECT_EQ(scenario.producers[0].skew, models::KeySkew::kNone);
  EXPECT_EQ(scenario.producers[0].value_bytes, 100);
  EXPECT_EQ(scenario.producers[0].config, models::ProducerConfig());
}

TEST(LoaderTest, GivesTopicsTheClustersDefaults) {
  Scenario scenario = loaded(
      R"({"name": "t", "duration": "1s", "cluster": {"config": {"min.insync.replicas": "2"}}, "topics": )"
      R"({"a": {"replication.factor": 3}, "b": {"replication.factor": 3, "config": {"min.insync.replicas": 3}}}})");
  EXPECT_EQ(scenario.topics[0].config.min_insync_replicas, 2);
  EXPECT_EQ(scenario.topics[1].config.min_insync_replicas, 3);
}

TEST(LoaderTest, ReadsMutations) {
  Scenario scenario = loaded(scenario_with("", "", R"(, "mutations": ["KIP-101"])"));
  EXPECT_TRUE(scenario.mutations.contains(models::Mutation::kKip101));
  EXPECT_FALSE(scenario.mutations.contains(models::Mutation::kKafka769));
}

TEST(LoaderTest, NotesWhatKafkaChangesInSilence) {
  Scenario scenario = loaded(kLeaderCrash, {{"/producers/checkout/config", R"({"acks": "1"})"}});
  EXPECT_FALSE(scenario.producers[0].config.enable_idempotence);
  ASSERT_EQ(scenario.notes.size(), 1u);
  EXPECT_THAT(scenario.notes[0], HasSubstr("checkout: "));
}

TEST(LoaderTest, ReadsEachFormOfTarget) {
  FaultPlan plan = fault(R"({"at": "1s", "pause": ["broker 2", "random follower of orders-5",
      "follower of orders-1", "controller", "any broker", "client billing-3", "client checkout"]})");
  ASSERT_EQ(plan.sides.size(), 1u);
  const std::vector<Target>& targets = plan.sides[0];
  ASSERT_EQ(targets.size(), 7u);
  EXPECT_EQ(targets[0].node, 2);
  EXPECT_EQ(targets[1].kind, Target::Kind::kFollower);
  EXPECT_TRUE(targets[1].random);
  EXPECT_EQ(targets[1].partition.partition, 5);
  EXPECT_FALSE(targets[2].random);
  EXPECT_EQ(targets[3].kind, Target::Kind::kController);
  EXPECT_EQ(targets[4].kind, Target::Kind::kAnyBroker);
  EXPECT_EQ(targets[5].client, "billing-3");
  EXPECT_EQ(targets[6].text, "client checkout");
  EXPECT_EQ(plan.lasts, std::nullopt);
}

TEST(LoaderTest, ReadsPartitions) {
  FaultPlan plan = fault(
      R"({"at": "1s", "partition": [["broker 1"], ["broker 2", "broker 3"]], "one_way": true})");
  ASSERT_EQ(plan.sides.size(), 2u);
  EXPECT_EQ(plan.sides[1].size(), 2u);
  EXPECT_TRUE(plan.one_way);
  EXPECT_EQ(plan.text, "partition broker 1 | broker 2, broker 3");
}

TEST(LoaderTest, ReadsLinkFaults) {
  FaultPlan within = fault(R"({"at": "1s", "slow_link": ["broker 1", "broker 2"], "factor": 1.5})");
  EXPECT_EQ(within.sides.size(), 1u);
  EXPECT_EQ(within.factor, (sim::Ratio{3, 2}));
  FaultPlan between =
      fault(R"({"at": "1s", "slow_link": [["broker 1"], ["client billing"]], "latency": "50ms"})");
  EXPECT_EQ(between.sides.size(), 2u);
  EXPECT_EQ(between.added, 50_ms);
  EXPECT_EQ(between.factor, (sim::Ratio{1, 1}));
  FaultPlan lossy = fault(R"({"at": "1s", "lossy_link": "broker 1", "probability": 0.01})");
  EXPECT_EQ(lossy.probability, (sim::Ratio{1, 100}));
}

TEST(LoaderTest, ReadsRollingRestarts) {
  FaultPlan all = fault(R"({"at": "1s", "restart_rolling": "all", "down": "2s"})");
  EXPECT_THAT(all.sides, IsEmpty());
  EXPECT_EQ(all.down, 2_s);
  EXPECT_EQ(all.settle, 30_s);
  EXPECT_EQ(all.text, "restart_rolling all");
  FaultPlan some = fault(R"({"at": "1s", "restart_rolling": ["broker 3", "broker 1"]})");
  ASSERT_EQ(some.sides.size(), 1u);
  EXPECT_EQ(some.sides[0][0].node, 3);
}

TEST(LoaderTest, ReadsRepeatsAndDiskOperations) {
  FaultPlan repeated = fault(R"({"at": "5s", "slow_disk": "broker 1", "factor": 20, "every": "20s",
                                 "times": 3, "for": "1s"})");
  EXPECT_EQ(repeated.every, 20_s);
  EXPECT_EQ(repeated.times, 3);
  FaultPlan operation = fault(R"({"crash": "broker 2", "at_disk_operation": 17})");
  EXPECT_EQ(operation.at_disk_operation, 17);
  EXPECT_EQ(operation.text, "crash broker 2 at disk operation 17");
}

TEST(LoaderTest, CountsFaultsByTheirPlaceInTheFile) {
  Scenario scenario = loaded(
      scenario_with(R"({"at": "1s", "crash": "broker 1"}, {"at": "2s", "power_off": "broker 2"})"));
  EXPECT_EQ(scenario.faults[0].index, 0);
  EXPECT_EQ(scenario.faults[1].index, 1);
}

TEST(LoaderTest, TakesEveryExampleOfTheCatalogue) {
  for (const FaultCard& card : fault_catalogue()) {
    EXPECT_EQ(&card_of(card.verb), &card);
    EXPECT_EQ(name_of(card.verb), card.name);
    std::string text = scenario_with(card.example);
    const std::string cluster = R"("brokers": 3)";
    text.replace(text.find(cluster), cluster.size(),
                 cluster + R"(, "racks": ["a", "b"], "region": "eus2")");
    EXPECT_EQ(loaded(text).faults.at(0).verb, card.verb) << card.example;
    for (std::string_view key : split_words(card.keys)) {
      EXPECT_NE(find_key(*fault_declaration(), key), nullptr) << key;
    }
  }
}

TEST(OverrideTest, ChangesValuesAsJsonOrAsText) {
  Scenario scenario = loaded(kLeaderCrash, {{"/topics/orders/partitions", "12"},
                                            {"/producers/checkout/rate", "30/min"},
                                            {"/faults/0/for", "\"2s\""},
                                            {"/seed", "7"}});
  EXPECT_EQ(scenario.topics[0].partitions, 12);
  EXPECT_EQ(scenario.producers[0].per, 60_s);
  EXPECT_EQ(scenario.faults[0].lasts, 2_s);
  EXPECT_EQ(scenario.seed, 7u);
}

TEST(OverrideTest, SetsKnownKeysThatTheFileLeavesOut) {
  Scenario scenario =
      loaded(scenario_with(""), {{"/cluster/config/replica.lag.time.max.ms", "5000"},
                                 {"/topics/orders/config/min.insync.replicas", "2"},
                                 {"/producers/checkout/value/size", "64B"},
                                 {"/title", "t"}});
  EXPECT_EQ(scenario.cluster.config.replica_lag_time_max_ms, 5_s);
  EXPECT_EQ(scenario.topics[0].config.min_insync_replicas, 2);
  EXPECT_EQ(scenario.producers[0].value_bytes, 64);
  EXPECT_EQ(scenario.title, "t");
}

TEST(OverrideTest, ReportsPathsThatNameNothing) {
  auto problems = [](const std::string& pointer) {
    return messages(load_text(scenario_with(""), {{pointer, "1"}}));
  };
  EXPECT_THAT(
      problems("/topics/ordres/partitions"),
      ElementsAre("--set: /topics/ordres/partitions: names nothing: there is no \"ordres\" "
                  "here; did you mean \"orders\"?  (a new one is set as a whole: /...={...})"));
  EXPECT_THAT(problems("/topics/orders/partition"),
              ElementsAre(HasSubstr("did you mean \"partitions\"?")));
  EXPECT_THAT(problems("/faults/0/for"), ElementsAre(HasSubstr("the list has 0 elements")));
  EXPECT_THAT(problems("/name/x"), ElementsAre(HasSubstr("nothing below a string")));
  EXPECT_THAT(problems("name"), ElementsAre(HasSubstr("begin with \"/\"")));
  EXPECT_THAT(problems("/regions/a"), ElementsAre(HasSubstr("names nothing")));
  EXPECT_THAT(problems("/cluster/config/replica.lag.time.max"),
              ElementsAre(HasSubstr("did you mean \"replica.lag.time.max.ms\"?")));
}

TEST(OverrideTest, ChecksWhatItSets) {
  EXPECT_THAT(
      messages(load_text(kLeaderCrash, {{"/topics/orders/replication.factor", "5"}})),
      ElementsAre("--set: /topics/orders/replication.factor: 5 replicas need 5 brokers, the "
                  "cluster has 3"));
}

TEST(LibraryTest, EveryShippedScenarioLoads) {
  int files = 0;
  std::filesystem::path library = std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/library";
  for (const auto& entry : std::filesystem::directory_iterator(library)) {
    if (entry.path().extension() != ".json") continue;
    Loaded result = load_scenario(entry.path().string(), {});
    EXPECT_THAT(messages(result), IsEmpty());
    if (!result.scenario) continue;
    EXPECT_EQ(result.scenario->name, entry.path().stem().string());
    EXPECT_FALSE(result.scenario->title.empty());
    EXPECT_FALSE(result.scenario->why.empty());
    EXPECT_FALSE(result.scenario->expect.empty());
    ++files;
  }
  EXPECT_GE(files, 8);
}

// Whatever happens to the bytes of a file: a scenario or problems, never both, never a crash.
RC_GTEST_PROP(LoaderProperty, SurvivesRandomChanges, ()) {
  std::string text(kLeaderCrash);
  int changes = *rc::gen::inRange(1, 6);
  const std::string bytes = "{}[]\",:0123456789.-eEnulltrue \\\xff";
  for (int i = 0; i < changes; ++i) {
    size_t at = *rc::gen::inRange<size_t>(0, text.size());
    char byte = *rc::gen::elementOf(bytes);
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      default:
        text.erase(at, *rc::gen::inRange<size_t>(1, 30));
        break;
    }
  }
  Loaded result = load_text(text);
  RC_ASSERT(result.scenario.has_value() == result.problems.empty());
  for (size_t i = 1; i < result.problems.size(); ++i) {
    const Problem &a = result.problems[i - 1], &b = result.problems[i];
    RC_ASSERT(std::pair(a.line, a.column) <= std::pair(b.line, b.column));
  }
}

// Valid JSON of the wrong shape: any value of the example replaced by another.
RC_GTEST_PROP(LoaderProperty, SurvivesValuesOfAnyShape, ()) {
  auto path = *rc::gen::element<std::string>(
      "/name", "/seed", "/duration", "/cluster", "/cluster/brokers", "/cluster/config", "/topics",
      "/topics/orders", "/topics/orders/partitions", "/topics/orders/config", "/producers",
      "/producers/checkout", "/producers/checkout/topic", "/producers/checkout/keys",
      "/producers/checkout/value", "/consumers", "/consumers/billing/topics",
      "/consumers/billing/count", "/faults", "/faults/0", "/faults/0/crash", "/faults/0/at",
      "/expect", "/expect/0", "/mutations");
  auto value = *rc::gen::element<std::string>(
      "null", "true", "0", "-1", "1e300", "99999999999999999999", "\"\"", "\"x\"", "[]", "[[]]",
      "[{}]", "{}", R"({"a": {}})", R"({"a": []})", R"([["broker 1"], "x"])",
      R"(["lost", "(", "lost(", "==0"])", R"([{"crash": null}])",
      R"([{"partition": [["broker 1"], 5, {}]}])");
  Loaded result = load_text(kLeaderCrash, {{path, value}});
  RC_ASSERT(result.scenario.has_value() == result.problems.empty());
}

}  // namespace
}  // namespace scenarios
