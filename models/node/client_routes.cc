// SPDX-License-Identifier: Apache-2.0
//
// The one place to look up which handler of a client takes what.

#include <string>
#include <variant>

#include "models/node/client_node.h"

namespace models {

namespace {

[[noreturn]] void refuse(std::string_view what) {
  SIM_CHECK(false, "a client does not take", std::string(what));
  __builtin_unreachable();
}

// Names and passes a reply to a handler `machine_.handler(from, reply, sent, step)`.
#define ROUTE_REPLY(machine, handler, Request, Reply)                                          \
  if (auto* answer = std::get_if<Reply>(&reply)) {                                             \
    ROUTE(machine, handler, match.from, *answer, std::get<Request>(match.sent->body()), step); \
    return;                                                                                    \
  }

}  // namespace

// --- Producer ---

ProducerNode::ProducerNode(const ShellOptions& shell, const ProducerOptions& options)
    : NodeShell(shell), producer_(options) {
  const ProducerConfig& config = options.config;
  client().configure(Channel::kClient,
                     {config.request_timeout_ms, config.socket_connection_setup_timeout_ms,
                      config.socket_connection_setup_timeout_max_ms, config.reconnect_backoff_ms,
                      config.reconnect_backoff_max_ms});
}

std::vector<HeldResource> ProducerNode::held(const sim::Context& context) const {
  std::vector<HeldResource> held = NodeShell::held(context);
  if (producer_.idle())
    held.push_back({"buffer.memory that no record uses", producer_.memory_used(), 0});
  return held;
}

void ProducerNode::route_boot(Step& step) { ROUTE(producer, on_start, step); }
void ProducerNode::route_stop(Step& step) {
  set_at("producer.on_stop");
  step.effects.exit();
}
void ProducerNode::route_stall(Step& step) { ROUTE(producer, on_stall, step); }
void ProducerNode::route_resume(Step& step) { ROUTE(producer, on_resume, step); }
void ProducerNode::route_request(RequestToken, const Message& request, Step&) {
  refuse(name_of(request));
}

void ProducerNode::route_reply(const MatchedReply& match, const Message& reply, Step& step) {
  ROUTE_REPLY(producer, on_produce_response, ProduceRequest, ProduceResponse)
  ROUTE_REPLY(producer, on_metadata_response, MetadataRequest, MetadataResponse)
  ROUTE_REPLY(producer, on_init_producer_id_response, InitProducerIdRequest, InitProducerIdResponse)
  refuse(name_of(reply));
}

void ProducerNode::route_failure(const FailedRequest& failed, Step& step) {
  ROUTE(producer, on_request_failed, failed.to, failed.sent->body(), failed.why, step);
}
void ProducerNode::route_connected(NodeId node, Step& step) {
  ROUTE(producer, on_connected, node, step);
}
void ProducerNode::route_disconnected(NodeId node, sim::Duration retry_after, Step& step) {
  ROUTE(producer, on_disconnected, node, retry_after, step);
}
void ProducerNode::route_sent(const MatchedReply& match, Step& step) {
  ROUTE(producer, on_produce_sent, match.from, std::get<ProduceRequest>(match.sent->body()), step);
}
void ProducerNode::route_timer(TimerKey key, Step& step) { ROUTE(producer, on_timer, key, step); }
void ProducerNode::route_flushed(int64_t, Step&) { refuse("flushed files"); }

sim::Duration ProducerNode::cost_of_reply(const Message& reply) const {
  return shell().costs.client_receives(reply);
}
sim::Duration ProducerNode::cost_of_effects(const Effects& effects) const {
  sim::Duration cost;
  for (const Effect& effect : effects.list()) {
    if (auto* request = std::get_if<SendRequest>(&effect))
      cost += shell().costs.client_sends(request->message);
  }
  return cost;
}

// --- Consumer ---

ConsumerNode::ConsumerNode(const ShellOptions& shell, const ConsumerOptions& options)
    : NodeShell(shell), consumer_(options) {
  const ConsumerConfig& config = options.config;
  client().configure(Channel::kClient,
                     {config.request_timeout_ms, config.socket_connection_setup_timeout_ms,
                      config.socket_connection_setup_timeout_max_ms, config.reconnect_backoff_ms,
                      config.reconnect_backoff_max_ms});
}

void ConsumerNode::route_boot(Step& step) { ROUTE(consumer, on_start, step); }
void ConsumerNode::route_stop(Step& step) {
  set_at("consumer.on_stop");
  step.effects.exit();
}
void ConsumerNode::route_stall(Step& step) { ROUTE(consumer, on_stall, step); }
void ConsumerNode::route_resume(Step& step) { ROUTE(consumer, on_resume, step); }
void ConsumerNode::route_request(RequestToken, const Message& request, Step&) {
  refuse(name_of(request));
}

void ConsumerNode::route_reply(const MatchedReply& match, const Message& reply, Step& step) {
  ROUTE_REPLY(consumer, on_fetch_response, FetchRequest, FetchResponse)
  ROUTE_REPLY(consumer, on_metadata_response, MetadataRequest, MetadataResponse)
  ROUTE_REPLY(consumer, on_list_offsets_response, ListOffsetsRequest, ListOffsetsResponse)
  refuse(name_of(reply));
}

void ConsumerNode::route_failure(const FailedRequest& failed, Step& step) {
  ROUTE(consumer, on_request_failed, failed.to, failed.sent->body(), failed.why, step);
}
void ConsumerNode::route_connected(NodeId node, Step& step) {
  ROUTE(consumer, on_connected, node, step);
}
void ConsumerNode::route_disconnected(NodeId node, sim::Duration retry_after, Step& step) {
  ROUTE(consumer, on_disconnected, node, retry_after, step);
}
void ConsumerNode::route_timer(TimerKey key, Step& step) { ROUTE(consumer, on_timer, key, step); }
void ConsumerNode::route_flushed(int64_t, Step&) { refuse("flushed files"); }

sim::Duration ConsumerNode::cost_of_reply(const Message& reply) const {
  return shell().costs.client_receives(reply);
}

// --- Administrator ---

AdminNode::AdminNode(const ShellOptions& shell, const AdminOptions& options)
    : NodeShell(shell), admin_(options) {}

void AdminNode::route_boot(Step& step) { ROUTE(admin, on_start, step); }
void AdminNode::route_stop(Step& step) {
  set_at("admin.on_stop");
  step.effects.exit();
}
void AdminNode::route_request(RequestToken, const Message& request, Step&) {
  refuse(name_of(request));
}

void AdminNode::route_reply(const MatchedReply& match, const Message& reply, Step& step) {
  ROUTE_REPLY(admin, on_metadata_response, MetadataRequest, MetadataResponse)
  ROUTE_REPLY(admin, on_create_topics_response, CreateTopicsRequest, CreateTopicsResponse)
  ROUTE_REPLY(admin, on_delete_records_response, DeleteRecordsRequest, DeleteRecordsResponse)
  ROUTE(admin, on_operation_response, reply, step);
}

void AdminNode::route_failure(const FailedRequest& failed, Step& step) {
  ROUTE(admin, on_request_failed, failed.to, failed.sent->body(), failed.why, step);
}
void AdminNode::route_timer(TimerKey key, Step& step) { ROUTE(admin, on_timer, key, step); }
void AdminNode::route_flushed(int64_t, Step&) { refuse("flushed files"); }
sim::Duration AdminNode::cost_of_reply(const Message& reply) const {
  return shell().costs.client_receives(reply);
}

#undef ROUTE_REPLY

}  // namespace models
