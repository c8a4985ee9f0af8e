// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/lying_disk.h"

#include "sim/world.h"

namespace sim {

void LyingDisk::begin(World& world, FaultState& state) const {
  SimDisk& disk = world.disk(host);
  DiskTrouble trouble{.kind = DiskTrouble::Kind::kLying};
  if (!mount.empty()) trouble.device = disk.device_of(mount);
  disk.begin_trouble(state.event.value(), trouble);
}

void LyingDisk::end(World& world, FaultState& state) const {
  state.bite.flushes_ignored += world.disk(host).end_trouble(state.event.value());
}

void LyingDisk::add_bites(const World& world, const FaultState& state, FaultBite& bite) const {
  bite.flushes_ignored += world.disk(host).spoilt_by(state.event.value());
}

}  // namespace sim
