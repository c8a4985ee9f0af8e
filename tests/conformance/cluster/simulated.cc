// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/cluster/simulated.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include "models/common/config_keys.h"
#include "models/node/broker_node.h"
#include "models/node/cluster.h"
#include "models/node/controller_node.h"
#include "sim/link_defaults.h"
#include "sim/world.h"
#include "tests/conformance/cluster/disk_state.h"
#include "tests/conformance/cluster/requests.h"
#include "tests/conformance/cluster/script_client.h"

namespace conformance {

namespace {

using models::NodeId;
using models::TopicPartition;

constexpr sim::Duration kPoll = sim::Duration::millis(5);
constexpr sim::Duration kWaitAtMost = sim::Duration::seconds(60);  // As the real side.
// As the real side waits, once all know.
constexpr sim::Duration kAfter = sim::Duration::millis(100);

// A wait that did not come true ends the script.
struct NotReached : std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr char kElrFeature[] = "eligible.leader.replicas.version";

models::ClusterSpec spec_of(const Script& script, const models::MutationSet& mutations) {
  models::ClusterSpec spec;
  spec.mutations = mutations;
  spec.host_link = sim::kHostLink;
  spec.nic_bytes_per_second = sim::kNicBytesPerSecond;
  // As ClusterNode.java sets them.
  Json config{{"log.retention.ms", "-1"}, {"auto.leader.rebalance.enable", "false"}};
  config.update(script.config);
  // As on the real side, where a script that says nothing has the feature off.
  spec.elr_version = config.contains(kElrFeature) ? 1 : 0;
  config.erase(kElrFeature);
  for (const auto& [key, value] : config.items()) {
    absl::Status set = models::set_broker_config(spec.config, key, value.get<std::string>());
    EXPECT_TRUE(set.ok()) << set;
  }
  return spec;
}

template <class Registration>
bool is_reassigning(const Registration& partition) {
  if constexpr (requires { partition.is_reassigning(); }) return partition.is_reassigning();
  return false;
}

class SimulatedRun {
 public:
  SimulatedRun(const Script& script, const models::MutationSet& mutations)
      : script_(script),
        world_({.seed = 1}),
        cluster_(models::Cluster::build(spec_of(script, mutations), world_)) {
    auto map = std::make_shared<models::ClusterMap>();
    for (const auto& nodes : {cluster_.controllers(), cluster_.brokers()}) {
      for (const auto& node : nodes) map->processes[node.id] = node.process;
    }
    for (const auto& node : cluster_.controllers()) map->controllers.push_back(node.id);
    for (const auto& node : cluster_.brokers()) map->brokers.push_back(node.id);
    shell_ = {models::NodeKind::kAdmin, map, {}, {}};
    client_host_ = world_.add_host({"clients", sim::ZoneId(0), {}, sim::kNicBytesPerSecond});
    until([&] { return all_up(); }, [] { return "the cluster does not start"; });
  }

  Outcome carry_out() {
    int number = 0;
    try {
      for (const Json& step : script_.steps) carry_out(++number, step);
    } catch (const NotReached& e) {
      say("step " + std::to_string(number) + " wait: NOT REACHED, " + e.what());
    }
    describe_end();
    return std::move(outcome_);
  }

 private:
  void say(std::string line) { outcome_.lines.push_back(std::move(line)); }

  // --- Looking ---

  const models::MetadataImage& image() const {
    auto* node =
        static_cast<const models::ControllerNode*>(world_.find(cluster_.controllers()[0].process));
    return node->controller().committed_image();
  }
  const models::BrokerNode* broker(NodeId id) const {
    return static_cast<const models::BrokerNode*>(world_.find(cluster_.process_of(id)));
  }
  bool is_up(NodeId id) const {
    const models::BrokerRegistration* found = image().find(id);
    return found != nullptr && !found->fenced && !found->in_controlled_shutdown;
  }
  bool all_up() const {
    for (const auto& node : cluster_.brokers()) {
      if (!is_up(node.id)) return false;
    }
    return true;
  }
  const models::PartitionRegistration& partition(const std::string& name) const {
    const models::PartitionRegistration* found = image().find(partition_of(name));
    if (found == nullptr) throw NotReached("no such partition: " + name);
    return *found;
  }
  // 2, or "leader of orders-0".
  NodeId target(const Json& named) const {
    if (named.is_number()) return NodeId(named.get<int32_t>());
    return partition(named.get<std::string>().substr(std::string("leader of ").size())).leader;
  }

  // --- Steps ---

