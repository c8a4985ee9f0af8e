// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "scenarios/action_catalogue.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

// The topics that there will be, as far as the actions before say.
using Known = std::vector<std::pair<std::string, int32_t>>;  // With their partitions.

Known::iterator find(Known& known, std::string_view name) {
  return std::find_if(known.begin(), known.end(),
                      [&](const auto& topic) { return topic.first == name; });
}

// One action of the file.
class ActionReader {
 public:
  ActionReader(const JsonValue& value, const ActionCard& card, const Scenario& scenario,
               Known& known, ProblemList& problems)
      : value_(value),
        card_(card),
        scenario_(scenario),
        known_(known),
        problems_(problems),
        fields_(&value, *action_declaration()),
        subject_(*value.find(card.name)) {}

  ActionPlan read(int32_t index) {
    plan_.verb = card_.verb;
    plan_.index = index;
    read_when();
    check_keys();
    plan_.text = fmt::format("{} {}", card_.name, subject_.text);
    switch (card_.verb) {
      case ActionVerb::kCreateTopic:
        read_new_topic();
        break;
      case ActionVerb::kDeleteTopic:
        if (read_topic()) known_.erase(find(known_, plan_.topic));
        break;
      case ActionVerb::kAddPartitions:
        read_more_partitions();
        break;
      case ActionVerb::kAlterConfig:
        if (read_topic()) read_config("config", models::ConfigScope::kTopic);
        break;
      case ActionVerb::kAlterBrokerConfig:
        read_brokers();
        break;
      case ActionVerb::kReassign:
        read_reassignment();
        break;
      case ActionVerb::kElectPreferred:
      case ActionVerb::kElectUnclean:
        read_partitions();
        break;
      case ActionVerb::kDeleteRecords:
        read_deletion();
        break;
    }
    return std::move(plan_);
  }

 private:
  void report(std::string_view key, std::string message) {
    const JsonValue* member = fields_.find(key);
    problems_.at_value(member == nullptr ? value_ : *member, std::move(message));
  }

  void read_when() {
    plan_.at = sim::SimTime() + fields_.duration("at").value_or(sim::Duration());
    plan_.every = fields_.duration("every").value_or(sim::Duration());
    plan_.times = static_cast<int32_t>(fields_.integer("times").value_or(1));
    bool every = fields_.find("every") != nullptr;
    bool times = fields_.find("times") != nullptr;
    if (every && !times) report("every", "\"every\" needs \"times\"");
    if (times && !every && plan_.times > 1) report("times", "\"times\" needs \"every\"");
    if (scenario_.duration == sim::Duration()) return;  // Malformed; reported.
    std::string end = duration_text(scenario_.duration);
    if (plan_.at - sim::SimTime() >= scenario_.duration) {
      return report("at", fmt::format("the run is over by then, it lasts {}", end));
    }
    __int128 last =
        plan_.at.nanos() + static_cast<__int128>(plan_.every.nanos()) * (plan_.times - 1);
    if (last < scenario_.duration.nanos()) return;
    report("times", fmt::format("the last time is after the end of the run, which lasts {}", end));
  }

  // Keys of other verbs.
  void check_keys() {
    std::vector<std::string_view> taken = split_words(card_.keys);
    for (const JsonValue& member : value_.children) {
      const KeyDecl* key = find_key(*action_declaration(), member.key);
      if (key == nullptr || key->choice || key->planned) continue;
      if (std::find(taken.begin(), taken.end(), member.key) != taken.end()) continue;
      problems_.at_key(member, fmt::format("{} takes no \"{}\"; it takes {}", card_.name,
                                           member.key, fmt::join(taken, ", ")));
    }
  }

  bool check_name(std::string_view name) {
    if (find(known_, name) != known_.end()) return true;
    std::vector<std::string_view> names;
    for (const auto& [topic, partitions] : known_) names.push_back(topic);
    problems_.at_value(subject_, fmt::format("there is no topic {} then{}", in_quotes(name),
                                             did_you_mean(name, names)));
    return false;
  }

