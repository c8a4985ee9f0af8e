// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(std::string_view text) {
  Loaded result = load_text(text);
  EXPECT_EQ(result.scenario.has_value(), result.problems.empty());
  return messages(result);
}

std::vector<std::string> fault_problems(const std::string& fault) {
  return problems_of(scenario_with(fault));
}

// The example with one value replaced.
std::vector<std::string> problems_with(const std::string& pointer, const std::string& value) {
  return messages(load_text(kLeaderCrash, {{pointer, value}}));
}

TEST(LoaderErrorsTest, AreThoseOfTheDocumentation) {
  const char* text = R"({
  "name": "my", "duration": "60s",
  "cluster": { "brokers": 3 },
  "topics": { "orders": { "replication.factor": 5 } },
  "producers": { "checkout": { "topic": "orders", "rate": "5/s",
                   "config": { "ack": "all" } } },
  "faults": [ { "at": "20s", "partitoin": [["broker 1"], ["broker 2"]] } ]
})";
  EXPECT_THAT(
      problems_of(text),
      ElementsAre(
          "my.json:4:49: /topics/orders/replication.factor: 5 replicas need 5 brokers, the "
          "cluster has 3",
          "my.json:6:32: /producers/checkout/config/ack: unknown producer setting; did you mean "
          "\"acks\"?  (faultline config lists all)",
          "my.json:7:30: /faults/0/partitoin: unknown fault \"partitoin\"; did you mean "
          "\"partition\"?  (faultline faults lists all)"));
}

TEST(LoaderErrorsTest, NameUnknownAndMissingKeys) {
  EXPECT_THAT(problems_of(R"({"name": "t", "topics": {}, "tittle": "x", "zzz": 1})"),
              ElementsAre("my.json:1:1: needs \"duration\"",
                          "my.json:1:29: /tittle: unknown key \"tittle\"; did you mean \"title\"?",
                          "my.json:1:44: /zzz: unknown key \"zzz\""));
  EXPECT_THAT(problems_of("[]"), ElementsAre("my.json:1:1: must be an object, found a list"));
}

TEST(LoaderErrorsTest, SayWhatIsNotSupportedYet) {
  for (const char* key : {"regions", "clusters", "links"}) {
    EXPECT_THAT(problems_of(scenario_with("", "", std::string(", \"") + key + "\": {}")),
                ElementsAre(HasSubstr("\"" + std::string(key) + "\" is not supported yet")));
  }
  auto not_yet = ElementsAre(HasSubstr("not supported yet"));
  EXPECT_THAT(problems_with("/cluster/coordination", "zookeeper"), not_yet);
  EXPECT_THAT(problems_with("/consumers/billing/assignment", "group"), not_yet);
  EXPECT_THAT(problems_with("/producers/checkout/keys", R"({"distinct": 1, "kind": "x"})"),
              not_yet);
  EXPECT_THAT(problems_with("/consumers/billing",
                            R"({"topics": ["orders"], "assignment": "static", "commit": "x"})"),
              not_yet);
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "coordinator of group g"})"), not_yet);
  EXPECT_THAT(problems_with("/producers/checkout/config", R"({"transactional.id": "t"})"),
              not_yet);
}