  void carry_out(int number, const Json& step) {
    std::string verb = verb_of(step);
    std::string label = "step " + std::to_string(number) + " " + verb + " ";
    if (verb == "wait") {
      await(step["wait"]);
    } else if (verb == "sleep") {
      world_.run_until(world_.now() + sim::Duration::millis(step["sleep"].get<int64_t>()));
    } else if (verb == "await") {
      std::string name = step["await"];
      say(label + name + ": " + wait_for_answer(pending_.at(name)));
    } else if (operations().contains(verb)) {
      operate(label, verb, target(step[verb]));
    } else {
      ask(number, label, verb, step);
    }
  }

  static const std::set<std::string>& operations() {
    static const std::set<std::string> kOperations{"kill", "stop", "start", "pause", "resume"};
    return kOperations;
  }

  void operate(const std::string& label, const std::string& verb, NodeId id) {
    sim::ProcessId process = cluster_.process_of(id);
    say(label + std::to_string(id.value()));
    if (verb == "start" || verb == "resume") {
      if (const models::BrokerRegistration* known = image().find(id))
        epoch_before_[id] = known->epoch;
      if (verb == "resume") epoch_before_.erase(id);
      world_.end_fault(faults_.at(id));
      faults_.erase(id);
      return;
    }
    sim::Fault fault = sim::Crash{process};
    if (verb == "pause") fault = sim::Pause{process};
    if (verb == "stop") fault = sim::ShutDown{process};
    faults_[id] = world_.begin_fault(fault);
    if (verb != "stop") return;
    until([&] { return !world_.is_up(process); },
          [&] { return "broker " + std::to_string(id.value()) + " does not stop"; });
  }

  void ask(int number, std::string label, const std::string& verb, const Json& step) {
    std::string subject = step[verb];
    NodeId to = models::kNoNode;
    if (asks_a_replica(verb)) {
      to = step.contains("to") ? target(step["to"]) : partition(subject).leader;
      subject += " to " + std::to_string(to.value());
    }
    if (verb == "create") topics_.push_back(subject);
    std::optional<models::Message> request = request_of(step, records_);
    if (verb == "produce") records_ += step.value("records", int64_t{1});
    if (!request) {
      outcome_.skipped.push_back(number);
      return;
    }
    sim::ProcessId client = send(to, *std::move(request));
    label += subject + ": ";
    if (step.contains("async")) {
      pending_.insert_or_assign(step["async"].get<std::string>(), client);
      say(label + "sent as " + step["async"].get<std::string>());
    } else {
      say(label + wait_for_answer(client));
    }
  }

  sim::ProcessId send(NodeId to, models::Message request) {
    struct Factory final : sim::ProcessFactory {
      Factory(models::ShellOptions of, NodeId where, models::Message what)
          : shell(std::move(of)), to(where), request(std::move(what)) {}
      std::unique_ptr<sim::Process> build() const override {
        return std::make_unique<ScriptClient>(shell, to, request);
      }
      models::ShellOptions shell;
      NodeId to;
      models::Message request;
    };
    std::string name = "client " + std::to_string(world_.process_count());
    sim::ProcessId process = world_.add_process(
        client_host_, name, std::make_shared<Factory>(shell_, to, std::move(request)));
    world_.boot(process);
    return process;
  }

  std::string wait_for_answer(sim::ProcessId client) {
    auto answer = [&] { return static_cast<const ScriptClient*>(world_.find(client))->answer(); };
    sim::SimTime end = world_.now() + kWaitAtMost * 2;  // More than a client waits.
    while (answer().empty() && world_.now() < end) world_.run_until(world_.now() + kPoll);
    if (answer().empty()) throw NotReached("no answer and no failure");
    return answer();
  }

  // --- Waiting ---

  void until(const std::function<bool()>& holds, const std::function<std::string()>& otherwise) {
    sim::SimTime end = world_.now() + kWaitAtMost;
    while (!holds()) {
      if (world_.now() > end) throw NotReached(otherwise());
      world_.run_until(world_.now() + kPoll);
    }
  }

  void await(const Json& wanted) {
    until([&] { return holds(wanted); }, [&] { return wanted.dump() + " " + state(wanted); });
    for (const std::string& topic : topics_) {
      auto found = image().topics.find(topic);
      if (found == image().topics.end()) continue;
      for (size_t p = 0; p < found->second.partitions.size(); ++p) {
        TopicPartition each{topic, static_cast<int32_t>(p)};
        until([&] { return is_known(each); },
              [&] { return "brokers know of " + models::to_string(each); });
      }
    }
    world_.run_until(world_.now() + kAfter);
  }

  std::string state(const Json& wanted) const {
    if (!wanted.contains("partition")) return "";
    std::string name = wanted["partition"];
    const models::PartitionRegistration* found = image().find(partition_of(name));
    return found == nullptr ? "" : name + ": " + describe(*found);
  }

