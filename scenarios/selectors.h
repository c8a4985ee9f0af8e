// SPDX-License-Identifier: Apache-2.0
//
// Whom a fault hits: targets as written become processes, when the fault begins. A target that names
// nothing at that moment (a partition without leader) gives nothing.

#ifndef SCENARIOS_SELECTORS_H_
#define SCENARIOS_SELECTORS_H_

#include <string>
#include <vector>

#include "models/common/metadata_image.h"
#include "models/node/cluster.h"
#include "scenarios/scenario.h"
#include "sim/world.h"

namespace scenarios {

struct Hit {
  sim::ProcessId process;
  models::NodeId node = models::kNoNode;  // kNoNode: a client.
  std::string name;                       // "broker 2"
  std::string role = {};                  // "leader of orders-0", if the scenario said so.
};

// The cluster's metadata as its controller has committed it; while that is down, as the first living
// broker knows it. Null: nobody lives who knows.
const models::MetadataImage* metadata_of(const models::Cluster& cluster, const sim::World& world);

// `rng`: for targets that are drawn.
std::vector<Hit> resolve(const Target& target, const models::Cluster& cluster,
                         const sim::World& world, sim::Rng& rng);

}  // namespace scenarios

#endif  // SCENARIOS_SELECTORS_H_
