// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "fmt/format.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/loader_parts.h"
#include "scenarios/message_names.h"
#include "scenarios/metrics.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

using Side = std::vector<Target>;

// "client billing-2" lies in "client billing".
bool is_member_of(const Target& member, const Target& client) {
  size_t dash = member.client.rfind('-');
  return dash != std::string::npos && member.client.substr(0, dash) == client.client;
}

// Whether two targets surely are the same host; "leader of orders-0" and "broker 1" may turn out to
// be when the fault begins, which the file cannot tell.
bool overlap(const Target& a, const Target& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Target::Kind::kClient) {
    return a.client == b.client || is_member_of(a, b) || is_member_of(b, a);
  }
  bool drawn = a.random || a.kind == Target::Kind::kAnyBroker;
  return !drawn && a == b;
}

// "orders-0"
bool has_partition(const Scenario& scenario, std::string_view name) {
  for (const TopicPlan& topic : scenario.topics) {
    for (int32_t i = 0; i < topic.partitions; ++i) {
      if (name == fmt::format("{}-{}", topic.name, i)) return true;
    }
  }
  return false;
}

// One fault of the file.
class FaultReader {
 public:
  FaultReader(const JsonValue& value, const FaultCard& card, const Scenario& scenario,
              ProblemList& problems)
      : value_(value),
        card_(card),
        scenario_(scenario),
        problems_(problems),
        fields_(&value, *fault_declaration()) {}

  FaultPlan read(int32_t index) {
    plan_.verb = card_.verb;
    plan_.index = index;
    read_whom(*value_.find(card_.name));
    read_when();
    read_how();
    check_keys();
    check_when();
    check_how();
    check_overlap();
    plan_.text = text();
    return std::move(plan_);
  }

 private:
  void report(std::string_view key, std::string message) {
    const JsonValue* member = fields_.find(key);
    problems_.at_value(member == nullptr ? value_ : *member, std::move(message));
  }

  void read_whom(const JsonValue& verb) {
    if (card_.target != KeyKind::kMessage) return read_sides(verb);
    absl::StatusOr<std::string> message = message_named(verb.text);
    bool is_text = verb.kind == JsonKind::kString;
    if (is_text && !message.ok()) problems_.at_value(verb, std::string(message.status().message()));
    plan_.message = message.value_or("");
    for (std::string_view end : {"from", "to"}) {
      const JsonValue* targets = fields_.find(end);
      plan_.sides.push_back(targets == nullptr ? Side() : read_side(*targets));
    }
  }

  void read_sides(const JsonValue& target) {
    bool nested = target.kind == JsonKind::kArray && !target.children.empty() &&
                  target.children[0].kind == JsonKind::kArray;
    if (nested) {
      for (const JsonValue& side : target.children) plan_.sides.push_back(read_side(side));
      return;
    }
    bool all = card_.target == KeyKind::kBrokersOrAll && target.text == "all";
    if (!all) plan_.sides.push_back(read_side(target));
  }

  Side read_side(const JsonValue& value) {
    Side side;
    if (value.kind == JsonKind::kString) add_target(value, side);
    for (const JsonValue& element : value.children) {
      if (element.kind == JsonKind::kString) add_target(element, side);
    }
    return side;
  }

  void add_target(const JsonValue& value, Side& side) {
    if (problems_.full()) return;
    absl::StatusOr<Target> target = parse_target(scenario_, value.text);
    if (!target.ok()) return problems_.at_value(value, std::string(target.status().message()));
    std::string unfit = why_unfit(*target);
    if (!unfit.empty()) problems_.at_value(value, fmt::format("{} {}", card_.name, unfit));
    if (card_.target == KeyKind::kBrokersOrAll && target->kind != Target::Kind::kBroker) {
      problems_.at_value(value, fmt::format("{} takes \"all\" or brokers by number", card_.name));
    }
    side.push_back(*std::move(target));
    places_.push_back(&value);
  }