TEST(LoaderErrorsTest, RefuseValuesOfTheWrongForm) {
  EXPECT_THAT(problems_with("/duration", "60"),
              ElementsAre(HasSubstr("\"60\" is no duration; write")));
  EXPECT_THAT(problems_with("/duration", "true"),
              ElementsAre(HasSubstr("must be a string, found")));
  EXPECT_THAT(problems_with("/cluster/brokers", "\"3\""),
              ElementsAre(HasSubstr("must be a whole number, found a string")));
  EXPECT_THAT(problems_with("/cluster/brokers", "2.5"), Contains(HasSubstr("is no whole number")));
  EXPECT_THAT(problems_with("/producers/checkout/rate", "500"),
              ElementsAre(HasSubstr("is no rate")));
  EXPECT_THAT(problems_with("/producers/checkout/value/size", "200"),
              ElementsAre(HasSubstr("is no size")));
  EXPECT_THAT(problems_with("/producers/checkout/keys/skew", "zipff"),
              ElementsAre(HasSubstr("unknown skew \"zipff\"; did you mean \"zipf\"?  "
                                    "(allowed: uniform, zipf)")));
  EXPECT_THAT(problems_with("/seed", "-1"), ElementsAre(HasSubstr("is no seed")));
  EXPECT_THAT(problems_with("/expect", "\"x\""), ElementsAre(HasSubstr("must be a list")));
  EXPECT_THAT(problems_with("/topics/orders/config/min.insync.replicas", "[]"),
              ElementsAre(HasSubstr("must be a number, a string, true or false")));
}

TEST(LoaderErrorsTest, KeepValuesInTheirRange) {
  EXPECT_THAT(problems_with("/duration", "0s"), Contains(HasSubstr("must be longer than 0")));
  EXPECT_THAT(problems_with("/duration", "25h"), ElementsAre(HasSubstr("at most 1d")));
  EXPECT_THAT(problems_with("/cluster/brokers", "65"), ElementsAre(HasSubstr("at most 64")));
  EXPECT_THAT(problems_with("/cluster/brokers", "0"), ElementsAre(HasSubstr("at least 1")));
  EXPECT_THAT(problems_with("/topics/orders/partitions", "10001"),
              ElementsAre(HasSubstr("at most 10000")));
  EXPECT_THAT(problems_with("/producers/checkout/value/size", "7B"),
              ElementsAre(HasSubstr("at least 8B")));
  EXPECT_THAT(problems_with("/producers/checkout/value/size", "2MB"),
              ElementsAre(HasSubstr("at most 1000000B")));
  EXPECT_THAT(problems_with("/producers/checkout/rate", "10000001/s"),
              ElementsAre(HasSubstr("at most 10000000/s")));
  EXPECT_THAT(messages(load_text(kLeaderCrash, {{"/producers/checkout/rate", "600000000/min"},
                                                {"/duration", "1s"},
                                                {"/faults/0/at", "100ms"}})),
              IsEmpty());
  EXPECT_THAT(problems_with("/producers/checkout/count", "1001"),
              ElementsAre(HasSubstr("at most 1000")));
  EXPECT_THAT(problems_with("/producers/checkout/count", "998"),
              ElementsAre(HasSubstr("more than 1000 clients in all")));
  EXPECT_THAT(problems_with("/topics", R"({"orders": {"partitions": 6000, "replication.factor": 3},
                                           "b": {"partitions": 6000}})"),
              ElementsAre(HasSubstr("more than 10000 partitions in all")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "every": "1ms", "times": 6000},
                                {"at": "1s", "crash": "broker 2", "every": "1ms", "times": 6000})"),
              ElementsAre(HasSubstr("more than 10000 faults in all")));
}

TEST(LoaderErrorsTest, CheckNames) {
  EXPECT_THAT(problems_with("/name", "\"a b\""), ElementsAre(HasSubstr("\"a b\" is no name")));
  EXPECT_THAT(problems_with("/topics",
                            R"({"orders": {"replication.factor": 3, "partitions": 6}, "a/b": {}})"),
              ElementsAre(HasSubstr("/topics/a~1b: \"a/b\" is no name")));
  EXPECT_THAT(problems_with("/name", "\"" + std::string(250, 'x') + "\""),
              ElementsAre(HasSubstr("longer than 249")));
  EXPECT_THAT(problems_with("/name", "\"..\""), ElementsAre(HasSubstr("is no name")));
  EXPECT_THAT(problems_of(R"({"name": "t", "duration": "1s", "topics": {"a.b": {}, "a_b": {}}})"),
              ElementsAre(HasSubstr("collides with topic \"a.b\"")));
}

