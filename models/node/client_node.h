// SPDX-License-Identifier: Apache-2.0
//
// Client processes: a producer, a consumer, an administrator.

#ifndef MODELS_NODE_CLIENT_NODE_H_
#define MODELS_NODE_CLIENT_NODE_H_

#include "models/clients/admin.h"
#include "models/clients/consumer.h"
#include "models/clients/producer.h"
#include "models/node/node_shell.h"

namespace models {

class ProducerNode final : public NodeShell {
 public:
  ProducerNode(const ShellOptions& shell, const ProducerOptions& options);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<ProducerNode>(*this);
  }
  Producer& producer() { return producer_; }
  const Producer& producer() const { return producer_; }
  std::vector<HeldResource> held(const sim::Context& context) const override;
  void show_state(sim::FieldSink& sink) const override { sim::show(sink, "producer", producer_); }

 private:
  void route_boot(Step& step) override;
  void route_stop(Step& step) override;
  void route_stall(Step& step) override;
  void route_resume(Step& step) override;
  void route_request(RequestToken token, const Message& request, Step& step) override;
  void route_reply(const MatchedReply& match, const Message& reply, Step& step) override;
  void route_failure(const FailedRequest& failed, Step& step) override;
  void route_connected(NodeId node, Step& step) override;
  void route_disconnected(NodeId node, sim::Duration retry_after, Step& step) override;
  void route_sent(const MatchedReply& match, Step& step) override;
  void route_timer(TimerKey key, Step& step) override;
  void route_flushed(int64_t key, Step& step) override;
  sim::Duration cost_of_reply(const Message& reply) const override;
  sim::Duration cost_of_effects(const Effects& effects) const override;

  Producer producer_;
};

class ConsumerNode final : public NodeShell {
 public:
  ConsumerNode(const ShellOptions& shell, const ConsumerOptions& options);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<ConsumerNode>(*this);
  }
  Consumer& consumer() { return consumer_; }
  const Consumer& consumer() const { return consumer_; }
  void show_state(sim::FieldSink& sink) const override { sim::show(sink, "consumer", consumer_); }

 private:
  void route_boot(Step& step) override;
  void route_stop(Step& step) override;
  void route_stall(Step& step) override;
  void route_resume(Step& step) override;
  void route_request(RequestToken token, const Message& request, Step& step) override;
  void route_reply(const MatchedReply& match, const Message& reply, Step& step) override;
  void route_failure(const FailedRequest& failed, Step& step) override;
  void route_connected(NodeId node, Step& step) override;
  void route_disconnected(NodeId node, sim::Duration retry_after, Step& step) override;
  void route_timer(TimerKey key, Step& step) override;
  void route_flushed(int64_t key, Step& step) override;
  sim::Duration cost_of_reply(const Message& reply) const override;

  Consumer consumer_;
};

class AdminNode final : public NodeShell {
 public:
  AdminNode(const ShellOptions& shell, const AdminOptions& options);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<AdminNode>(*this);
  }
  const Admin& admin() const { return admin_; }
  Admin& admin() { return admin_; }
  void show_state(sim::FieldSink& sink) const override { sim::show(sink, "admin", admin_); }

 private:
  void route_boot(Step& step) override;
  void route_stop(Step& step) override;
  void route_request(RequestToken token, const Message& request, Step& step) override;
  void route_reply(const MatchedReply& match, const Message& reply, Step& step) override;
  void route_failure(const FailedRequest& failed, Step& step) override;
  void route_timer(TimerKey key, Step& step) override;
  void route_flushed(int64_t key, Step& step) override;
  sim::Duration cost_of_reply(const Message& reply) const override;

  Admin admin_;
};

}  // namespace models

#endif  // MODELS_NODE_CLIENT_NODE_H_
