// SPDX-License-Identifier: Apache-2.0

#include "models/node/node_shell.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/world.h"

namespace models {

namespace {

class NoteFields final : public sim::FieldSource {
 public:
  explicit NoteFields(const Note& note) : note_(note) {}
  void show(sim::FieldSink& sink) const override {
    for (const auto& [name, value] : note_.fields) sink.text(name, value);
  }

 private:
  const Note& note_;
};

// A client relies on the reply: acks=all says stored for good, a consumer's read says committed.
bool is_relied_on(const Message& request) {
  if (auto* produce = std::get_if<ProduceRequest>(&request)) return produce->acks == -1;
  if (auto* fetch = std::get_if<FetchRequest>(&request)) return fetch->replica_id == kNoNode;
  auto* offsets = std::get_if<ListOffsetsRequest>(&request);
  return offsets != nullptr && offsets->replica_id == kNoNode;
}

sim::TimerName name_of_key(TimerKey key) { return {static_cast<uint16_t>(key.kind), key.id}; }
TimerKey key_of_name(sim::TimerName name) { return {static_cast<Timer>(name.kind), name.number}; }

}  // namespace

void NodeShell::on_boot(sim::Context& context) {
  handle(context, {}, [&](Step& step) { route_boot(step); });
}

void NodeShell::on_stop(sim::Context& context) {
  handle(context, {}, [&](Step& step) { route_stop(step); });
}

void NodeShell::on_stall(sim::Context& context) {
  handle(context, {}, [&](Step& step) { route_stall(step); });
}

void NodeShell::on_resume(sim::Context& context) {
  handle(context, {}, [&](Step& step) { route_resume(step); });
}

void NodeShell::on_message(sim::ConnectionId from, sim::ProcessId sender,
                           const sim::MessageHandle& message, sim::SimTime received,
                           sim::Context& context) {
  auto envelope = std::static_pointer_cast<const Envelope>(message);
  if (envelope->is_request()) {
    SIM_CHECK(server_.has_value(), "a request to a node that serves none");
    server_->on_request(from, sender, std::move(envelope), received, context);
    context.handled_at("request_server.on_request");
    return;
  }
  std::optional<MatchedReply> match = client_.on_reply(from, *envelope, context);
  if (!match) return;
  // A client does its work on one thread: what comes while it is busy waits.
  sim::SimTime start = std::max(received, thread_free_);
  sim::Duration cost = start - context.now() + context.computing(cost_of_reply(envelope->body()));
  sim::Duration spent =
      handle(context, cost, [&](Step& step) { route_reply(*match, envelope->body(), step); });
  if (!server_) thread_free_ = context.now() + spent;
}

void NodeShell::on_connected(sim::ConnectionId connection, sim::Context& context) {
  context.handled_at("network_client.on_connected");
  auto connected = client_.on_connected(connection, context);
  if (!connected || connected->first != Channel::kClient) return;
  handle(context, {}, [&](Step& step) { route_connected(connected->second, step); });
}

void NodeShell::on_closed(sim::ConnectionId connection, sim::CloseReason reason,
                          sim::Context& context) {
  if (client_.owns(connection)) {
    context.handled_at("network_client.on_closed");
    lose(client_.on_closed(connection, reason, context), context);
  } else if (server_) {
    context.handled_at("request_server.on_closed");
    server_->on_closed(connection);
  }
}

void NodeShell::lose(const std::optional<Disconnected>& lost, sim::Context& context) {
  if (!lost) return;
  if (lost->channel == Channel::kClient) {
    handle(context, {},
           [&](Step& step) { route_disconnected(lost->node, lost->retry_after, step); });
  }
  for (const FailedRequest& each : lost->failed)
    handle(context, {}, [&](Step& step) { route_failure(each, step); });
}

void NodeShell::on_timer(sim::TimerName name, sim::Context& context) {
  TimerKey key = key_of_name(name);
  if (NetworkClient::owns_timer(key.kind)) {
    context.handled_at("network_client.on_timer");
    lose(client_.on_timer(key, context), context);
    return;
  }
  handle(context, {}, [&](Step& step) { route_timer(key, step); });
}

void NodeShell::on_flushed(int64_t key, sim::Context& context) {
  handle(context, {}, [&](Step& step) { route_flushed(key, step); });
}

void NodeShell::on_service(int64_t work, sim::Context& context) {
  if (!server_) {
    context.handled_at("network_client.on_sent");
    if (auto sent = client_.on_sent(work))
      handle(context, {}, [&](Step& step) { route_sent(*sent, step); });
    return;
  }
  if (server_->read_next(work, context)) {
    context.handled_at("request_server.on_sent");
    return;
  }
  const RequestServer::Request* request = server_->take_up(work);
  if (request == nullptr) {  // Its connection closed while it was queued.
    context.handled_at("request_server.on_service");
    server_->finish({}, context);
    return;
  }
  sim::SimTime until = locked_until(request->envelope->body());
  if (until > context.now()) {
    context.handled_at("request_server.on_service");
    server_->wait(work, until, context);
    return;
  }
  serve_request(*request, work, context);
}

void NodeShell::serve_request(const RequestServer::Request& request, int64_t work,
                              sim::Context& context) {
  std::shared_ptr<const Envelope> envelope = request.envelope;  // A reply frees the request.
  RequestToken token = server_->token_of(work);
  sim::Duration spent =
      handle(context, {}, [&](Step& step) { route_request(token, envelope->body(), step); });
  if (spent > sim::Duration()) lock(envelope->body(), context.now() + spent);
  const ProduceRequest* produce = std::get_if<ProduceRequest>(&envelope->body());
  if (produce != nullptr && produce->acks == 0) server_->complete(token, spent, context);
  server_->finish(spent, context);
}

void NodeShell::count_marks(sim::Context& context) {
  static_assert(kMarkCount <= static_cast<int>(sim::World::kCounters));
  for (int i = 0; i < kMarkCount; ++i) {
    if (int64_t n = marks_.of(static_cast<Mark>(i))) context.count(static_cast<size_t>(i), n);
  }
  marks_.clear();
}

std::vector<HeldResource> NodeShell::held(const sim::Context& context) const {
  return {{"requests sent that nothing gives up on", client_.unguarded(context), 0}};
}

void NodeShell::run_effects(sim::Duration after, sim::Context& context) {
  // No effect calls a machine, so none is added meanwhile.
  for (Effect& effect : effects_.list()) run_effect(effect, after, context);
  effects_.clear();
}

void NodeShell::answer(SendReply&& reply, sim::Duration after, sim::Context& context) {
  std::shared_ptr<const Envelope> request;
  if (shell_.observed) {
    const RequestServer::Request* asked = server_->find(reply.to);
    if (asked != nullptr && is_relied_on(asked->envelope->body())) request = asked->envelope;
  }
  auto sent = server_->reply(reply.to, std::move(reply.message), after, context);
  if (request != nullptr) report_.answered.push_back({std::move(request), std::move(sent)});
}

void NodeShell::run_effect(Effect& effect, sim::Duration after, sim::Context& context) {
  if (auto* request = std::get_if<SendRequest>(&effect)) {
    client_.send(std::move(*request), after, context);
  } else if (auto* connect = std::get_if<Connect>(&effect)) {
    client_.open(connect->channel, connect->to, context);
  } else if (auto* close = std::get_if<Disconnect>(&effect)) {
    client_.close(*close, context);
  } else if (auto* reply = std::get_if<SendReply>(&effect)) {
    answer(std::move(*reply), after, context);
  } else if (auto* arm = std::get_if<ArmTimer>(&effect)) {
    sim::TimerRequest timer{name_of_key(arm->key), arm->after, name_of(arm->key.kind),
                            leads_to(arm->key.kind)};
    if (arm->awaits_node != kNoNode) {
      timer.awaits_process = shell_.cluster->process_of(arm->awaits_node);
      timer.awaits_what = arm->awaits_what;
    }
    context.arm(timer);
  } else if (auto* cancel = std::get_if<CancelTimer>(&effect)) {
    context.cancel(name_of_key(cancel->key));
  } else if (auto* seen = std::get_if<Observed>(&effect)) {
    report_.history.push_back({context.current_event(), std::move(seen->event)});
  } else if (auto* note = std::get_if<Note>(&effect)) {
    NoteFields fields(*note);
    sim::EventId id = context.note(note->what, fields);
    report_.notes.push_back({id, std::move(*note)});
  } else if (auto* flush = std::get_if<Flush>(&effect)) {
    sim::DiskView disk(context.disk(), context.now() + after, context.disk_rng());
    for (sim::FileId file : flush->files) (void)disk.sync(file);
    if (!flush->directory.empty()) (void)disk.sync_directory(flush->directory);
    context.flushed_at(context.now() + after + disk.spent(), flush->key);
  } else if (auto* drop = std::get_if<DropConnection>(&effect)) {
    server_->drop_connection(drop->of, context);
  } else if (auto* follow = std::get_if<FollowController>(&effect)) {
    client_.set_controller(follow->controller, context);
  } else if (std::holds_alternative<Exit>(effect)) {
    context.exit();
  }
}

}  // namespace models
