// SPDX-License-Identifier: Apache-2.0

#include "models/raft/quorum_peers.h"

#include <algorithm>

#include "sim/check.h"

namespace models {

QuorumPeers::QuorumPeers(const std::vector<NodeId>& voters, NodeId self) {
  for (NodeId voter : voters) {
    if (voter == self) continue;
    ids_.push_back(voter);
    peers_[voter];
  }
}

bool QuorumPeers::Peer::is_ready() const {
  return !backing_off &&
         std::find(outstanding.begin(), outstanding.end(), true) == outstanding.end();
}

bool QuorumPeers::is_ready(NodeId peer) const {
  auto it = peers_.find(peer);
  return it != peers_.end() && it->second.is_ready();
}

bool QuorumPeers::any_in_flight() const {
  return std::any_of(peers_.begin(), peers_.end(), [](const auto& each) {
    const std::deque<bool>& outstanding = each.second.outstanding;
    return std::find(outstanding.begin(), outstanding.end(), true) != outstanding.end();
  });
}

std::optional<NodeId> QuorumPeers::draw_ready(sim::Rng& rng) const {
  std::vector<NodeId> ready;
  for (NodeId id : ids_) {
    if (is_ready(id)) ready.push_back(id);
  }
  if (ready.empty()) return std::nullopt;
  return ready.size() == 1 ? ready.front() : ready[rng.below(ready.size())];
}

bool QuorumPeers::on_settled(NodeId peer) {
  std::deque<bool>& outstanding = peers_.at(peer).outstanding;
  SIM_CHECK(!outstanding.empty(), "an answer without a question", peer.value());
  bool wanted = outstanding.front();
  outstanding.pop_front();
  return wanted;
}

void QuorumPeers::reset() {
  for (auto& [id, peer] : peers_) {
    std::fill(peer.outstanding.begin(), peer.outstanding.end(), false);
    peer.backing_off = false;
  }
}

}  // namespace models
