// SPDX-License-Identifier: Apache-2.0
//
// Commands of tests/transcripts/producer: one producer of topic "orders" whose application sends at
// a constant rate, and brokers that answer when they are told to.

#include <utility>

#include "models/clients/producer.h"
#include "models/common/config_keys.h"
#include "tests/models/clients/client_fixture.h"
#include "tests/transcripts/solo_stage.h"
#include "tests/transcripts/transcript_runner.h"

namespace models {
namespace {

std::string number(auto id) { return std::to_string(id.value()); }
NodeId node(int64_t id) { return NodeId(static_cast<int32_t>(id)); }

// "0" or "0-4": counts of an application's records, which are sent and resolved in order.
std::string counts_text(const ClientEvent& event) {
  std::string first = std::to_string(count_of(event.records.front().id));
  std::string last = std::to_string(count_of(event.records.back().id));
  return first == last ? first : first + "-" + last;
}

std::string batch_text(const PartitionProduceData& data) {
  BatchHeader header = *read_batch_header(data.records);
  std::string text = to_string(data.partition) + " " + std::to_string(header.record_count) +
                     (header.record_count == 1 ? " record" : " records");
  if (!header.has_producer()) return text;
  return text + " (id " + number(header.producer_id) + ", epoch " + number(header.producer_epoch) +
         ", sequence " + number(header.base_sequence) + ")";
}

ErrorCode error_of(const Command& command) {
  std::string wanted = command.value("error", "NONE");
  for (int code = -1; code < 200; ++code) {
    if (name_of(static_cast<ErrorCode>(code)) == wanted) return static_cast<ErrorCode>(code);
  }
  command.fail("no error is called '" + wanted + "'");
}

constexpr sim::Duration kReconnectBackoff = sim::Duration::millis(50);

class ProducerInterpreter final : public Interpreter {
 public:
  ProducerInterpreter() {
    define("producer", [this](const Command& command) { begin(command); });
    on_stage("metadata", &ProducerInterpreter::metadata_comes);
    on_stage("init-producer-id", &ProducerInterpreter::id_comes);
    on_stage("advance", &ProducerInterpreter::advance);
    on_stage("reply", &ProducerInterpreter::reply);
    on_stage("disconnect", &ProducerInterpreter::disconnect);
    on_stage("stop-load", &ProducerInterpreter::stop_load);
  }

 private:
  struct Sent {
    NodeId to;
    ProduceRequest request;
  };

  void on_stage(const std::string& verb, void (ProducerInterpreter::*act)(const Command&)) {
    define(verb, [this, act](const Command& command) {
      if (!producer_) command.fail("'producer' comes first");
      (this->*act)(command);
      stage_.collect();
      tell_sends();
    });
  }

  // Keys of the load: rate (records a second), value.bytes; all others are Kafka's.
  void begin(const Command& command) {
    ProducerOptions options;
    options.topic = "orders";
    options.bootstrap = {kOne};
    options.load.records = command.number("rate");
    options.load.value_bytes = static_cast<int32_t>(command.number("value.bytes", 100));
    options.load.start = stage_.now();
    options.load.end = stage_.now() + command.duration("load", sim::Duration::seconds(1000));
    options.load.skew = KeySkew::kUniform;
    for (const std::string& key : command.keys()) {
      if (key == "rate" || key == "value.bytes" || key == "load") continue;
      absl::Status set = set_producer_config(options.config, key, command.value(key));
      if (!set.ok()) command.fail(std::string(set.message()));
    }
    producer_.emplace(options);
    stage_.play({.on_timer = [this](TimerKey key, Step& s) { producer_->on_timer(key, s); },
                 .on_flushed = [](int64_t, Step&) {},
                 .on_effect = [this](Effect& effect) { take(effect); },
                 .on_idle = [this] { connect_all(); }});
    producer_->on_start(stage_.step());
    stage_.collect();
  }

  std::string clock() const { return std::to_string(stage_.passed().millis()) + " ms: "; }

  // Every broker takes a connection at once.
  void connect_all() {
    for (NodeId node : std::exchange(connecting_, {})) {
      producer_->on_connected(node, stage_.step());
      stage_.collect();
    }
  }

  void take(Effect& effect) {
    if (auto* connect = std::get_if<Connect>(&effect)) connecting_.push_back(connect->to);
    if (auto* send = std::get_if<SendRequest>(&effect)) return take_request(*send);
    if (auto* seen = std::get_if<Observed>(&effect)) take_event(seen->event);
  }

