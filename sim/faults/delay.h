// SPDX-License-Identifier: Apache-2.0
//
// Messages of one name take `latency` longer. A connection is in order, as TCP is: what follows such a
// message on its connection, that way, waits for it.

#ifndef SIM_FAULTS_DELAY_H_
#define SIM_FAULTS_DELAY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

class World;

struct Delay {
  static constexpr std::string_view kName = "delay";
  std::vector<HostId> from;  // Empty: any host.
  std::vector<HostId> to;    // Likewise.
  std::string message;       // Its name: "AlterPartitionRequest".
  Duration latency;
  Ratio probability{1, 1};  // Of each message to be hit.
  int64_t count = 0;        // That are hit in all; 0: no limit.
  static void fields(auto&& f) {
    f("from", &Delay::from);
    f("to", &Delay::to);
    f("message", &Delay::message);
    f("latency", &Delay::latency);
    f("probability", &Delay::probability);
    f("count", &Delay::count);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_DELAY_H_
