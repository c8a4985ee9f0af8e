// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/delay.h"

#include "sim/world.h"

namespace sim {

void Delay::begin(World& world, FaultState& state) const {
  if (probability.is_zero() || latency == Duration()) return;
  world.network_.begin_rule(
      {state.event.value(), from, to, message, probability, count, false, latency}, world);
}

void Delay::end(World& world, FaultState& state) const {
  world.network_.end_rule(state.event.value());
}

}  // namespace sim
