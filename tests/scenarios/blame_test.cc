// SPDX-License-Identifier: Apache-2.0
//
// What whole runs blame for what went wrong: settings, elections, faults.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/format.h"
#include "scenarios/report.h"
#include "scenarios/run.h"
#include "scenarios/traced_run.h"
#include "tests/support/library.h"

namespace scenarios {
namespace {

using models::AnomalyKind;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using State = CheckedExpectation::State;

// Three brokers; the parts as JSON.
std::shared_ptr<const Scenario> three(const std::string& topic_config, const std::string& clients,
                                      const std::string& faults, const std::string& expect,
                                      const std::string& cluster_config = "") {
  return tests::parse(
      R"({"name":"blame","duration":"30s","cluster":{"brokers":3,"config":{)" + cluster_config +
      R"(}},"topics":{"orders":{"partitions":1,"replication.factor":3,"config":{)" + topic_config +
      "}}}," + clients + R"("faults":[)" + faults + R"(],"expect":[)" + expect + "]}");
}
const char* const kClients =
    R"("producers":{"checkout":{"topic":"orders","rate":"100/s"}},
       "consumers":{"billing":{"topics":["orders"],"assignment":"static",
                               "config":{"auto.offset.reset":"earliest"}}},)";

std::vector<std::string> lines_of(const RunResult& result) {
  std::vector<std::string> lines;
  for (const FaultRun& fault : result.faults) lines.push_back(fault.text);
  return lines;
}

// --- Retention ---

TEST(Blame, RetentionLosesNothing) {
  auto scenario = three(
      R"("min.insync.replicas":2,"retention.ms":5000,"segment.ms":2000,"file.delete.delay.ms":100)",
      kClients, "", R"("lost == 0","deleted(orders) >= 1000","guarantee(billing) == exactly-once")",
      R"("log.retention.check.interval.ms":1000)");
  RunResult result = run_scenario(scenario, {});
  EXPECT_EQ(result.outcome, Outcome::kPassed) << tests::why(result);
  ASSERT_EQ(result.removals.size(), 1u);
  EXPECT_EQ(result.removals[0].by, "retention.ms");
  EXPECT_THAT(result.anomalies, IsEmpty());
  std::string text = text_report(*scenario, result, {});
  EXPECT_THAT(text, HasSubstr("  deleted by retention.ms "));
  EXPECT_THAT(text, HasSubstr("deleted   orders-0 log start 0 -> "));
  EXPECT_THAT(text, HasSubstr(" more until "));
}

TEST(Blame, AConsumerOvertakenByRetentionSkips) {
  std::string slow = R"("producers":{"checkout":{"topic":"orders","rate":"100/s"}},
      "consumers":{"billing":{"topics":["orders"],"assignment":"static","processing":"50ms",
                              "config":{"auto.offset.reset":"earliest"}}},)";
  RunResult result = run_scenario(
      three(R"("retention.ms":3000,"segment.ms":1000,"file.delete.delay.ms":100)", slow, "",
            R"("skipped(billing) == 0")", R"("log.retention.check.interval.ms":1000)"),
      {});
  ASSERT_EQ(result.expectations[0].state, State::kBroken);
  EXPECT_EQ(result.expectations[0].why, "permitted by retention.ms");
  EXPECT_NE(result.expectations[0].event.value(), 0u) << "the deletion";
  EXPECT_EQ(result.broken_promises, 0);
}

// --- Nothing to judge ---

TEST(Blame, WhatHoldsOfNothingIsNotJudged) {
  RunResult result = run_scenario(
      three(
          R"("max.message.bytes":10)", kClients, "",
          R"("lost == 0","duplicated == 0","reordered == 0","phantom == 0","skipped(billing) == 0",
               "inconsistent_offsets == 0","produce_latency(p99) <= 1s","lag(billing) == 0 at end",
               "max_lag(billing) == 0","isr(orders-0) == 3 always","produced >= 1")"),
      {});
  EXPECT_EQ(result.acknowledged, 0);
  for (const CheckedExpectation& checked : result.expectations) {
    bool is_known = checked.expectation.metric == "isr" || checked.expectation.metric == "produced";
    EXPECT_EQ(checked.state, is_known ? State::kHolds : State::kUnknown)
        << checked.expectation.text << " " << checked.actual;
  }
  EXPECT_EQ(result.expectations[0].why, "nothing was acknowledged");
  EXPECT_EQ(result.outcome, Outcome::kNotJudged);
}

