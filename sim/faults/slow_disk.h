// SPDX-License-Identifier: Apache-2.0
//
// Every operation of a host's disk takes `factor` times as long.

#ifndef SIM_FAULTS_SLOW_DISK_H_
#define SIM_FAULTS_SLOW_DISK_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct SlowDisk {
  static constexpr std::string_view kName = "slow_disk";
  HostId host{-1};
  Ratio factor{10, 1};
  static void fields(auto&& f) {
    f("host", &SlowDisk::host);
    f("factor", &SlowDisk::factor);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
  // What the disk has counted and `state` has not yet.
  void add_bites(const World& world, const FaultState& state, FaultBite& bite) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_SLOW_DISK_H_
