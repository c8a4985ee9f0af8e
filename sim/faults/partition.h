// SPDX-License-Identifier: Apache-2.0
//
// The network is cut between the sides: what is sent across is held back, and arrives when the cut
// heals, if anybody still waits for it. One way: only what the first side sends to the others.

#ifndef SIM_FAULTS_PARTITION_H_
#define SIM_FAULTS_PARTITION_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct Partition {
  static constexpr std::string_view kName = "partition";
  std::vector<std::vector<HostId>> sides;
  bool one_way = false;
  static void fields(auto&& f) {
    f("sides", &Partition::sides);
    f("one_way", &Partition::one_way);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_PARTITION_H_
