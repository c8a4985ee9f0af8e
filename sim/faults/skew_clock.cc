// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/skew_clock.h"

#include "sim/world.h"

namespace sim {

void SkewClock::begin(World& world, FaultState& state) const {
  if (offset == Duration() && drift_ppb == 0) return;
  world.clock(host).begin_skew(state.event.value(), world.now(), offset, drift_ppb);
}

void SkewClock::end(World& world, FaultState& state) const {
  world.clock(host).end_skew(state.event.value(), world.now());
}

}  // namespace sim
