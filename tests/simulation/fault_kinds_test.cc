// SPDX-License-Identifier: Apache-2.0
//
// Faults in whole clusters: conditions, windows and targets; what overlaps; and that what changes
// nothing changes nothing.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::FaultRun;
using scenarios::run_scenario;
using scenarios::RunResult;

RunResult run(const std::string& faults, const std::string& cluster = "", uint64_t seed = 1) {
  return run_scenario(parse(small_scenario(faults, "", cluster)), {.seed = seed});
}

bool warns(const RunResult& result, const std::string& text) {
  for (const std::string& warning : result.warnings)
    if (warning.find(text) != std::string::npos) return true;
  return false;
}

TEST(When, a_fault_begins_right_after_the_event_that_made_its_condition_true) {
  RunResult result = run(R"({"at":"8s","crash":"follower of orders-0","for":"15s"},
    {"when":"isr(orders-0) < 3","pause":"leader of orders-0","for":"1s"})");
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
  ASSERT_EQ(result.faults.size(), 2u);
  const FaultRun& second = result.faults[1];
  sim::SimTime shrunk;
  for (const auto& entry : result.timeline) {
    bool is_it = entry.subject == "orders-0" && entry.kind == "isr";
    if (is_it && shrunk == sim::SimTime()) shrunk = entry.at;
  }
  EXPECT_GT(second.began, result.faults[0].began);
  EXPECT_LE(second.began - shrunk, sim::Duration::millis(100));
  EXPECT_EQ(*second.ended, second.began + sim::Duration::seconds(1));
  EXPECT_FALSE(second.nothing());
}

TEST(When, it_happens_once_or_as_often_as_said_each_time_the_condition_becomes_true) {
  const std::string crashes =
      R"({"at":"3s","restart_rolling":["broker 1"],"down":"2s","every":"12s","times":2},)";
  const std::string when =
      R"({"when":"under_replicated >= 1","slow_cpu":"broker 2","factor":2,"for":"1s")";
  // A broker comes back when the session of its former life is over, well before the second round.
  const std::string sessions =
      R"("config":{"broker.session.timeout.ms":2000,"broker.heartbeat.interval.ms":500},)";
  EXPECT_EQ(run(crashes + when + "}", sessions).faults.size(), 3u);
  EXPECT_EQ(run(crashes + when + R"(,"times":9})", sessions).faults.size(), 4u);
  EXPECT_EQ(run(crashes + when + R"(,"times":9,"at":"10s"})", sessions).faults.size(), 3u);
  EXPECT_EQ(run(crashes + when + R"(,"times":9,"until":"10s"})", sessions).faults.size(), 3u);
}

TEST(When, a_condition_that_never_comes_true_is_a_warning) {
  RunResult result = run(R"({"when":"unclean_elections >= 1","crash":"broker 1"})");
  EXPECT_TRUE(result.faults.empty());
  EXPECT_TRUE(warns(result, "crash broker 1: never happened, unclean_elections >= 1"));
}

TEST(When, sampled_metrics_count_too_and_forks_run_on_alike) {
  auto scenario = parse(small_scenario(
      R"({"when":"acknowledged(checkout) >= 1000","isolate":"any broker","for":"3s"})"));
  RunResult expected = run_scenario(scenario, {.seed = 4});
  ASSERT_EQ(expected.faults.size(), 1u);
  EXPECT_GT(expected.faults[0].began, sim::SimTime::at_millis(4000));
  scenarios::Run original(scenario, {.seed = 4});
  for (int n = 0; n < 20'000 && original.step(); ++n) {
  }
  auto fork = std::make_unique<scenarios::Run>(original);
  while (original.step()) {
  }
  while (fork->step()) {
  }
  EXPECT_EQ(original.finish().digest, expected.digest);
  EXPECT_EQ(fork->finish().digest, expected.digest);
}

TEST(When, the_order_in_which_faults_are_listed_does_not_matter) {
  std::vector<std::string> faults = {
      R"({"at":"8s","crash":"follower of orders-0","for":"9s"})",
      R"({"when":"isr(orders-0) < 3","pause":"leader of orders-0","for":"1s"})",
      R"({"when":"isr(orders-0) < 3","drop":"Fetch","to":"any broker","for":"2s"})",
      R"({"at":"9s","skew_clock":"any broker","offset":"-3s","for":"4s"})"};
  uint64_t expected = run(faults[0] + "," + faults[1] + "," + faults[2] + "," + faults[3]).digest;
  EXPECT_EQ(run(faults[3] + "," + faults[2] + "," + faults[1] + "," + faults[0]).digest, expected);
  EXPECT_EQ(run(faults[1] + "," + faults[3] + "," + faults[0] + "," + faults[2]).digest, expected);
}

TEST(Kinds, that_change_nothing_leave_the_digest_alone) {
  uint64_t expected = run("").digest;
  for (const char* fault :
       {R"({"at":"5s","drop":"Fetch","probability":0,"for":"9s"})",
        R"({"at":"5s","drop":"CreateTopics","for":"9s"})",
        R"({"at":"5s","delay":"Fetch","latency":"0s","for":"9s"})",
        R"({"at":"5s","delay":"Produce","latency":"1s","probability":"0%","for":"9s"})",
        R"({"at":"5s","slow_cpu":"broker 1","factor":1,"for":"9s"})",
        R"({"at":"5s","skew_clock":"broker 1","offset":"0s","drift":"0ppm","for":"9s"})",
        R"({"when":"unclean_elections >= 1","crash":"broker 1","for":"9s"})"}) {
    RunResult result = run(fault);
    EXPECT_EQ(result.digest, expected) << fault;
    for (const FaultRun& each : result.faults) {
      EXPECT_TRUE(each.nothing()) << fault;
      EXPECT_TRUE(warns(result, "bit nothing")) << fault;
    }
  }
}

