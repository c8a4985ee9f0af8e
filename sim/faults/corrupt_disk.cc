// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/corrupt_disk.h"

#include "sim/world.h"

namespace sim {

void CorruptDisk::begin(World& world, FaultState& state) const {
  auto kind = zeroes_pages ? DiskRot::Kind::kZeroedPage : DiskRot::Kind::kFlippedBit;
  World::Host& machine = world.host(host);
  for (int64_t i = 0; i < count; ++i) {
    if (machine.disk.rot(kind, prefixes, suffix, machine.disk_rng)) ++state.bite.places_corrupted;
  }
}

void CorruptDisk::end(World&, FaultState&) const {}

}  // namespace sim
