// SPDX-License-Identifier: Apache-2.0
//
// A host's two clocks as functions of true time. The monotonic clock never steps: a fault can only
// change its rate, and it keeps what it gained. The wall clock is true time plus what the faults at
// work make of it, so that it is right again when they have ended, as after a step by NTP.
// Exact integer arithmetic; true to within a nanosecond, the monotonic clock monotone.

#ifndef SIM_HOST_CLOCK_H_
#define SIM_HOST_CLOCK_H_

#include <cstdint>
#include <vector>

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
    return WallTime::at_nanos(now.nanos() + kWallAtZero + (skews_.empty() ? 0 : wall_error(now)));
  }
  // The first true time at which the monotonic clock shows `t` or later.
  SimTime when(MonoTime t) const;

  // From `now` on the wall clock is off by `offset`, and both clocks gain `drift_ppb` nanoseconds a
  // second (negative: lose), until `end_skew` with the same token. Several add up; the monotonic
  // clock runs at a tenth of its rate at least.
  void begin_skew(uint64_t token, SimTime now, Duration offset, int64_t drift_ppb);
  void end_skew(uint64_t token, SimTime now);
  bool is_skewed() const { return !skews_.empty(); }
  // visit(token), for each skew at work.
  template <class Visit>
  void for_each_skew(const Visit& visit) const {
    for (const Skew& skew : skews_) visit(skew.token);
  }

 private:
  struct Skew {
    uint64_t token;
    SimTime since;
    Duration offset;
    int64_t drift_ppb;
  };
  int64_t wall_error(SimTime now) const;
  void set_rate(SimTime now);
  int64_t scale(int64_t true_nanos) const {
    return true_nanos +
           static_cast<int64_t>(static_cast<__int128>(true_nanos) * drift_ppb_ / 1'000'000'000);
  }

  int64_t base_ = 0;
  int64_t mono_at_base_ = kMonoAtZero;
  int64_t drift_ppb_ = 0;  // Of the monotonic clock.
  std::vector<Skew> skews_;
};

}  // namespace sim

#endif  // SIM_HOST_CLOCK_H_
