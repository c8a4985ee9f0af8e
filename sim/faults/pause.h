// SPDX-License-Identifier: Apache-2.0
//
// A process stands still (a long garbage collection, SIGSTOP): its host answers for it on the
// network, and all that comes in waits until the end.

#ifndef SIM_FAULTS_PAUSE_H_
#define SIM_FAULTS_PAUSE_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct Pause {
  static constexpr std::string_view kName = "pause";
  ProcessId process{-1};
  static void fields(auto&& f) {
    f("process", &Pause::process);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_PAUSE_H_
