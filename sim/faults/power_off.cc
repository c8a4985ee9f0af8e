// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/power_off.h"

#include "sim/world.h"

namespace sim {

void PowerOff::begin(World& world, FaultState& state) const {
  World::Host& machine = world.host(host);
  bool had_power = machine.off_by.empty();
  machine.off_by.push_back(state.event);
  for (size_t i = 0; i < world.processes_.size(); ++i) {
    ProcessId process(static_cast<int32_t>(i));
    if (world.host_of(process) == host) world.hold_down(process, state.event, false, &state.bite);
  }
  if (!had_power) return;
  PowerLossReport loss = machine.disk.power_loss(world.now_, machine.disk_rng);
  state.bite.bytes_lost += loss.bytes_lost;
  state.bite.directory_operations_lost += loss.directory_operations_lost;
}

void PowerOff::end(World& world, FaultState& state) const {
  std::vector<EventId>& off_by = world.host(host).off_by;
  std::erase(off_by, state.event);
  if (off_by.empty()) world.network_.host_back(world, host);
  for (size_t i = 0; i < world.processes_.size(); ++i) {
    ProcessId process(static_cast<int32_t>(i));
    if (world.host_of(process) == host) world.let_up(process, state.event);
  }
}

}  // namespace sim
