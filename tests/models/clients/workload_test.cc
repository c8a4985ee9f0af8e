// SPDX-License-Identifier: Apache-2.0

#include "models/clients/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

#include "sim/check.h"

namespace models {
namespace {

using namespace sim::literals;

WorkloadOptions every(int64_t records, sim::Duration per) {
  WorkloadOptions options;
  options.records = records;
  options.per = per;
  options.start = sim::MonoTime::at_millis(500);
  options.end = sim::MonoTime::max();
  return options;
}

RC_GTEST_PROP(WorkloadProperty, nth_record_is_due_n_times_the_period_by_records_after_the_start,
              ()) {
  int64_t records = *rc::gen::inRange<int64_t>(1, 100'000);
  sim::Duration per = sim::Duration::nanos(*rc::gen::inRange<int64_t>(1, 60'000'000'000));
  Workload load(every(records, per));
  int64_t count = *rc::gen::inRange<int64_t>(0, 200);
  for (int64_t n = 0; n < count; ++n) {
    RC_ASSERT(load.next_due()->nanos() == 500'000'000 + n * per.nanos() / records);
    load.take();
  }
}

TEST(Workload, a_rate_does_not_drift) {
  Workload load(every(3, 1_s));  // Each third of a second is not a number of nanoseconds.
  for (int i = 0; i < 30'000; ++i) load.take();
  EXPECT_EQ(load.next_due(), sim::MonoTime::at_millis(500) + 10'000_s);
}

TEST(Workload, ends_before_its_end_and_when_stopped) {
  WorkloadOptions options = every(2, 1_s);
  options.end = sim::MonoTime::at_millis(1500);
  Workload load(options);
  load.take();
  EXPECT_EQ(load.next_due(), sim::MonoTime::at_millis(1000));
  load.take();
  EXPECT_EQ(load.next_due(), std::nullopt) << "the end is not part of it";
  EXPECT_EQ(load.taken(), 2);
  Workload stopped(every(2, 1_s));
  stopped.stop();
  EXPECT_EQ(stopped.next_due(), std::nullopt);
  EXPECT_EQ(Workload(every(0, 1_s)).next_due(), std::nullopt) << "no load";
}

TEST(Workload, values_have_their_size_and_begin_with_their_identity) {
  WorkloadOptions options = every(1, 1_s);
  options.value_bytes = 20;
  Workload load(options);
  for (int64_t n = 0; n < 3; ++n) {
    std::string value = load.next_value(9);
    load.take();
    EXPECT_EQ(value.size(), 20u);
    EXPECT_EQ(record_id_of(value), make_record_id(9, n));
  }
  EXPECT_EQ(record_id_of("1234567"), std::nullopt);
  options.value_bytes = kMinValueBytes - 1;
  EXPECT_THAT([&] { Workload too_small(options); }, testing::Throws<sim::CheckFailure>());
}

std::map<std::string, int> draws(KeySkew skew, int keys, int count) {
  WorkloadOptions options = every(1, 1_s);
  options.skew = skew;
  options.distinct_keys = keys;
  Workload load(options);
  sim::Rng rng(1);
  std::map<std::string, int> counts;
  for (int i = 0; i < count; ++i) ++counts[*load.next_key(rng)];
  return counts;
}

TEST(Workload, uniform_keys_are_equally_frequent) {
  auto counts = draws(KeySkew::kUniform, 10, 20'000);
  ASSERT_EQ(counts.size(), 10u);
  for (const auto& [key, count] : counts) EXPECT_NEAR(count, 2000, 200) << key;
}

TEST(Workload, the_kth_key_of_zipf_is_a_kth_as_frequent) {
  auto counts = draws(KeySkew::kZipf, 4, 50'000);  // 1 + 1/2 + 1/3 + 1/4 = 25/12.
  ASSERT_EQ(counts.size(), 4u);
  EXPECT_NEAR(counts["k0"], 24'000, 600);
  EXPECT_NEAR(counts["k1"], 12'000, 500);
  EXPECT_NEAR(counts["k2"], 8'000, 400);
  EXPECT_NEAR(counts["k3"], 6'000, 400);
}

TEST(Workload, without_skew_there_is_no_key_and_nothing_is_drawn) {
  WorkloadOptions options = every(1, 1_s);
  options.skew = KeySkew::kNone;
  Workload load(options);
  sim::Rng rng(1), same(1);
  EXPECT_EQ(load.next_key(rng), std::nullopt);
  EXPECT_EQ(rng, same);
}

}  // namespace
}  // namespace models
