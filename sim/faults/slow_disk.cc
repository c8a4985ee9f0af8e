// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/slow_disk.h"

#include "sim/world.h"

namespace sim {

void SlowDisk::begin(World& world, FaultState& state) const {
  if (factor.is_one()) return;
  world.disk(host).slow_down(state.event.value(), factor);
}

void SlowDisk::end(World& world, FaultState& state) const {
  if (factor.is_one()) return;
  state.bite.disk_operations_slowed += world.disk(host).speed_up(state.event.value());
}

void SlowDisk::add_bites(const World& world, const FaultState& state, FaultBite& bite) const {
  bite.disk_operations_slowed += world.disk(host).slowed_by(state.event.value());
}

}  // namespace sim
