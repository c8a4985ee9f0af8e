// SPDX-License-Identifier: Apache-2.0
//
// A random cluster with topics, producers and consumers, without anything that goes wrong.

#ifndef SCENARIOS_HUNT_CLUSTER_GEN_H_
#define SCENARIOS_HUNT_CLUSTER_GEN_H_

#include "scenarios/hunt/draw.h"

namespace scenarios {

// A scenario with "duration", "cluster", "topics", "producers" and "consumers"; the loader accepts it.
Json draw_cluster_and_load(Draw& draw);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_CLUSTER_GEN_H_
