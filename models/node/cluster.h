// SPDX-License-Identifier: Apache-2.0
//
// Builds a whole cluster with its clients into a world, from a plain description, and remembers who
// is who. Holds ids only, so it goes with a world and with each of its forks alike.
//
// Nodes: brokers have ids 1, 2, ...; controllers 3000, 3001, ... as in Kafka's own test clusters. Each
// process has a host of its own. An administrator creates the topics; the load begins at time 0, and
// everything before it is the warm-up.

#ifndef MODELS_NODE_CLUSTER_H_
#define MODELS_NODE_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/clients/admin.h"
#include "models/clients/consumer.h"
#include "models/clients/producer.h"
#include "models/common/config.h"
#include "models/common/mutations.h"
#include "models/controller/controller.h"
#include "models/node/cluster_map.h"
#include "models/node/cost_model.h"
#include "models/protocol/create_topics.h"
#include "sim/world.h"

namespace models {

inline constexpr int32_t kFirstBrokerId = 1;
inline constexpr int32_t kFirstControllerId = 3000;
inline constexpr std::string_view kLogDirectory = "kafka-logs";  // Unless log.dirs says otherwise.
inline constexpr std::string_view kClusterId = "RmF1bHRsaW5lLXNpbS0wMQ";

struct ClusterSpec {
  int32_t brokers = 3;
  int32_t controllers = 1;
  BrokerConfig config;
  int16_t elr_version = 1;  // eligible.leader.replicas.version
  std::vector<CreatableTopic> topics;
  // That come later, by an administrator; the auditor reads them too.
  std::vector<TopicPartition> later_partitions;
  std::vector<ProducerOptions> producers;
  std::vector<ConsumerOptions> consumers;
  MutationSet mutations;
  CostModel costs;
  sim::DiskSpec disk;
  sim::LinkSpec host_link;  // Each host to its zone's hub.
  int64_t nic_bytes_per_second = 0;
  std::string region = "region";
  // Zones of the region: brokers and controllers are in one after the other, clients in none of
  // them. A broker knows its own as broker.rack. Empty: all are in one, and no broker has a rack.
  std::vector<std::string> racks;
  bool observed = false;  // See ShellOptions.
  // Logs that are older than the cluster: the topics that they are of, the disks of the brokers
  // that have them, and the first producer id that none of them knows.
  std::vector<ImportedTopic> imported;
  std::vector<ImportedBroker> imported_brokers;
  ProducerId next_producer_id{0};
  absl::btree_map<NodeId, std::shared_ptr<const sim::SimDisk>> disks;
};

class Cluster {
 public:
  // Adds hosts and processes to an empty world and boots all but the auditor.
  static Cluster build(const ClusterSpec& spec, sim::World& world);

  // One client that the world runs; `number` is that of its options, unique among its kind. The
  // auditor's is the number of consumers plus one.
  struct Client {
    int32_t number;
    std::string name;
    sim::ProcessId process;
    bool is_producer;
  };
  struct Node {
    NodeId id;
    sim::ProcessId process;
  };

  const std::vector<Node>& brokers() const { return brokers_; }
  // Of each broker, as paths of its disk.
  const std::vector<std::string>& log_directories() const { return log_directories_; }
  const std::vector<Node>& controllers() const { return controllers_; }
  const std::vector<Client>& clients() const { return clients_; }
  sim::ProcessId admin() const { return admin_; }
  // Reads everything at the end of a run, through the protocol as any consumer; boot it then.
  sim::ProcessId auditor() const { return auditor_; }
  sim::ProcessId process_of(NodeId node) const;
  // The node of a process; kNoNode for a client.
  NodeId node_of(sim::ProcessId process) const;

 private:
  std::vector<Node> brokers_;
  std::vector<std::string> log_directories_;
  std::vector<Node> controllers_;
  std::vector<Client> clients_;
  sim::ProcessId admin_{-1};
  sim::ProcessId auditor_{-1};
};

}  // namespace models

#endif  // MODELS_NODE_CLUSTER_H_