TEST(Blame, WithoutProducersNothingIsLost) {
  RunResult result =
      run_scenario(three("", "", "", R"("lost == 0","unavailable <= 1s","failed == 0")"), {});
  for (const CheckedExpectation& checked : result.expectations)
    EXPECT_EQ(checked.state, State::kUnknown) << checked.expectation.text;
  EXPECT_EQ(result.outcome, Outcome::kNotJudged);
}

TEST(Blame, AClusterOfItsOwnCanPass) {
  std::string crash = R"({"at":"2s","crash":"broker 2","for":"10s"})";
  RunResult result = run_scenario(
      three("", "", crash, R"("isr(orders-0) >= 2 always","isr(orders-0) == 3 at end")"), {});
  EXPECT_EQ(result.outcome, Outcome::kPassed) << tests::why(result);
  EXPECT_EQ(run_scenario(three("", "", crash, ""), {}).outcome, Outcome::kPassed);
}

TEST(Blame, WithoutExpectationsClientsMustHaveGotSomething) {
  EXPECT_EQ(run_scenario(three("", kClients, "", ""), {}).outcome, Outcome::kPassed);
  auto nothing = three(R"("max.message.bytes":10)", kClients, "", "");
  RunResult result = run_scenario(nothing, {});
  EXPECT_EQ(result.outcome, Outcome::kNotJudged);
  EXPECT_THAT(text_report(*nothing, result, {}), HasSubstr("(nothing was acknowledged)"));
}

// --- Broken promises ---

TEST(Blame, ABrokenPromiseFailsARunThatExpectsNothingOfIt) {
  std::string faults = R"({"at":"10s","crash":"broker 1","for":"40s"},
      {"at":"10s","partition":[["broker 2"],["broker 3"]],"for":"50s"},
      {"at":"25s","crash":"leader of orders-0","for":"25s"})";
  std::string text = tests::small_scenario(faults, R"("mutations":["KIP-101"],)");
  text.replace(text.find("lost == 0"), 9, "produced >= 1");
  auto scenario = tests::parse(text);
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    RunResult result = run_scenario(scenario, {.seed = seed, .invariants = false});
    if (result.broken_promises == 0) continue;
    EXPECT_EQ(result.expectations[0].state, State::kHolds);
    EXPECT_EQ(result.outcome, Outcome::kFailed);
    EXPECT_THAT(text_report(*scenario, result, {}), HasSubstr("  FAIL  no broken promises "));
    EXPECT_THAT(junit_report({{scenario.get(), &result, 0, {}}}),
                HasSubstr("<failure message=\"promises were broken\">broken promises: "));
    return;
  }
  FAIL() << "no seed broke a promise";
}

// --- Elections ---

TEST(Blame, AnUncleanElectionIsNamedAndLeadsBackToTheCrash) {
  std::string faults = R"({"at":"5s","crash":"follower of orders-0","for":"15s"},
      {"at":"18s","crash":"leader of orders-0","for":"20s"})";
  auto scenario = tests::parse(
      R"({"name":"unclean","duration":"40s","cluster":{"brokers":2,
          "config":{"replica.lag.time.max.ms":3000}},
        "topics":{"orders":{"partitions":1,"replication.factor":2,
          "config":{"min.insync.replicas":1,"unclean.leader.election.enable":true}}},)" +
      std::string(kClients) + R"("faults":[)" + faults +
      R"(],"expect":["lost == 0","unclean_elections == 0","inconsistent_offsets == 0"]})");
  auto run = run_traced(scenario, {}, "", nullptr, {});
  ASSERT_TRUE(run.ok());
  ASSERT_EQ(run->expectations[0].state, State::kBroken) << "nothing was lost";
  EXPECT_EQ(run->expectations[0].why, "permitted by unclean.leader.election.enable=true");
  EXPECT_EQ(run->expectations[0].event, run->expectations[1].event) << "the election";
  EXPECT_THAT(run->chain, Contains(HasSubstr("unclean yes")));
  EXPECT_THAT(run->chain.front(), HasSubstr("truncated"));
  EXPECT_THAT(run->chain.back(), HasSubstr("fault: crash began"));
  EXPECT_THAT(run->chain_of, HasSubstr("lost orders-0@"));
  int64_t inconsistent = 0;
  for (const models::AnomalyCount& count : run->anomaly_counts)
    inconsistent += count.kind == AnomalyKind::kInconsistentOffset ? count.total : 0;
  EXPECT_GT(inconsistent, 0);
  EXPECT_EQ(run->expectations[2].actual, with_commas(inconsistent)) << "of all readers";
}

