// SPDX-License-Identifier: Apache-2.0
//
// Windows without acknowledgements, and latencies.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>

#include "models/checkers/history/judge.h"
#include "models/checkers/history/latency.h"
#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

std::string text_of(const std::optional<UnavailableWindow>& window) {
  if (!window) return "none";
  return to_string(window->partition) + " " + std::to_string(window->from.millis()) + ".." +
         std::to_string(window->to.millis());
}

TEST(JudgeUnavailable, RunsFromTheLastAcknowledgementWhileRecordsWait) {
  History run;
  run.send(0, 0, 10);
  run.send(1, 0, 20);
  run.acknowledge({seen(0, 0)}, 0, 30);
  run.acknowledge({seen(1, 1)}, 0, 100);
  run.finish();
  EXPECT_EQ(text_of(run.judge.unavailable()), "orders-0 30..100");
}

TEST(JudgeUnavailable, NobodyWaitsNobodyComplains) {
  History run;
  run.send(0, 0, 10);
  run.acknowledge({seen(0, 0)}, 0, 30);
  run.send(1, 0, 900);
  run.acknowledge({seen(1, 1)}, 0, 910);
  run.finish();
  EXPECT_EQ(text_of(run.judge.unavailable()), "orders-0 10..30");
  EXPECT_EQ(text_of(run.judge.unavailable("returns")), "none");
  EXPECT_EQ(text_of(run.judge.unavailable("orders", 1)), "none");
}

TEST(JudgeUnavailable, AFailureEndsItOnlyIfNobodyElseWaits) {
  History run;
  run.send(0, 0, 10);
  run.send(1, 0, 20);
  run.fail({seen(-1, 0)}, 0, 50);
  run.acknowledge({seen(0, 1)}, 0, 80);
  run.send(2, 0, 100);
  run.send(3, 0, 110);
  run.fail({seen(-1, 2), seen(-1, 3)}, 0, 175);
  run.send(4, 0, 500);
  run.acknowledge({seen(1, 4)}, 0, 501);
  run.finish();
  EXPECT_EQ(text_of(run.judge.unavailable()), "orders-0 100..175");

  History first;
  first.send(0, 0, 10);
  first.send(1, 0, 20);
  first.fail({seen(-1, 0)}, 0, 50);
  first.acknowledge({seen(0, 1)}, 0, 80);
  first.finish();
  EXPECT_EQ(text_of(first.judge.unavailable()), "orders-0 10..80")
      << "somebody waited all the time";
}

TEST(JudgeUnavailable, TheEndOfTheRunEndsIt) {
  History run;
  run.send(0, 0, 10);
  run.acknowledge({seen(0, 0)}, 0, 20);
  run.send(1, 0, 300);
  run.finish(true, 1000);
  EXPECT_EQ(text_of(run.judge.unavailable()), "orders-0 300..1000");
}

TEST(JudgeUnavailable, IsOfOnePartitionAndTheFirstOfEquals) {
  History run;
  run.send(0, 2, 0);
  run.send(1, 1, 5);
  run.acknowledge({seen(0, 0)}, 2, 10);
  run.acknowledge({seen(0, 1)}, 1, 15);
  run.finish();
  EXPECT_EQ(text_of(run.judge.unavailable()), "orders-2 0..10");
  EXPECT_EQ(text_of(run.judge.unavailable("orders", 1)), "orders-1 5..15");
}

TEST(JudgeUnavailable, WithoutAcksItIsNothing) {
  History run;
  run.send(0, 0, 10);
  run.acknowledge({seen(-1, 0)}, 0, 10);
  run.finish();
  ASSERT_TRUE(run.judge.unavailable().has_value());
  EXPECT_EQ(run.judge.unavailable()->length(), sim::Duration());
}

// The longest stretch of milliseconds with a record waiting and no acknowledgement, ms by ms.
RC_GTEST_PROP(JudgeUnavailable, AgreesWithLookingAtEachMillisecond, ()) {
  struct Fate {
    int64_t sent, decided;
    bool fails;
  };
  auto count = *rc::gen::inRange(1, 8);
  std::vector<Fate> fates;
  for (int i = 0; i < count; ++i) {
    int64_t sent = *rc::gen::inRange(0, 30);
    fates.push_back({sent, sent + *rc::gen::inRange(1, 20), *rc::gen::arbitrary<bool>()});
  }
  constexpr int64_t kEnd = 60;
  History run;
  int64_t longest = 0, current = 0;
  for (int64_t ms = 0; ms < kEnd; ++ms) {
    // Half open milliseconds: decisions fall before sends of the same time.
    for (int i = 0; i < count; ++i)
      if (fates[i].decided == ms)
        fates[i].fails ? run.fail({seen(-1, i)}, 0, ms) : run.acknowledge({seen(i, i)}, 0, ms);
    for (int i = 0; i < count; ++i)
      if (fates[i].sent == ms) run.send(i, 0, ms);
    bool acknowledged = std::any_of(fates.begin(), fates.end(), [&](const Fate& fate) {
      return !fate.fails && fate.decided == ms;
    });
    bool waiting_before = std::any_of(fates.begin(), fates.end(), [&](const Fate& fate) {
      return fate.sent < ms && fate.decided > ms;
    });
    bool waiting = std::any_of(fates.begin(), fates.end(), [&](const Fate& fate) {
      return fate.sent <= ms && fate.decided > ms;
    });
    if (acknowledged || !waiting_before) current = 0;
    if (waiting) ++current;
    longest = std::max(longest, current);
  }
  run.finish(true, kEnd);
  RC_ASSERT(run.judge.unavailable().has_value());
  RC_ASSERT(run.judge.unavailable()->length().millis() == longest);
}

