// SPDX-License-Identifier: Apache-2.0
//
// Who is where: node ids (Kafka's) to processes (the kernel's). Fixed when a cluster is built, and
// shared by its nodes; it stands for the addresses that real nodes read from their settings.

#ifndef MODELS_NODE_CLUSTER_MAP_H_
#define MODELS_NODE_CLUSTER_MAP_H_

#include <memory>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/ids.h"
#include "sim/strong_id.h"

namespace models {

struct ClusterMap {
  absl::btree_map<NodeId, sim::ProcessId> processes;
  std::vector<NodeId> brokers;
  std::vector<NodeId> controllers;

  sim::ProcessId process_of(NodeId node) const {
    auto found = processes.find(node);
    return found == processes.end() ? sim::ProcessId(-1) : found->second;
  }
};

using ClusterMapHandle = std::shared_ptr<const ClusterMap>;

}  // namespace models

#endif  // MODELS_NODE_CLUSTER_MAP_H_
