// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/lost_tails.h"

#include <algorithm>

namespace models {

LostTails::LostTails(const std::vector<LostTail>& tails, TopicTable& topics) {
  for (const LostTail& tail : tails) {
    std::vector<Last>& nodes = last_.at(topics.key_of(tail.partition));
    auto same = std::find_if(nodes.begin(), nodes.end(),
                             [&](const Last& last) { return last.node == tail.node; });
    if (same == nodes.end()) {
      nodes.push_back({tail.node, tail.at});
    } else {
      same->at = std::max(same->at, tail.at);
    }
  }
}

int32_t LostTails::replicas(PartitionKey key, sim::SimTime since) const {
  const std::vector<Last>* nodes = last_.find(key);
  if (nodes == nullptr) return 0;
  return static_cast<int32_t>(std::count_if(nodes->begin(), nodes->end(),
                                            [&](const Last& last) { return last.at >= since; }));
}

}  // namespace models
