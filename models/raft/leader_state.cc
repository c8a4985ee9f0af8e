// SPDX-License-Identifier: Apache-2.0

#include "models/raft/leader_state.h"

#include <algorithm>
#include <functional>

namespace models {

LeaderState::LeaderState(NodeId self, const std::vector<NodeId>& voters, Offset epoch_start)
    : self_(self), epoch_start_(epoch_start) {
  for (NodeId voter : voters) ends_[voter] = kNoOffset;
}

std::optional<Offset> LeaderState::majority_end() const {
  std::vector<Offset> ends;
  for (const auto& [voter, end] : ends_) ends.push_back(end);
  auto middle = ends.begin() + static_cast<ptrdiff_t>(ends.size() / 2);
  std::nth_element(ends.begin(), middle, ends.end(), std::greater<>());
  if (*middle == kNoOffset) return std::nullopt;
  return *middle;
}

bool LeaderState::on_end(NodeId voter, Offset end, bool commits_without_own_record) {
  auto it = ends_.find(voter);
  if (it == ends_.end()) return false;  // An observer.
  it->second = end;
  std::optional<Offset> reached = majority_end();
  if (!reached || *reached < epoch_start_) return false;
  if (*reached == epoch_start_ && !commits_without_own_record) return false;
  if (high_watermark_ && *reached <= *high_watermark_) return false;
  high_watermark_ = reached;
  return true;
}

bool LeaderState::on_fetch(NodeId voter) {
  if (voter == self_ || !ends_.contains(voter)) return false;
  fetched_.insert(voter);
  if (fetched_.size() < ends_.size() / 2) return false;  // The leader counts itself.
  fetched_.clear();
  return true;
}

std::vector<NodeId> LeaderState::successors() const {
  std::vector<NodeId> others;
  for (const auto& [voter, end] : ends_) {
    if (voter != self_) others.push_back(voter);
  }
  std::stable_sort(others.begin(), others.end(),
                   [&](NodeId a, NodeId b) { return ends_.at(a) > ends_.at(b); });
  return others;
}

}  // namespace models
