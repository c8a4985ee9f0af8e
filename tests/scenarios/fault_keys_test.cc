// SPDX-License-Identifier: Apache-2.0
//
// What the loader makes of the keys of faults, and what it says of wrong ones: messages by name,
// clocks, clients, zones, windows and conditions.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/message_names.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& fault,
                                     const std::vector<Override>& overrides = {}) {
  return messages(load_text(scenario_with(fault), overrides));
}

FaultPlan plan_of(const std::string& fault, const std::vector<Override>& overrides = {}) {
  Loaded loaded = load_text(scenario_with(fault), overrides);
  EXPECT_THAT(messages(loaded), IsEmpty());
  return loaded.scenario ? loaded.scenario->faults.at(0) : FaultPlan();
}

const Override kRacks{"/cluster/racks", R"(["a", "bb", "c"])"};

TEST(FaultKeys, name_messages_and_who_sends_them) {
  FaultPlan plan = plan_of(
      R"({"at": "1s", "drop": "AlterPartition", "from": "broker 2", "to": "controller",
          "probability": "10%", "count": 3})");
  EXPECT_EQ(plan.message, "AlterPartitionRequest");
  ASSERT_EQ(plan.sides.size(), 2u);
  EXPECT_EQ(plan.sides[0].at(0).text, "broker 2");
  EXPECT_EQ(plan.probability, (sim::Ratio{1, 10}));
  EXPECT_EQ(plan.count, 3);
  EXPECT_EQ(plan.text, "drop AlterPartitionRequest from broker 2 to controller");
  plan = plan_of(R"({"at": "1s", "delay": "FetchResponse", "latency": "2s"})");
  EXPECT_EQ(plan.message, "FetchResponse");
  EXPECT_TRUE(plan.sides[0].empty() && plan.sides[1].empty());
  EXPECT_EQ(plan.count, 0);
  EXPECT_TRUE(plan.probability.is_one());
}

TEST(FaultKeys, refuse_messages_that_there_are_not) {
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": "AlterPartitoin"})"),
              ElementsAre(HasSubstr("/faults/0/drop: there is no message \"AlterPartitoin\"; did "
                                    "you mean \"AlterPartition\"?")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": "Xyzzy"})"),
              ElementsAre(HasSubstr("write a request of Kafka's")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": 5})"),
              ElementsAre(HasSubstr("must be a string")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "delay": "Fetch"})"),
              ElementsAre(HasSubstr("needs \"latency\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "delay": "Fetch", "latency": "-1s"})"),
              ElementsAre(HasSubstr("\"-1s\" is no duration")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": "Fetch", "from": "broker 9"})"),
              ElementsAre(HasSubstr("/faults/0/from: there is no broker 9")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": "Fetch", "to": 1})"),
              ElementsAre(HasSubstr("must be a target")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "drop": "Fetch", "count": 0})"),
              ElementsAre(HasSubstr("at least 1")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "crash": "broker 1", "from": "broker 2"})"),
              ElementsAre(HasSubstr("crash takes no \"from\"")));
}

TEST(FaultKeys, every_message_can_be_named_as_requests_are_in_short) {
  for (const std::string& name : names_of_messages()) EXPECT_TRUE(message_named(name).ok()) << name;
  EXPECT_EQ(*message_named("Produce"), "ProduceRequest");
  EXPECT_FALSE(message_named("").ok());
  EXPECT_FALSE(message_named("produce").ok());
}

TEST(FaultKeys, say_how_wrong_a_clock_is) {
  FaultPlan plan =
      plan_of(R"({"at": "1s", "skew_clock": "broker 2", "offset": "-5min", "drift": "-0.5ppm"})");
  EXPECT_EQ(plan.offset, sim::Duration::seconds(-300));
  EXPECT_EQ(plan.drift_ppb, -500);
  EXPECT_EQ(plan_of(R"({"at": "1s", "skew_clock": "client billing-2", "offset": "+1.5s"})").offset,
            sim::Duration::millis(1500));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2"})"),
              ElementsAre(HasSubstr("needs \"offset\" or \"drift\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2", "offset": "five"})"),
              ElementsAre(HasSubstr("\"five\" is no offset; write")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2", "offset": "-4000d"})"),
              ElementsAre(HasSubstr("-4000d is too small; at least -3650d")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2", "drift": "200"})"),
              ElementsAre(HasSubstr("\"200\" is no drift; write parts per million")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2", "drift": "200000ppm"})"),
              ElementsAre(HasSubstr("200000ppm is too large; at most 100000ppm")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "skew_clock": "broker 2", "offset": 5})"),
              ElementsAre(HasSubstr("is no offset")));
}

