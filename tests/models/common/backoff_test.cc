// SPDX-License-Identifier: Apache-2.0

#include "models/common/backoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace models {
namespace {

using sim::Duration;

TEST(ExponentialBackoff, doubles_to_the_largest_within_a_fifth) {
  sim::Rng rng(1);
  for (int i = 0; i < 200; ++i) {
    auto wait = [&](int times) {
      return exponential_backoff(Duration::millis(100), Duration::millis(1000), times, rng)
          .millis();
    };
    EXPECT_THAT(wait(0), testing::AllOf(testing::Ge(80), testing::Le(120)));
    EXPECT_THAT(wait(2), testing::AllOf(testing::Ge(320), testing::Le(480)));
    EXPECT_THAT(wait(1000), testing::AllOf(testing::Ge(800), testing::Le(1000)));
  }
}

TEST(ExponentialBackoff, the_largest_itself_varies_downwards_only) {
  sim::Rng rng(1);
  bool less = false;
  for (int i = 0; i < 200; ++i) {
    Duration wait = exponential_backoff(Duration::millis(100), Duration::millis(1000), 4, rng);
    EXPECT_LE(wait, Duration::millis(1000)) << "1600 is cut before the jitter";
    less = less || wait < Duration::millis(900);
  }
  EXPECT_TRUE(less);
}

TEST(ExponentialBackoff, is_constant_without_room_to_grow) {
  sim::Rng rng(1);
  EXPECT_EQ(exponential_backoff(Duration::millis(50), Duration::millis(50), 3, rng),
            Duration::millis(50));
  EXPECT_EQ(exponential_backoff(Duration::millis(50), Duration::millis(20), 0, rng),
            Duration::millis(20));
  EXPECT_EQ(exponential_backoff(Duration(), Duration(), 5, rng), Duration());
}

}  // namespace
}  // namespace models
