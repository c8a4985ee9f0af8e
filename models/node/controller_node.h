// SPDX-License-Identifier: Apache-2.0
//
// A controller process: a controller's machine, with its voter of the quorum, behind the shell.

#ifndef MODELS_NODE_CONTROLLER_NODE_H_
#define MODELS_NODE_CONTROLLER_NODE_H_

#include "models/controller/controller.h"
#include "models/node/node_shell.h"

namespace models {

class ControllerNode final : public NodeShell {
 public:
  ControllerNode(const ShellOptions& shell, const ControllerOptions& options);
  std::unique_ptr<sim::Process> clone() const override {
    return std::make_unique<ControllerNode>(*this);
  }
  const Controller& controller() const { return controller_; }
  std::vector<HeldResource> held(const sim::Context& context) const override;
  void show_state(sim::FieldSink& sink) const override {
    sim::show(sink, "controller", controller_);
    if (controller_.raft() && controller_.raft()->snapshots().count() > 0)
      sim::show(sink, "snapshots", controller_.raft()->snapshots());
  }

 private:
  void route_boot(Step& step) override;
  void route_stop(Step& step) override;
  void route_request(RequestToken token, const Message& request, Step& step) override;
  void route_reply(const MatchedReply& match, const Message& reply, Step& step) override;
  void route_failure(const FailedRequest& failed, Step& step) override;
  void route_timer(TimerKey key, Step& step) override;
  void route_flushed(int64_t key, Step& step) override;
  sim::Duration cost_of_reply(const Message&) const override { return {}; }

  Controller controller_;
};

}  // namespace models

#endif  // MODELS_NODE_CONTROLLER_NODE_H_
