// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/lossy_link.h"

#include "sim/world.h"

namespace sim {

void LossyLink::begin(World& world, FaultState& state) const {
  if (loss.is_zero()) return;
  world.topology_.change(state.event.value(), from, to, {Ratio{1, 1}, Duration(), loss});
}

void LossyLink::end(World& world, FaultState& state) const {
  world.topology_.restore(state.event.value());
}

}  // namespace sim
