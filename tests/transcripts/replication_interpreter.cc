// SPDX-License-Identifier: Apache-2.0
//
// Commands of tests/transcripts/replication: see tests/transcripts/README.md.

#include "tests/transcripts/replication_stage.h"
#include "tests/transcripts/transcript_runner.h"

namespace models {
namespace {

NodeId broker_of(const Command& command, const std::string& key) {
  int64_t id = command.number(key);
  if (id < 1 || id > 3) command.fail("the brokers are 1, 2 and 3");
  return NodeId(static_cast<int32_t>(id));
}

std::vector<NodeId> brokers_of(const Command& command, const std::string& key) {
  std::vector<NodeId> ids;
  for (int64_t id : command.numbers(key)) {
    if (id < 1 || id > 3) command.fail("the brokers are 1, 2 and 3");
    ids.push_back(NodeId(static_cast<int32_t>(id)));
  }
  return ids;
}

int16_t acks_of(const Command& command) {
  std::string text = command.value("acks", "all");
  if (text == "all") return -1;
  if (text == "1") return 1;
  if (text == "0") return 0;
  command.fail("acks is 0, 1 or all");
}

class ReplicationInterpreter final : public Interpreter {
 public:
  ReplicationInterpreter() {
    define("cluster", [this](const Command& command) { begin(command); });
    define_control();
    define_traffic();
    define_faults();
    on_stage("log", [](ReplicationStage& stage, const Command& command) {
      if (command.has("broker")) return stage.tell_log(broker_of(command, "broker"));
      for (NodeId id : {kOne, kTwo, kThree}) stage.tell_log(id);
    });
    on_stage("wires", [](ReplicationStage& stage, const Command&) { stage.tell_wires(); });
  }

 private:
  using Act = void (*)(ReplicationStage&, const Command&);
  void on_stage(const std::string& verb, Act act) {
    define(verb, [this, act](const Command& command) {
      if (!stage_) command.fail("'cluster' comes first");
      act(*stage_, command);
    });
  }

  void begin(const Command& command) {
    ReplicationStage::Options options;
    options.topic.min_insync_replicas = static_cast<int32_t>(command.number("min.insync", 1));
    options.broker.replica_lag_time_max_ms =
        command.duration("lag.max", options.broker.replica_lag_time_max_ms);
    if (command.has("mutations")) {
      for (const std::string& name : command.list("mutations")) {
        std::optional<Mutation> mutation = mutation_named(name);
        if (!mutation) command.fail("no mutation is called '" + name + "'");
        options.mutations.push_back(*mutation);
      }
    }
    stage_.emplace(options, [this](const std::string& line) { say(line); });
  }

  void define_control() {
    on_stage("elect", [](ReplicationStage& stage, const Command& command) {
      std::vector<NodeId> heard = command.has("heard") ? brokers_of(command, "heard") : stage.up();
      stage.elect(broker_of(command, "leader"), brokers_of(command, "isr"), heard);
    });
    on_stage("hear", [](ReplicationStage& stage, const Command& command) {
      stage.hear(broker_of(command, "broker"));
    });
  }

  void define_traffic() {
    on_stage("produce", [](ReplicationStage& stage, const Command& command) {
      int records = static_cast<int>(command.number("records", 1));
      stage.produce(broker_of(command, "to"), acks_of(command), records,
                    command.duration("timeout", sim::Duration::seconds(30)));
    });
    on_stage("consume", [](ReplicationStage& stage, const Command& command) {
      stage.consume(broker_of(command, "from"), command.number("offset"));
    });
    on_stage("deliver", [](ReplicationStage& stage, const Command& command) {
      auto end = [&](const std::string& key) {
        if (!command.has(key)) return std::optional<NodeId>();
        bool is_controller = command.value(key) == "controller";
        return std::optional(is_controller ? kNoNode : broker_of(command, key));
      };
      stage.deliver(end("from"), end("to"));
    });
    on_stage("settle", [](ReplicationStage& stage, const Command&) { stage.settle(); });
    on_stage("advance", [](ReplicationStage& stage, const Command& command) {
      stage.advance(command.duration_word());
    });
    on_stage("run", [](ReplicationStage& stage, const Command& command) {
      stage.run(command.duration_word());
    });
  }

  void define_faults() {
    on_stage("crash", [](ReplicationStage& stage, const Command& command) {
      stage.crash(broker_of(command, "broker"));
    });
    on_stage("restart", [](ReplicationStage& stage, const Command& command) {
      stage.restart(broker_of(command, "broker"));
    });
    on_stage("isolate", [](ReplicationStage& stage, const Command& command) {
      stage.isolate(broker_of(command, "broker"));
    });
    on_stage("heal", [](ReplicationStage& stage, const Command& command) {
      stage.heal(broker_of(command, "broker"));
    });
  }

  std::optional<ReplicationStage> stage_;
};

}  // namespace

std::unique_ptr<Interpreter> make_replication_interpreter() {
  return std::make_unique<ReplicationInterpreter>();
}

}  // namespace models
