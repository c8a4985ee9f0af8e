// SPDX-License-Identifier: Apache-2.0
//
// The shell around machines: the only place where they meet the kernel. It brings each event to the
// right handler with a Step made for that moment, then carries out the effects that the handler left,
// in order, once the time that the handler's own work takes has passed.
//
//   sim event --> route (models/node/*_routes.cc) --> machine.on_something(input, step)
//                                                        | effects
//   sim calls <-- run_effects <--------------------------+
//
// A subclass holds the machines of one kind of node and routes to them.

#ifndef MODELS_NODE_NODE_SHELL_H_
#define MODELS_NODE_NODE_SHELL_H_

#include <memory>
#include <string_view>
#include <vector>

#include "models/common/held_resource.h"
#include "models/common/step.h"
#include "models/node/cluster_map.h"
#include "models/node/cost_model.h"
#include "models/node/network_client.h"
#include "models/node/request_server.h"
#include "sim/disk.h"
#include "sim/process.h"

namespace models {

// The one macro of models/: names the handler in trace and digest by the tokens of the call itself,
// so that the name leads to the code. `machine` is a member `machine_`, in the file `machine.cc`.
#define ROUTE(machine, handler, ...) \
  do {                               \
    set_at(#machine "." #handler);   \
    machine##_.handler(__VA_ARGS__); \
  } while (false)

enum class NodeKind : uint8_t { kBroker, kController, kProducer, kConsumer, kAdmin };

struct ShellOptions {
  NodeKind kind{};
  ClusterMapHandle cluster;
  MutationSet mutations;
  CostModel costs;
  bool observed = false;  // Somebody outside wants to know what changed and what was answered.
};

// What the world outside wants to know of the last events: taken by the runner after each event.
struct NodeReport {
  struct Told {
    sim::EventId event;
    Note note;
  };
  struct Saw {
    sim::EventId event;
    ClientEvent seen;
  };
  // A request on whose reply a client relies (acks=all, a consumer's fetch), and the reply that left.
  struct Answered {
    std::shared_ptr<const Envelope> request;
    std::shared_ptr<const Envelope> reply;
  };
  std::vector<Told> notes;
  std::vector<Saw> history;
  std::vector<Answered> answered;  // Of observed nodes only.
  bool empty() const { return notes.empty() && history.empty() && answered.empty(); }
  void clear() {
    notes.clear();
    history.clear();
    answered.clear();
  }
};

class NodeShell : public sim::Process {
 public:
  NodeKind kind() const { return shell_.kind; }
  NodeReport& report() { return report_; }
  // What the node holds on to, each with what it may hold when nothing is under way. `context` is
  // the node's own. For whoever looks for leaks.
  virtual std::vector<HeldResource> held(const sim::Context& context) const;

  void on_boot(sim::Context& context) final;
  void on_stop(sim::Context& context) final;
  void on_stall(sim::Context& context) final;
  void on_resume(sim::Context& context) final;
  void on_message(sim::ConnectionId from, sim::ProcessId sender, const sim::MessageHandle& message,
                  sim::SimTime received, sim::Context& context) final;
  void on_connected(sim::ConnectionId connection, sim::Context& context) final;
  void on_closed(sim::ConnectionId connection, sim::CloseReason reason,
                 sim::Context& context) final;
  void on_timer(sim::TimerName name, sim::Context& context) final;
  void on_service(int64_t work, sim::Context& context) final;
  void on_flushed(int64_t key, sim::Context& context) final;

  // Runs `call(step)` on the node's machines as an event of its own, from the runner (World::poke).
  template <class Call>
  void run(sim::Context& context, const Call& call) {
    handle(context, sim::Duration(), call);
  }

 protected:
  explicit NodeShell(const ShellOptions& options) : shell_(options), client_(options.cluster) {}
  NodeShell(const NodeShell&) = default;

  // --- Routes, one method an input; each names its handler with ROUTE ---
  virtual void route_boot(Step& step) = 0;
  virtual void route_stop(Step& step) = 0;
  // Of a client: its application's thread stands still, and goes on.
  virtual void route_stall(Step&) {}
  virtual void route_resume(Step&) {}
  virtual void route_request(RequestToken token, const Message& request, Step& step) = 0;
  virtual void route_reply(const MatchedReply& match, const Message& reply, Step& step) = 0;
  virtual void route_failure(const FailedRequest& failed, Step& step) = 0;
  // Of a client: a connection of its own came about, or broke or failed (before the failures of what
  // was in flight); a request that expects no reply has left.
  virtual void route_connected(NodeId, Step&) {}
  virtual void route_disconnected(NodeId, sim::Duration /*retry_after*/, Step&) {}
  virtual void route_sent(const MatchedReply&, Step&) {}
  virtual void route_timer(TimerKey key, Step& step) = 0;
  virtual void route_flushed(int64_t key, Step& step) = 0;
  // Called after each handler, before its effects are carried out.
  virtual void after_handler(Step&) {}
  // How long the request must wait for another that works on the same thing. 0: not at all.
  virtual sim::SimTime locked_until(const Message&) const {
    return sim::SimTime::at_nanos(INT64_MIN);
  }
  virtual void lock(const Message&, sim::SimTime) {}
  // CPU time of work that is not a request from outside.
  virtual sim::Duration cost_of_reply(const Message& reply) const = 0;
  virtual sim::Duration cost_of_effects(const Effects&) const { return {}; }

  void set_at(std::string_view at) { at_ = at; }
  const ShellOptions& shell() const { return shell_; }
  NetworkClient& client() { return client_; }
  RequestServer* server() { return server_ ? &*server_ : nullptr; }
  const RequestServer* server() const { return server_ ? &*server_ : nullptr; }
  void serve(int32_t network_threads, int32_t io_threads) {
    server_.emplace(shell_.costs, network_threads, io_threads);
  }

 private:
  // Makes a step, runs `call`, and carries out its effects `cost` and the disk's time later.
  // Returns that time.
  template <class Call>
  sim::Duration handle(sim::Context& context, sim::Duration cost, const Call& call);
  void count_marks(sim::Context& context);
  void run_effects(sim::Duration after, sim::Context& context);
  void run_effect(Effect& effect, sim::Duration after, sim::Context& context);
  void answer(SendReply&& reply, sim::Duration after, sim::Context& context);
  void lose(const std::optional<Disconnected>& lost, sim::Context& context);
  void serve_request(const RequestServer::Request& request, int64_t work, sim::Context& context);

  ShellOptions shell_;
  NetworkClient client_;
  std::optional<RequestServer> server_;
  sim::SimTime thread_free_ = sim::SimTime::at_nanos(INT64_MIN);  // A client's own thread.
  Effects effects_;                                               // Empty between events.
  Marks marks_;                                                   // Likewise.
  NodeReport report_;
  std::string_view at_;
};

template <class Call>
sim::Duration NodeShell::handle(sim::Context& context, sim::Duration cost, const Call& call) {
  sim::DiskView disk(context.disk(), context.now() + cost, context.disk_rng());
  Step step{context.mono(), context.wall(),   context.rng(), disk,
            effects_,       shell_.mutations, marks_};
  at_ = {};
  call(step);
  after_handler(step);
  if (!at_.empty()) context.handled_at(at_);
  if (marks_.any()) count_marks(context);
  sim::Duration after = cost + disk.spent() + context.computing(cost_of_effects(effects_));
  if (context.disk().hit_crash_point()) {
    effects_.clear();  // The process died in the middle; nothing of this left it.
  } else {
    run_effects(after, context);
  }
  return after;
}

}  // namespace models

#endif  // MODELS_NODE_NODE_SHELL_H_
