// SPDX-License-Identifier: Apache-2.0
//
// Runs one controller on its effects alone: timers fire, and flushes take one millisecond.
//
//   ControllerHarness at;
//   at.start();
//   BrokerEpoch epoch = at.add_broker(1);
//   RequestToken token = at.heartbeat(1, epoch);
//   at.run(100_ms);
//   at.reply<BrokerHeartbeatResponse>(token)->is_fenced

#ifndef TESTS_MODELS_CONTROLLER_CONTROLLER_HARNESS_H_
#define TESTS_MODELS_CONTROLLER_CONTROLLER_HARNESS_H_

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/controller/controller.h"
#include "tests/support/step_fixture.h"

namespace models {

inline Uuid incarnation(uint64_t number) { return Uuid{{number, number}}; }

class ControllerHarness {
 public:
  static constexpr sim::Duration kFlush = sim::Duration::millis(1);

  explicit ControllerHarness(ControllerOptions options = {NodeId(100), {}, "metadata", 0})
      : options_(std::move(options)), controller_(options_) {}

  void start() {
    controller_.on_start(step());
    collect();
    run(sim::Duration::millis(60));
  }
  // The process dies, files stay as they are, and it starts anew.
  void restart() {
    timers_.clear();
    flushes_.clear();
    controller_ = Controller(options_);
    start();
  }

  // Lets `d` pass: timers and flushes that fall due are handled in order.
  void run(sim::Duration d) {
    sim::MonoTime end = at_.mono() + d;
    while (fire_next(end)) {
    }
    at_.advance(end - at_.mono());
  }

  RequestToken register_broker(int32_t id, uint64_t incarnation_number, int64_t previous = -1,
                               std::vector<Uuid> log_dirs = {}) {
    return send([&](RequestToken token) {
      controller_.on_broker_registration(
          token, {NodeId(id), incarnation(incarnation_number), "", BrokerEpoch(previous), log_dirs},
          step());
    });
  }
  RequestToken heartbeat(int32_t id, BrokerEpoch epoch, int64_t offset = 1'000'000,
                         bool want_fence = false, bool want_shut_down = false,
                         std::vector<Uuid> offline = {}) {
    return send([&](RequestToken token) {
      controller_.on_broker_heartbeat(
          token, {NodeId(id), epoch, Offset(offset), want_fence, want_shut_down, offline}, step());
    });
  }
  RequestToken assign(AssignReplicasToDirsRequest request) {
    return send([&](RequestToken token) {
      controller_.on_assign_replicas_to_dirs(token, request, step());
    });
  }
  // Of the topics that have these names now, unless an id is given.
  RequestToken alter_partition(AlterPartitionRequest request) {
    const auto& topics = controller_.committed_image().topics;
    for (AlterPartitionData& each : request.partitions) {
      auto topic = topics.find(each.partition.topic);
      if (each.topic_id.is_zero() && topic != topics.end()) each.topic_id = topic->second.id;
    }
    return send(
        [&](RequestToken token) { controller_.on_alter_partition(token, request, step()); });
  }
  RequestToken create_topics(CreateTopicsRequest request) {
    return send([&](RequestToken token) { controller_.on_create_topics(token, request, step()); });
  }
  RequestToken allocate_producer_ids(int32_t id, BrokerEpoch epoch) {
    return send([&](RequestToken token) {
      controller_.on_allocate_producer_ids(token, {NodeId(id), epoch}, step());
    });
  }
  RequestToken unregister_broker(int32_t id) {
    return send(
        [&](RequestToken token) { controller_.on_unregister_broker(token, {NodeId(id)}, step()); });
  }
  RequestToken delete_topics(DeleteTopicsRequest request) {
    return send([&](RequestToken token) { controller_.on_delete_topics(token, request, step()); });
  }
  RequestToken create_partitions(CreatePartitionsRequest request) {
    return send(
        [&](RequestToken token) { controller_.on_create_partitions(token, request, step()); });
  }
  RequestToken alter_configs(IncrementalAlterConfigsRequest request) {
    return send([&](RequestToken token) {
      controller_.on_incremental_alter_configs(token, request, step());
    });
  }
  RequestToken reassign(AlterPartitionReassignmentsRequest request) {
    return send([&](RequestToken token) {
      controller_.on_alter_partition_reassignments(token, request, step());
    });
  }
  RequestToken list_reassignments(ListPartitionReassignmentsRequest request = {}) {
    return send([&](RequestToken token) {
      controller_.on_list_partition_reassignments(token, request, step());
    });
  }
  RequestToken elect_leaders(ElectLeadersRequest request) {
    return send([&](RequestToken token) { controller_.on_elect_leaders(token, request, step()); });
  }
  RequestToken fetch(int64_t offset, int32_t max_wait_ms = 500) {
    FetchRequest request;
    request.max_wait_ms = max_wait_ms;
    request.partitions.resize(1);
    request.partitions[0].partition = {"__cluster_metadata", 0};
    request.partitions[0].fetch_offset = Offset(offset);
    request.partitions[0].current_leader_epoch = controller_.epoch();
    return send([&](RequestToken token) { controller_.on_quorum_request(token, request, step()); });
  }