TEST(FaultKeys, let_client_faults_hit_clients_alone) {
  EXPECT_EQ(plan_of(R"({"at": "1s", "kill_client": "client billing"})").verb,
            FaultVerb::kKillClient);
  for (std::string verb : {"kill_client", "stall_client"}) {
    EXPECT_THAT(problems_of(R"({"at": "1s", ")" + verb + R"(": "broker 1"})"),
                ElementsAre(HasSubstr(verb + " hits clients alone")));
  }
  EXPECT_THAT(problems_of(R"({"at": "1s", "slow_cpu": "controller"})"),
              ElementsAre(HasSubstr("needs \"factor\"")));
}

TEST(FaultKeys, know_zones_and_the_region) {
  FaultPlan plan = plan_of(R"({"at": "1s", "zone_outage": "zone bb"})", {kRacks});
  EXPECT_EQ(plan.sides[0].at(0).place, "bb");
  plan = plan_of(R"({"at": "1s", "region_outage": "region eus2"})", {{"/cluster/region", "eus2"}});
  EXPECT_EQ(plan.sides[0].at(0).kind, Target::Kind::kRegion);
  plan_of(R"({"at": "1s", "partition": [["zone a"], ["zone bb", "zone c"]]})", {kRacks});
  EXPECT_THAT(problems_of(R"({"at": "1s", "zone_outage": "zone bbb"})", {kRacks}),
              ElementsAre(HasSubstr("there is no zone \"bbb\"; did you mean \"bb\"?")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "zone_outage": "zone west"})", {kRacks}),
              ElementsAre(HasSubstr("the cluster has a, bb, c")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "zone_outage": "zone a"})"),
              ElementsAre(HasSubstr("the cluster has no racks")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "zone_outage": "broker 1"})"),
              ElementsAre(HasSubstr("zone_outage hits zones alone")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "region_outage": "region x"})"),
              ElementsAre(HasSubstr("there is no region \"x\", the cluster is in \"region\"")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "region_outage": "zone a"})", {kRacks}),
              ElementsAre(HasSubstr("region_outage hits regions alone")));
  EXPECT_THAT(problems_of("", {{"/cluster/racks", R"(["a", "a"])"}}),
              ElementsAre(HasSubstr("\"a\" is named twice")));
  EXPECT_THAT(problems_of("", {{"/cluster/racks", R"(["a b"])"}}),
              ElementsAre(HasSubstr("\"a b\" is no name")));
  EXPECT_THAT(problems_of("", {{"/cluster/racks", "3"}}), ElementsAre(HasSubstr("must be a list")));
}

TEST(FaultKeys, know_controllers_by_number) {
  EXPECT_EQ(plan_of(R"({"at": "1s", "pause": "controller 3000"})").sides[0].at(0).node, 3000);
  EXPECT_EQ(plan_of(R"({"at": "1s", "pause": "controller"})").sides[0].at(0).node, 0);
  EXPECT_THAT(problems_of(R"({"at": "1s", "pause": "controller 2999"})"),
              ElementsAre(HasSubstr("there is no controller 2999, the cluster has 3000")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "pause": "controller x"})"),
              ElementsAre(HasSubstr("\"x\" is no controller's number")));
}

TEST(FaultKeys, give_windows_by_until) {
  FaultPlan plan = plan_of(R"({"at": "10s", "crash": "broker 1", "every": "5s", "until": "26s",
                               "for": "1s"})");
  EXPECT_EQ(plan.times, 4);  // 10, 15, 20, 25.
  EXPECT_EQ(plan_of(R"({"at": "10s", "pause": "broker 1", "every": "5s", "until": "25s"})").times,
            3);
  plan =
      plan_of(R"({"at": "10s", "crash": "broker 1", "every": "5s", "until": "26s", "times": 2})");
  EXPECT_EQ(plan.times, 2);
  EXPECT_EQ(plan_of(R"({"at": "10s", "pause": "broker 1", "until": "26s"})").times, 1);
  EXPECT_THAT(problems_of(R"({"at": "10s", "crash": "broker 1", "until": "10s"})"),
              ElementsAre(HasSubstr("/faults/0/until: it would be over before it begins")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "crash": "broker 1", "until": "-5s"})"),
              ElementsAre(HasSubstr("\"-5s\" is no duration")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "crash": "broker 1", "until": 5})"),
              ElementsAre(HasSubstr("is no duration")));
  EXPECT_THAT(problems_of(R"({"at": "1s", "crash": "broker 1", "every": "1ms", "until": "50s"})"),
              ElementsAre(HasSubstr("/faults/0/every: would happen more than 10000 times")));
}

