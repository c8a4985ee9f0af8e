// SPDX-License-Identifier: Apache-2.0
//
// Shows a running world to the invariants: after each event what it changed, read from outside the
// machines. What one event costs here depends on what it changed, not on the size of the cluster.
//
// A value that goes with a run and each of its copies. Once a controller's disk has lied or rotted
// nothing is checked any more: what was committed there may be gone, and every later truth with it.
// So it is when a sole controller, which commits before it flushes, has lost with the power what it
// was flushing.

#ifndef SCENARIOS_INVARIANT_WATCH_H_
#define SCENARIOS_INVARIANT_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "models/checkers/invariant_set.h"
#include "models/node/broker_node.h"
#include "models/node/cluster.h"
#include "models/node/controller_node.h"
#include "models/raft/quorum_state.h"
#include "sim/world.h"

namespace scenarios {

class InvariantWatch {
 public:
  InvariantWatch(const models::TopicConfig& topic_defaults, bool on)
      : set_(models::InvariantSet::all(topic_defaults)), on_(on) {}

  // The last event was one of this node's.
  std::optional<models::Violation> after_broker(models::BrokerNode& broker, sim::World& world);
  std::optional<models::Violation> after_controller(const models::ControllerNode& controller,
                                                    models::NodeId node, sim::World& world);
  std::optional<models::Violation> after_answers(models::NodeId broker,
                                                 const models::NodeReport& report);
  void on_broker_down(models::NodeId broker, bool lost_power, bool clean) {
    set_.on_broker_down(broker, lost_power, clean);
    // What its disk only said to have flushed may be missing anywhere, as if bits had rotted.
    if (lost_power && liars_.contains(broker)) set_.on_rot(broker, std::nullopt);
  }
  void on_controller_down(models::NodeId node) {
    set_.on_controller_down(node);
    votes_.erase(node);
  }
  // Bits rot, or flushes do nothing, on the disk of a broker or controller. `partition`: "orders-0"
  // if only its files are meant; empty: all.
  void on_bad_disk(const models::Cluster& cluster, models::NodeId node, bool rots,
                   const std::string& partition);
  // Nothing is under way any more.
  std::optional<models::Violation> on_idle(const models::Cluster& cluster, sim::World& world);
  // All logs are read anew and compared with what is remembered.
  std::optional<models::Violation> recheck(const models::Cluster& cluster, sim::World& world) const;

 private:
  // A controller's vote, and what of it is on its disk.
  struct KeptVote {
    bool known = false;
    models::ElectionState told;
    models::ElectionState durable;
  };
  bool has_lost_committed(const models::Raft& sole_voter);
  const models::ElectionState& kept_election(const models::Raft& raft, models::NodeId node,
                                             sim::World& world);

  models::InvariantSet set_;
  bool on_;
  absl::btree_map<models::NodeId, KeptVote> votes_;
  absl::btree_set<models::NodeId> liars_;  // Their disks have lied about flushes.
  // Of a sole controller, as last seen.
  models::Offset committed_{0};
  models::Offset flushed_{0};
};

}  // namespace scenarios

#endif  // SCENARIOS_INVARIANT_WATCH_H_
