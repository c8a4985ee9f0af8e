// SPDX-License-Identifier: Apache-2.0
//
// What small runs are judged to be, above all where there is little to judge.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "scenarios/campaign.h"
#include "scenarios/report.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace scenarios {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using State = CheckedExpectation::State;

// Ten seconds of 40 records a second on three brokers.
std::shared_ptr<const Scenario> small(const std::string& faults, const std::string& expect,
                                      const std::string& producer_config = "{}",
                                      const std::string& consumer = "\"processing\":\"0s\"") {
  return tests::parse(R"({"name":"small","duration":"10s","cluster":{"brokers":3},
    "topics":{"orders":{"partitions":2,"replication.factor":3,"config":{"min.insync.replicas":2}}},
    "producers":{"checkout":{"count":2,"topic":"orders","rate":"20/s","config":)" +
                      producer_config + R"(}},
    "consumers":{"billing":{"topics":["orders"],"assignment":"static",)" +
                      consumer + R"(}},"faults":[)" + faults + R"(],"expect":[)" + expect + "]}");
}

RunResult until(const std::string& expect, int64_t seconds) {
  RunOptions options;
  options.until = sim::SimTime() + sim::Duration::seconds(seconds);
  std::string crash = R"({"at":"3s","crash":"leader of orders-0"})";
  return run_scenario(small(crash, expect), options);
}

TEST(Verdict, AConsumerThatReadsToTheEndHasItsGuarantee) {
  RunResult result = run_scenario(small("", R"("guarantee(billing) == exactly-once")", "{}",
                                        R"("config":{"auto.offset.reset":"earliest"})"),
                                  {});
  EXPECT_EQ(result.outcome, Outcome::kPassed) << tests::why(result);
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(Verdict, AConsumerThatDidNotReadToTheEndHasNone) {
  RunResult result = run_scenario(
      small("", R"("guarantee(billing) == exactly-once")", "{}", R"("processing":"5s")"), {});
  ASSERT_EQ(result.expectations.size(), 1u);
  EXPECT_EQ(result.expectations[0].state, State::kUnknown);
  EXPECT_EQ(result.expectations[0].actual, "not judged");
  EXPECT_THAT(result.expectations[0].why,
              AllOf(HasSubstr("billing had not come to"), HasSubstr("acknowledged records")));
  EXPECT_EQ(result.outcome, Outcome::kNotJudged);
}

TEST(Verdict, NothingAcknowledgedAndNothingGivenIsWarnedOf) {
  RunResult result = run_scenario(small(R"({"at":"1ms","isolate":"client checkout"})",
                                        R"("lost == 0","guarantee(billing) == exactly-once")"),
                                  {});
  EXPECT_EQ(result.acknowledged, 0);
  EXPECT_THAT(result.warnings,
              Contains("producer checkout was never acknowledged: nothing of it was judged"));
  EXPECT_THAT(result.warnings,
              Contains("consumer billing was given nothing: nothing of it was judged"));
  EXPECT_EQ(result.expectations[1].state, State::kUnknown);
  EXPECT_EQ(result.expectations[1].why, "billing was given nothing");
  std::string json = json_report(*small("", ""), result, {});
  EXPECT_THAT(json, HasSubstr("producer checkout was never acknowledged"));
}

TEST(Verdict, ARunThatIsCutIsJudgedByWhatIsDecided) {
  RunResult result = until(R"("lost == 0","offline == 0 always","offline == 0 during 1s..2s",
      "lag(billing) == 0 at end","produced >= 1 at 1s","produced == 0 during 1s..9s",
      "produced >= 1","produced <= 1000000","unavailable <= 1s","unavailable >= 1s",
      "max_lag(billing) >= 0","throughput >= 1/s")",
                           6);
  auto state = [&](size_t i) { return result.expectations[i].state; };
  EXPECT_EQ(state(0), State::kUnknown) << "nobody looked at the log";
  EXPECT_EQ(state(1), State::kUnknown) << "it held so far";
  EXPECT_EQ(state(2), State::kHolds) << "that span is over";
  EXPECT_EQ(state(3), State::kUnknown);
  EXPECT_EQ(state(4), State::kHolds);
  EXPECT_EQ(state(5), State::kBroken) << "it has grown already";
  EXPECT_EQ(state(6), State::kHolds) << "it never falls";
  EXPECT_EQ(state(7), State::kUnknown);
  EXPECT_EQ(state(8), State::kBroken) << "the leader is gone for 3 s";
  EXPECT_EQ(state(9), State::kHolds);
  EXPECT_EQ(state(10), State::kHolds);
  EXPECT_EQ(state(11), State::kUnknown) << "a rate may fall";
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(result.expectations[0].why, HasSubstr("stopped at 00:06.000 (--until)"));
  EXPECT_THAT(result.expectations[1].actual, HasSubstr("held so far"));
  EXPECT_THAT(result.expectations[3].actual, HasSubstr("not judged ("));
}

TEST(Verdict, ACutRunPassesOnlyIfAllIsDecided) {
  EXPECT_EQ(until(R"("lost == 0","produced >= 1")", 6).outcome, Outcome::kNotJudged);
  EXPECT_EQ(until(R"("produced >= 1")", 6).outcome, Outcome::kPassed);
  EXPECT_EQ(until(R"("lost == 0","produced == 0")", 6).outcome, Outcome::kFailed);
  EXPECT_EQ(until(R"("lost == 0","produced >= 1")", 1000).outcome, Outcome::kPassed)
      << "it came to its end before";
}

TEST(Verdict, FiguresOfAnUnauditedRunClaimNoLosses) {
  auto names = [](const RunResult& result) {
    std::vector<std::string> names;
    for (const Figure& figure : result.figures) names.push_back(figure.name);
    return names;
  };
  EXPECT_THAT(names(until("", 6)), AllOf(Contains("unavailable"), Not(Contains("lost"))));
  EXPECT_THAT(names(until("", 1000)), AllOf(Contains("unavailable"), Contains("lost")));
}

// Kafka acknowledges before it flushes: what all replicas lose with the power was never promised.
TEST(Verdict, PowerLossOfAllReplicasBreaksNoPromise) {
  std::string all = R"({"at":"5s","power_off":["broker 1","broker 2","broker 3"],"for":"1s"})";
  RunResult result = run_scenario(small(all, R"("lost == 0")"), {.seed = 2});
  ASSERT_EQ(result.expectations[0].state, State::kBroken) << "nothing was lost";
  EXPECT_EQ(result.expectations[0].why,
            "permitted by flush.messages not set (acks=all does not wait for the disk)");
  std::vector<std::string> permissions;
  int64_t lost = 0;
  for (const models::AnomalyCount& count : result.anomaly_counts) {
    permissions.push_back(count.permitted_by);
    if (count.kind == models::AnomalyKind::kLost) lost += count.total;
  }
  EXPECT_GT(lost, 0);
  EXPECT_THAT(permissions, Each(Not(IsEmpty())));
}

TEST(Verdict, ReorderedRecordsAreListedWithWhatPermitsIt) {
  std::string crashes =
      R"({"at":"2s","crash":"leader of orders-0","for":"1500ms","every":"2500ms","times":3})";
  auto scenario = small(crashes, R"("reordered == 0")",
                        R"({"enable.idempotence":false,"linger.ms":0,"retries":100})");
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    RunResult result = run_scenario(scenario, {.seed = seed});
    if (result.expectations[0].state != State::kBroken) continue;
    EXPECT_THAT(text_report(*scenario, result, {}),
                AllOf(HasSubstr("permitted by enable.idempotence=false with "
                                "max.in.flight.requests.per.connection>1"),
                      HasSubstr("which checkout-"), HasSubstr(" sent earlier")));
    return;
  }
  FAIL() << "no seed reordered anything";
}

TEST(Verdict, ARollingRestartTellsWhomItSkipped) {
  std::string faults = R"({"at":"1s","crash":"broker 2"},
    {"at":"2s","restart_rolling":"all","down":"500ms","settle":"1s"})";
  RunResult result = run_scenario(small(faults, ""), {});
  ASSERT_EQ(result.faults.size(), 2u);
  EXPECT_THAT(bite_text(result.faults[0]), Not(HasSubstr("skipped")));
  EXPECT_THAT(bite_text(result.faults[1]), HasSubstr("broker 2 was down already: skipped"));
  EXPECT_THAT(bite_text(result.faults[1]), HasSubstr("2 processes stopped"));
}

TEST(Verdict, AnInterruptedCampaignKnowsItsSeeds) {
  std::atomic<bool> stop{false};
  CampaignOptions options;
  options.first_seed = 1;
  options.last_seed = 50;
  options.stop = &stop;
  options.on_progress = [&](size_t done, size_t) { stop = done == 2; };
  auto scenario = small("", R"("lost == 0")");
  std::vector<RunResult> results = run_seeds(scenario, options);
  EXPECT_EQ(results.size(), 2u) << "the rest was not begun";
  stop = true;
  results.push_back(run_scenario(scenario, {.seed = 3}, &stop));
  EXPECT_EQ(results.back().outcome, Outcome::kInterrupted);
  EXPECT_THAT(results.back().expectations[0].why, HasSubstr("interrupted"));
  EXPECT_THAT(
      summary_text(*scenario, results, {1, false, {}, 50}),
      HasSubstr("verdict: INTERRUPTED  (2 of 2 seeds hold, 1 interrupted, 47 never started)"));
}

}  // namespace
}  // namespace scenarios
