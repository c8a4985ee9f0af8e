// SPDX-License-Identifier: Apache-2.0
//
// Commands of tests/transcripts/controller: requests to one controller, whose answers come when its
// metadata log is durable. The partition is always orders-0.

#include "models/common/config_keys.h"
#include "models/controller/controller.h"
#include "tests/transcripts/solo_stage.h"
#include "tests/transcripts/transcript_runner.h"
#include "tests/transcripts/wire_text.h"

namespace models {
namespace {

constexpr sim::Duration kCommit = sim::Duration::millis(50);  // More than linger and flush.
constexpr int64_t kNothingNewer = 1'000'000;                  // A broker that has all metadata.

std::string number(auto id) { return std::to_string(id.value()); }
NodeId node(int64_t id) { return NodeId(static_cast<int32_t>(id)); }

// Without what no reader can check: random ids.
std::string told(Note note) {
  std::erase_if(note.fields, [](const auto& field) {
    return field.first == "incarnation" || field.first == "id" || field.first == "partition";
  });
  return text_of(note);
}

std::string told(const BrokerRegistrationResponse& reply) {
  if (reply.error != ErrorCode::kNone) return "registration " + std::string(name_of(reply.error));
  return "registered with broker epoch " + number(reply.broker_epoch);
}

std::string told(const BrokerHeartbeatResponse& reply) {
  if (reply.error != ErrorCode::kNone) return "heartbeat " + std::string(name_of(reply.error));
  std::string text = reply.is_fenced ? "heartbeat: fenced" : "heartbeat: unfenced";
  if (!reply.is_caught_up) text += ", not caught up";
  if (reply.should_shut_down) text += ", may shut down";
  return text;
}

class ControllerInterpreter final : public Interpreter {
 public:
  ControllerInterpreter() {
    define("controller", [this](const Command& command) { begin(command); });
    on_stage("register", &ControllerInterpreter::register_broker);
    on_stage("heartbeat", &ControllerInterpreter::heartbeat);
    on_stage("create-topic", &ControllerInterpreter::create_topic);
    on_stage("alter-partition", &ControllerInterpreter::alter_partition);
    on_stage("advance", &ControllerInterpreter::advance);
    on_stage("partition", &ControllerInterpreter::show_partition);
    on_stage("brokers", &ControllerInterpreter::show_brokers);
  }

 private:
  void on_stage(const std::string& verb, void (ControllerInterpreter::*act)(const Command&)) {
    define(verb, [this, act](const Command& command) {
      if (!controller_) command.fail("'controller' comes first");
      (this->*act)(command);
    });
  }

  void begin(const Command& command) {
    ControllerOptions options{.node_id = NodeId(3000), .config = {}, .log_directory = "metadata"};
    for (const std::string& key : command.keys()) {
      absl::Status set = set_broker_config(options.config, key, command.value(key));
      if (!set.ok()) command.fail(std::string(set.message()));
    }
    controller_.emplace(options);
    stage_.play({.on_timer = [this](TimerKey key, Step& s) { controller_->on_timer(key, s); },
                 .on_flushed = [this](int64_t key, Step& s) { controller_->on_flushed(key, s); },
                 .on_effect = [this](Effect& effect) { take(effect); }});
    controller_->on_start(stage_.step());
    stage_.collect();
    stage_.advance(kCommit);
    say(controller_->is_active() ? "active" : "not active");
  }

  void take(Effect& effect) {
    if (auto* note = std::get_if<Note>(&effect)) {
      if (note->what != "topic_created" && note->what != "brokers_ready") say(told(*note));
    } else if (auto* reply = std::get_if<SendReply>(&effect)) {
      if (auto* registered = std::get_if<BrokerRegistrationResponse>(&reply->message)) {
        if (registered->error == ErrorCode::kNone) learn_epoch(reply->to, registered->broker_epoch);
      }
      if (!quiet_) say("-> " + std::to_string(askers_[reply->to]) + " " + told(reply->message));
    }
  }
  void learn_epoch(RequestToken token, BrokerEpoch epoch) { epochs_[askers_[token]] = epoch; }

  static std::string told(const Message& message) {
    if (auto* reply = std::get_if<BrokerRegistrationResponse>(&message))
      return models::told(*reply);
    if (auto* reply = std::get_if<BrokerHeartbeatResponse>(&message)) return models::told(*reply);
    if (auto* reply = std::get_if<CreateTopicsResponse>(&message)) {
      return "topic: " + std::string(name_of(reply->topics.at(0).error));
    }
    return text_of(message);
  }
  static std::string told(const Note& note) { return models::told(note); }

  // Sends on behalf of `broker` and lets the metadata log become durable.
  template <class Handler, class Request>
  void send(int64_t broker, Handler handler, const Request& request) {
    RequestToken token(++tokens_);
    askers_[token] = broker;
    ((*controller_).*handler)(token, request, stage_.step());
    stage_.collect();
    stage_.advance(kCommit);
  }

