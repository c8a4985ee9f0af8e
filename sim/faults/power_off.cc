// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/power_off.h"

#include "sim/world.h"

namespace sim {

void PowerOff::begin(World& world, FaultState& state) const {
  World::Host& machine = world.host(host);
  if (machine.off++ == 0) machine.off_because = state.event;
  for (size_t i = 0; i < world.processes_.size(); ++i) {
    ProcessId process(static_cast<int32_t>(i));
    if (world.host_of(process) == host) world.hold_down(process, state.event, false, &state.bite);
  }
  PowerLossReport loss = machine.disk.power_loss(world.now_, machine.disk_rng);
  state.bite.bytes_lost += loss.bytes_lost;
  state.bite.directory_operations_lost += loss.directory_operations_lost;
}

void PowerOff::end(World& world, FaultState&) const {
  if (--world.host(host).off == 0) world.network_.host_back(world, host);
  for (size_t i = 0; i < world.processes_.size(); ++i) {
    ProcessId process(static_cast<int32_t>(i));
    if (world.host_of(process) == host) world.let_up(process, world.current_);
  }
}

}  // namespace sim
