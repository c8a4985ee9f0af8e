// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/failing_disk.h"

#include "sim/world.h"

namespace sim {

void FailingDisk::begin(World& world, FaultState& state) const {
  SimDisk& disk = world.disk(host);
  DiskTrouble trouble{.kind = DiskTrouble::Kind::kFailing};
  if (!mount.empty()) trouble.device = disk.device_of(mount);
  trouble.reads = reads;
  trouble.writes = writes;
  disk.begin_trouble(state.event.value(), trouble);
}

void FailingDisk::end(World& world, FaultState& state) const {
  state.bite.disk_operations_failed += world.disk(host).end_trouble(state.event.value());
  if (world.disk(host).works()) world.start_stopped(host);
}

void FailingDisk::add_bites(const World& world, const FaultState& state, FaultBite& bite) const {
  bite.disk_operations_failed += world.disk(host).spoilt_by(state.event.value());
}

}  // namespace sim