  bool read_topic() {
    if (subject_.kind != JsonKind::kString) return false;
    plan_.topic = subject_.text;
    return check_name(plan_.topic);
  }

  void read_new_topic() {
    plan_.topic = subject_.text;
    plan_.partitions = static_cast<int32_t>(fields_.integer("partitions").value_or(1));
    plan_.replication_factor =
        static_cast<int16_t>(fields_.integer("replication.factor").value_or(1));
    if (plan_.replication_factor > scenario_.cluster.brokers) {
      report("replication.factor",
             fmt::format("{0} replicas need {0} brokers, the cluster has {1}",
                         plan_.replication_factor, scenario_.cluster.brokers));
    }
    if (find(known_, plan_.topic) != known_.end()) {
      problems_.at_value(subject_,
                         fmt::format("there is a topic {} already then", in_quotes(plan_.topic)));
    } else {
      known_.emplace_back(plan_.topic, plan_.partitions);
    }
    if (fields_.find("config") != nullptr) read_config("config", models::ConfigScope::kTopic);
  }

  void read_more_partitions() {
    if (fields_.find("to") == nullptr) problems_.at_value(value_, "needs \"to\"");
    if (!read_topic()) return;
    plan_.partitions = static_cast<int32_t>(fields_.integer("to").value_or(0));
    auto topic = find(known_, plan_.topic);
    if (plan_.partitions > 0 && plan_.partitions <= topic->second) {
      report("to", fmt::format("{} has {} partitions then; `to` must be more", plan_.topic,
                               topic->second));
    }
    topic->second = std::max(topic->second, plan_.partitions);
    plan_.text = fmt::format("{} {} to {}", card_.name, plan_.topic, plan_.partitions);
  }

  void read_config(std::string_view key, models::ConfigScope scope) {
    const JsonValue* config = fields_.find(key);
    if (config == nullptr) return problems_.at_value(value_, fmt::format("needs \"{}\"", key));
    models::BrokerConfig scratch;
    ConfigReader reader(config, scope, problems_);
    reader.read([&](std::string_view name, std::string_view text) {
      return scope == models::ConfigScope::kTopic
                 ? models::set_topic_config(scratch.topic, name, text)
                 : models::set_broker_config(scratch, name, text);
    });
    plan_.config = reader.text();
    std::string settings;
    for (const auto& [name, text] : plan_.config)
      settings += fmt::format("{}{}={}", settings.empty() ? "" : ", ", name, text);
    plan_.text += fmt::format(" {}", settings);
  }

  void read_brokers() {
    if (subject_.kind != JsonKind::kString || subject_.text != "all") {
      plan_.brokers = read_targets(subject_);
    }
    std::vector<std::string_view> names;
    for (const Target& target : plan_.brokers) names.push_back(target.text);
    plan_.text = fmt::format("{} {}", card_.name,
                             names.empty() ? "all" : fmt::format("{}", fmt::join(names, ", ")));
    read_config("broker_config", models::ConfigScope::kBroker);
  }

  std::vector<Target> read_targets(const JsonValue& value) {
    std::vector<Target> targets;
    auto add = [&](const JsonValue& element) {
      if (element.kind != JsonKind::kString || problems_.full()) return;
      absl::StatusOr<Target> target = parse_target(scenario_, element.text);
      if (!target.ok()) return problems_.at_value(element, std::string(target.status().message()));
      bool broker =
          target->kind != Target::Kind::kClient && target->kind != Target::Kind::kController;
      if (!broker) problems_.at_value(element, "must be a broker");
      targets.push_back(*std::move(target));
    };
    add(value);
    for (const JsonValue& element : value.children) add(element);
    return targets;
  }

