// SPDX-License-Identifier: Apache-2.0
//
// What one voter has under way with the others: one request at a time with each, a pause after a
// failure, and nothing of what was asked in a former state of the quorum counts any more.
// Source: raft/.../RequestManager.java.

#ifndef MODELS_RAFT_QUORUM_PEERS_H_
#define MODELS_RAFT_QUORUM_PEERS_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/ids.h"
#include "sim/rng.h"

namespace models {

class QuorumPeers {
 public:
  QuorumPeers() = default;
  QuorumPeers(const std::vector<NodeId>& voters, NodeId self);

  // Nothing is under way and no pause lasts. False for who is no other voter.
  bool is_ready(NodeId peer) const;
  bool any_in_flight() const;
  // A random one of the ready; nothing if there is none. Draws only among several.
  std::optional<NodeId> draw_ready(sim::Rng& rng) const;
  const std::vector<NodeId>& ids() const { return ids_; }

  void on_sent(NodeId peer) { peers_.at(peer).outstanding.push_back(true); }
  // The oldest request to `peer` is answered, or failed. False if nobody waits for that any more.
  bool on_settled(NodeId peer);
  void back_off(NodeId peer) { peers_.at(peer).backing_off = true; }
  void on_backoff_over(NodeId peer) { peers_.at(peer).backing_off = false; }
  // A new state of the quorum: every peer is ready.
  void reset();

 private:
  struct Peer {
    std::deque<bool> outstanding;  // Whether the answer is still wanted; oldest first.
    bool backing_off = false;
    bool is_ready() const;
  };

  std::vector<NodeId> ids_;
  absl::btree_map<NodeId, Peer> peers_;
};

}  // namespace models

#endif  // MODELS_RAFT_QUORUM_PEERS_H_
