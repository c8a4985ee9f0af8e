// SPDX-License-Identifier: Apache-2.0

#include "sim/host_clock.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace sim {
namespace {

using namespace sim::literals;

TEST(HostClock, shows_true_time_from_its_epochs_until_told_otherwise) {
  HostClock clock;
  for (SimTime t : {SimTime::at_millis(-5000), SimTime(), SimTime::at_nanos(123'456'789)}) {
    EXPECT_EQ(clock.mono(t).nanos(), HostClock::kMonoAtZero + t.nanos());
    EXPECT_EQ(clock.wall(t).nanos(), HostClock::kWallAtZero + t.nanos());
    EXPECT_EQ(clock.when(clock.mono(t)), t);
  }
}

TEST(HostClock, a_fast_clock_gains_and_its_monotonic_side_keeps_what_it_gained) {
  HostClock clock;
  SimTime start = SimTime::at_millis(10'000);
  MonoTime before = clock.mono(start);
  WallTime wall = clock.wall(start);
  clock.begin_skew(1, start, Duration(), 100'000);  // 100 parts per million.
  EXPECT_EQ(clock.mono(start), before);
  EXPECT_EQ(clock.mono(start + 10_s) - before, 10_s + 1_ms);
  EXPECT_EQ(clock.wall(start + 10_s) - wall, 10_s + 1_ms);
  clock.end_skew(1, start + 10_s);
  EXPECT_EQ(clock.mono(start + 20_s) - before, 20_s + 1_ms);
  EXPECT_EQ(clock.wall(start + 20_s) - wall, 20_s);  // It was set right.
  EXPECT_FALSE(clock.is_skewed());
}

TEST(HostClock, a_step_moves_the_wall_clock_alone) {
  HostClock clock;
  SimTime t = SimTime::at_millis(10);
  MonoTime mono = clock.mono(t);
  WallTime wall = clock.wall(t);
  clock.begin_skew(1, t, -3_s, 0);
  EXPECT_EQ(clock.wall(t), wall - 3_s);
  EXPECT_EQ(clock.mono(t), mono);
  clock.end_skew(1, t);
  EXPECT_EQ(clock.wall(t), wall);
}

TEST(HostClock, skews_add_up_and_each_ends_by_itself) {
  HostClock clock;
  SimTime t;
  clock.begin_skew(1, t, 5_s, 1'000);
  clock.begin_skew(2, t + 1_s, -2_s, 3'000);
  EXPECT_EQ(clock.wall(t + 2_s).nanos() - HostClock::kWallAtZero, (5_s - 2_s + 2_s + 5_us).nanos());
  clock.end_skew(1, t + 2_s);
  EXPECT_EQ(clock.wall(t + 2_s).nanos() - HostClock::kWallAtZero, (2_s - 2_s + 3_us).nanos());
  clock.end_skew(2, t + 3_s);
  EXPECT_EQ(clock.wall(t + 3_s).nanos() - HostClock::kWallAtZero, (3_s).nanos());
}

RC_GTEST_PROP(HostClock, a_timer_is_due_at_the_first_moment_that_shows_its_time, ()) {
  HostClock clock;
  SimTime set = SimTime::at_nanos(*rc::gen::inRange<int64_t>(-1'000'000'000, 1'000'000'000'000));
  clock.begin_skew(1, set, Duration(), *rc::gen::inRange<int64_t>(-900'000'000, 900'000'000));
  SimTime t = set + Duration::nanos(*rc::gen::inRange<int64_t>(0, 1'000'000'000'000'000));
  Duration after = Duration::nanos(*rc::gen::inRange<int64_t>(1, 1'000'000'000'000));
  MonoTime target = clock.mono(t) + after;
  SimTime due = clock.when(target);
  RC_ASSERT(clock.mono(due) >= target);
  RC_ASSERT(clock.mono(due - 1_ns) < target);
  RC_ASSERT(due > t);
}

RC_GTEST_PROP(HostClock, the_monotonic_clock_never_goes_back_and_the_wall_clock_heals, ()) {
  HostClock clock;
  SimTime t;
  MonoTime last = clock.mono(t);
  for (uint64_t i = 0; i < 20; ++i) {
    t += Duration::nanos(*rc::gen::inRange<int64_t>(0, 5'000'000'000));
    RC_ASSERT(clock.mono(t) >= last);
    last = clock.mono(t);
    if (i >= 10) {
      clock.end_skew(i - 10, t);
    } else {
      Duration offset = Duration::nanos(*rc::gen::inRange<int64_t>(INT64_MIN / 2, INT64_MAX / 2));
      clock.begin_skew(i, t, offset, *rc::gen::inRange<int64_t>(-999'999'999, 999'999'999));
    }
    RC_ASSERT(clock.mono(t) == last);
  }
  RC_ASSERT(clock.wall(t).nanos() == HostClock::kWallAtZero + t.nanos());
  RC_ASSERT(!clock.is_skewed());
}

}  // namespace
}  // namespace sim
