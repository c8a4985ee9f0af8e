// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/crash.h"

#include "sim/world.h"

namespace sim {

void Crash::begin(World& world, FaultState& state) const {
  if (at_disk_operation == 0) {
    world.hold_down(process, state.event, true, &state.bite);
  } else {
    world.disk(world.host_of(process)).crash_at_operation(at_disk_operation);
  }
}

void Crash::end(World& world, FaultState& state) const {
  bool armed_only = at_disk_operation != 0 && state.bite.processes_stopped == 0;
  if (armed_only) {
    world.disk(world.host_of(process)).clear_crash_point();
  } else {
    world.let_up(process, world.current_);
  }
}

}  // namespace sim
