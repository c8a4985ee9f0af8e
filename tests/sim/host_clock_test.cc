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

TEST(HostClock, a_fast_clock_gains_and_does_not_jump_when_its_rate_changes) {
  HostClock clock;
  SimTime start = SimTime::at_millis(10'000);
  MonoTime before = clock.mono(start);
  clock.set_drift(start, 100'000);  // 100 parts per million.
  EXPECT_EQ(clock.mono(start), before);
  EXPECT_EQ(clock.mono(start + 10_s) - before, 10_s + 1_ms);
  EXPECT_EQ(clock.wall(start + 10_s) - clock.wall(start), 10_s + 1_ms);
  clock.set_drift(start + 10_s, 0);
  EXPECT_EQ(clock.mono(start + 20_s) - before, 20_s + 1_ms);
}

TEST(HostClock, a_step_moves_the_wall_clock_alone) {
  HostClock clock;
  SimTime t = SimTime::at_millis(10);
  MonoTime mono = clock.mono(t);
  WallTime wall = clock.wall(t);
  clock.step_wall(-3_s);
  EXPECT_EQ(clock.wall(t), wall - 3_s);
  EXPECT_EQ(clock.mono(t), mono);
  clock.step_wall(3_s);
  EXPECT_EQ(clock.wall(t), wall);
}

RC_GTEST_PROP(HostClock, a_timer_is_due_at_the_first_moment_that_shows_its_time, ()) {
  HostClock clock;
  SimTime set = SimTime::at_nanos(*rc::gen::inRange<int64_t>(-1'000'000'000, 1'000'000'000'000));
  clock.set_drift(set, *rc::gen::inRange<int64_t>(-900'000'000, 900'000'000));
  SimTime t = set + Duration::nanos(*rc::gen::inRange<int64_t>(0, 1'000'000'000'000'000));
  Duration after = Duration::nanos(*rc::gen::inRange<int64_t>(1, 1'000'000'000'000));
  MonoTime target = clock.mono(t) + after;
  SimTime due = clock.when(target);
  RC_ASSERT(clock.mono(due) >= target);
  RC_ASSERT(clock.mono(due - 1_ns) < target);
  RC_ASSERT(due > t);
}

RC_GTEST_PROP(HostClock, the_monotonic_clock_never_goes_back, ()) {
  HostClock clock;
  SimTime t;
  MonoTime last = clock.mono(t);
  for (int i = 0; i < 20; ++i) {
    t += Duration::nanos(*rc::gen::inRange<int64_t>(0, 5'000'000'000));
    RC_ASSERT(clock.mono(t) >= last);
    last = clock.mono(t);
    clock.set_drift(t, *rc::gen::inRange<int64_t>(-999'999'999, 999'999'999));
    RC_ASSERT(clock.mono(t) == last);
  }
}

}  // namespace
}  // namespace sim
