// SPDX-License-Identifier: Apache-2.0
//
// A simulated client that sends one request over a connection of its own, without retries, and
// keeps the answer in words, as Wire.java does with a real broker.

#ifndef TESTS_CONFORMANCE_CLUSTER_SCRIPT_CLIENT_H_
#define TESTS_CONFORMANCE_CLUSTER_SCRIPT_CLIENT_H_

#include <memory>
#include <string>

#include "models/node/node_shell.h"

namespace conformance {

class ScriptClient final : public models::NodeShell {
 public:
  // To the controller if `to` is kNoNode.
  ScriptClient(const models::ShellOptions& shell, models::NodeId to, models::Message request);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<ScriptClient>(*this);
  }
  void show_state(sim::FieldSink&) const override {}
  // Empty: not yet.
  const std::string& answer() const { return answer_; }

 private:
  void route_boot(models::Step& step) override;
  void route_stop(models::Step& step) override { step.effects.exit(); }
  void route_request(models::RequestToken, const models::Message&, models::Step&) override {}
  void route_reply(const models::MatchedReply& match, const models::Message& reply,
                   models::Step& step) override;
  void route_failure(const models::FailedRequest& failed, models::Step& step) override;
  void route_sent(const models::MatchedReply& match, models::Step& step) override;
  void route_timer(models::TimerKey, models::Step&) override {}
  void route_flushed(int64_t, models::Step&) override {}
  sim::Duration cost_of_reply(const models::Message&) const override { return {}; }

  models::Channel channel() const;

  models::NodeId to_;
  models::Message request_;
  std::string answer_;
};

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_CLUSTER_SCRIPT_CLIENT_H_
