// SPDX-License-Identifier: Apache-2.0
//
// All computing on a host takes `factor` times as long: requests and replies, not disks and timers.
// What is being worked on already keeps its pace.

#ifndef SIM_FAULTS_SLOW_CPU_H_
#define SIM_FAULTS_SLOW_CPU_H_

#include <string_view>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct SlowCpu {
  static constexpr std::string_view kName = "slow_cpu";
  HostId host{-1};
  Ratio factor{10, 1};
  static void fields(auto&& f) {
    f("host", &SlowCpu::host);
    f("factor", &SlowCpu::factor);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_SLOW_CPU_H_
