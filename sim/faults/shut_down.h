// SPDX-License-Identifier: Apache-2.0
//
// A process is asked to stop in an orderly way (SIGTERM), as in a rolling restart. The end starts it
// again; if it has not stopped by then, it is killed first.

#ifndef SIM_FAULTS_SHUT_DOWN_H_
#define SIM_FAULTS_SHUT_DOWN_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct ShutDown {
  static constexpr std::string_view kName = "shut_down";
  ProcessId process{-1};
  static void fields(auto&& f) {
    f("process", &ShutDown::process);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_SHUT_DOWN_H_
