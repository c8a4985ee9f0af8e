// SPDX-License-Identifier: Apache-2.0
//
// Messages between two sets of hosts take longer, both ways: latency x factor + added.

#ifndef SIM_FAULTS_SLOW_LINK_H_
#define SIM_FAULTS_SLOW_LINK_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct SlowLink {
  static constexpr std::string_view kName = "slow_link";
  std::vector<HostId> from;
  std::vector<HostId> to;
  Ratio factor{1, 1};
  Duration added;
  static void fields(auto&& f) {
    f("from", &SlowLink::from);
    f("to", &SlowLink::to);
    f("factor", &SlowLink::factor);
    f("added", &SlowLink::added);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_SLOW_LINK_H_
