// SPDX-License-Identifier: Apache-2.0
//
// One host is cut off from all others, both ways.

#ifndef SIM_FAULTS_ISOLATE_H_
#define SIM_FAULTS_ISOLATE_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct Isolate {
  static constexpr std::string_view kName = "isolate";
  HostId host{-1};
  static void fields(auto&& f) {
    f("host", &Isolate::host);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_ISOLATE_H_