TEST(LoaderErrorsTest, KeepNamesOfClientsApart) {
  EXPECT_THAT(problems_with("/consumers",
                            R"({"checkout": {"topics": ["orders"], "assignment": "static"}})"),
              Contains(HasSubstr("\"checkout\" is the name of a producer already")));
  EXPECT_THAT(problems_with("/producers/checkout/count", "2"), IsEmpty());
  EXPECT_THAT(messages(load_text(
                  scenario_with("", "", ""),
                  {{"/producers", R"({"checkout": {"topic": "orders", "rate": "1/s", "count": 2},
                                   "checkout-2": {"topic": "orders", "rate": "1/s"}})"}})),
              ElementsAre(HasSubstr("its member \"checkout-2\" has the name of another client")));
  EXPECT_THAT(problems_with("/producers", R"({"auditor": {"topic": "orders", "rate": "1/s"}})"),
              ElementsAre(HasSubstr("take another name")));
}

TEST(LoaderErrorsTest, CheckThatTopicsExist) {
  EXPECT_THAT(problems_with("/producers/checkout/topic", "order"),
              ElementsAre(HasSubstr("there is no topic \"order\"; did you mean \"orders\"?")));
  EXPECT_THAT(problems_with("/consumers/billing/topics", R"(["orders", "nothing", "orders"])"),
              ElementsAre(HasSubstr("there is no topic \"nothing\""), HasSubstr("is named twice")));
  EXPECT_THAT(problems_with("/consumers/billing/topics", "[]"), ElementsAre(HasSubstr("is empty")));
}

TEST(LoaderErrorsTest, CheckReplicasInSync) {
  EXPECT_THAT(problems_with("/topics/orders/config/min.insync.replicas", "4"),
              ElementsAre(AllOf(HasSubstr("/topics/orders/config/min.insync.replicas: "),
                                HasSubstr("min.insync.replicas is 4, replication.factor is 3"))));
  EXPECT_THAT(
      problems_of(R"({"name": "t", "duration": "1s", "topics": {"a": {"replication.factor": 1}},
                              "cluster": {"config": {"min.insync.replicas": 2}}})"),
      ElementsAre(HasSubstr("/cluster/config/min.insync.replicas: min.insync.replicas is 2")));
}

TEST(LoaderErrorsTest, CheckKafkasSettings) {
  EXPECT_THAT(problems_with("/producers/checkout/config", R"({"acks": "some", "linger.ms": -1})"),
              ElementsAre(HasSubstr("found \"some\""), HasSubstr("found \"-1\"")));
  // A rule between two settings.
  EXPECT_THAT(
      problems_with("/producers/checkout/config", R"({"acks": 1, "enable.idempotence": true})"),
      ElementsAre(HasSubstr("/producers/checkout/config: ")));
}

TEST(LoaderErrorsTest, CheckTargets) {
  auto target = [](const std::string& name) {
    return fault_problems(R"({"at": "1s", "pause": ")" + name + "\"}");
  };
  EXPECT_THAT(target("broker 4"),
              ElementsAre(HasSubstr("no broker 4, the cluster has brokers 1 to 3")));
  EXPECT_THAT(target("broker 0"), ElementsAre(HasSubstr("no broker 0")));
  EXPECT_THAT(target("broker x"), ElementsAre(HasSubstr("no broker's number")));
  EXPECT_THAT(target("brokr 1"),
              ElementsAre(HasSubstr("unknown target \"brokr 1\"; did you mean \"broker 1\"?")));
  EXPECT_THAT(target("nobody"),
              ElementsAre(HasSubstr("unknown target \"nobody\"; write broker N")));
  EXPECT_THAT(target("leader of ordrs-0"), ElementsAre(HasSubstr("did you mean \"orders\"?")));
  EXPECT_THAT(target("leader of orders-6"), ElementsAre(HasSubstr("no partition \"orders-6\"")));
  EXPECT_THAT(target("leader of orders"), ElementsAre(HasSubstr("names no partition")));
  EXPECT_THAT(target("follower of notes-0"),
              ElementsAre(HasSubstr("has one replica, so no follower")));
  EXPECT_THAT(target("client biling"), ElementsAre(HasSubstr("did you mean \"billing\"?")));
  EXPECT_THAT(target("client billing-4"), ElementsAre(HasSubstr("has members 1 to 3")));
  EXPECT_THAT(target("random leader of orders-0"), ElementsAre(HasSubstr("unknown target")));
  EXPECT_THAT(target(""), ElementsAre(HasSubstr("unknown target \"\"")));
}