  // Why a verb cannot hit such a target; empty: it can.
  std::string why_unfit(const Target& target) const {
    bool client = target.kind == Target::Kind::kClient;
    switch (card_.hits) {
      case FaultCard::Hits::kNodes:
        return client ? fmt::format("cannot hit a client; {} can", verbs_for_clients()) : "";
      case FaultCard::Hits::kAll:
        return "";
      case FaultCard::Hits::kClients:
        return client ? "" : "hits clients alone, as \"client NAME\"";
      case FaultCard::Hits::kZones:
        return target.kind == Target::Kind::kZone ? "" : "hits zones alone, as \"zone RACK\"";
      case FaultCard::Hits::kRegions:
        return target.kind == Target::Kind::kRegion ? "" : "hits regions alone, as \"region NAME\"";
    }
    return "";
  }

  static std::string verbs_for_clients() {
    std::vector<std::string_view> verbs;
    for (const FaultCard& card : fault_catalogue()) {
      bool clients = card.hits == FaultCard::Hits::kAll || card.hits == FaultCard::Hits::kClients;
      if (clients && card.target != KeyKind::kMessage) verbs.push_back(card.name);
    }
    return fmt::format("{}", fmt::join(verbs, ", "));
  }

  void read_when() {
    plan_.at = sim::SimTime() + fields_.duration("at").value_or(sim::Duration());
    plan_.lasts = fields_.duration("for");
    plan_.every = fields_.duration("every").value_or(sim::Duration());
    plan_.times = static_cast<int32_t>(fields_.integer("times").value_or(1));
    if (auto until = fields_.duration("until")) plan_.until = sim::SimTime() + *until;
    bool every_until = plan_.until && plan_.every > sim::Duration() && *plan_.until > plan_.at;
    if (every_until) read_times(*plan_.until - plan_.at);
    const JsonValue* when = fields_.find("when");
    if (when != nullptr && when->kind == JsonKind::kString) read_condition(*when);
  }

  // As often as there is time for, unless the file says less.
  void read_times(sim::Duration span) {
    int64_t room = (span.nanos() - 1) / plan_.every.nanos() + 1;
    int64_t asked = fields_.integer("times").value_or(room);
    if (std::min(room, asked) > kMostFaults) {
      report("every", fmt::format("would happen more than {} times", kMostFaults));
      asked = 1;
    }
    plan_.times = static_cast<int32_t>(std::min(room, asked));
  }

  void read_condition(const JsonValue& when) {
    absl::StatusOr<Expectation> condition = parse_expectation(scenario_, when.text);
    if (!condition.ok()) return problems_.at_value(when, std::string(condition.status().message()));
    bool final = find_metric(condition->metric)->kind == MetricKind::kFinal;
    if (final) {
      return problems_.at_value(when, fmt::format("{} is known when the run is over; no fault can "
                                                  "wait for it",
                                                  condition->metric));
    }
    if (condition->has_time)
      return problems_.at_value(when, "a condition says no time; \"at\" says from when it counts");
    plan_.when = *std::move(condition);
  }

  void read_how() {
    plan_.one_way = fields_.flag("one_way").value_or(false);
    plan_.factor = fields_.ratio("factor").value_or(sim::Ratio{1, 1});
    plan_.added = fields_.duration("latency").value_or(sim::Duration());
    plan_.probability = fields_.ratio("probability").value_or(sim::Ratio{1, 1});
    plan_.offset = fields_.signed_duration("offset").value_or(sim::Duration());
    plan_.drift_ppb = fields_.drift("drift").value_or(0);
    plan_.at_disk_operation = fields_.integer("at_disk_operation").value_or(0);
    read_disk();
    if (card_.verb != FaultVerb::kRestartRolling) return;
    plan_.down = fields_.duration("down").value_or(sim::Duration());
    plan_.settle = fields_.duration("settle").value_or(sim::Duration());
  }

