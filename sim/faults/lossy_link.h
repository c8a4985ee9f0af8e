// SPDX-License-Identifier: Apache-2.0
//
// Packets between two sets of hosts get lost, both ways, each with the given probability. Inside a
// connection a loss shows as delay: the packet is sent again.

#ifndef SIM_FAULTS_LOSSY_LINK_H_
#define SIM_FAULTS_LOSSY_LINK_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct LossyLink {
  static constexpr std::string_view kName = "lossy_link";
  std::vector<HostId> from;
  std::vector<HostId> to;
  Ratio loss;
  static void fields(auto&& f) {
    f("from", &LossyLink::from);
    f("to", &LossyLink::to);
    f("loss", &LossyLink::loss);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_LOSSY_LINK_H_
