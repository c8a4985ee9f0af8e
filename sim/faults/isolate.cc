// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/isolate.h"

#include "sim/world.h"

namespace sim {

void Isolate::begin(World& world, FaultState& state) const {
  std::vector<HostId> others;
  for (size_t i = 0; i < world.host_count(); ++i) {
    HostId other(static_cast<int32_t>(i));
    if (other != host) others.push_back(other);
  }
  world.topology_.block(state.event.value(), {host}, others);
  world.topology_.block(state.event.value(), others, {host});
}

void Isolate::end(World& world, FaultState& state) const {
  world.topology_.unblock(state.event.value());
  world.network_.release(world);
}

}  // namespace sim
