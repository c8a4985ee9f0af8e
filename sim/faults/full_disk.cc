// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/full_disk.h"

#include "sim/world.h"

namespace sim {

void FullDisk::begin(World& world, FaultState& state) const {
  SimDisk& disk = world.disk(host);
  DiskTrouble trouble{.kind = DiskTrouble::Kind::kFull};
  if (!mount.empty()) trouble.device = disk.device_of(mount);
  trouble.free_bytes = free_bytes;
  disk.begin_trouble(state.event.value(), trouble);
}

void FullDisk::end(World& world, FaultState& state) const {
  state.bite.disk_writes_refused += world.disk(host).end_trouble(state.event.value());
  if (world.disk(host).works()) world.start_stopped(host);
}

void FullDisk::add_bites(const World& world, const FaultState& state, FaultBite& bite) const {
  bite.disk_writes_refused += world.disk(host).spoilt_by(state.event.value());
}

}  // namespace sim
