// SPDX-License-Identifier: Apache-2.0
//
// Messages of one name never arrive. A connection is in order, as TCP is: what follows such a message
// on its connection, that way, does not arrive either, until somebody gives up and closes it. The end
// lets through what is sent from then on over other connections.

#ifndef SIM_FAULTS_DROP_H_
#define SIM_FAULTS_DROP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/rng.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct Drop {
  static constexpr std::string_view kName = "drop";
  std::vector<HostId> from;  // Empty: any host.
  std::vector<HostId> to;    // Likewise.
  std::string message;       // Its name: "AlterPartitionRequest".
  Ratio probability{1, 1};   // Of each message to be hit.
  int64_t count = 0;         // That are hit in all; 0: no limit.
  static void fields(auto&& f) {
    f("from", &Drop::from);
    f("to", &Drop::to);
    f("message", &Drop::message);
    f("probability", &Drop::probability);
    f("count", &Drop::count);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_DROP_H_
