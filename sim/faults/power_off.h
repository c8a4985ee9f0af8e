// SPDX-License-Identifier: Apache-2.0
//
// A host loses power: its processes are gone without a word to anybody, and its disk keeps only what
// was durable, plus whatever happened to be written back. The end boots the host.

#ifndef SIM_FAULTS_POWER_OFF_H_
#define SIM_FAULTS_POWER_OFF_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct PowerOff {
  static constexpr std::string_view kName = "power_off";
  HostId host{-1};
  static void fields(auto&& f) {
    f("host", &PowerOff::host);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_POWER_OFF_H_
