// SPDX-License-Identifier: Apache-2.0

#include "sim/host_clock.h"

#include <algorithm>

namespace sim {

SimTime HostClock::when(MonoTime t) const {
  int64_t span = t.nanos() - mono_at_base_;
  if (drift_ppb_ == 0) return SimTime::at_nanos(base_ + span);
  constexpr int64_t kUnit = 1'000'000'000;
  int64_t guess = static_cast<int64_t>(static_cast<__int128>(span) * kUnit / (kUnit + drift_ppb_));
  while (scale(guess) < span) ++guess;
  while (scale(guess - 1) >= span) --guess;
  return SimTime::at_nanos(base_ + guess);
}

// In 128 bits and then cut off, so that the order of the skews does not matter however many.
int64_t HostClock::wall_error(SimTime now) const {
  constexpr __int128 kMost = 4'000'000'000'000'000'000;
  constexpr __int128 kLeast = -1'600'000'000'000'000'000;
  __int128 error = 0;
  for (const Skew& skew : skews_) {
    __int128 span = now.nanos() - skew.since.nanos();
    error += skew.offset.nanos() + span * skew.drift_ppb / 1'000'000'000;
  }
  return static_cast<int64_t>(std::clamp(error, kLeast, kMost));
}

void HostClock::begin_skew(uint64_t token, SimTime now, Duration offset, int64_t drift_ppb) {
  skews_.push_back({token, now, offset, drift_ppb});
  set_rate(now);
}

void HostClock::end_skew(uint64_t token, SimTime now) {
  std::erase_if(skews_, [&](const Skew& skew) { return skew.token == token; });
  set_rate(now);
}

void HostClock::set_rate(SimTime now) {
  __int128 sum = 0;
  for (const Skew& skew : skews_) sum += skew.drift_ppb;
  constexpr __int128 kMost = 900'000'000;
  int64_t ppb = static_cast<int64_t>(std::clamp(sum, -kMost, kMost));
  if (ppb == drift_ppb_) return;
  mono_at_base_ = mono(now).nanos();
  base_ = now.nanos();
  drift_ppb_ = ppb;
}

}  // namespace sim
