// SPDX-License-Identifier: Apache-2.0
//
// The one place to look up which handler of a controller takes what.

#include <variant>

#include "models/node/controller_node.h"

namespace models {

namespace {

// Every message must be named by one of the cases; the rest is refused at run time, by name.
[[noreturn]] void refuse(const Message& message) {
  SIM_CHECK(false, "a controller does not serve", std::string(name_of(message)));
  __builtin_unreachable();
}

}  // namespace

ControllerNode::ControllerNode(const ShellOptions& shell, const ControllerOptions& options)
    : NodeShell(shell), controller_(options) {
  serve(options.config.num_network_threads, 1);  // QuorumController handles one event at a time.
  ChannelOptions quorum;
  quorum.request_timeout = options.config.controller_quorum_request_timeout_ms;
  quorum.reconnect_backoff_max = sim::Duration::millis(500);
  client().configure(Channel::kQuorum, quorum);
}

std::vector<HeldResource> ControllerNode::held(const sim::Context& context) const {
  std::vector<HeldResource> held = NodeShell::held(context);
  int64_t known = static_cast<int64_t>(server()->in_hand() + controller_.parked());
  held.push_back(
      {"requests read and never answered", static_cast<int64_t>(server()->unanswered()), known});
  return held;
}

void ControllerNode::route_boot(Step& step) { ROUTE(controller, on_start, step); }

void ControllerNode::route_stop(Step& step) { ROUTE(controller, on_stop, step); }

void ControllerNode::route_request(RequestToken token, const Message& request, Step& step) {
  if (auto* heartbeat = std::get_if<BrokerHeartbeatRequest>(&request)) {
    ROUTE(controller, on_broker_heartbeat, token, *heartbeat, step);
  } else if (auto* alter = std::get_if<AlterPartitionRequest>(&request)) {
    ROUTE(controller, on_alter_partition, token, *alter, step);
  } else if (auto* registration = std::get_if<BrokerRegistrationRequest>(&request)) {
    ROUTE(controller, on_broker_registration, token, *registration, step);
  } else if (auto* topics = std::get_if<CreateTopicsRequest>(&request)) {
    ROUTE(controller, on_create_topics, token, *topics, step);
  } else if (auto* deletion = std::get_if<DeleteTopicsRequest>(&request)) {
    ROUTE(controller, on_delete_topics, token, *deletion, step);
  } else if (auto* partitions = std::get_if<CreatePartitionsRequest>(&request)) {
    ROUTE(controller, on_create_partitions, token, *partitions, step);
  } else if (auto* configs = std::get_if<IncrementalAlterConfigsRequest>(&request)) {
    ROUTE(controller, on_incremental_alter_configs, token, *configs, step);
  } else if (auto* moves = std::get_if<AlterPartitionReassignmentsRequest>(&request)) {
    ROUTE(controller, on_alter_partition_reassignments, token, *moves, step);
  } else if (auto* moving = std::get_if<ListPartitionReassignmentsRequest>(&request)) {
    ROUTE(controller, on_list_partition_reassignments, token, *moving, step);
  } else if (auto* elections = std::get_if<ElectLeadersRequest>(&request)) {
    ROUTE(controller, on_elect_leaders, token, *elections, step);
  } else if (auto* leaver = std::get_if<UnregisterBrokerRequest>(&request)) {
    ROUTE(controller, on_unregister_broker, token, *leaver, step);
  } else if (auto* dirs = std::get_if<AssignReplicasToDirsRequest>(&request)) {
    ROUTE(controller, on_assign_replicas_to_dirs, token, *dirs, step);
  } else if (auto* ids = std::get_if<AllocateProducerIdsRequest>(&request)) {
    ROUTE(controller, on_allocate_producer_ids, token, *ids, step);
  } else if (std::holds_alternative<FetchRequest>(request) ||
             std::holds_alternative<FetchSnapshotRequest>(request) ||
             std::holds_alternative<VoteRequest>(request) ||
             std::holds_alternative<BeginQuorumEpochRequest>(request) ||
             std::holds_alternative<EndQuorumEpochRequest>(request)) {
    ROUTE(controller, on_quorum_request, token, request, step);
  } else {
    refuse(request);
  }
}

void ControllerNode::route_reply(const MatchedReply& match, const Message& reply, Step& step) {
  ROUTE(controller, on_quorum_reply, match.from, reply, step);
}
void ControllerNode::route_failure(const FailedRequest& failed, Step& step) {
  ROUTE(controller, on_quorum_request_failed, failed.to, step);
}
void ControllerNode::route_timer(TimerKey key, Step& step) {
  ROUTE(controller, on_timer, key, step);
}
void ControllerNode::route_flushed(int64_t key, Step& step) {
  ROUTE(controller, on_flushed, key, step);
}

}  // namespace models
