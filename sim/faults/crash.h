// SPDX-License-Identifier: Apache-2.0
//
// A process dies at once (SIGKILL): its memory is gone, its host lives on, so files keep what was
// written and peers get resets. The end starts it again.

#ifndef SIM_FAULTS_CRASH_H_
#define SIM_FAULTS_CRASH_H_

#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct Crash {
  static constexpr std::string_view kName = "crash";
  ProcessId process{-1};
  // Dies inside the handler that makes its k-th disk operation from now on (1: the first); later
  // operations of that handler do nothing. 0: dies now.
  int64_t at_disk_operation = 0;
  static void fields(auto&& f) {
    f("process", &Crash::process);
    f("at_disk_operation", &Crash::at_disk_operation);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_CRASH_H_
