// SPDX-License-Identifier: Apache-2.0
//
// A host's disk answers to flushes as if all were durable, and keeps it in a cache that a power
// loss empties.

#ifndef SIM_FAULTS_LYING_DISK_H_
#define SIM_FAULTS_LYING_DISK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/fault_state.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct LyingDisk {
  static constexpr std::string_view kName = "lying_disk";
  HostId host{-1};
  std::string mount;  // One of DiskSpec::mounts; empty: all disks of the host.
  static void fields(auto&& f) {
    f("host", &LyingDisk::host);
    f("mount", &LyingDisk::mount);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
  // What the disk has counted and `state` has not yet.
  void add_bites(const World& world, const FaultState& state, FaultBite& bite) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_LYING_DISK_H_
