// SPDX-License-Identifier: Apache-2.0
//
// Whether a cluster has come to rest: once all faults are over and nobody sends any more, everything
// must heal by itself in bounded time. What has not is a stall, though no promise on data is broken.

#ifndef SCENARIOS_CONVERGENCE_H_
#define SCENARIOS_CONVERGENCE_H_

#include <optional>
#include <string>

#include "models/node/cluster.h"
#include "sim/time.h"
#include "sim/world.h"

namespace scenarios {

// How a run's cluster came to rest.
struct Convergence {
  // From the end of the load and of the last fault; nothing: it did not while it was waited for.
  std::optional<sim::Duration> after;
  sim::Duration waited;
  std::string missing;  // What was not at rest when the wait ended.
};

// What keeps the nodes from being at rest, in words, the first thing found; empty: nothing. At rest:
// all nodes run and are unfenced, all know the same metadata, each partition has a leader and its full
// ISR, and each replica has, and knows to be committed, all that the leader has.
std::string not_at_rest(const models::Cluster& cluster, const sim::World& world);

}  // namespace scenarios

#endif  // SCENARIOS_CONVERGENCE_H_
