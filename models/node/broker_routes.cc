// SPDX-License-Identifier: Apache-2.0
//
// The one place to look up which machine of a broker takes what.

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "models/node/broker_node.h"

namespace models {

namespace {

[[noreturn]] void refuse(std::string_view what) {
  SIM_CHECK(false, "a broker does not take", std::string(what));
  __builtin_unreachable();
}

ReplicaManagerOptions replicas_of(const BrokerNodeOptions& options) {
  return {options.node_id, options.config, options.log_directory, options.cluster_id};
}

}  // namespace

BrokerNode::BrokerNode(const ShellOptions& shell, const BrokerNodeOptions& options)
    : NodeShell(shell),
      options_(options),
      broker_lifecycle_({options.node_id, options.rack, options.config}),
      metadata_observer_({options.node_id, shell.cluster->controllers, options.config,
                          replicas_of(options).metadata_directory()}),
      replica_manager_(replicas_of(options)),
      producer_id_manager_(options.node_id),
      directory_assignments_(options.node_id),
      watch_(shell.observed) {
  serve(options.config.num_network_threads, options.config.num_io_threads);
  const sim::Duration in_general = sim::Duration::millis(30000);  // request.timeout.ms
  ChannelOptions fetch;
  fetch.request_timeout = in_general;
  fetch.connect_limit = options.config.replica_socket_timeout_ms;
  fetch.reconnect_backoff = fetch.reconnect_backoff_max = sim::Duration();
  fetch.forgets_failures = true;
  client().configure(Channel::kReplicaFetch, fetch);
  ChannelOptions metadata;
  metadata.request_timeout = options.config.controller_quorum_request_timeout_ms;
  metadata.reconnect_backoff_max = sim::Duration::millis(500);
  client().configure(Channel::kMetadataFetch, metadata);
  ChannelOptions controller;
  controller.reconnect_backoff = controller.reconnect_backoff_max = sim::Duration::millis(50);
  controller.retry_timeout = sim::Duration::millis(60000);
  controller.request_timeout = sim::Duration::millis(30000);  // controller.socket.timeout.ms
  client().configure(Channel::kToController, controller);
  // A heartbeat that is stuck must not cost the session (KAFKA-14392).
  controller.retry_timeout = options.config.broker_session_timeout_ms / 2;
  controller.request_timeout = std::min(controller.request_timeout, controller.retry_timeout);
  client().configure(Channel::kHeartbeat, controller);
  client().follow_metadata();
}

void BrokerNode::show_state(sim::FieldSink& sink) const {
  sim::show(sink, "lifecycle", broker_lifecycle_);
  sim::show(sink, "metadata", metadata_observer_);
  if (metadata_observer_.snapshots().count() > 0)
    sim::show(sink, "snapshots", metadata_observer_.snapshots());
  sim::show(sink, "replicas", replica_manager_);
  sim::show(sink, "producer_ids", producer_id_manager_);
  sim::show(sink, "directories", directory_assignments_);
}

std::vector<HeldResource> BrokerNode::held(const sim::Context& context) const {
  std::vector<HeldResource> held = NodeShell::held(context);
  const DelayedRequests& delayed = replica_manager_.delayed();
  std::vector<TimerKey> timers = delayed.timers();
  int64_t endless = std::count_if(timers.begin(), timers.end(), [&](TimerKey key) {
    return !context.armed({static_cast<uint16_t>(key.kind), key.id});
  });
  held.push_back({"parked requests without a timer", endless, 0});
  held.push_back({"watches on requests that are done", delayed.dangling(), 0});
  int64_t unanswered = static_cast<int64_t>(server()->unanswered());
  int64_t known = static_cast<int64_t>(server()->in_hand()) + delayed.size();
  held.push_back({"requests read and never answered", unanswered, known});
  return held;
}

void BrokerNode::route_boot(Step& step) {
  set_at("replica_manager.on_start");
  if (absl::Status status = replica_manager_.on_start(step); !status.ok()) {
    step.effects.note("broker_cannot_start", {{"why", std::string(status.message())}});
    step.effects.exit();
    return;
  }
  broker_lifecycle_.on_start(step, replica_manager_.previous_broker_epoch(),
                             replica_manager_.online_directory_ids());
  metadata_observer_.on_start(step);
}

void BrokerNode::route_stop(Step& step) {
  replica_manager_.begin_controlled_shutdown();
  ROUTE(broker_lifecycle, begin_controlled_shutdown, step);
  after_lifecycle(step);
}

void BrokerNode::after_lifecycle(Step& step) {
  replica_manager_.set_broker_epoch(broker_lifecycle_.broker_epoch());
  publish({}, step);
  if (!broker_lifecycle_.should_exit()) return;
  replica_manager_.on_shutdown(step);
  step.effects.exit();
}

void BrokerNode::apply_metadata(const MetadataDelta& delta, Step& step) {
  broker_lifecycle_.on_metadata_offset(metadata_observer_.applied_offset(), step);
  publish(delta, step);
}

// As BrokerServer does, which installs its metadata publishers only when the controller has agreed
// that the broker has caught up with its own registration. What the log says before is of a former
// life: a broker that led when it died must not lead on, in the same epoch, with what its disk kept.
// One that has to stop before that publishes nothing: by what it knows, all its logs would be strays.
void BrokerNode::publish(const MetadataDelta& delta, Step& step) {
  BrokerState state = broker_lifecycle_.state();
  if (state == BrokerState::kNotRunning || state == BrokerState::kStarting) return;
  if (!published_ && broker_lifecycle_.should_exit()) return;
  if (std::exchange(published_, true)) {
    if (!delta.empty()) replica_manager_.on_metadata(metadata_observer_.image(), delta, step);
    watch_.suspect(delta.partitions, replica_manager_);
    return;
  }
  watch_.suspect_all();
  MetadataDelta everything;
  for (const auto& [name, topic] : metadata_observer_.image().topics) {
    everything.topics.insert(name);
    for (size_t p = 0; p < topic.partitions.size(); ++p)
      everything.partitions.insert({name, static_cast<int32_t>(p)});
  }
  for (const auto& [id, broker] : metadata_observer_.image().brokers) everything.brokers.insert(id);
  replica_manager_.on_metadata(metadata_observer_.image(), everything, step);
  broker_lifecycle_.on_ready_to_unfence(step);
}

// What became of log directories: the controller is told.
void BrokerNode::after_replicas(Step& step) {
  ReplicaManager::DirectoryEvents events = replica_manager_.take_directory_events();
  for (const Uuid& failed : events.failures) broker_lifecycle_.on_directory_failure(failed, step);
  for (const auto& [replica, directory] : events.assignments)
    directory_assignments_.on_assignment(replica, directory, step);
}

void BrokerNode::route_request(RequestToken token, const Message& request, Step& step) {
  watch_.suspect_named(request, replica_manager_);
  if (auto* fetch = std::get_if<FetchRequest>(&request)) {
    ROUTE(replica_manager, on_fetch, token, *fetch, step);
  } else if (auto* produce = std::get_if<ProduceRequest>(&request)) {
    ROUTE(replica_manager, on_produce, token, *produce, step);
  } else if (auto* offsets = std::get_if<ListOffsetsRequest>(&request)) {
    ROUTE(replica_manager, on_list_offsets, token, *offsets, step);
  } else if (auto* epochs = std::get_if<OffsetForLeaderEpochRequest>(&request)) {
    ROUTE(replica_manager, on_offset_for_leader_epoch, token, *epochs, step);
  } else if (auto* deletion = std::get_if<DeleteRecordsRequest>(&request)) {
    ROUTE(replica_manager, on_delete_records, token, *deletion, step);
  } else if (auto* metadata = std::get_if<MetadataRequest>(&request)) {
    ROUTE(metadata_cache, on_metadata, token, *metadata, metadata_observer_.image(), step);
  } else if (auto* ids = std::get_if<InitProducerIdRequest>(&request)) {
    ROUTE(producer_id_manager, on_init_producer_id, token, *ids, broker_lifecycle_.broker_epoch(),
          step);
  } else {
    refuse(name_of(request));
  }
  after_replicas(step);
}

void BrokerNode::route_reply(const MatchedReply& match, const Message& reply, Step& step) {
  const Message& sent = match.sent->body();
  watch_.suspect_named(reply, replica_manager_);
  if (auto* fetch = std::get_if<FetchResponse>(&reply)) {
    if (match.channel == Channel::kMetadataFetch) {
      set_at("metadata_observer.on_fetch_response");
      auto delta = metadata_observer_.on_fetch_response(*fetch, std::get<FetchRequest>(sent), step);
      if (delta) apply_metadata(*delta, step);
    } else {
      ROUTE(replica_manager, on_fetch_response, FetcherId(match.from, match.lane), *fetch,
            std::get<FetchRequest>(sent), step);
    }
  } else if (auto* snapshot = std::get_if<FetchSnapshotResponse>(&reply)) {
    ROUTE(metadata_observer, on_fetch_snapshot_response, *snapshot, step);
  } else if (auto* offsets = std::get_if<ListOffsetsResponse>(&reply)) {
    ROUTE(replica_manager, on_list_offsets_response, FetcherId(match.from, match.lane), *offsets,
          std::get<ListOffsetsRequest>(sent), step);
  } else if (auto* alter = std::get_if<AlterPartitionResponse>(&reply)) {
    ROUTE(replica_manager, on_alter_partition_response, *alter,
          std::get<AlterPartitionRequest>(sent), step);
  } else if (auto* heartbeat = std::get_if<BrokerHeartbeatResponse>(&reply)) {
    ROUTE(broker_lifecycle, on_heartbeat_response, *heartbeat, step);
    after_lifecycle(step);
  } else if (auto* registration = std::get_if<BrokerRegistrationResponse>(&reply)) {
    ROUTE(broker_lifecycle, on_registration_response, *registration, step);
    after_lifecycle(step);
  } else if (auto* ids = std::get_if<AllocateProducerIdsResponse>(&reply)) {
    ROUTE(producer_id_manager, on_allocate_producer_ids_response, *ids, step);
  } else if (auto* dirs = std::get_if<AssignReplicasToDirsResponse>(&reply)) {
    ROUTE(directory_assignments, on_response, *dirs, step);
  } else {
    refuse(name_of(reply));
  }
  after_replicas(step);
}

void BrokerNode::route_failure(const FailedRequest& failed, Step& step) {
  const Message& sent = failed.sent->body();
  if (std::holds_alternative<FetchSnapshotRequest>(sent)) {
    ROUTE(metadata_observer, on_fetch_failed, failed.why, step);
  } else if (auto* fetch = std::get_if<FetchRequest>(&sent)) {
    if (failed.channel == Channel::kMetadataFetch) {
      ROUTE(metadata_observer, on_fetch_failed, failed.why, step);
    } else {
      ROUTE(replica_manager, on_fetch_failed, FetcherId(failed.to, failed.lane), *fetch, failed.why,
            step);
    }
  } else if (auto* offsets = std::get_if<ListOffsetsRequest>(&sent)) {
    ROUTE(replica_manager, on_list_offsets_failed, FetcherId(failed.to, failed.lane), *offsets,
          failed.why, step);
  } else if (auto* alter = std::get_if<AlterPartitionRequest>(&sent)) {
    ROUTE(replica_manager, on_alter_partition_failed, *alter, failed.why, step);
  } else if (std::holds_alternative<AllocateProducerIdsRequest>(sent)) {
    ROUTE(producer_id_manager, on_allocate_producer_ids_failed, failed.why, step);
  } else if (std::holds_alternative<AssignReplicasToDirsRequest>(sent)) {
    ROUTE(directory_assignments, on_request_failed, failed.why, step);
  } else {
    ROUTE(broker_lifecycle, on_request_failed, failed.why, step);
    after_lifecycle(step);
  }
  after_replicas(step);
}

void BrokerNode::route_timer(TimerKey key, Step& step) {
  watch_.suspect_after(key.kind);
  if (key.kind == Timer::kBrokerHeartbeat || key.kind == Timer::kBrokerLifecycleLimit) {
    ROUTE(broker_lifecycle, on_timer, key, step);
    after_lifecycle(step);
  } else if (key.kind == Timer::kMetadataFetchBackoff || key.kind == Timer::kMetadataSnapshot ||
             key.kind == Timer::kMetadataLogCleaning || key.kind == Timer::kMetadataFileRemoval) {
    ROUTE(metadata_observer, on_timer, key, step);
  } else if (key.kind == Timer::kDirectoryAssignment) {
    ROUTE(directory_assignments, on_timer, metadata_observer_.image(),
          broker_lifecycle_.broker_epoch(), step);
  } else {
    ROUTE(replica_manager, on_timer, key, step);
  }
  after_replicas(step);
}

void BrokerNode::route_flushed(int64_t key, Step& step) {
  if (key >= 0) {
    ROUTE(replica_manager, on_flushed, key, step);
    after_replicas(step);
    return;
  }
  set_at("metadata_observer.on_flushed");
  if (auto delta = metadata_observer_.on_flushed(key, step)) apply_metadata(*delta, step);
}

// Kafka's partition lock: while one handler thread writes to a log, others wait for it.
sim::SimTime BrokerNode::locked_until(const Message& request) const {
  sim::SimTime until = sim::SimTime::at_nanos(INT64_MIN);
  const ProduceRequest* produce = std::get_if<ProduceRequest>(&request);
  if (produce == nullptr || locks_.empty()) return until;
  for (const PartitionProduceData& data : produce->partitions) {
    auto found = locks_.find(data.partition);
    if (found != locks_.end()) until = std::max(until, found->second);
  }
  return until;
}

void BrokerNode::lock(const Message& request, sim::SimTime until) {
  const ProduceRequest* produce = std::get_if<ProduceRequest>(&request);
  if (produce == nullptr) return;
  for (const PartitionProduceData& data : produce->partitions) locks_[data.partition] = until;
}

sim::Duration BrokerNode::cost_of_reply(const Message& reply) const {
  return shell().costs.broker_receives(reply);
}

}  // namespace models
