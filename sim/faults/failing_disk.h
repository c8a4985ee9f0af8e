// SPDX-License-Identifier: Apache-2.0
//
// Reads, writes or both of a host's disk answer with an I/O error. At its end what has
// stopped on the host, because of it or not, is started again, as an operator does.

#ifndef SIM_FAULTS_FAILING_DISK_H_
#define SIM_FAULTS_FAILING_DISK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/fault_state.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct FailingDisk {
  static constexpr std::string_view kName = "failing_disk";
  HostId host{-1};
  std::string mount;  // One of DiskSpec::mounts; empty: all disks of the host.
  bool reads = true;
  bool writes = true;
  static void fields(auto&& f) {
    f("host", &FailingDisk::host);
    f("mount", &FailingDisk::mount);
    f("reads", &FailingDisk::reads);
    f("writes", &FailingDisk::writes);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
  // What the disk has counted and `state` has not yet.
  void add_bites(const World& world, const FaultState& state, FaultBite& bite) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_FAILING_DISK_H_
