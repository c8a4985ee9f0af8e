// SPDX-License-Identifier: Apache-2.0

#include "models/node/cluster.h"

#include <memory>
#include <utility>

#include "models/node/broker_node.h"
#include "models/node/client_node.h"
#include "models/node/controller_node.h"

namespace models {

namespace {

// Builds lives of a node of type N from its options.
template <class N, class Options>
class NodeFactory final : public sim::ProcessFactory {
 public:
  NodeFactory(ShellOptions shell, Options options)
      : shell_(std::move(shell)), options_(std::move(options)) {}
  std::unique_ptr<sim::Process> build() const override {
    return std::make_unique<N>(shell_, options_);
  }

 private:
  ShellOptions shell_;
  Options options_;
};

// The process ids are known before the processes exist: they are given in order.
class Builder {
 public:
  Builder(const ClusterSpec& spec, sim::World& world) : spec_(spec), world_(world) {
    sim::RegionId region = world.topology().add_region(spec.region);
    zone_ = add_zone("zone", region);
    for (const std::string& rack : spec.racks) racks_.push_back(add_zone(rack, region));
    auto map = std::make_shared<ClusterMap>();
    int32_t next = static_cast<int32_t>(world.process_count());
    for (int32_t i = 0; i < spec.controllers; ++i) {
      map->controllers.push_back(NodeId(kFirstControllerId + i));
      map->processes[map->controllers.back()] = sim::ProcessId(next++);
    }
    for (int32_t i = 0; i < spec.brokers; ++i) {
      map->brokers.push_back(NodeId(kFirstBrokerId + i));
      map->processes[map->brokers.back()] = sim::ProcessId(next++);
    }
    map_ = std::move(map);
  }

  const ClusterMap& map() const { return *map_; }
  // Of the n-th broker or controller, from 0.
  sim::ZoneId zone_of(size_t n) const { return racks_.empty() ? zone_ : racks_[n % racks_.size()]; }
  std::string rack_of(size_t n) const {
    return spec_.racks.empty() ? std::string() : spec_.racks[n % spec_.racks.size()];
  }

  template <class N, class Options>
  sim::ProcessId add(NodeKind kind, std::string name, Options options) {
    return add_in<N>(zone_, kind, std::move(name), std::move(options));
  }
  template <class N, class Options>
  sim::ProcessId add_in(sim::ZoneId zone, NodeKind kind, std::string name, Options options) {
    sim::HostSpec host{name, zone, spec_.disk, spec_.nic_bytes_per_second};
    if (kind == NodeKind::kBroker) host.disk.mounts = spec_.config.log_dirs;
    ShellOptions shell{kind, map_, spec_.mutations, spec_.costs, spec_.observed};
    return world_.add_process(
        world_.add_host(std::move(host)), std::move(name),
        std::make_shared<NodeFactory<N, Options>>(std::move(shell), std::move(options)));
  }

 private:
  sim::ZoneId add_zone(const std::string& name, sim::RegionId region) {
    sim::ZoneId zone = world_.topology().add_zone(name, region);
    world_.topology().set_zone_link(zone, spec_.host_link);
    return zone;
  }

  const ClusterSpec& spec_;
  sim::World& world_;
  sim::ZoneId zone_;
  std::vector<sim::ZoneId> racks_;
  ClusterMapHandle map_;
};

std::vector<TopicPartition> all_partitions(const ClusterSpec& spec) {
  std::vector<TopicPartition> all;
  for (const CreatableTopic& topic : spec.topics) {
    for (int32_t p = 0; p < topic.num_partitions; ++p) all.push_back({topic.name, p});
  }
  all.insert(all.end(), spec.later_partitions.begin(), spec.later_partitions.end());
  return all;
}

}  // namespace

Cluster Cluster::build(const ClusterSpec& spec, sim::World& world) {
  Cluster cluster;
  Builder builder(spec, world);
  const std::vector<NodeId>& bootstrap = builder.map().brokers;
  for (NodeId id : builder.map().controllers) {
    ControllerOptions options{id,
                              spec.config,
                              std::string(kLogDirectory),
                              spec.brokers,
                              builder.map().controllers,
                              spec.elr_version,
                              spec.imported,
                              spec.imported_brokers,
                              spec.next_producer_id};
    std::string name = "controller " + std::to_string(id.value());
    cluster.controllers_.push_back(
        {id, builder.add_in<ControllerNode>(builder.zone_of(cluster.controllers_.size()),
                                            NodeKind::kController, name, std::move(options))});
  }
  cluster.log_directories_ = spec.config.log_dirs;
  if (cluster.log_directories_.empty()) cluster.log_directories_.emplace_back(kLogDirectory);
  for (NodeId id : builder.map().brokers) {
    size_t index = cluster.brokers_.size();
    BrokerNodeOptions options{id, spec.config, std::string(kLogDirectory), builder.rack_of(index),
                              std::string(kClusterId)};
    cluster.brokers_.push_back(
        {id,
         builder.add_in<BrokerNode>(builder.zone_of(index), NodeKind::kBroker,
                                    "broker " + std::to_string(id.value()), std::move(options))});
    auto disk = spec.disks.find(id);
    if (disk != spec.disks.end())
      world.disk(world.host_of(cluster.brokers_.back().process)) = *disk->second;
  }
  AdminOptions admin{spec.topics, spec.brokers, bootstrap};
  cluster.admin_ = builder.add<AdminNode>(NodeKind::kAdmin, "admin", std::move(admin));
  for (ProducerOptions producer : spec.producers) {
    producer.bootstrap = bootstrap;
    std::string name = producer.client_id;
    int32_t number = producer.number;
    cluster.clients_.push_back(
        {number, name, builder.add<ProducerNode>(NodeKind::kProducer, name, std::move(producer)),
         true});
  }
  for (ConsumerOptions consumer : spec.consumers) {
    consumer.bootstrap = bootstrap;
    std::string name = consumer.client_id;
    int32_t number = consumer.number;
    cluster.clients_.push_back(
        {number, name, builder.add<ConsumerNode>(NodeKind::kConsumer, name, std::move(consumer)),
         false});
  }
  ConsumerOptions auditor;
  auditor.number = static_cast<int32_t>(spec.consumers.size()) + 1;
  auditor.client_id = "auditor";
  auditor.assignment = all_partitions(spec);
  auditor.config.auto_offset_reset = AutoOffsetReset::kEarliest;
  auditor.config.max_poll_records = 10'000;
  auditor.bootstrap = bootstrap;
  auditor.passes_over_corrupt = true;
  cluster.auditor_ = builder.add<ConsumerNode>(NodeKind::kConsumer, "auditor", std::move(auditor));
  for (size_t i = 0; i < world.process_count(); ++i) {
    sim::ProcessId process(static_cast<int32_t>(i));
    if (process != cluster.auditor_) world.boot(process);
  }
  return cluster;
}

sim::ProcessId Cluster::process_of(NodeId node) const {
  for (const std::vector<Node>* nodes : {&brokers_, &controllers_}) {
    for (const Node& each : *nodes) {
      if (each.id == node) return each.process;
    }
  }
  return sim::ProcessId(-1);
}

NodeId Cluster::node_of(sim::ProcessId process) const {
  for (const std::vector<Node>* nodes : {&brokers_, &controllers_}) {
    for (const Node& each : *nodes) {
      if (each.process == process) return each.id;
    }
  }
  return kNoNode;
}

}  // namespace models
