// SPDX-License-Identifier: Apache-2.0

#include "models/log/io_throttler.h"

#include <gtest/gtest.h>

#include "models/log/log_cleaning.h"

namespace models {
namespace {

using namespace sim::literals;  // NOLINT: 10_s in tests.

const sim::MonoTime kStart = sim::MonoTime::at_millis(5'000);

IoThrottler throttler_of(int64_t bytes_per_second) {
  IoThrottler throttler({bytes_per_second});
  throttler.begin(kStart);
  return throttler;
}

TEST(IoThrottler, without_a_limit_nobody_waits) {
  IoThrottler throttler;
  throttler.begin(kStart);
  EXPECT_EQ(throttler.observe(int64_t{1} << 40, kStart + 301_ms), 0_ms);
}

TEST(IoThrottler, looks_after_more_than_300_ms_and_then_brings_the_rate_down) {
  IoThrottler throttler = throttler_of(1'000);
  EXPECT_EQ(throttler.observe(600, kStart + 100_ms), 0_ms);
  EXPECT_EQ(throttler.observe(300, kStart + 300_ms), 0_ms);
  EXPECT_EQ(throttler.observe(100, kStart + 400_ms), 600_ms) << "1000 bytes take a second";
  EXPECT_EQ(throttler.observe(200, kStart + 1'200_ms), 0_ms) << "a new period since 1000 ms";
  EXPECT_EQ(throttler.observe(200, kStart + 1'301_ms), 99_ms);
}

TEST(IoThrottler, a_rate_below_the_limit_begins_a_new_period) {
  IoThrottler throttler = throttler_of(1'000);
  EXPECT_EQ(throttler.observe(100, kStart + 2'000_ms), 0_ms);
  EXPECT_EQ(throttler.observe(500, kStart + 2'400_ms), 100_ms) << "what was not used is not saved";
}

TEST(IoThrottler, who_comes_while_another_sleeps_waits_for_it) {
  IoThrottler throttler = throttler_of(1'000);
  EXPECT_EQ(throttler.observe(1'000, kStart + 400_ms), 600_ms);
  EXPECT_EQ(throttler.observe(50, kStart + 500_ms), 500_ms);
  EXPECT_EQ(throttler.observe(50, kStart + 1'000_ms), 0_ms);
}

TEST(IoThrottler, sleeps_whole_milliseconds_to_the_nearest) {
  EXPECT_EQ(throttler_of(3'000).observe(1'001, kStart + 301_ms), 33_ms);  // 333.67 - 301
  EXPECT_EQ(throttler_of(3'000).observe(904, kStart + 301_ms), 0_ms);     // 301.33 - 301
}

TEST(CleanerLimits, threads_share_the_memory_that_the_settings_give_to_all) {
  BrokerConfig config;
  EXPECT_EQ(cleaner_limits(config).map_bytes, 128 << 20);
  EXPECT_EQ(cleaner_limits(config).buffer_bytes, 256 << 10);
  config.log_cleaner_threads = 4;
  EXPECT_EQ(cleaner_limits(config).map_bytes, 32 << 20);
  EXPECT_EQ(cleaner_limits(config).buffer_bytes, 64 << 10);
  config.log_cleaner_dedupe_buffer_size = int64_t{1} << 40;
  EXPECT_EQ(cleaner_limits(config).map_bytes, INT32_MAX) << "2 GiB a thread at most";
  config.log_cleaner_io_buffer_size = 1024;
  config.log_cleaner_threads = 1000;
  EXPECT_EQ(cleaner_limits(config).buffer_bytes, kBatchHeaderBytes);
}

}  // namespace
}  // namespace models
