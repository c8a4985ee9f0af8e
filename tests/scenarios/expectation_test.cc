// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scenarios/loader_parts.h"
#include "scenarios/metrics.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using namespace sim::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Scenario& world() {
  static const Scenario kScenario = *load_text(scenario_with("")).scenario;
  return kScenario;
}

Expectation parsed(std::string_view text) {
  absl::StatusOr<Expectation> expectation = parse_expectation(world(), text);
  EXPECT_TRUE(expectation.ok()) << text << ": " << expectation.status().ToString();
  return expectation.ok() ? *expectation : Expectation();
}

std::string refused(std::string_view text) {
  absl::StatusOr<Expectation> expectation = parse_expectation(world(), text);
  EXPECT_FALSE(expectation.ok()) << text;
  return std::string(expectation.status().message());
}

TEST(ExpectationTest, ReadsAllParts) {
  Expectation expectation = parsed("lag(billing) <= 100 during 10s..20s");
  EXPECT_EQ(expectation.text, "lag(billing) <= 100 during 10s..20s");
  EXPECT_EQ(expectation.metric, "lag");
  EXPECT_THAT(expectation.arguments, ElementsAre("billing"));
  EXPECT_EQ(expectation.op, CompareOp::kLessEqual);
  EXPECT_EQ(expectation.value, 100);
  EXPECT_EQ(expectation.when.kind, AskedWhen::Kind::kDuring);
  EXPECT_EQ(expectation.when.from, sim::SimTime() + 10_s);
  EXPECT_EQ(expectation.when.to, sim::SimTime() + 20_s);
}

TEST(ExpectationTest, KnowsEachOperatorWithOrWithoutSpaces) {
  const std::pair<const char*, CompareOp> kCases[] = {
      {"lost==0", CompareOp::kEqual},  {"lost != 0", CompareOp::kNotEqual},
      {"lost<5", CompareOp::kLess},    {"lost <= 5", CompareOp::kLessEqual},
      {"lost>5", CompareOp::kGreater}, {"lost>=5", CompareOp::kGreaterEqual},
  };
  for (const auto& [text, op] : kCases) EXPECT_EQ(parsed(text).op, op) << text;
  EXPECT_THAT(refused("lost = 0"), HasSubstr("use =="));
  EXPECT_THAT(refused("lost ! 0"), HasSubstr("use =="));
}

TEST(ExpectationTest, KnowsEachTime) {
  EXPECT_EQ(parsed("lost == 0").when.kind, AskedWhen::Kind::kAtEnd);
  EXPECT_EQ(parsed("lost == 0 at end").when.kind, AskedWhen::Kind::kAtEnd);
  EXPECT_EQ(parsed("isr(orders-0) >= 2 always").when.kind, AskedWhen::Kind::kAlways);
  Expectation at = parsed("isr(orders-0) == 3 at 1.5s");
  EXPECT_EQ(at.when.kind, AskedWhen::Kind::kAt);
  EXPECT_EQ(at.when.from, sim::SimTime() + 1500_ms);
  EXPECT_THAT(refused("offline == 0 sometimes"), HasSubstr("\"sometimes\" is no time"));
  EXPECT_THAT(refused("offline == 0 at noon"), HasSubstr("\"noon\" is no duration"));
  EXPECT_THAT(refused("offline == 0 during 10s"), HasSubstr("is no span"));
  EXPECT_THAT(refused("offline == 0 during 20s..10s"), HasSubstr("ends before it begins"));
  EXPECT_THAT(refused("offline == 0 always at end"), HasSubstr("is no time"));
  EXPECT_THAT(refused("offline == 0 at 61s"), HasSubstr("the run, which lasts 60s"));
  EXPECT_EQ(parsed("offline == 0 at 60s").when.from, sim::SimTime() + 60_s);
}

