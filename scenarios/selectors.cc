// SPDX-License-Identifier: Apache-2.0

#include "scenarios/selectors.h"

#include <algorithm>

#include "models/node/broker_node.h"
#include "models/node/controller_node.h"

namespace scenarios {

namespace {

using models::Cluster;
using models::NodeId;

std::vector<Hit> brokers_alive(const Cluster& cluster, const sim::World& world) {
  std::vector<Hit> alive;
  for (const Cluster::Node& broker : cluster.brokers()) {
    if (world.is_up(broker.process))
      alive.push_back({broker.process, broker.id, world.name_of(broker.process)});
  }
  return alive;
}

std::vector<Hit> node(NodeId id, const Cluster& cluster, const sim::World& world) {
  sim::ProcessId process = cluster.process_of(id);
  if (process.value() < 0) return {};
  return {{process, id, world.name_of(process)}};
}

std::vector<Hit> drawn(std::vector<Hit> from, sim::Rng& rng) {
  if (from.empty()) return from;
  return {from[rng.below(from.size())]};
}

std::vector<Hit> followers(const Target& target, const Cluster& cluster, const sim::World& world,
                           sim::Rng& rng) {
  const models::MetadataImage* image = metadata_of(cluster, world);
  const models::PartitionRegistration* partition = image ? image->find(target.partition) : nullptr;
  if (partition == nullptr) return {};
  std::vector<Hit> found;
  for (NodeId replica : partition->replicas) {
    if (replica == partition->leader) continue;
    for (Hit& hit : node(replica, cluster, world)) {
      if (world.is_up(hit.process)) found.push_back(std::move(hit));
    }
  }
  if (target.random) return drawn(std::move(found), rng);
  if (found.size() > 1) found.resize(1);
  return found;
}

// "billing-2" of "billing", but not "billing-eu".
bool is_member_of(const std::string& client, const std::string& plan) {
  if (client.size() < plan.size() + 2 || !client.starts_with(plan) || client[plan.size()] != '-')
    return false;
  return std::all_of(client.begin() + static_cast<ptrdiff_t>(plan.size()) + 1, client.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<Hit> clients(const std::string& name, const Cluster& cluster) {
  std::vector<Hit> found;
  for (const Cluster::Client& client : cluster.clients()) {
    if (client.name == name || is_member_of(client.name, name))
      found.push_back({client.process, models::kNoNode, "client " + client.name});
  }
  return found;
}

// Nodes, then clients, that are in a zone or region of that name.
std::vector<Hit> inhabitants(const Target& target, const Cluster& cluster,
                             const sim::World& world) {
  std::vector<Hit> found;
  auto add = [&](sim::ProcessId process, NodeId node, std::string name) {
    const sim::Topology& topology = world.topology();
    sim::ZoneId zone = topology.zone_of(world.host_of(process));
    bool by_zone = target.kind == Target::Kind::kZone;
    const std::string& place = by_zone ? topology.zone_name(zone) : topology.region_name(zone);
    if (place == target.place) found.push_back({process, node, std::move(name)});
  };
  for (const std::vector<Cluster::Node>* nodes : {&cluster.brokers(), &cluster.controllers()}) {
    for (const Cluster::Node& each : *nodes)
      add(each.process, each.id, world.name_of(each.process));
  }
  for (const Cluster::Client& client : cluster.clients())
    add(client.process, models::kNoNode, "client " + client.name);
  return found;
}

// The active one; of two that think so, the later elected. Nothing while there is none.
const Cluster::Node* active_controller(const Cluster& cluster, const sim::World& world) {
  const Cluster::Node* found = nullptr;
  models::LeaderEpoch epoch = models::kNoLeaderEpoch;
  for (const Cluster::Node& each : cluster.controllers()) {
    auto* node = static_cast<const models::ControllerNode*>(world.find(each.process));
    if (node == nullptr || !node->controller().is_active()) continue;
    if (found != nullptr && node->controller().epoch() <= epoch) continue;
    found = &each;
    epoch = node->controller().epoch();
  }
  return found;
}

std::vector<Hit> controller(const Target& target, const Cluster& cluster, const sim::World& world) {
  if (target.node > 0) return node(NodeId(target.node), cluster, world);
  if (cluster.controllers().size() == 1)
    return node(cluster.controllers().front().id, cluster, world);
  const Cluster::Node* active = active_controller(cluster, world);
  return active == nullptr ? std::vector<Hit>() : node(active->id, cluster, world);
}

}  // namespace

const models::MetadataImage* metadata_of(const Cluster& cluster, const sim::World& world) {
  if (const Cluster::Node* active = active_controller(cluster, world)) {
    auto* node = static_cast<const models::ControllerNode*>(world.find(active->process));
    return &node->controller().committed_image();
  }
  for (const Cluster::Node& each : cluster.brokers()) {
    auto* node = static_cast<const models::BrokerNode*>(world.find(each.process));
    if (node != nullptr) return &node->image();
  }
  return nullptr;
}

std::vector<Hit> resolve(const Target& target, const Cluster& cluster, const sim::World& world,
                         sim::Rng& rng) {
  switch (target.kind) {
    case Target::Kind::kBroker:
      return node(NodeId(target.node), cluster, world);
    case Target::Kind::kController:
      return controller(target, cluster, world);
    case Target::Kind::kZone:
    case Target::Kind::kRegion:
      return inhabitants(target, cluster, world);
    case Target::Kind::kAnyBroker:
      return drawn(brokers_alive(cluster, world), rng);
    case Target::Kind::kClient:
      return clients(target.client, cluster);
    case Target::Kind::kFollower:
      return followers(target, cluster, world, rng);
    case Target::Kind::kLeader: {
      const models::MetadataImage* image = metadata_of(cluster, world);
      const models::PartitionRegistration* partition =
          image ? image->find(target.partition) : nullptr;
      return partition == nullptr ? std::vector<Hit>() : node(partition->leader, cluster, world);
    }
  }
  return {};
}

}  // namespace scenarios
