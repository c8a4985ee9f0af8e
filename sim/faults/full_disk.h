// SPDX-License-Identifier: Apache-2.0
//
// A host's disk has `free_bytes` left; a write that needs more is stored in part and fails. At
// its end what has stopped on the host, because of it or not, is started again, as an operator does.

#ifndef SIM_FAULTS_FULL_DISK_H_
#define SIM_FAULTS_FULL_DISK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/fault_state.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct FullDisk {
  static constexpr std::string_view kName = "full_disk";
  HostId host{-1};
  std::string mount;  // One of DiskSpec::mounts; empty: all disks of the host.
  int64_t free_bytes = 0;
  static void fields(auto&& f) {
    f("host", &FullDisk::host);
    f("mount", &FullDisk::mount);
    f("free_bytes", &FullDisk::free_bytes);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
  // What the disk has counted and `state` has not yet.
  void add_bites(const World& world, const FaultState& state, FaultBite& bite) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_FULL_DISK_H_
