// SPDX-License-Identifier: Apache-2.0
//
// A broker process: its machines behind the shell, and how the metadata that one of them follows
// reaches the others.

#ifndef MODELS_NODE_BROKER_NODE_H_
#define MODELS_NODE_BROKER_NODE_H_

#include <string>

#include "absl/container/btree_map.h"
#include "models/controller/broker_lifecycle.h"
#include "models/controller/directory_assignments.h"
#include "models/controller/metadata_cache.h"
#include "models/controller/metadata_observer.h"
#include "models/node/node_shell.h"
#include "models/node/replica_watch.h"
#include "models/replication/replica_manager.h"
#include "models/transactions/producer_id_manager.h"

namespace models {

struct BrokerNodeOptions {
  NodeId node_id = kNoNode;
  BrokerConfig config;
  std::string log_directory;  // Unless the config names log.dirs.
  std::string rack;           // broker.rack; empty: none.
  std::string cluster_id;
};

class BrokerNode final : public NodeShell {
 public:
  BrokerNode(const ShellOptions& shell, const BrokerNodeOptions& options);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<BrokerNode>(*this);
  }

  NodeId id() const { return options_.node_id; }
  ReplicaManager& replica_manager() { return replica_manager_; }
  const ReplicaManager& replica_manager() const { return replica_manager_; }
  const BrokerLifecycle& lifecycle() const { return broker_lifecycle_; }
  const MetadataImage& image() const { return metadata_observer_.image(); }
  // visit(const HostedPartition&) for each replica that has changed since the last call; of an
  // observed node.
  template <class Visit>
  void take_changed(const Visit& visit) {
    watch_.take_changed(replica_manager_, visit);
  }
  std::vector<HeldResource> held(const sim::Context& context) const override;
  void show_state(sim::FieldSink& sink) const override;

 private:
  void route_boot(Step& step) override;
  void route_stop(Step& step) override;
  void route_request(RequestToken token, const Message& request, Step& step) override;
  void route_reply(const MatchedReply& match, const Message& reply, Step& step) override;
  void route_failure(const FailedRequest& failed, Step& step) override;
  void route_timer(TimerKey key, Step& step) override;
  void route_flushed(int64_t key, Step& step) override;
  sim::SimTime locked_until(const Message& request) const override;
  void lock(const Message& request, sim::SimTime until) override;
  sim::Duration cost_of_reply(const Message& reply) const override;

  void apply_metadata(const MetadataDelta& delta, Step& step);
  void after_lifecycle(Step& step);
  void after_replicas(Step& step);
  void publish(const MetadataDelta& delta, Step& step);

  BrokerNodeOptions options_;
  BrokerLifecycle broker_lifecycle_;
  MetadataObserver metadata_observer_;
  MetadataCache metadata_cache_;
  ReplicaManager replica_manager_;
  ProducerIdManager producer_id_manager_;
  DirectoryAssignments directory_assignments_;
  ReplicaWatch watch_;
  bool published_ = false;  // The replica manager has been given a first image.
  // Partitions that a handler thread is writing to, and until when; others wait.
  absl::btree_map<TopicPartition, sim::SimTime> locks_;
};

}  // namespace models

#endif  // MODELS_NODE_BROKER_NODE_H_
