// SPDX-License-Identifier: Apache-2.0

#include "sim/faults/partition.h"

#include "sim/world.h"

namespace sim {

void Partition::begin(World& world, FaultState& state) const {
  uint64_t token = state.event.value();
  for (size_t a = 0; a < sides.size(); ++a) {
    for (size_t b = 0; b < sides.size(); ++b) {
      if (a != b && (a == 0 || !one_way)) world.topology_.block(token, sides[a], sides[b]);
    }
  }
}

void Partition::end(World& world, FaultState& state) const {
  world.topology_.unblock(state.event.value());
  world.network_.release(world);
}

}  // namespace sim
