// SPDX-License-Identifier: Apache-2.0
//
// Keeps the cleaner's reads and writes, of all its threads together, below a rate. Each thread
// tells what it has read or written; at most each 300 ms the rate since the last look is compared
// with the one allowed, and the thread that is told so sleeps until the two agree. Whoever comes
// meanwhile waits for the sleeper.
//
//   |--- 400 ms, 1 MB ---|.......... sleeps 600 ms ..........|--- the next period
//                        ^ at 1 MB/s                         ^ all begin again from 0
//
// Source: storage/.../internals/utils/Throttler.java.

#ifndef MODELS_LOG_IO_THROTTLER_H_
#define MODELS_LOG_IO_THROTTLER_H_

#include <cstdint>

#include "models/common/config.h"
#include "sim/time.h"

namespace models {

class IoThrottler {
 public:
  explicit IoThrottler(IoRate most = {}) : most_(most) {}

  void begin(sim::MonoTime now) { period_start_ = go_on_ = now; }
  // How long the thread that has read or written `bytes` by `now` must wait.
  sim::Duration observe(int64_t bytes, sim::MonoTime now);

 private:
  IoRate most_;
  sim::MonoTime period_start_;
  sim::MonoTime go_on_;  // When the last sleeper wakes.
  int64_t observed_ = 0;
};

}  // namespace models

#endif  // MODELS_LOG_IO_THROTTLER_H_