TEST(JudgeLatencies, AreThoseOfAcknowledgedRecordsOfThePlan) {
  History run;
  run.send(0, 0, 10);
  run.send(1, 0, 10);
  run.send(0, 1, 10, 3);
  run.acknowledge({seen(0, 0)}, 0, 15);
  run.fail({seen(-1, 1)}, 0, 900);
  run.acknowledge({seen(0, 0, 3)}, 1, 110);
  run.finish();
  EXPECT_EQ(run.judge.latencies().count, 2);
  EXPECT_EQ(run.judge.latencies("checkout").max, sim::Duration::millis(5));
  EXPECT_EQ(run.judge.latencies("import").p50, sim::Duration::millis(100));
  EXPECT_EQ(run.judge.latencies("nobody").count, 0);
}

TEST(JudgeLatencies, PercentilesAreNearestRanks) {
  std::vector<sim::Duration> values;
  for (int64_t i = 1000; i >= 1; --i) values.push_back(sim::Duration::nanos(i));
  Latencies latencies = latencies_of(values);
  EXPECT_EQ(latencies.p50.nanos(), 500);
  EXPECT_EQ(latencies.p90.nanos(), 900);
  EXPECT_EQ(latencies.p99.nanos(), 990);
  EXPECT_EQ(latencies.p999.nanos(), 999);
  EXPECT_EQ(latencies.max.nanos(), 1000);
}

RC_GTEST_PROP(JudgeLatencies, AgreeWithCounting, (const std::vector<int16_t>& numbers)) {
  std::vector<sim::Duration> values;
  for (int16_t number : numbers) values.push_back(sim::Duration::nanos(number));
  Latencies latencies = latencies_of(values);
  RC_ASSERT(latencies.count == static_cast<int64_t>(numbers.size()));
  auto oracle = [&](int64_t permille) {  // The smallest that at least so many do not exceed.
    std::optional<int64_t> smallest;
    for (int64_t candidate : numbers) {
      auto below =
          std::count_if(numbers.begin(), numbers.end(), [&](int64_t n) { return n <= candidate; });
      bool enough = below * 1000 >= permille * static_cast<int64_t>(numbers.size());
      if (enough && (!smallest || candidate < *smallest)) smallest = candidate;
    }
    return smallest.value_or(0);
  };
  RC_ASSERT(latencies.p50.nanos() == oracle(500));
  RC_ASSERT(latencies.p90.nanos() == oracle(900));
  RC_ASSERT(latencies.p99.nanos() == oracle(990));
  RC_ASSERT(latencies.p999.nanos() == oracle(999));
  RC_ASSERT(latencies.max.nanos() == oracle(1000));
}

TEST(JudgeMeasures, KnowsTheSlowestRecordAndTheFirstFailure) {
  History run;
  run.send(0, 0, 0);
  run.send(1, 1, 0);
  run.send(2, 0, 0);
  run.acknowledge({seen(0, 0)}, 0, 10);
  run.acknowledge({seen(0, 1)}, 1, 30);
  run.fail({seen(-1, 2)}, 0, 20);
  run.finish();
  ASSERT_NE(run.judge.slowest(), nullptr);
  EXPECT_EQ(run.judge.slowest()->event, sim::EventId(5));
  EXPECT_EQ(to_string(run.judge.partition_of(*run.judge.slowest())), "orders-1");
  EXPECT_EQ(run.judge.slowest("import"), nullptr);
  ASSERT_NE(run.judge.first_failure(), nullptr);
  EXPECT_EQ(run.judge.first_failure()->event, sim::EventId(6));
  EXPECT_EQ(run.judge.first_failure()->decided, at_ms(20));
  EXPECT_EQ(run.judge.first_failure("import"), nullptr);
  EXPECT_EQ(run.judge.acknowledged_in("orders", -1), 2);
  EXPECT_EQ(run.judge.acknowledged_in("orders", 1), 1);
  EXPECT_EQ(run.judge.sent_in("orders", 0), 2);
  EXPECT_EQ(run.judge.sent_in("", -1), 3);
}

}  // namespace
}  // namespace models::tests
