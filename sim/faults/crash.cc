// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/crash.h"

#include "sim/world.h"

namespace sim {

void Crash::begin(World& world, FaultState& state) const {
  if (at_disk_operation == 0) {
    world.hold_down(process, state.event, true, &state.bite);
  } else {
    world.disk(world.host_of(process))
        .crash_at_operation(at_disk_operation, 0, state.event.value());
  }
}

void Crash::end(World& world, FaultState& state) const {
  if (at_disk_operation != 0) world.disk(world.host_of(process)).disarm(state.event.value());
  world.let_up(process, state.event);
}

}  // namespace sim
