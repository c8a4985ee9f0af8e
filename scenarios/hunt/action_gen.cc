// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/action_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "scenarios/action_catalogue.h"
#include "scenarios/hunt/target_gen.h"

namespace scenarios {

namespace {

// The topic that actions create, so that they may delete it: no client knows it.
constexpr std::string_view kOwnTopic = "scratch";

class ActionDrawer {
 public:
  ActionDrawer(Draw& draw, const Scenario& scenario, FaultClass kind)
      : draw_(draw), scenario_(scenario), kind_(kind) {
    focus_ = draw_partition(draw, scenario);
    // As faults: the last tenths of the load belong to what they leave to be done.
    last_ms_ = scenario.duration.millis() * 7 / 10;
  }

  Json all();

  // What is drawn of a verb; null: not this time.
  Json reassign();
  Json elect_preferred() { return Json(draw_.percent(50) ? "all" : focus()); }
  Json elect_unclean() { return Json(focus()); }
  Json delete_records();
  Json create_topic();
  Json delete_topic();
  Json add_partitions();
  Json alter_config();
  Json alter_broker_config();

 private:
  std::string focus() { return draw_.percent(60) ? focus_ : draw_partition(draw_, scenario_); }
  const TopicPlan& topic_of(const std::string& partition) const;
  const TopicPlan& any_topic();

  Draw& draw_;
  const Scenario& scenario_;
  FaultClass kind_;
  std::string focus_;
  int64_t last_ms_ = 0;
  int64_t own_partitions_ = 0;  // 0: the topic does not exist then.
  Json more_ = Json::object();  // Keys beside the verb.
};

struct ActionLine {
  std::string_view verb;
  int64_t weight;
  FaultClass first;  // The classes that take it begin here, in the order below.
  Json (ActionDrawer::*subject)();
};
using A = ActionDrawer;
using enum FaultClass;
// A power loss is survived by what is in sync, so nothing may leave the ISR beside it: kOnePowerLoss
// takes only what is at kOnePowerLoss.
constexpr ActionLine kLines[] = {
    {"reassign", 30, kProcesses, &A::reassign},
    {"elect_preferred", 10, kOnePowerLoss, &A::elect_preferred},
    {"delete_records", 12, kOnePowerLoss, &A::delete_records},
    {"create_topic", 10, kOnePowerLoss, &A::create_topic},
    {"delete_topic", 8, kOnePowerLoss, &A::delete_topic},
    {"add_partitions", 6, kOnePowerLoss, &A::add_partitions},
    {"alter_config", 10, kOnePowerLoss, &A::alter_config},
    {"alter_broker_config", 4, kOnePowerLoss, &A::alter_broker_config},
    {"elect_unclean", 10, kBeyond, &A::elect_unclean},
};

bool allows(FaultClass kind, FaultClass first) {
  if (first == kBeyond) return kind == kBeyond;
  return first == kOnePowerLoss || kind != kOnePowerLoss;
}

const TopicPlan& ActionDrawer::topic_of(const std::string& partition) const {
  std::string name = partition.substr(0, partition.rfind('-'));
  return *std::find_if(scenario_.topics.begin(), scenario_.topics.end(),
                       [&](const TopicPlan& topic) { return topic.name == name; });
}

const TopicPlan& ActionDrawer::any_topic() {
  int64_t last = static_cast<int64_t>(scenario_.topics.size()) - 1;
  return scenario_.topics[static_cast<size_t>(draw_.between(0, last))];
}

// To as many other brokers as there are replicas; or what is under way is called off.
Json ActionDrawer::reassign() {
  std::string partition = focus();
  if (draw_.percent(20)) {
    more_["cancel"] = true;
    return Json(partition);
  }
  std::vector<int64_t> brokers;
  for (int64_t id = 1; id <= scenario_.cluster.brokers; ++id) brokers.push_back(id);
  Json replicas = Json::array();
  for (int64_t left = topic_of(partition).replication_factor; left > 0; --left) {
    int64_t which = draw_.between(0, static_cast<int64_t>(brokers.size()) - 1);
    replicas.push_back(fmt::format("broker {}", brokers[static_cast<size_t>(which)]));
    brokers.erase(brokers.begin() + which);
  }
  more_["replicas"] = std::move(replicas);
  return Json(partition);
}

Json ActionDrawer::delete_records() {
  std::string partition = focus();
  // Kafka refuses it where cleanup.policy does not delete.
  if (!topic_of(partition).config.cleanup_policy.deletes) return nullptr;
  if (draw_.percent(60)) more_["before"] = draw_.one_of({1, 20, 200});
  return Json(partition);
}

Json ActionDrawer::create_topic() {
  if (own_partitions_ > 0) return nullptr;
  own_partitions_ = draw_.one_of({1, 3, 8});
  more_["partitions"] = own_partitions_;
  more_["replication.factor"] = draw_.between(1, std::min<int64_t>(scenario_.cluster.brokers, 3));
  return Json(kOwnTopic);
}

Json ActionDrawer::delete_topic() {
  if (own_partitions_ == 0) return nullptr;
  own_partitions_ = 0;
  return Json(kOwnTopic);
}

Json ActionDrawer::add_partitions() {
  if (own_partitions_ == 0) return nullptr;
  own_partitions_ += draw_.between(1, 4);
  more_["to"] = own_partitions_;
  return Json(kOwnTopic);
}

Json ActionDrawer::alter_config() {
  Json config = Json::object();
  if (kind_ == kBeyond && draw_.percent(50)) {
    switch (draw_.between(0, 2)) {
      case 0:
        config["unclean.leader.election.enable"] = draw_.percent(70);
        break;
      case 1:
        config["min.insync.replicas"] = draw_.between(1, 3);
        break;
      default:
        config["retention.ms"] = draw_.one_of({500, 5000});
    }
  } else {
    config[draw_.one_of({"segment.ms", "segment.jitter.ms"})] = draw_.one_of({400, 2000});
  }
  more_["config"] = std::move(config);
  return Json(any_topic().name);
}

Json ActionDrawer::alter_broker_config() {
  more_["broker_config"] = Json{{"log.segment.delete.delay.ms", draw_.one_of({0, 2000})}};
  return Json("all");
}

Json ActionDrawer::all() {
  Json actions = Json::array();
  if (!draw_.percent(45)) return actions;
  int64_t count = draw_.between(1, draw_.one_of({2, 4, 8}));
  std::vector<int64_t> times;
  for (int64_t i = 0; i < count; ++i) times.push_back(draw_.between(0, last_ms_ - 1));
  std::sort(times.begin(), times.end());  // A topic is created before it is deleted.
  for (int64_t at : times) {
    std::array<int64_t, std::size(kLines)> weights{};
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] = allows(kind_, kLines[i].first) ? kLines[i].weight : 0;
    const ActionLine& line = kLines[draw_.weighted(weights.data(), weights.size())];
    more_ = Json::object();
    Json subject = (this->*line.subject)();
    if (subject.is_null()) continue;
    Json action = Json::object();
    action["at"] = fmt::format("{}ms", at);
    action[std::string(line.verb)] = std::move(subject);
    action.update(more_);
    actions.push_back(std::move(action));
  }
  return actions;
}

}  // namespace

Json draw_actions(Draw& draw, const Scenario& scenario, FaultClass kind) {
  return ActionDrawer(draw, scenario, kind).all();
}

bool is_drawn_action(std::string_view verb) {
  return std::any_of(std::begin(kLines), std::end(kLines),
                     [&](const ActionLine& line) { return line.verb == verb; });
}

}  // namespace scenarios
