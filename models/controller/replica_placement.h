// SPDX-License-Identifier: Apache-2.0
//
// Where the replicas of a new topic go: Kafka's striped placer. Racks are visited round robin from
// a random start that moves on by one a partition; inside a rack, brokers round robin from a random
// start, unfenced ones first; the first replica (the leader to be) is unfenced. After as many
// partitions as there are unfenced brokers, racks and brokers are shuffled.
//
//   racks A B C, three brokers each, all starts 0:  p0 A0 B0 C0   p1 B1 C1 A1   p2 C2 A2 B2
//
// Source: metadata/.../metadata/placement/StripedReplicaPlacer.java. Draws are Faultline's own, so
// equal seeds do not give Java's placements.

#ifndef MODELS_CONTROLLER_REPLICA_PLACEMENT_H_
#define MODELS_CONTROLLER_REPLICA_PLACEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/common/ids.h"
#include "sim/rng.h"

namespace models {

struct UsableBroker {
  NodeId id = kNoNode;
  std::string rack;  // Empty: none.
  bool fenced = false;
};

// Replicas of each partition, in preferred order. Nothing (INVALID_REPLICATION_FACTOR) if the
// factor is not positive or above the number of brokers, or all brokers are fenced.
std::optional<std::vector<std::vector<NodeId>>> place_replicas(
    const std::vector<UsableBroker>& brokers, int32_t partitions, int16_t replication_factor,
    sim::Rng& rng);

}  // namespace models

#endif  // MODELS_CONTROLLER_REPLICA_PLACEMENT_H_