  void read_reassignment() {
    read_partition(subject_.text);
    plan_.cancels = fields_.flag("cancel").value_or(false);
    const JsonValue* replicas = fields_.find("replicas");
    if (plan_.cancels == (replicas != nullptr)) {
      return problems_.at_value(value_, "needs either \"replicas\" or \"cancel\": true");
    }
    if (plan_.cancels) {
      plan_.text = fmt::format("{} {}: cancel", card_.name, subject_.text);
      return;
    }
    plan_.brokers = read_targets(*replicas);
    std::vector<std::string_view> names;
    for (size_t i = 0; i < plan_.brokers.size(); ++i) {
      names.push_back(plan_.brokers[i].text);
      auto twice = std::find(plan_.brokers.begin(),
                             plan_.brokers.begin() + static_cast<ptrdiff_t>(i), plan_.brokers[i]);
      bool fixed = plan_.brokers[i].kind == Target::Kind::kBroker;
      if (fixed && twice != plan_.brokers.begin() + static_cast<ptrdiff_t>(i)) {
        report("replicas", fmt::format("{} is named twice", in_quotes(plan_.brokers[i].text)));
      }
    }
    plan_.text = fmt::format("{} {} to {}", card_.name, subject_.text, fmt::join(names, ", "));
  }

  void read_deletion() {
    read_partition(subject_.text);
    std::optional<int64_t> before = fields_.integer("before");
    if (!before) return;
    plan_.before = models::Offset(*before);
    plan_.text += fmt::format(" before {}", *before);
  }

  // "orders-0": of a topic that exists then.
  bool read_partition(std::string_view text) {
    size_t dash = text.rfind('-');
    std::string_view name = text.substr(0, std::min(dash, text.size()));
    std::string_view number = dash == std::string_view::npos ? "" : text.substr(dash + 1);
    absl::StatusOr<int64_t> index = parse_integer(number);
    if (!index.ok() || *index < 0) {
      problems_.at_value(subject_,
                         fmt::format("{} names no partition; write a topic and a number, as "
                                     "\"orders-0\"",
                                     in_quotes(text)));
      return false;
    }
    if (!check_name(name)) return false;
    int32_t count = find(known_, name)->second;
    if (*index >= count) {
      problems_.at_value(subject_, fmt::format("there is no partition {} then: {} has {}, from 0",
                                               in_quotes(text), name, count));
      return false;
    }
    plan_.partition = models::TopicPartition{std::string(name), static_cast<int32_t>(*index)};
    return true;
  }

  // "all", a topic or a partition.
  void read_partitions() {
    if (subject_.text == "all") return;
    if (find(known_, subject_.text) != known_.end()) {
      plan_.topic = subject_.text;
    } else {
      read_partition(subject_.text);
    }
  }

  const JsonValue& value_;
  const ActionCard& card_;
  const Scenario& scenario_;
  Known& known_;
  ProblemList& problems_;
  Fields fields_;
  const JsonValue& subject_;
  ActionPlan plan_;
};

// The verb; null when there is none or it is not supported.
const ActionCard* card_for(const JsonValue& value) {
  for (const JsonValue& member : value.children) {
    if (const ActionCard* card = find_action(member.key)) return card;
  }
  return nullptr;
}

}  // namespace

// Names are looked up in the order of the file, which is taken for that of time.
void load_actions(const Fields& root, Scenario& scenario, ProblemList& problems) {
  Known known;
  for (const TopicPlan& topic : scenario.topics) known.emplace_back(topic.name, topic.partitions);
  int32_t index = 0;
  for (const JsonValue* value : root.entries("actions")) {
    if (const ActionCard* card = card_for(*value)) {
      scenario.actions.push_back(
          ActionReader(*value, *card, scenario, known, problems).read(index));
    }
    ++index;
  }
  for (TopicPlan& topic : scenario.topics) {
    topic.final_partitions = topic.partitions;
    for (const ActionPlan& action : scenario.actions) {
      bool grows = action.verb == ActionVerb::kAddPartitions && action.topic == topic.name;
      if (grows) topic.final_partitions = std::max(topic.final_partitions, action.partitions);
    }
  }
}

}  // namespace scenarios
