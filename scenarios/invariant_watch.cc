// SPDX-License-Identifier: Apache-2.0

#include "scenarios/invariant_watch.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "models/node/client_node.h"

namespace scenarios {

namespace {

using models::Violation;

// Reads a host's disk on nobody's account.
class Observer {
 public:
  Observer(sim::World& world, sim::ProcessId process)
      : Observer(world.disk(world.host_of(process)), world.now()) {}
  Observer(sim::SimDisk& disk, sim::SimTime now)
      : disk_(sim::DiskView::observer(disk, now, rng_)) {}
  models::Step& step() { return step_; }

 private:
  sim::Rng rng_;
  sim::DiskView disk_;
  models::Effects effects_;
  models::MutationSet mutations_;
  models::Marks marks_;
  models::Step step_{{}, {}, rng_, disk_, effects_, mutations_, marks_};
};

models::ReplicaView view_of(const models::HostedPartition& replica,
                            const models::BrokerNode& broker, models::Step& observer) {
  models::ReplicaView view;
  view.broker = broker.id();
  view.log = &replica.log;
  view.is_leader = replica.is_leader();
  view.leader_epoch = replica.version.leader_epoch;
  view.partition_epoch = replica.version.partition_epoch;
  view.topic_id = replica.topic_id;
  view.observer = &observer;
  return view;
}

}  // namespace

std::optional<Violation> InvariantWatch::after_broker(models::BrokerNode& broker,
                                                      sim::World& world) {
  if (!on_) return std::nullopt;
  std::optional<Observer> observer;  // Most events change no replica.
  std::optional<Violation> found;
  broker.take_changed([&](const models::HostedPartition& replica) {
    if (replica.is_offline()) return;  // Nobody reads it any more.
    if (!observer) observer.emplace(world, world.last().process);
    if (!found) found = set_.on_replica(view_of(replica, broker, observer->step()));
  });
  return found;
}

std::optional<Violation> InvariantWatch::after_controller(const models::ControllerNode& controller,
                                                          models::NodeId node, sim::World& world) {
  const std::optional<models::Raft>& raft = controller.controller().raft();
  // What a restart could undo nobody has heard of yet.
  if (!on_ || !raft || !raft->is_settled()) return std::nullopt;
  if (raft->quorum().is_only_voter() && has_lost_committed(*raft)) {
    on_ = false;
    return std::nullopt;
  }
  Observer observer(world, world.last().process);
  models::QuorumView view;
  view.node = node;
  view.epoch = raft->epoch();
  view.is_leader = raft->quorum().is(models::QuorumRole::kLeader);
  view.high_watermark = raft->committed();
  view.log = &raft->log();
  view.vote = raft->quorum().election().voted;
  view.observer = &observer.step();
  if (view.vote != models::kNoNode) {
    const models::ElectionState& kept = kept_election(*raft, node, world);
    view.durable_epoch = kept.epoch;
    view.durable_vote = kept.voted;
  }
  return set_.on_quorum(view);
}

// What it had flushed must be there still: if that is gone too, the invariants are to tell.
bool InvariantWatch::has_lost_committed(const models::Raft& sole_voter) {
  models::Offset end = sole_voter.log().log_end_offset();
  bool lost = end < committed_ && end >= flushed_;
  committed_ = std::max(committed_, sole_voter.committed());
  flushed_ = sole_voter.flushed();
  return lost;
}

// What a power loss now would leave of quorum-state. Read once a vote: the file changes only with
// the state that it keeps.
const models::ElectionState& InvariantWatch::kept_election(const models::Raft& raft,
                                                           models::NodeId node, sim::World& world) {
  models::ElectionState now = raft.quorum().election();
  KeptVote& kept = votes_[node];
  if (kept.known && kept.told == now) return kept.durable;
  kept = {true, now, {models::kNoLeaderEpoch, models::kNoNode, models::kNoNode}};
  sim::SimDisk disk = world.disk(world.host_of(world.last().process));
  disk.lose_all_unsynced(world.now());
  Observer observer(disk, world.now());
  auto found = models::QuorumStateFile(raft.log().directory()).read(observer.step());
  if (found.ok() && *found) kept.durable = **found;
  return kept.durable;
}

std::optional<Violation> InvariantWatch::after_answers(models::NodeId broker,
                                                       const models::NodeReport& report) {
  if (!on_) return std::nullopt;
  for (const models::NodeReport::Answered& answered : report.answered) {
    if (answered.reply == nullptr) continue;  // Nobody was there to hear it.
    auto found = set_.on_answer(broker, answered.request->body(), answered.reply->body());
    if (found) return found;
  }
  return std::nullopt;
}

void InvariantWatch::on_bad_disk(const models::Cluster& cluster, models::NodeId node, bool rots,
                                 const std::string& partition) {
  for (const models::Cluster::Node& controller : cluster.controllers())
    on_ = on_ && controller.id != node;
  if (!rots) liars_.insert(node);
  if (!on_ || !rots) return;
  std::optional<models::TopicPartition> only;
  if (size_t dash = partition.rfind('-'); dash != std::string::npos)
    only = {partition.substr(0, dash), std::atoi(partition.c_str() + dash + 1)};
  set_.on_rot(node, only);
}

std::optional<Violation> InvariantWatch::on_idle(const models::Cluster& cluster,
                                                 sim::World& world) {
  if (!on_) return std::nullopt;
  std::vector<sim::ProcessId> processes;
  for (const models::Cluster::Node& node : cluster.controllers()) processes.push_back(node.process);
  for (const models::Cluster::Node& node : cluster.brokers()) processes.push_back(node.process);
  for (const models::Cluster::Client& client : cluster.clients())
    processes.push_back(client.process);
  for (sim::ProcessId process : processes) {
    const auto* node = static_cast<const models::NodeShell*>(world.find(process));
    if (node == nullptr || world.is_paused(process)) continue;
    std::vector<models::HeldResource> held = node->held(sim::Context(world, process));
    if (auto found = set_.on_idle(world.name_of(process), held)) return found;
  }
  return std::nullopt;
}

std::optional<Violation> InvariantWatch::recheck(const models::Cluster& cluster,
                                                 sim::World& world) const {
  if (!on_) return std::nullopt;
  std::vector<std::unique_ptr<Observer>> observers;
  std::vector<models::ReplicaView> views;
  for (const models::Cluster::Node& node : cluster.brokers()) {
    auto* broker = static_cast<const models::BrokerNode*>(world.find(node.process));
    if (broker == nullptr) continue;
    observers.push_back(std::make_unique<Observer>(world, node.process));
    for (const models::HostedPartition& replica : broker->replica_manager().replicas()) {
      if (!replica.deleted && !replica.is_offline())
        views.push_back(view_of(replica, *broker, observers.back()->step()));
    }
  }
  return set_.recheck(views);
}

}  // namespace scenarios