TEST(Kinds, overlap_and_everything_is_well_again) {
  for (const char* faults :
       {R"({"at":"5s","skew_clock":"broker 1","offset":"-10s","drift":"500ppm","for":"6s"},
           {"at":"7s","skew_clock":"broker 1","offset":"3s","for":"9s"})",
        R"({"at":"5s","stall_client":"client checkout-1","for":"6s"},
           {"at":"7s","stall_client":"client checkout","for":"6s"},
           {"at":"8s","kill_client":"client checkout-1","for":"1s"})",
        R"({"at":"5s","slow_cpu":"broker 1","factor":100,"for":"6s"},
           {"at":"7s","slow_cpu":["broker 1","controller"],"factor":30,"for":"6s"})",
        R"({"at":"5s","drop":"Fetch","from":"broker 2","for":"6s"},
           {"at":"7s","delay":"Fetch","latency":"1s","for":"6s"})",
        R"({"at":"5s","failing_disk":"broker 1","for":"6s"},
           {"at":"7s","full_disk":"broker 1","for":"8s"})"}) {
    auto scenario = parse(small_scenario(faults));
    scenarios::Run whole(scenario, {});
    while (whole.step()) {
    }
    EXPECT_TRUE(whole.world().is_undisturbed()) << faults;
    RunResult result = whole.finish();
    EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << faults << why(result);
    EXPECT_EQ(result.broken_promises, 0) << faults;
    for (const FaultRun& each : result.faults) EXPECT_FALSE(each.nothing()) << each.text;
  }
}

TEST(Zones, an_outage_takes_all_of_a_rack_and_of_a_region_the_clients_too) {
  RunResult zone =
      run(R"({"at":"8s","zone_outage":"zone b","for":"10s"})", R"("racks":["a","b"],)");
  ASSERT_EQ(zone.faults.size(), 1u);
  EXPECT_EQ(zone.faults[0].nodes, (std::vector<models::NodeId>{models::NodeId(2)}));
  EXPECT_EQ(zone.outcome, scenarios::Outcome::kPassed) << why(zone);
  RunResult region =
      run(R"({"at":"8s","region_outage":"region r","for":"10s"})", R"("region":"r",)");
  ASSERT_EQ(region.faults.size(), 1u);
  EXPECT_EQ(region.faults[0].nodes.size(), 4u);
  EXPECT_EQ(region.faults[0].bite.processes_stopped, 4 + 3);  // Clients, too.
}

TEST(Clients, one_that_is_killed_goes_on_with_what_is_due_then) {
  RunResult result = run(R"({"at":"8s","kill_client":"client checkout-1","for":"5s"})");
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
  EXPECT_EQ(result.broken_promises, 0);
  EXPECT_NEAR(static_cast<double>(result.produced), 30 * 200 - 5 * 100, 5);
  result = run(R"({"at":"8s","kill_client":"client checkout-1"})");
  EXPECT_NEAR(static_cast<double>(result.produced), 30 * 200 - 22 * 100, 5);
  EXPECT_EQ(result.broken_promises, 0);
}

TEST(Clients, a_consumer_that_is_killed_reads_again_from_where_it_is_told) {
  RunResult result = run(R"({"at":"8s","kill_client":"client billing","for":"5s"})");
  EXPECT_EQ(result.broken_promises, 0);
  EXPECT_FALSE(result.violation.has_value());
}

TEST(Clients, a_stalled_application_sends_nothing_and_then_all_that_is_due) {
  RunResult result = run(R"({"at":"8s","stall_client":"client checkout","for":"5s"})");
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
  EXPECT_EQ(result.produced, 30 * 200);
  EXPECT_EQ(result.faults.at(0).bite.threads_stalled, 2);
}

TEST(Drop, a_request_that_is_lost_is_sent_again_after_its_timeout) {
  RunResult result =
      run(R"({"at":"8s","drop":"Produce","from":"client checkout-1","count":1})", "");
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
  EXPECT_EQ(result.acknowledged, result.produced);
  EXPECT_GE(result.faults.at(0).bite.messages_dropped, 1);
  EXPECT_EQ(result.broken_promises, 0);
}

// What is in the air when a block begins is held with what is sent during it, in the order of sending:
// TCP keeps it. A client checks that its replies come in the order of its requests.
TEST(Kinds, blocks_keep_the_order_of_what_was_in_the_air) {
  scenarios::RunResult result = run_scenario(parse(R"({"name":"order","duration":"7s",
      "cluster":{"controllers":3,
                 "config":{"broker.session.timeout.ms":1000,"broker.heartbeat.interval.ms":125}},
      "topics":{"orders":{"partitions":3}},
      "producers":{"checkout":{"count":2,"topic":"orders","rate":"5/s","keys":{"distinct":47},
                               "value":{"size":"400B"},
                               "config":{"linger.ms":20,"batch.size":300}}},
      "faults":[{"at":"6101ms","for":"420ms","every":"651ms","times":2,
                 "isolate":"leader of orders-1"}]})"),
                                             {.seed = 2126});
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
}

TEST(Targets, a_controller_by_number_is_the_active_one_of_a_quorum_of_one) {
  EXPECT_EQ(run(R"({"at":"8s","pause":"controller","for":"2s"})").digest,
            run(R"({"at":"8s","pause":"controller 3000","for":"2s"})").digest);
}

}  // namespace
}  // namespace tests