  BrokerEpoch epoch_of(const Command& command, int64_t broker) {
    return BrokerEpoch(command.number("broker.epoch", epochs_[broker].value()));
  }

  void register_broker(const Command& command) {
    int64_t id = command.number("broker");
    uint64_t life = static_cast<uint64_t>(command.number("incarnation"));
    send(id, &Controller::on_broker_registration,
         BrokerRegistrationRequest{node(id), Uuid{{life, life}}, "",
                                   BrokerEpoch(command.number("previous.epoch", -1))});
  }

  void heartbeat(const Command& command) {
    int64_t id = command.number("broker");
    std::string wants = command.value("wants", "nothing");
    BrokerHeartbeatRequest request{node(id), epoch_of(command, id),
                                   Offset(command.number("metadata.offset", kNothingNewer))};
    request.want_fence = wants == "fence";
    request.want_shut_down = wants == "shutdown";
    send(id, &Controller::on_broker_heartbeat, request);
  }

  void create_topic(const Command& command) {
    CreatableTopic topic{
        .name = "orders",
        .num_partitions = 1,
        .replication_factor = static_cast<int16_t>(command.number("replication.factor", 3))};
    for (int64_t id : command.numbers("replicas")) {
      if (topic.assignments.empty()) topic.assignments.emplace_back();
      topic.assignments[0].push_back(NodeId(static_cast<int32_t>(id)));
    }
    if (!topic.assignments.empty()) topic.num_partitions = topic.replication_factor = -1;
    for (const std::string& key : command.keys()) {
      if (key != "replication.factor" && key != "replicas")
        topic.configs.emplace_back(key, command.value(key));
    }
    send(0, &Controller::on_create_topics, CreateTopicsRequest{{topic}});
  }

  void alter_partition(const Command& command) {
    int64_t sender = command.number("from");
    const PartitionRegistration& now = orders(command);
    AlterPartitionData data{.partition = {"orders", 0}};
    data.topic_id = controller_->latest_image().topics.at("orders").id;
    data.leader_epoch =
        LeaderEpoch(static_cast<int32_t>(command.number("leader.epoch", now.leader_epoch.value())));
    data.partition_epoch = PartitionEpoch(
        static_cast<int32_t>(command.number("partition.epoch", now.partition_epoch.value())));
    int64_t stale = command.number("with.stale.member", 0);
    for (int64_t id : command.numbers("isr")) {
      BrokerEpoch epoch = epochs_.contains(id) ? epochs_[id] : kNoBrokerEpoch;
      data.new_isr.push_back({node(id), id == stale ? BrokerEpoch(0) : epoch});
    }
    send(sender, &Controller::on_alter_partition,
         AlterPartitionRequest{node(sender), epoch_of(command, sender), {data}});
  }

  // Time passes; brokers named in `heartbeats` send one each second.
  void advance(const Command& command) {
    sim::Duration left = command.duration_word();
    std::vector<int64_t> alive;
    if (command.has("heartbeats")) alive = command.numbers("heartbeats");
    quiet_ = true;
    while (left > sim::Duration()) {
      sim::Duration next = std::min(left, sim::Duration::seconds(1));
      stage_.advance(next);
      left -= next;
      for (int64_t id : alive) {
        RequestToken token(++tokens_);
        controller_->on_broker_heartbeat(token, {node(id), epochs_[id], Offset(kNothingNewer)},
                                         stage_.step());
        stage_.collect();
      }
    }
    quiet_ = false;
  }

  const PartitionRegistration& orders(const Command& command) const {
    const PartitionRegistration* found =
        controller_->latest_image().find(TopicPartition{"orders", 0});
    if (found == nullptr) command.fail("there is no topic yet");
    return *found;
  }

  void show_partition(const Command& command) {
    const PartitionRegistration& now = orders(command);
    say("leader " + (now.leader == kNoNode ? "none" : number(now.leader)) + ", leader epoch " +
        number(now.leader_epoch) + ", partition epoch " + number(now.partition_epoch) +
        ", replicas " + ids_text(now.replicas) + ", isr " + ids_text(now.isr) +
        (now.recovering ? ", recovering" : ""));
  }

  void show_brokers(const Command&) {
    for (const auto& [id, broker] : controller_->latest_image().brokers) {
      say("broker " + number(id) + ": epoch " + number(broker.epoch) +
          (broker.fenced ? ", fenced" : ", unfenced") +
          (broker.in_controlled_shutdown ? ", in controlled shutdown" : ""));
    }
  }

  SoloStage stage_;
  std::optional<Controller> controller_;
  std::map<RequestToken, int64_t> askers_;
  std::map<int64_t, BrokerEpoch> epochs_;  // Of each broker's latest registration.
  uint64_t tokens_ = 0;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Interpreter> make_controller_interpreter() {
  return std::make_unique<ControllerInterpreter>();
}

}  // namespace models