TEST(ExpectationTest, ReadsTheValueInTheMetricsUnit) {
  EXPECT_EQ(parsed("unavailable(orders) <= 12s").value, (12_s).nanos());
  EXPECT_EQ(parsed("throughput >= 500/s").value, 500'000);
  EXPECT_EQ(parsed("throughput(checkout) >= 2000000/day").value, 23'148);
  EXPECT_EQ(parsed("leader(orders-5) == -1 at 5s").value, -1);
  EXPECT_THAT(refused("unavailable <= 12"), HasSubstr("is no duration"));
  EXPECT_THAT(refused("throughput >= 500"), HasSubstr("is no rate"));
  EXPECT_THAT(refused("lost <= 12s"), HasSubstr("lost counts records"));
  EXPECT_THAT(refused("lost >= -1"), HasSubstr("never below 0"));
  EXPECT_THAT(refused("lost =="), HasSubstr("the value is missing"));
}

TEST(ExpectationTest, ReadsGuarantees) {
  EXPECT_EQ(parsed("guarantee(billing) == exactly-once").word, "exactly-once");
  EXPECT_THAT(refused("guarantee(billing) >= exactly-once"), HasSubstr("== only"));
  EXPECT_THAT(refused("guarantee(billing) == exactly-onse"), HasSubstr("\"exactly-once\"?"));
}

TEST(ExpectationTest, ChecksArguments) {
  EXPECT_THAT(parsed("truncated == 0").arguments, IsEmpty());
  EXPECT_THAT(parsed("truncated(orders) == 0").arguments, ElementsAre("orders"));
  EXPECT_THAT(parsed("truncated(orders-5) == 0").arguments, ElementsAre("orders-5"));
  EXPECT_THAT(parsed("produce_latency( p99 , checkout ) < 1s").arguments,
              ElementsAre("p99", "checkout"));
  EXPECT_THAT(refused("truncated(ordrs) == 0"),
              HasSubstr("no topic \"ordrs\"; did you mean \"orders\"?"));
  EXPECT_THAT(refused("truncated(orders-6) == 0"), HasSubstr("orders has 6, from 0"));
  EXPECT_THAT(refused("truncated(orders, orders) == 0"), HasSubstr("takes a topic or a partition"));
  EXPECT_THAT(refused("isr == 3"), HasSubstr("needs a partition"));
  EXPECT_THAT(refused("isr(orders) == 3"), HasSubstr("names no partition"));
  EXPECT_THAT(refused("lag == 0"), HasSubstr("needs a consumer"));
  EXPECT_THAT(refused("lag(biling) == 0"), HasSubstr("did you mean \"billing\"?"));
  EXPECT_THAT(refused("produced(billing) == 0"), HasSubstr("no producer \"billing\""));
  EXPECT_THAT(refused("offline(orders) == 0"), HasSubstr("takes no argument"));
  EXPECT_THAT(refused("produce_latency < 1s"), HasSubstr("needs a percentile"));
  EXPECT_THAT(refused("produce_latency(p98) < 1s"), HasSubstr("allowed: p50"));
  EXPECT_THAT(refused("truncated(orders == 0"), HasSubstr("never closed"));
}

TEST(ExpectationTest, SuggestsMetrics) {
  EXPECT_EQ(refused("lst == 0"),
            "unknown metric \"lst\"; did you mean \"lost\"?  (faultline metrics lists all)");
  EXPECT_THAT(refused(""), HasSubstr("is no expectation"));
  EXPECT_THAT(refused("lost"), HasSubstr("is no expectation"));
}

TEST(ExpectationTest, AsksFinalMetricsAtTheEndOnly) {
  for (const MetricDef& metric : all_metrics()) {
    if (metric.kind != MetricKind::kFinal || metric.argument != MetricArgument::kTopicOrPartition)
      continue;
    std::string value = metric.unit == MetricUnit::kDuration ? "1s" : "1";
    std::string text = std::string(metric.name) + " == " + value;
    EXPECT_EQ(parsed(text + " at end").metric, metric.name);
    EXPECT_THAT(refused(text + " always"), HasSubstr("only be asked at end"));
  }
}

}  // namespace
}  // namespace scenarios
