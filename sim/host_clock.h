// SPDX-License-Identifier: Apache-2.0
//
// A host's two clocks as functions of true time. The monotonic clock runs at its own rate from the
// host's start and never steps; the wall clock shows the monotonic one plus an offset, which steps.
// Exact integer arithmetic; true to within a nanosecond and monotone.

#ifndef SIM_HOST_CLOCK_H_
#define SIM_HOST_CLOCK_H_

#include <cstdint>

#include "sim/time.h"

namespace sim {

class HostClock {
 public:
  // 2024-01-01T00:00:00Z: what wall clocks show at simulated time 0.
  static constexpr int64_t kWallAtZero = 1'704'067'200'000'000'000;
  // What monotonic clocks show at simulated time 0, so that none is ever negative.
  static constexpr int64_t kMonoAtZero = 1'000'000'000'000;

  MonoTime mono(SimTime now) const {
    if (drift_ppb_ == 0) return MonoTime::at_nanos(mono_at_base_ + (now.nanos() - base_));
    return MonoTime::at_nanos(mono_at_base_ + scale(now.nanos() - base_));
  }
  WallTime wall(SimTime now) const {
    return WallTime::at_nanos(mono(now).nanos() - kMonoAtZero + kWallAtZero + wall_offset_);
  }
  // The first true time at which the monotonic clock shows `t` or later.
  SimTime when(MonoTime t) const;

  // From `now` on the monotonic clock gains `ppb` nanoseconds a second (negative: loses).
  void set_drift(SimTime now, int64_t ppb);
  // The wall clock jumps.
  void step_wall(Duration by) { wall_offset_ += by.nanos(); }

 private:
  int64_t scale(int64_t true_nanos) const {
    return true_nanos +
           static_cast<int64_t>(static_cast<__int128>(true_nanos) * drift_ppb_ / 1'000'000'000);
  }

  int64_t base_ = 0;
  int64_t mono_at_base_ = kMonoAtZero;
  int64_t drift_ppb_ = 0;
  int64_t wall_offset_ = 0;
};

}  // namespace sim

#endif  // SIM_HOST_CLOCK_H_
