// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/action_catalogue.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What is wrong with these actions: without file and line.
std::vector<std::string> problems_of(const std::string& actions) {
  Loaded loaded =
      load_scenario_text(scenario_with("", "", R"(, "actions": [)" + actions + "]"), "f", {});
  std::vector<std::string> found;
  for (const std::string& message : messages(loaded))
    found.push_back(message.substr(message.find(": ") + 2));
  return found;
}

std::vector<ActionPlan> plans_of(const std::string& actions) {
  Loaded loaded =
      load_scenario_text(scenario_with("", "", R"(, "actions": [)" + actions + "]"), "f", {});
  EXPECT_THAT(messages(loaded), IsEmpty());
  return loaded.scenario ? loaded.scenario->actions : std::vector<ActionPlan>();
}

TEST(LoaderActions, ReadEachVerb) {
  auto plans = plans_of(R"(
    {"at": "1s", "create_topic": "audit", "partitions": 2, "replication.factor": 3,
     "config": {"min.insync.replicas": 2}},
    {"at": "2s", "add_partitions": "orders", "to": 9},
    {"at": "3s", "alter_config": "audit", "config": {"retention.ms": 5}},
    {"at": "4s", "alter_broker_config": ["broker 1"], "broker_config": {"log.retention.ms": 5}},
    {"at": "5s", "reassign": "orders-8", "replicas": ["broker 3", "leader of orders-0"]},
    {"at": "6s", "reassign": "orders-0", "cancel": true},
    {"at": "7s", "elect_preferred": "all", "every": "1s", "times": 3},
    {"at": "8s", "elect_unclean": "audit"},
    {"at": "9s", "delete_topic": "audit"},
    {"at": "9s", "delete_records": "orders-0", "before": 40},
    {"at": "9s", "delete_records": "orders-1"})");
  ASSERT_EQ(plans.size(), 11u);
  EXPECT_EQ(plans[0].text, "create_topic audit min.insync.replicas=2");
  EXPECT_EQ(plans[0].replication_factor, 3);
  EXPECT_EQ(plans[1].partitions, 9);
  EXPECT_EQ(plans[2].config[0].first, "retention.ms");
  EXPECT_EQ(plans[3].brokers.size(), 1u);
  EXPECT_EQ(plans[4].text, "reassign orders-8 to broker 3, leader of orders-0");
  EXPECT_EQ(plans[4].partition->partition, 8);
  EXPECT_TRUE(plans[5].cancels);
  EXPECT_EQ(plans[6].times, 3);
  EXPECT_FALSE(plans[6].partition);
  EXPECT_EQ(plans[7].topic, "audit");
  EXPECT_EQ(plans[8].at, sim::SimTime() + sim::Duration::seconds(9));
  EXPECT_EQ(plans[9].text, "delete_records orders-0 before 40");
  EXPECT_EQ(plans[9].before, models::Offset(40));
  EXPECT_EQ(plans[10].before, models::kToHighWatermark);
}

TEST(LoaderActions, EveryExampleOfTheCatalogueIsAnAction) {
  for (const ActionCard& card : action_catalogue()) {
    std::string example(card.example);
    size_t four = example.find("broker 4");
    if (four != std::string::npos) example.replace(four, 8, "broker 1");
    EXPECT_THAT(problems_of(example), IsEmpty()) << card.name;
  }
}

TEST(LoaderActions, SayWhatIsWrongWithThem) {
  EXPECT_THAT(problems_of(R"({"at": "1s", "reasign": "orders-0"})"),
              ElementsAre(HasSubstr("unknown action \"reasign\"; did you mean \"reassign\"?")));
  EXPECT_THAT(problems_of(R"({"elect_preferred": "all"})"), ElementsAre(HasSubstr("\"at\"")));
  EXPECT_THAT(problems_of(R"({"at": "90s", "elect_preferred": "all"})"),
              ElementsAre(HasSubstr("the run is over by then")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "every": "1s", "elect_preferred": "all"})"),
              ElementsAre(HasSubstr("\"every\" needs \"times\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "elect_preferred": "orders-6"})"),
              ElementsAre(HasSubstr("there is no partition \"orders-6\" then")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "delete_topic": "ordres"})"),
              ElementsAre(HasSubstr("did you mean \"orders\"?")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "add_partitions": "orders", "to": 6})"),
              ElementsAre(HasSubstr("`to` must be more")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "add_partitions": "orders"})"),
              ElementsAre(HasSubstr("needs \"to\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "create_topic": "orders"})"),
              ElementsAre(HasSubstr("there is a topic \"orders\" already")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "create_topic": "a", "replication.factor": 4})"),
              ElementsAre(HasSubstr("4 replicas need 4 brokers, the cluster has 3")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "alter_config": "orders"})"),
              ElementsAre(HasSubstr("needs \"config\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "alter_config": "orders", "config": {"retention": 1}})"),
              ElementsAre(HasSubstr("unknown topic setting")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "reassign": "orders-0"})"),
              ElementsAre(HasSubstr("needs either \"replicas\" or \"cancel\"")));
  EXPECT_THAT(
      problems_of(R"({"at": "1s", "reassign": "orders-0", "replicas": ["broker 1", "broker 1"]})"),
      ElementsAre(HasSubstr("is named twice")));
  EXPECT_THAT(
      problems_of(R"({"at": "1s", "reassign": "orders-0", "replicas": ["client billing"]})"),
      ElementsAre(HasSubstr("must be a broker")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "elect_preferred": "all", "to": 3})"),
              ElementsAre(HasSubstr("elect_preferred takes no \"to\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "scale": "orders"})"),
              ElementsAre(HasSubstr("not supported yet")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "delete_records": "orders"})"),
              ElementsAre(HasSubstr("names no partition")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "delete_records": "orders-0", "before": -1})"),
              ElementsAre(HasSubstr("before")));
}

TEST(LoaderActions, KnowTopicsThatEarlierActionsMake) {
  EXPECT_THAT(problems_of(R"({"at": "1s", "create_topic": "a"}, {"at": "2s", "delete_topic": "a"},
                             {"at": "3s", "elect_preferred": "a"})"),
              ElementsAre(HasSubstr("names no partition")));
}

}  // namespace
}  // namespace scenarios