TEST(FaultKeys, wait_for_conditions) {
  FaultPlan plan =
      plan_of(R"({"when": "isr(orders-0) < 3", "crash": "broker 1", "for": "5s", "times": 2})");
  ASSERT_TRUE(plan.when.has_value());
  EXPECT_EQ(plan.when->metric, "isr");
  EXPECT_EQ(plan.times, 2);
  EXPECT_EQ(plan_of(R"({"at": "9s", "when": "offline >= 1", "pause": "broker 1"})").at,
            sim::SimTime::at_millis(9000));
  auto when = [](const std::string& condition) {
    return problems_of(R"({"crash": "broker 1", "when": )" + condition + "}");
  };
  EXPECT_THAT(
      when(R"("irs(orders-0) < 3")"),
      ElementsAre(HasSubstr("/faults/0/when: unknown metric \"irs\"; did you mean \"isr\"?")));
  EXPECT_THAT(when(R"("isr(ordrs-0) < 3")"), ElementsAre(HasSubstr("did you mean \"orders\"?")));
  EXPECT_THAT(
      when(R"("lost == 0")"),
      ElementsAre(HasSubstr("lost is known when the run is over; no fault can wait for it")));
  EXPECT_THAT(when(R"("isr(orders-0) < 3 at 10s")"),
              ElementsAre(HasSubstr("a condition says no time")));
  EXPECT_THAT(when(R"("isr(orders-0) < 3 always")"),
              ElementsAre(HasSubstr("a condition says no time")));
  EXPECT_THAT(when(R"("isr(orders-0) <")"), ElementsAre(HasSubstr("the value is missing")));
  EXPECT_THAT(when("3"), ElementsAre(HasSubstr("must be a string")));
  EXPECT_THAT(when(R"("offline >= 1", "every": "5s", "times": 2)"),
              ElementsAre(HasSubstr("/faults/0/every: ")));
  EXPECT_THAT(problems_of(R"({"crash": "broker 1", "at": "60s", "when": "offline >= 1"})"),
              ElementsAre(HasSubstr("the run is over by then")));
}

// Whatever stands in a fault, the loader answers: with a plan, or with problems that have a place.
RC_GTEST_PROP(FaultKeys, never_let_junk_through_or_down, ()) {
  std::vector<std::string> keys;
  for (const KeyDecl& key : fault_declaration()->keys) keys.emplace_back(key.name);
  auto values = {R"("1s")",
                 R"("-1s")",
                 "0",
                 "-7",
                 "1e400",
                 "true",
                 "null",
                 "{}",
                 "[]",
                 R"([["broker 1"], ["zone a"]])",
                 R"("broker 1")",
                 R"("leader of orders-0")",
                 R"("client billing-9")",
                 R"("isr(orders-0) < 3")",
                 R"("lost == ")",
                 R"("AlterPartition")",
                 R"("200ppm")",
                 R"("99999999999999999999d")",
                 R"("region region")",
                 R"("\u0007")",
                 R"("controller 3000")",
                 R"(["broker 1", "broker 1"])",
                 "10000000000",
                 R"("100%")",
                 R"("101%")"};
  std::string fault;
  int members = *rc::gen::inRange(0, 7);
  for (int i = 0; i < members; ++i) {
    std::string key = *rc::gen::elementOf(keys);
    std::string value = *rc::gen::elementOf(std::vector<std::string>(values.begin(), values.end()));
    fault += (fault.empty() ? "\"" : ", \"") + key + "\": " + value;
  }
  Loaded loaded = load_text(scenario_with("{" + fault + "}"));
  RC_ASSERT(loaded.scenario.has_value() == loaded.problems.empty());
  for (const std::string& message : messages(loaded)) RC_ASSERT(message.find("my.json:1:") == 0u);
}

}  // namespace
}  // namespace scenarios