TEST(LoaderErrorsTest, LetFewFaultsHitClients) {
  for (const char* verb : {"crash", "power_off"}) {
    EXPECT_THAT(fault_problems(R"({"at": "1s", ")" + std::string(verb) + R"(": "client billing"})"),
                ElementsAre(HasSubstr("cannot hit a client; pause, partition, isolate, slow_link, "
                                      "lossy_link, slow_cpu, skew_clock, kill_client, "
                                      "stall_client can")));
  }
  EXPECT_THAT(fault_problems(R"({"at": "1s", "isolate": "client billing-2"})"), IsEmpty());
  EXPECT_THAT(fault_problems(R"({"at": "1s", "restart_rolling": ["leader of orders-0"]})"),
              ElementsAre(HasSubstr("takes \"all\" or brokers by number")));
}

TEST(LoaderErrorsTest, WantOneVerbAFault) {
  EXPECT_THAT(
      fault_problems(R"({"at": "1s", "crash": "broker 1", "pause": "broker 2"})"),
      ElementsAre(HasSubstr("/faults/0/pause: a fault has one verb, and this one has \"crash\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s"})"),
              ElementsAre(HasSubstr("no verb says which fault")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "fro": "1s"})"),
              ElementsAre(HasSubstr("unknown key \"fro\"; did you mean \"for\"?")));
}

TEST(LoaderErrorsTest, CheckWhatAVerbTakesAndNeeds) {
  EXPECT_THAT(
      fault_problems(R"({"at": "1s", "crash": "broker 1", "factor": 2})"),
      ElementsAre(HasSubstr("/faults/0/factor: crash takes no \"factor\"; it takes at, for")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "restart_rolling": "all", "for": "1s"})"),
              ElementsAre(HasSubstr("takes no \"for\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "slow_disk": "broker 1"})"),
              ElementsAre(HasSubstr("needs \"factor\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "lossy_link": ["broker 1"]})"),
              ElementsAre(HasSubstr("needs \"probability\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "slow_link": ["broker 1"]})"),
              ElementsAre(HasSubstr("needs \"factor\" or \"latency\"")));
  EXPECT_THAT(fault_problems(R"({"crash": "broker 1"})"),
              ElementsAre(HasSubstr("needs \"at\" or \"when\"")));
  EXPECT_THAT(fault_problems(R"({"crash": ["broker 1", "broker 2"], "at_disk_operation": 1})"),
              ElementsAre(HasSubstr("needs a single target")));
}

TEST(LoaderErrorsTest, CheckWhenAFaultHappens) {
  EXPECT_THAT(fault_problems(R"({"at": "60s", "crash": "broker 1"})"),
              ElementsAre(HasSubstr("/faults/0/at: the run is over by then, it lasts 60s")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "for": "0s"})"),
              ElementsAre(HasSubstr("must be longer than 0")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "every": "5s"})"),
              ElementsAre(HasSubstr("\"every\" needs \"times\" or \"until\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "times": 2})"),
              ElementsAre(HasSubstr("\"times\" needs \"every\" or \"when\"")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "every": "20s", "times": 4})"),
              ElementsAre(HasSubstr("the last time is after the end")));
  EXPECT_THAT(
      fault_problems(R"({"at": "1s", "crash": "broker 1", "every": "100000d", "times": 9999})"),
      ElementsAre(HasSubstr("the last time is after the end")));
}