TEST(Blame, UnavailabilityIsLedBackToTheFault) {
  std::string crash = R"({"at":"5s","crash":"leader of orders-0","for":"20s"})";
  auto scenario = three(R"("min.insync.replicas":2)", kClients, crash,
                        R"("unavailable(orders) <= 1s","produce_latency(max) <= 1s",
                           "isr(orders-0) == 3 always","leader_changes == 0")");
  auto run = run_traced(scenario, {}, "", nullptr, {});
  ASSERT_TRUE(run.ok());
  for (const CheckedExpectation& checked : run->expectations) {
    EXPECT_EQ(checked.state, State::kBroken) << checked.expectation.text;
    EXPECT_NE(checked.event.value(), 0u) << checked.expectation.text;
  }
  EXPECT_EQ(run->chain_of, "unavailable(orders) <= 1s");
  EXPECT_THAT(run->chain.front(), HasSubstr("leader_elected"));
  EXPECT_THAT(run->chain.back(), HasSubstr("fault: crash began"));
}

// --- Faults ---

TEST(Blame, AFaultTellsWhatMakesIt) {
  std::string faults = R"(
      {"at":"1s","partition":[["follower of orders-0"],["leader of orders-0"]],"one_way":true,"for":"1s"},
      {"at":"3s","slow_link":["broker 1","broker 2"],"latency":"50ms","factor":1.5,"for":"1s"},
      {"at":"5s","lossy_link":[["broker 1"],["client billing"]],"probability":"1%","for":"1s"},
      {"at":"7s","slow_disk":"leader of orders-0","factor":20,"for":"1s"})";
  RunResult result = run_scenario(three("", kClients, faults, ""), {});
  EXPECT_EQ(lines_of(result)[0],
            "partition broker 1 (follower of orders-0) -> broker 3 (leader of orders-0), one way");
  EXPECT_EQ(lines_of(result)[1], "slow_link broker 1, broker 2, factor 1.5, latency +50.0 ms");
  EXPECT_EQ(lines_of(result)[2], "lossy_link broker 1 | client billing, probability 1%");
  EXPECT_EQ(lines_of(result)[3], "slow_disk broker 3 (leader of orders-0), factor 20");
}

TEST(Blame, WhoIsDeadAlreadyLosesNoLeadershipAgain) {
  std::string faults = R"({"at":"5s","crash":"broker 3"},{"at":"6s","crash":"broker 3"})";
  RunResult result = run_scenario(three("", kClients, faults, ""), {});
  ASSERT_EQ(result.faults.size(), 2u);
  EXPECT_EQ(result.faults[0].leaderships_lost, 1);
  EXPECT_EQ(result.faults[1].leaderships_lost, 0);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("bit nothing")));
}

TEST(Blame, ACrashAtADiskOperationIsToldWhenItHappens) {
  auto scenario = three("", kClients, R"({"crash":"broker 1","at_disk_operation":300})", "");
  RunResult result = run_scenario(scenario, {});
  ASSERT_EQ(result.faults.size(), 1u);
  ASSERT_TRUE(result.faults[0].happened.has_value());
  EXPECT_GT(*result.faults[0].happened, result.faults[0].began);
  EXPECT_THAT(text_report(*scenario, result, {}),
              Not(HasSubstr("  00:00.000  fault     crash broker 1")));

  auto never = three("", kClients, R"({"crash":"broker 1","at_disk_operation":100000000})", "");
  RunResult quiet = run_scenario(never, {});
  EXPECT_FALSE(quiet.faults[0].happened.has_value());
  EXPECT_THAT(text_report(*never, quiet, {}), HasSubstr("did not happen"));
}

}  // namespace
}  // namespace scenarios
