// SPDX-License-Identifier: Apache-2.0

#include "models/log/io_throttler.h"

#include <algorithm>

namespace models {

namespace {

constexpr sim::Duration kCheckInterval = sim::Duration::millis(300);

// How many milliseconds of sleep bring `bytes` in `elapsed` down to the rate; to the nearest.
int64_t sleep_millis(int64_t bytes, sim::Duration elapsed, int64_t most) {
  __int128 excess = __int128{bytes} * 1000 - __int128{elapsed.millis()} * most;
  return excess <= 0 ? 0 : static_cast<int64_t>((excess * 2 + most) / (__int128{most} * 2));
}

}  // namespace

sim::Duration IoThrottler::observe(int64_t bytes, sim::MonoTime now) {
  if (most_.is_unlimited() || bytes == 0) return {};
  sim::MonoTime free = std::max(now, go_on_);
  observed_ += bytes;
  sim::Duration elapsed = free - period_start_;
  if (elapsed > kCheckInterval) {
    int64_t most = most_.bytes_per_second;
    bool too_fast = __int128{observed_} * 1'000'000'000 > __int128{most} * elapsed.nanos();
    if (too_fast) go_on_ = free + sim::Duration::millis(sleep_millis(observed_, elapsed, most));
    period_start_ = std::max(free, go_on_);
    observed_ = 0;
  }
  return std::max(free, go_on_) - now;
}

}  // namespace models