  bool holds(const Json& wanted) {
    for (const Json& each : wanted.value("up", Json::array())) {
      NodeId id(each.get<int32_t>());
      auto before = epoch_before_.find(id);
      if (!is_up(id)) return false;
      if (before != epoch_before_.end() && image().find(id)->epoch == before->second) return false;
    }
    for (const Json& each : wanted.value("fenced", Json::array())) {
      if (!image().find(NodeId(each.get<int32_t>()))->fenced) return false;
    }
    if (!wanted.contains("partition")) return true;
    return holds_for(wanted, partition_of(wanted["partition"]));
  }

  bool holds_for(const Json& wanted, const TopicPartition& name) {
    const models::PartitionRegistration* found = image().find(name);
    if (found == nullptr) return false;
    if (wanted.contains("leader") && found->leader.value() != wanted["leader"]) return false;
    if (wanted.contains("isr")) {
      std::vector<NodeId> isr;
      for (const Json& id : wanted["isr"]) isr.push_back(NodeId(id.get<int32_t>()));
      if (describe_set(found->isr) != describe_set(isr)) return false;
    }
    if (wanted.contains("reassigned") && is_reassigning(*found)) return false;
    const Json log_ends = wanted.value("log_end", Json::object());
    for (const auto& [id, end] : log_ends.items()) {
      const models::HostedPartition* replica = hosted(NodeId(std::stoi(id)), name);
      if (replica == nullptr || replica->log.log_end_offset().value() != end) return false;
    }
    return tells(wanted, "high_watermark", "latest", name, found->leader) &&
           tells(wanted, "log_start", "earliest", name, found->leader);
  }

  const models::HostedPartition* hosted(NodeId id, const TopicPartition& name) const {
    const models::BrokerNode* node = broker(id);
    return node == nullptr ? nullptr : node->replica_manager().find(name);
  }

  // Asked of the leader, as a client does.
  bool tells(const Json& wanted, const char* key, const char* at, const TopicPartition& name,
             NodeId leader) {
    if (!wanted.contains(key)) return true;
    Json step{{"list", models::to_string(name)}, {"at", at}};
    std::string answer = wait_for_answer(send(leader, *request_of(step, 0)));
    return answer.starts_with("NONE offset " + wanted[key].dump() + " ");
  }

  // All living replicas have taken in what the controller has written of this partition.
  bool is_known(const TopicPartition& name) const {
    const models::PartitionRegistration& wanted = *image().find(name);
    for (const auto& node : cluster_.brokers()) {
      if (!world_.is_up(node.process) || world_.is_paused(node.process) || !is_up(node.id))
        continue;
      const models::PartitionRegistration* known = broker(node.id)->image().find(name);
      if (known == nullptr || !(*known == wanted)) return false;
      if (!wanted.has_replica(node.id)) continue;
      const models::HostedPartition* replica = hosted(node.id, name);
      if (replica == nullptr || replica->version.leader_epoch != wanted.leader_epoch) return false;
    }
    return true;
  }

  // --- The end ---

  void describe_end() {
    std::set<std::string> sorted(topics_.begin(), topics_.end());
    for (const std::string& topic : sorted) {
      auto found = image().topics.find(topic);
      if (found == image().topics.end()) continue;
      for (size_t p = 0; p < found->second.partitions.size(); ++p)
        describe_end(TopicPartition{topic, static_cast<int32_t>(p)});
    }
  }

  void describe_end(const TopicPartition& name) {
    std::string root(models::kLogDirectory);
    on_disk(cluster_.controllers()[0].process, [&](sim::FileSystem& files) {
      for (const std::string& state : history_of(files, root, name).value_or(Lines()))
        say("partition " + models::to_string(name) + ": " + state);
    });
    for (const auto& node : cluster_.brokers()) {
      on_disk(node.process, [&](sim::FileSystem& files) {
        for (const std::string& line : replica_of(files, root, name)) {
          say("replica " + models::to_string(name) + " on " + std::to_string(node.id.value()) +
              ": " + line);
        }
      });
    }
  }

  void on_disk(sim::ProcessId process, const std::function<void(sim::FileSystem&)>& look) {
    sim::Rng rng;
    sim::DiskView view =
        sim::DiskView::observer(world_.disk(world_.host_of(process)), world_.now(), rng);
    look(view);
  }

  const Script& script_;
  sim::World world_;
  models::Cluster cluster_;
  models::ShellOptions shell_;
  sim::HostId client_host_{-1};
  std::vector<std::string> topics_;
  std::map<NodeId, sim::FaultId> faults_;
  std::map<NodeId, models::BrokerEpoch> epoch_before_;  // Of brokers that were started again.
  std::map<std::string, sim::ProcessId> pending_;
  int64_t records_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome run_simulated(const Script& script, const models::MutationSet& mutations) {
  return SimulatedRun(script, mutations).carry_out();
}

}  // namespace conformance