TEST(LoaderErrorsTest, CheckSides) {
  auto partition = [](const std::string& sides) {
    return fault_problems(R"({"at": "1s", "partition": )" + sides + "}");
  };
  EXPECT_THAT(partition(R"([["broker 1"]])"), ElementsAre(HasSubstr("needs two sides or more")));
  EXPECT_THAT(partition(R"("broker 1")"), ElementsAre(HasSubstr("must be a list, found a string")));
  EXPECT_THAT(partition(R"(["broker 1", "broker 2"])"), Each(HasSubstr("must be a list")));
  EXPECT_THAT(partition(R"([["broker 1"], []])"), ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(partition(R"([["broker 1", "broker 2"], ["broker 2"]])"),
              ElementsAre(HasSubstr("/faults/0/partition/1/0: \"broker 2\" is named twice")));
  EXPECT_THAT(partition(R"([["client billing"], ["client billing-2"]])"),
              ElementsAre(HasSubstr("is named twice")));
  EXPECT_THAT(partition(R"([["any broker"], ["any broker"]])"), IsEmpty());
  EXPECT_THAT(
      fault_problems(R"({"at": "1s", "slow_link": [["broker 1"], ["broker 2"], ["broker 3"]],
                                 "factor": 2})"),
      ElementsAre(HasSubstr("a link has two sides, not more")));
}

TEST(LoaderErrorsTest, CheckExpectationsAndMutations) {
  EXPECT_THAT(
      problems_of(scenario_with("", R"("lost == 0", "lst == 0")", R"(, "mutations": ["KIP-102"])")),
      ElementsAre(HasSubstr("/expect/1: unknown metric \"lst\""),
                  HasSubstr("unknown mutation \"KIP-102\"; did you mean \"KIP-101\"?")));
}

TEST(LoaderErrorsTest, DoNotFollowFromOtherErrors) {
  EXPECT_THAT(problems_with("/topics/orders/partitions", "\"x\""),
              ElementsAre(HasSubstr("/topics/orders/partitions: must be a whole number")));
  EXPECT_THAT(problems_with("/cluster/brokers", "null"),
              ElementsAre(HasSubstr("/cluster/brokers: ")));
  EXPECT_THAT(problems_with("/duration", "soon"), ElementsAre(HasSubstr("/duration: ")));
}

TEST(LoaderErrorsTest, ReportAMissingFile) {
  EXPECT_THAT(messages(load_scenario("/no/such/file.json", {})),
              ElementsAre("/no/such/file.json: there is no such file"));
}

TEST(LoaderErrorsTest, StopCountingAtAThousand) {
  std::string text = "{";
  for (int i = 0; i < 3000; ++i) text += "\"k" + std::to_string(i) + "\": 1,";
  EXPECT_EQ(problems_of(text + "\"name\": \"x\"}").size(), ProblemList::kMostProblems);
}

TEST(LoaderErrorsTest, RefuseWhatNoMemoryHolds) {
  EXPECT_THAT(problems_with("/producers/checkout/rate", "10000000/s"),
              ElementsAre(AllOf(HasSubstr("/producers/checkout/rate: about 1,200,000,000 records "
                                          "need "),
                                HasSubstr(" GB of memory, and 32 GB is the most"))));
  EXPECT_THAT(problems_with("/duration", "\"20000d\""), testing::Not(IsEmpty()));
  EXPECT_THAT(problems_with("/duration", "\"24h\""), ElementsAre(HasSubstr("86,400,000 records")));
  EXPECT_THAT(problems_with("/duration", "\"2h\""), IsEmpty());
}

