// SPDX-License-Identifier: Apache-2.0
//
// A host's wall clock is wrong by `offset`, and its clocks run too fast or too slow. The end sets the
// wall clock right, as NTP does in one step; the monotonic clock keeps what it gained and goes on at
// its own rate. A timer that was armed before goes off when it would have.

#ifndef SIM_FAULTS_SKEW_CLOCK_H_
#define SIM_FAULTS_SKEW_CLOCK_H_

#include <cstdint>
#include <string_view>

#include "sim/fault_state.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

class World;

struct SkewClock {
  static constexpr std::string_view kName = "skew_clock";
  HostId host{-1};
  Duration offset;        // Of the wall clock alone.
  int64_t drift_ppb = 0;  // Nanoseconds a second that both clocks gain; negative: lose.
  static void fields(auto&& f) {
    f("host", &SkewClock::host);
    f("offset", &SkewClock::offset);
    f("drift_ppb", &SkewClock::drift_ppb);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_SKEW_CLOCK_H_