  void take_request(SendRequest& send) {
    tell_sends();
    auto* produce = std::get_if<ProduceRequest>(&send.message);
    std::string text = clock() + "-> " + number(send.to) + " ";
    if (produce == nullptr) return say(text + std::string(name_of(send.message)));
    std::string batches;
    for (const PartitionProduceData& data : produce->partitions) {
      batches += (batches.empty() ? "" : "; ") + batch_text(data);
    }
    say(text + "Produce " + batches);
    if (send.expects_reply) sent_.push_back({send.to, *produce});
  }

  void take_event(const ClientEvent& event) {
    if (event.kind == ClientEventKind::kSend) {
      sends_ += static_cast<int64_t>(event.records.size());
      last_send_ = clock();
      return;
    }
    tell_sends();
    std::string text = clock() + "records " + counts_text(event);
    if (event.kind == ClientEventKind::kAcknowledged) {
      say(text + " acknowledged at " + number(event.records.front().offset));
    } else {
      say(text + " failed: " + std::string(name_of(event.error)));
    }
  }

  // Sends of the application in a row are one line.
  void tell_sends() {
    if (sends_ == told_sends_) return;
    int64_t last = sends_ - 1;
    std::string which = std::to_string(told_sends_);
    if (last > told_sends_) which += "-" + std::to_string(last);
    say(last_send_ + "application has sent records " + which);
    told_sends_ = sends_;
  }

  void metadata_comes(const Command& command) {
    std::vector<NodeId> leaders;
    for (int64_t id : command.numbers("leaders")) leaders.push_back(node(id));
    producer_->on_metadata_response(
        kOne, metadata(leaders, static_cast<int>(command.number("epoch", 1))), {}, stage_.step());
  }

  void id_comes(const Command& command) {
    InitProducerIdResponse response{error_of(command), ProducerId(command.number("id", -1)),
                                    ProducerEpoch(0)};
    producer_->on_init_producer_id_response(kOne, response, {}, stage_.step());
  }

  void advance(const Command& command) { stage_.advance(command.duration_word()); }
  void stop_load(const Command&) { producer_->stop_load(stage_.step()); }

  // The oldest request to that broker, for it answers in order.
  Sent take_oldest(const Command& command, NodeId from) {
    for (size_t i = 0; i < sent_.size(); ++i) {
      if (sent_[i].to != from) continue;
      Sent oldest = std::move(sent_[i]);
      sent_.erase(sent_.begin() + static_cast<ptrdiff_t>(i));
      return oldest;
    }
    command.fail("nothing is in flight to broker " + number(from));
  }

  void reply(const Command& command) {
    NodeId from = node(command.number("broker", 1));
    ErrorCode error = error_of(command);
    int64_t offset = error == ErrorCode::kNone ? command.number("offset") : -1;
    NodeId leader = node(command.number("leader", -1));
    LeaderEpoch epoch(static_cast<int32_t>(command.number("leader.epoch", -1)));
    Sent oldest = take_oldest(command, from);
    ProduceResponse response;
    for (const PartitionProduceData& data : oldest.request.partitions) {
      PartitionProduceResponse one{.partition = data.partition, .error = error};
      one.base_offset = Offset(offset);
      one.current_leader = leader;
      one.current_leader_epoch = epoch;
      response.partitions.push_back(one);
    }
    producer_->on_produce_response(from, response, oldest.request, stage_.step());
  }

  // The connection breaks: all that is in flight on it fails, oldest first (NetworkClient).
  void disconnect(const Command& command) {
    NodeId from = node(command.number("broker", 1));
    std::vector<Sent> lost;
    std::erase_if(sent_, [&](const Sent& sent) {
      if (sent.to == from) lost.push_back(sent);
      return sent.to == from;
    });
    producer_->on_disconnected(from, kReconnectBackoff, stage_.step());
    stage_.collect();
    for (const Sent& sent : lost) {
      producer_->on_request_failed(from, sent.request, RequestFailure::kDisconnected,
                                   stage_.step());
      stage_.collect();
    }
  }

  SoloStage stage_;
  std::optional<Producer> producer_;
  std::vector<Sent> sent_;
  std::vector<NodeId> connecting_;
  int64_t sends_ = 0;
  int64_t told_sends_ = 0;
  std::string last_send_;  // When.
};

}  // namespace

std::unique_ptr<Interpreter> make_producer_interpreter() {
  return std::make_unique<ProducerInterpreter>();
}

}  // namespace models