  RequestToken send_fetch(const FetchRequest& request) {
    return send([&](RequestToken token) { controller_.on_quorum_request(token, request, step()); });
  }

  // Registers and unfences a broker.
  BrokerEpoch add_broker(int32_t id, std::vector<Uuid> log_dirs = {}) {
    RequestToken token = register_broker(id, static_cast<uint64_t>(id), -1, std::move(log_dirs));
    run(sim::Duration::millis(60));
    BrokerEpoch epoch = reply<BrokerRegistrationResponse>(token)->broker_epoch;
    heartbeat(id, epoch);
    run(sim::Duration::millis(60));
    return epoch;
  }
  void add_topic(const std::string& name, int32_t partitions, int16_t replication_factor,
                 std::vector<std::pair<std::string, std::string>> configs = {}) {
    create_topics({{{name, partitions, replication_factor, std::move(configs)}}});
    run(sim::Duration::millis(60));
  }

  template <class M>
  std::optional<M> reply(RequestToken token) const {
    for (const SendReply& reply : replies_) {
      if (reply.to == token) return std::get<M>(reply.message);
    }
    return std::nullopt;
  }
  bool replied(RequestToken token) const {
    return std::any_of(replies_.begin(), replies_.end(),
                       [&](const SendReply& reply) { return reply.to == token; });
  }
  std::vector<Note> notes(std::string_view what) const {
    std::vector<Note> found;
    std::copy_if(notes_.begin(), notes_.end(), std::back_inserter(found),
                 [&](const Note& note) { return note.what == what; });
    return found;
  }
  // Timers armed now, with when they fire and what they await.
  const ArmTimer* timer(TimerKey key) const {
    auto it = timers_.find(key);
    return it == timers_.end() ? nullptr : &it->second.second;
  }

  Controller& controller() { return controller_; }
  StepFixture& fixture() { return at_; }
  Step& step() { return at_.step(); }
  bool flush_is_under_way() const { return !flushes_.empty(); }
  int flushes_begun() const { return flushes_begun_; }
  bool exited() const { return exited_; }

  const PartitionRegistration& partition(const std::string& topic, int32_t index = 0) {
    return *controller_.latest_image().find(TopicPartition{topic, index});
  }

 private:
  template <class F>
  RequestToken send(F deliver) {
    RequestToken token(++tokens_);
    deliver(token);
    collect();
    return token;
  }

  void collect() {
    std::vector<Effect> effects = std::move(at_.effects().list());
    at_.clear();
    for (const Effect& effect : effects) {
      if (auto* reply = std::get_if<SendReply>(&effect)) replies_.push_back(*reply);
      if (auto* note = std::get_if<Note>(&effect)) notes_.push_back(*note);
      if (auto* timer = std::get_if<ArmTimer>(&effect)) {
        timers_[timer->key] = {at_.mono() + timer->after, *timer};
      }
      if (auto* cancel = std::get_if<CancelTimer>(&effect)) timers_.erase(cancel->key);
      if (auto* flush = std::get_if<Flush>(&effect)) {
        flushes_.emplace_back(at_.mono() + kFlush, flush->key);
        ++flushes_begun_;
      }
      if (std::holds_alternative<Exit>(effect)) exited_ = true;
    }
  }

  // Handles the next thing due by `end`; false if there is none.
  bool fire_next(sim::MonoTime end) {
    auto next = std::min_element(timers_.begin(), timers_.end(),
                                 [](auto& a, auto& b) { return a.second.first < b.second.first; });
    bool flush_first = !flushes_.empty() &&
                       (next == timers_.end() || flushes_.front().first <= next->second.first);
    if (!flush_first && next == timers_.end()) return false;
    sim::MonoTime due = flush_first ? flushes_.front().first : next->second.first;
    if (due > end) return false;
    at_.advance(due - at_.mono());
    if (flush_first) {
      int64_t key = flushes_.front().second;
      flushes_.pop_front();
      controller_.on_flushed(key, step());
    } else {
      TimerKey key = next->first;
      timers_.erase(next);
      controller_.on_timer(key, step());
    }
    collect();
    return true;
  }

  StepFixture at_;
  ControllerOptions options_;
  Controller controller_;
  std::map<TimerKey, std::pair<sim::MonoTime, ArmTimer>> timers_;
  std::deque<std::pair<sim::MonoTime, int64_t>> flushes_;
  std::vector<SendReply> replies_;
  std::vector<Note> notes_;
  uint64_t tokens_ = 0;
  int flushes_begun_ = 0;
  bool exited_ = false;
};

}  // namespace models

#endif  // TESTS_MODELS_CONTROLLER_CONTROLLER_HARNESS_H_
