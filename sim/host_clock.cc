// SPDX-License-Identifier: Apache-2.0

#include "sim/host_clock.h"

#include "sim/check.h"

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

void HostClock::set_drift(SimTime now, int64_t ppb) {
  SIM_CHECK(ppb > -1'000'000'000 && ppb < 1'000'000'000, ppb);
  mono_at_base_ = mono(now).nanos();
  base_ = now.nanos();
  drift_ppb_ = ppb;
}

}  // namespace sim