  void read_disk() {
    std::string operations = fields_.text("operations").value_or("all");
    plan_.fails_reads = operations != "writes";
    plan_.fails_writes = operations != "reads";
    plan_.free_bytes = fields_.size("free").value_or(0);
    plan_.zeroed_page = fields_.text("what").value_or("") == "zeroed_page";
    bool rots = card_.verb == FaultVerb::kCorruptDisk;
    plan_.count = fields_.integer("count").value_or(rots ? 1 : 0);
    plan_.file = fields_.text("file").value_or(".log");
    plan_.in = fields_.text("in").value_or("");
    read_log_dir();
    if (!plan_.in.empty() && !has_partition(scenario_, plan_.in)) {
      report("in", fmt::format("found {}, must be a partition of the scenario, as \"orders-0\"",
                               in_quotes(plan_.in)));
    }
  }

  // "/disk2": one of the cluster's log.dirs.
  void read_log_dir() {
    std::string name = fields_.text("log_dir").value_or("");
    if (name.empty() && fields_.find("log_dir") == nullptr) return;
    const std::vector<std::string>& dirs = scenario_.cluster.config.log_dirs;
    if (dirs.empty()) {
      return report("log_dir",
                    "the brokers have one log directory; name several in "
                    "/cluster/config/log.dirs, as \"/disk1,/disk2\"");
    }
    std::vector<std::string> names;
    for (const std::string& dir : dirs) names.push_back("/" + dir);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      plan_.log_dir = name.substr(1);
      return;
    }
    std::vector<std::string_view> choices(names.begin(), names.end());
    std::string message = fmt::format("found {}, must be one of log.dirs: {}", in_quotes(name),
                                      fmt::join(names, ", "));
    if (auto nearest = nearest_name(name, choices))
      message += fmt::format("; did you mean {}?", in_quotes(*nearest));
    report("log_dir", std::move(message));
  }

  // Keys of other verbs.
  void check_keys() {
    std::vector<std::string_view> taken = split_words(card_.keys);
    for (const JsonValue& member : value_.children) {
      const KeyDecl* key = find_key(*fault_declaration(), member.key);
      if (key == nullptr || key->choice || key->planned) continue;
      if (std::find(taken.begin(), taken.end(), member.key) != taken.end()) continue;
      problems_.at_key(member, fmt::format("{} takes no \"{}\"; it takes {}", card_.name,
                                           member.key, fmt::join(taken, ", ")));
    }
  }

  void check_when() {
    auto given = [&](std::string_view key) { return fields_.find(key) != nullptr; };
    bool when = given("when");
    bool begins = given("at") || when || plan_.at_disk_operation > 0;
    if (!begins) problems_.at_value(value_, "needs \"at\" or \"when\"");
    if (given("every") && when) {
      report("every",
             "\"every\" counts from \"at\"; how often a condition counts, say by \"times\"");
    } else if (given("every") && !given("times") && !given("until")) {
      report("every", "\"every\" needs \"times\" or \"until\"");
    }
    if (given("times") && !given("every") && !when && plan_.times > 1)
      report("times", "\"times\" needs \"every\" or \"when\"");
    check_inside();
  }

  // Each beginning must lie in the run: a fault that never happens would make a run look good.
  void check_inside() {
    if (scenario_.duration == sim::Duration()) return;  // Malformed; reported.
    std::string end = duration_text(scenario_.duration);
    if (plan_.at - sim::SimTime() >= scenario_.duration) {
      return report("at", fmt::format("the run is over by then, it lasts {}", end));
    }
    if (plan_.until && *plan_.until <= plan_.at)
      return report("until", "it would be over before it begins");
    if (plan_.when) return;
    __int128 last =
        plan_.at.nanos() + static_cast<__int128>(plan_.every.nanos()) * (plan_.times - 1);
    if (last < scenario_.duration.nanos()) return;
    report("times", fmt::format("the last time is after the end of the run, which lasts {}", end));
  }

  void check_how() {
    if (card_.verb == FaultVerb::kLossyLink) need("probability");
    if (card_.verb == FaultVerb::kSlowDisk || card_.verb == FaultVerb::kSlowCpu) need("factor");
    if (card_.verb == FaultVerb::kDelay) need("latency");
    bool skews = fields_.find("offset") != nullptr || fields_.find("drift") != nullptr;
    if (card_.verb == FaultVerb::kSkewClock && !skews)
      problems_.at_value(value_, "needs \"offset\" or \"drift\"");
    bool slower = fields_.find("factor") != nullptr || fields_.find("latency") != nullptr;
    if (card_.verb == FaultVerb::kSlowLink && !slower) {
      problems_.at_value(value_, "needs \"factor\" or \"latency\"");
    }
    if (plan_.at_disk_operation > 0 && places_.size() > 1) {
      report("at_disk_operation", "needs a single target: each broker's disk counts for itself");
    }
  }

  void need(std::string_view key) {
    if (fields_.find(key) == nullptr) problems_.at_value(value_, fmt::format("needs \"{}\"", key));
  }

  void check_overlap() {
    if (card_.target == KeyKind::kMessage) return;  // Who sends may receive, too.
    std::vector<const Target*> targets;
    for (const Side& side : plan_.sides) {
      for (const Target& target : side) targets.push_back(&target);
    }
    for (size_t i = 0; i < targets.size(); ++i) {
      auto earlier =
          std::find_if(targets.begin(), targets.begin() + static_cast<ptrdiff_t>(i),
                       [&](const Target* other) { return overlap(*other, *targets[i]); });
      if (earlier == targets.begin() + static_cast<ptrdiff_t>(i)) continue;
      problems_.at_value(*places_[i],
                         fmt::format("{} is named twice", in_quotes(targets[i]->text)));
    }
  }

  std::string text() const {
    std::vector<std::string> sides;
    for (const Side& side : plan_.sides) {
      std::vector<std::string_view> names;
      for (const Target& target : side) names.push_back(target.text);
      sides.push_back(fmt::format("{}", fmt::join(names, ", ")));
    }
    if (!plan_.message.empty()) return message_text(sides);
    if (sides.empty()) sides.push_back("all");
    std::string text = fmt::format("{} {}", card_.name, fmt::join(sides, " | "));
    if (!plan_.log_dir.empty()) text += " /" + plan_.log_dir;
    if (plan_.at_disk_operation == 0) return text;
    return fmt::format("{} at disk operation {}", text, plan_.at_disk_operation);
  }

  // "drop AlterPartitionRequest from broker 2"
  std::string message_text(const std::vector<std::string>& sides) const {
    std::string text = fmt::format("{} {}", card_.name, plan_.message);
    if (!sides[0].empty()) text += " from " + sides[0];
    if (!sides[1].empty()) text += " to " + sides[1];
    return text;
  }

  const JsonValue& value_;
  const FaultCard& card_;
  const Scenario& scenario_;
  ProblemList& problems_;
  Fields fields_;
  FaultPlan plan_;
  std::vector<const JsonValue*> places_;  // Of the targets, sides in order.
};

// The verb; null when there is none or it is not supported.
const FaultCard* card_for(const JsonValue& value) {
  for (const JsonValue& member : value.children) {
    if (const FaultCard* card = find_fault(member.key)) return card;
  }
  return nullptr;
}

}  // namespace

void load_faults(const Fields& root, Scenario& scenario, ProblemList& problems) {
  int64_t all = 0;
  int32_t index = 0;
  for (const JsonValue* value : root.entries("faults")) {
    if (const FaultCard* card = card_for(*value)) {
      scenario.faults.push_back(FaultReader(*value, *card, scenario, problems).read(index));
      int64_t before = all;
      all += scenario.faults.back().times;
      if (before <= kMostFaults && all > kMostFaults) {
        problems.at_value(
            *value, fmt::format("more than {} faults in all, with their repeats", kMostFaults));
      }
    }
    ++index;
  }
}

}  // namespace scenarios
