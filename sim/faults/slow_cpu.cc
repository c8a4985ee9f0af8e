// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/slow_cpu.h"

#include "sim/world.h"

namespace sim {

void SlowCpu::begin(World& world, FaultState& state) const {
  if (factor.is_one()) return;
  world.host(host).cpu.slow_down(state.event.value(), factor);
}

void SlowCpu::end(World& world, FaultState& state) const {
  world.host(host).cpu.speed_up(state.event.value());
}

}  // namespace sim