TEST(LoaderErrorsTest, TakeOneThreeOrFiveControllers) {
  for (const char* some : {"1", "3", "5"})
    EXPECT_THAT(problems_with("/cluster/controllers", some), ElementsAre());
  EXPECT_THAT(problems_with("/cluster/controllers", "4"),
              ElementsAre(HasSubstr("4 controllers stand no more losses than 3")));
  EXPECT_THAT(problems_with("/cluster/controllers", "7"), ElementsAre(HasSubstr("5")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "controller 3001"})"),
              ElementsAre(HasSubstr("there is no controller 3001")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "controller 3000"})"), ElementsAre());
}

TEST(LoaderErrorsTest, SuggestTargets) {
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "leadr of orders-0"})"),
              ElementsAre(HasSubstr("did you mean \"leader of orders-0\"?")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "brokr 2"})"),
              ElementsAre(HasSubstr("did you mean \"broker 2\"?")));
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "controler"})"),
              ElementsAre(HasSubstr("did you mean \"controller\"?")));
}

TEST(LoaderErrorsTest, NameTheOwnerOfASettingThatIsElsewhere) {
  EXPECT_THAT(problems_with("/cluster/config", R"({"retention.ms": 5})"),
              ElementsAre(HasSubstr("no broker setting; it is log.retention.ms on a cluster; "
                                    "retention.ms on a topic")));
  EXPECT_THAT(problems_with("/topics/orders/config", R"({"log.retention.ms": 5})"),
              ElementsAre(HasSubstr("retention.ms on a topic")));
  EXPECT_THAT(problems_with("/consumers/billing/config", R"({"acks": "all"})"),
              ElementsAre(HasSubstr("no consumer setting; it is acks on a producer")));
}

TEST(LoaderErrorsTest, BlameASettingOfTheClusterWhereItStands) {
  EXPECT_THAT(problems_of(R"({"name": "t", "duration": "60s",
  "cluster": {"brokers": 3, "config": {"min.insync.replicas": 3}},
  "topics": {"orders": {"replication.factor": 2}}})"),
              ElementsAre(AllOf(HasSubstr("my.json:2:"),
                                HasSubstr("/cluster/config/min.insync.replicas: "))));
}

TEST(LoaderErrorsTest, AMisspeltFactorIsOneMistake) {
  EXPECT_THAT(problems_of(R"({"name": "t", "duration": "60s", "cluster": {"brokers": 3},
  "topics": {"orders": {"replication.facter": 3, "config": {"min.insync.replicas": 2}}}})"),
              ElementsAre(HasSubstr("did you mean \"replication.factor\"?")));
}

TEST(LoaderErrorsTest, ALogDirOfAFaultMustBeOneOfTheBrokers) {
  std::string fault = R"({"at": "1s", "failing_disk": "broker 1", "log_dir": "/disk3"})";
  EXPECT_THAT(fault_problems(fault),
              ElementsAre(HasSubstr("/faults/0/log_dir: the brokers have one log directory; name "
                                    "several in /cluster/config/log.dirs")));
  std::vector<Override> two = {{"/cluster/config/log.dirs", "/disk1,/disk2"},
                               {"/faults/0/failing_disk", "broker 1"},
                               {"/faults/0/log_dir", "/disk3"}};
  std::string text(kLeaderCrash);
  text.replace(text.find(R"("crash": "leader of orders-0")"), 29,
               R"("failing_disk": "broker 1", "log_dir": "/disk1")");
  EXPECT_THAT(messages(load_text(text, two)),
              ElementsAre(AllOf(HasSubstr("found \"/disk3\", must be one of log.dirs: /disk1, "
                                          "/disk2; did you mean \"/disk"))));
  two[2].value = "/disk2";
  EXPECT_THAT(messages(load_text(text, two)), IsEmpty());
  EXPECT_THAT(fault_problems(R"({"at": "1s", "crash": "broker 1", "log_dir": "/disk1"})"),
              Contains(HasSubstr("crash takes no \"log_dir\"")));
}

}  // namespace
}  // namespace scenarios
