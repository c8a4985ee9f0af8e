// SPDX-License-Identifier: Apache-2.0
//
// Clients in whole clusters: what a Kafka producer does when answers are lost, nodes are away and
// records are too large.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::Outcome;
using scenarios::run_scenario;

struct Setting {
  std::string topic = R"("partitions":3,"replication.factor":3)";
  std::string rate = "100/s";
  std::string keys = R"("keys":{"distinct":50,"skew":"uniform"},)";
  std::string value = "200B";
  std::string config;  // Of the producer.
  std::string faults;
};

scenarios::RunResult run(const Setting& s, uint64_t seed = 1) {
  std::string text =
      R"({"name":"clients","duration":"60s","cluster":{"brokers":3,"controllers":1},
      "topics":{"orders":{)" +
      s.topic + R"(}},
      "producers":{"checkout":{"count":1,"topic":"orders","rate":")" +
      s.rate + R"(",)" + s.keys + R"("value":{"size":")" + s.value + R"("},"config":{)" + s.config +
      R"(}}},
      "consumers":{"billing":{"topics":["orders"],"assignment":"static",
                              "config":{"auto.offset.reset":"earliest"}}},
      "faults":[)" +
      s.faults + R"(],
      "expect":["lost == 0","duplicated(billing) == 0","reordered == 0"]})";
  return run_scenario(parse(text), {.seed = seed});
}

// The producer hears nothing of the leader for longer than delivery.timeout.ms, which the leader
// does hear and store: a batch expires in a retry while others are queued for theirs.
TEST(Clients, a_batch_that_expires_in_a_retry_makes_no_other_be_stored_twice) {
  for (int millis = 15'000; millis <= 18'000; millis += 200) {
    Setting s;
    s.topic = R"("partitions":2,"replication.factor":3)";
    s.rate = "2/s";
    s.config = R"("request.timeout.ms":5000,"delivery.timeout.ms":15000)";
    s.faults = R"({"at":"20s","partition":[["leader of orders-0"],["client checkout"]],
                   "one_way":true,"for":")" +
               std::to_string(millis) + R"(ms"},
                  {"at":"33s","partition":[["leader of orders-1"],["client checkout"]],
                   "one_way":true,"for":"8s"})";
    auto result = run(s);
    EXPECT_EQ(result.outcome, Outcome::kPassed) << millis << " ms: " << why(result);
    // The judge allows that a record whose send() failed is there twice; here none may be.
    EXPECT_LE(result.consumed, result.produced) << millis << " ms";
  }
}

const char* const kLeaderCrash = R"({"at":"20s","crash":"leader of orders-0","for":"15s"})";

TEST(Clients, with_acks_0_a_producer_follows_the_leader_and_acknowledges_only_what_has_left) {
  Setting s;
  s.config = R"("acks":"0","enable.idempotence":false)";
  s.faults = kLeaderCrash;
  auto result = run(s);
  // The broker may die with requests that it has received; nothing else is lost.
  EXPECT_LE(result.acknowledged - result.consumed, 5) << why(result);
  EXPECT_GE(result.consumed, result.produced - 5) << why(result);
}

TEST(Clients, without_retries_batches_for_a_dead_leader_wait_for_the_next_one) {
  Setting s;
  s.config = R"("enable.idempotence":false,"retries":0)";
  s.faults = kLeaderCrash;
  auto result = run(s);
  EXPECT_LE(result.failed, 5) << "what was in flight";
  EXPECT_EQ(result.outcome, Outcome::kPassed) << why(result);
}

TEST(Clients, records_without_key_go_round_partitions_that_have_no_leader) {
  Setting s;
  s.topic = R"("partitions":6,"replication.factor":1)";
  s.keys = "";
  s.rate = "300/s";
  s.config = R"("delivery.timeout.ms":31000)";
  s.faults = R"({"at":"10s","crash":"broker 1","for":"45s"})";
  auto result = run(s);
  EXPECT_LE(result.failed, 3000) << "until the election, of " << result.produced;
  EXPECT_EQ(result.outcome, Outcome::kPassed) << why(result);
}

TEST(Clients, a_record_that_no_request_can_hold_is_refused) {
  Setting s;
  s.rate = "2/s";
  s.value = "500000B";
  s.config = R"("max.request.size":100000)";
  auto result = run(s);
  EXPECT_EQ(result.failed, result.produced);
  EXPECT_EQ(result.consumed, 0);
}

// A heartbeat that is stuck times out in half a session (KAFKA-14392), so a broker that was cut off
// from the controller does not wait for half a minute once it could be heard again.
TEST(Clients, a_broker_cut_off_from_the_controller_is_back_soon_after) {
  Setting s;
  s.faults = R"({"at":"20s","partition":[["broker 1"],["controller"]],"for":"14s"})";
  auto result = run(s);
  EXPECT_EQ(result.outcome, Outcome::kPassed) << why(result);
  EXPECT_EQ(result.failed, 0);
  std::vector<sim::SimTime> back;
  for (const scenarios::TimelineEntry& entry : result.timeline) {
    if (entry.kind == "unfenced" && entry.at > sim::SimTime::at_millis(20'000))
      back.push_back(entry.at);
  }
  ASSERT_EQ(back.size(), 1u);
  EXPECT_LT(back[0], sim::SimTime::at_millis(39'000)) << "at the latest at the next SYN";
}

}  // namespace
}  // namespace tests
