// SPDX-License-Identifier: Apache-2.0

#include "models/node/request_server.h"

#include <algorithm>
#include <utility>

namespace models {

namespace {

// The next request of a connection that sends for longer gets its threads when that is over, by an
// event; otherwise they are given to it beforehand, which costs none.
constexpr sim::Duration kReadsAhead = sim::Duration::millis(1);

}  // namespace

void RequestServer::on_request(sim::ConnectionId connection, sim::ProcessId sender,
                               std::shared_ptr<const Envelope> request, sim::SimTime received,
                               sim::Context& context) {
  Channel& channel = channels_[connection];
  Pending pending{std::move(request), sender, received};
  if (channel.muted) {
    channel.unread.push_back(std::move(pending));
    return;
  }
  channel.muted = true;
  begin(connection, std::move(pending), std::max(received, channel.sends_until), context);
}

void RequestServer::begin(sim::ConnectionId connection, Pending&& pending, sim::SimTime ready,
                          sim::Context& context) {
  int64_t bytes = pending.envelope->encoded_size();
  SIM_CHECK(ready >= context.now(), ready.nanos());
  sim::Duration reading = costs_.network_request + costs_.network_bytes.of(bytes);
  sim::SimTime read = network_.reserve(context.now(), ready, context.computing(reading));
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.request = Request{connection, pending.sender, std::move(pending.envelope)};
  int64_t work = static_cast<int64_t>(uint64_t{slot.generation} << 32 | index);
  sim::Duration cost = context.computing(costs_.handle(slot.request.envelope->body()));
  if (auto start = handlers_.admit(work, read, cost)) context.serve_at(start->at, start->work);
}

const RequestServer::Request* RequestServer::find(RequestToken token) const {
  size_t index = static_cast<size_t>(token.value() & 0xffffffffu);
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  bool is_current = slot.generation == token.value() >> 32 && slot.request.envelope != nullptr;
  return is_current ? &slot.request : nullptr;
}

void RequestServer::finish(sim::Duration spent, sim::Context& context) {
  if (auto next = handlers_.finish(context.now() + spent)) context.serve_at(next->at, next->work);
}

void RequestServer::release(RequestToken token) {
  uint32_t index = static_cast<uint32_t>(token.value() & 0xffffffffu);
  Slot& slot = slots_[index];
  slot.request = Request();
  ++slot.generation;
  free_.push_back(index);
}

std::shared_ptr<const Envelope> RequestServer::reply(RequestToken token, Message&& message,
                                                     sim::Duration after, sim::Context& context) {
  const Request* request = find(token);
  if (request == nullptr) return nullptr;
  sim::Duration work = context.computing(costs_.reply(message));
  auto envelope = std::make_shared<const Envelope>(request->envelope->correlation_id(), false,
                                                   std::move(message));
  sim::Duration writing =
      costs_.network_request + costs_.network_bytes.of(envelope->encoded_size());
  sim::SimTime sent =
      network_.reserve(context.now(), context.now() + after + work, context.computing(writing));
  sim::ConnectionId connection = request->connection;
  context.send(connection, envelope, sent - context.now());
  release(token);
  unmute(connection, sent, context);
  return envelope;
}

void RequestServer::complete(RequestToken token, sim::Duration after, sim::Context& context) {
  const Request* request = find(token);
  if (request == nullptr) return;
  sim::ConnectionId connection = request->connection;
  release(token);
  unmute(connection, context.now() + after, context);
}

void RequestServer::unmute(sim::ConnectionId connection, sim::SimTime at, sim::Context& context) {
  auto channel = channels_.find(connection);
  if (channel == channels_.end()) return;
  if (at - context.now() > kReadsAhead) {
    sending_[--last_sending_] = connection;
    context.serve_at(at, last_sending_);
    return;
  }
  channel->second.sends_until = at;
  std::vector<Pending>& unread = channel->second.unread;
  if (unread.empty()) {
    channel->second.muted = false;
    return;
  }
  Pending next = std::move(unread.front());
  unread.erase(unread.begin());
  begin(connection, std::move(next), std::max(at, next.received), context);
}

bool RequestServer::read_next(int64_t work, sim::Context& context) {
  auto sent = sending_.find(work);
  if (sent == sending_.end()) return false;
  sim::ConnectionId connection = sent->second;
  sending_.erase(sent);
  unmute(connection, context.now(), context);
  return true;
}

void RequestServer::drop_connection(RequestToken token, sim::Context& context) {
  const Request* request = find(token);
  if (request == nullptr) return;
  sim::ConnectionId connection = request->connection;
  context.close(connection);
  on_closed(connection);
}

void RequestServer::on_closed(sim::ConnectionId connection) {
  channels_.erase(connection);
  for (size_t index = 0; index < slots_.size(); ++index) {
    const Slot& slot = slots_[index];
    if (slot.request.envelope == nullptr || slot.request.connection != connection) continue;
    release(RequestToken(uint64_t{slot.generation} << 32 | index));
  }
}

}  // namespace models
