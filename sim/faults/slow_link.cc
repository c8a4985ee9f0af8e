// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/slow_link.h"

#include "sim/world.h"

namespace sim {

void SlowLink::begin(World& world, FaultState& state) const {
  if (factor.is_one() && added == Duration()) return;
  world.topology_.change(state.event.value(), from, to, {factor, added, Ratio{0, 1}});
}

void SlowLink::end(World& world, FaultState& state) const {
  world.topology_.restore(state.event.value());
}

}  // namespace sim
