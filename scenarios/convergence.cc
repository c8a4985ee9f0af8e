// SPDX-License-Identifier: Apache-2.0

#include "scenarios/convergence.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/node/broker_node.h"
#include "models/node/controller_node.h"
#include "scenarios/selectors.h"

namespace scenarios {

namespace {

using models::MetadataImage;
using models::PartitionRegistration;
using models::TopicPartition;

template <class Node>
const Node* running(const sim::World& world, sim::ProcessId process) {
  return world.is_up(process) ? static_cast<const Node*>(world.find(process)) : nullptr;
}

// Offsets apart: the active controller writes no-op records all the time.
bool same_metadata(const MetadataImage& a, const MetadataImage& b) {
  auto same_topic = [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.partitions == other.second.partitions;
  };
  return a.brokers == b.brokers &&
         std::equal(a.topics.begin(), a.topics.end(), b.topics.begin(), b.topics.end(), same_topic);
}

std::string of_metadata(const models::Cluster& cluster, const sim::World& world,
                        const MetadataImage& image) {
  for (const models::Cluster::Node& node : cluster.controllers()) {
    auto* controller = running<models::ControllerNode>(world, node.process);
    if (controller == nullptr) return fmt::format("controller {} is down", node.id.value());
    if (!same_metadata(controller->controller().committed_image(), image))
      return fmt::format("controller {} does not know the newest metadata", node.id.value());
  }
  for (const models::Cluster::Node& node : cluster.brokers()) {
    auto* broker = running<models::BrokerNode>(world, node.process);
    if (broker == nullptr) return fmt::format("broker {} is down", node.id.value());
    const models::BrokerRegistration* registration = image.find(node.id);
    if (registration == nullptr) return fmt::format("broker {} is not registered", node.id.value());
    if (registration->fenced) return fmt::format("broker {} is fenced", node.id.value());
    if (!same_metadata(broker->image(), image))
      return fmt::format("broker {} does not know the newest metadata", node.id.value());
  }
  return {};
}

const models::HostedPartition* replica_on(const models::Cluster& cluster, const sim::World& world,
                                          models::NodeId node, const TopicPartition& partition) {
  auto* broker = running<models::BrokerNode>(world, cluster.process_of(node));
  return broker == nullptr ? nullptr : broker->replica_manager().find(partition);
}

std::string of_partition(const models::Cluster& cluster, const sim::World& world,
                         const TopicPartition& partition, const PartitionRegistration& now) {
  std::string name = models::to_string(partition);
  if (now.leader == models::kNoNode) return name + " has no leader";
  if (now.isr.size() < now.replicas.size()) return name + " has not all replicas in its ISR";
  const models::HostedPartition* leader = replica_on(cluster, world, now.leader, partition);
  if (leader == nullptr || !leader->is_leader())
    return fmt::format("the leader of {} does not know that it is", name);
  models::Offset end = leader->log.log_end_offset();
  for (models::NodeId node : now.replicas) {
    const models::HostedPartition* replica = replica_on(cluster, world, node, partition);
    if (replica == nullptr) return fmt::format("a replica of {} is not there", name);
    if (replica->log.log_end_offset() != end)
      return fmt::format("a replica of {} has not all that the leader has", name);
    if (replica->log.high_watermark() != end)
      return fmt::format("the high watermark of {} does not reach the log's end", name);
  }
  return {};
}

}  // namespace

std::string not_at_rest(const models::Cluster& cluster, const sim::World& world) {
  const MetadataImage* image = metadata_of(cluster, world);
  if (image == nullptr) return "no node that knows the metadata is up";
  std::string missing = of_metadata(cluster, world, *image);
  if (!missing.empty()) return missing;
  for (const auto& [topic, registration] : image->topics) {
    for (size_t p = 0; p < registration.partitions.size(); ++p) {
      missing = of_partition(cluster, world, {topic, static_cast<int32_t>(p)},
                             registration.partitions[p]);
      if (!missing.empty()) return missing;
    }
  }
  return {};
}

}  // namespace scenarios
