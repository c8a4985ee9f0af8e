// SPDX-License-Identifier: Apache-2.0
//
// The application's thread of a client stands still; the client's own threads go on. Who is started
// again meanwhile stands still, too.

#ifndef SIM_FAULTS_STALL_CLIENT_H_
#define SIM_FAULTS_STALL_CLIENT_H_

#include <string_view>

#include "sim/fault_state.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct StallClient {
  static constexpr std::string_view kName = "stall_client";
  ProcessId process{-1};
  static void fields(auto&& f) { f("process", &StallClient::process); }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_STALL_CLIENT_H_
