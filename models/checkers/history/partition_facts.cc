// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/partition_facts.h"

#include <algorithm>

namespace models {

PartitionFacts::PartitionFacts(const RunFacts& facts, TopicTable& topics) {
  for (const LostTail& tail : facts.lost_tails) {
    std::vector<LastLoss>& nodes = tails_.at(topics.key_of(tail.partition));
    auto same = std::find_if(nodes.begin(), nodes.end(),
                             [&](const LastLoss& last) { return last.node == tail.node; });
    if (same == nodes.end()) {
      nodes.push_back({tail.node, tail.at});
    } else {
      same->at = std::max(same->at, tail.at);
    }
  }
  std::vector<LogStartMove> moves = facts.log_starts;
  std::stable_sort(moves.begin(), moves.end(),
                   [](const LogStartMove& a, const LogStartMove& b) { return a.at < b.at; });
  for (const LogStartMove& move : moves) {
    std::vector<LogStartMove>& before = deletions_.at(topics.key_of(move.partition));
    if (before.empty() || before.back().start < move.start) before.push_back(move);
  }
}

int32_t PartitionFacts::replicas_without_tail(PartitionKey key, sim::SimTime since) const {
  const std::vector<LastLoss>* nodes = tails_.find(key);
  if (nodes == nullptr) return 0;
  return static_cast<int32_t>(std::count_if(
      nodes->begin(), nodes->end(), [&](const LastLoss& last) { return last.at >= since; }));
}

const LogStartMove* PartitionFacts::deletion_of(PartitionKey key, Offset offset) const {
  const std::vector<LogStartMove>* moves = deletions_.find(key);
  if (moves == nullptr) return nullptr;
  auto first =
      std::upper_bound(moves->begin(), moves->end(), offset,
                       [](Offset wanted, const LogStartMove& move) { return wanted < move.start; });
  return first == moves->end() ? nullptr : &*first;
}

bool PartitionFacts::has_deletions(PartitionKey key) const {
  const std::vector<LogStartMove>* moves = deletions_.find(key);
  return moves != nullptr && !moves->empty();
}

}  // namespace models
