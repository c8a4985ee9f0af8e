// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/drop.h"

#include "sim/world.h"

namespace sim {

void Drop::begin(World& world, FaultState& state) const {
  if (probability.is_zero()) return;
  world.network_.begin_rule(
      {state.event.value(), from, to, message, probability, count, true, Duration()}, world);
}

void Drop::end(World& world, FaultState& state) const {
  world.network_.end_rule(state.event.value());
}

}  // namespace sim
