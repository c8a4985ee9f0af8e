// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/cluster/script_client.h"

#include <utility>

#include "tests/conformance/cluster/requests.h"

namespace conformance {

ScriptClient::ScriptClient(const models::ShellOptions& shell, models::NodeId to,
                           models::Message request)
    : NodeShell(shell), to_(to), request_(std::move(request)) {
  models::ChannelOptions patient;
  patient.request_timeout = sim::Duration::seconds(60);
  patient.connect_timeout = patient.connect_timeout_max = sim::Duration::seconds(2);
  client().configure(models::Channel::kClient, patient);
  client().configure(models::Channel::kToController, patient);
}

models::Channel ScriptClient::channel() const {
  return to_ == models::kNoNode ? models::Channel::kToController : models::Channel::kClient;
}

void ScriptClient::route_boot(models::Step& step) {
  set_at("script_client.on_boot");
  auto* produce = std::get_if<models::ProduceRequest>(&request_);
  step.effects.request(channel(), to_, request_, produce == nullptr || produce->acks != 0);
}

// With acks=0 the broker says nothing. A second request on the same connection shows that it has
// taken the first: it is answered after it, or the connection is closed.
void ScriptClient::route_sent(const models::MatchedReply&, models::Step& step) {
  set_at("script_client.on_sent");
  step.effects.request(channel(), to_, models::MetadataRequest{});
}

void ScriptClient::route_reply(const models::MatchedReply&, const models::Message& reply,
                               models::Step&) {
  set_at("script_client.on_reply");
  answer_ = answer_of(reply);
}

void ScriptClient::route_failure(const models::FailedRequest& failed, models::Step&) {
  set_at("script_client.on_failure");
  answer_ = failed.why == models::RequestFailure::kTimedOut ? "NO_ANSWER" : "DISCONNECTED";
}

}  // namespace conformance
