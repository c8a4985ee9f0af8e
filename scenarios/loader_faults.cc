// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "fmt/format.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/loader_parts.h"
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
    read_sides(*value_.find(card_.name));
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
    bool client = target->kind == Target::Kind::kClient;
    if (client && !card_.hits_clients) {
      problems_.at_value(
          value, fmt::format("{} cannot hit a client; {} can", card_.name, verbs_for_clients()));
    }
    if (card_.target == KeyKind::kBrokersOrAll && target->kind != Target::Kind::kBroker) {
      problems_.at_value(value, fmt::format("{} takes \"all\" or brokers by number", card_.name));
    }
    side.push_back(*std::move(target));
    places_.push_back(&value);
  }

  static std::string verbs_for_clients() {
    std::vector<std::string_view> verbs;
    for (const FaultCard& card : fault_catalogue()) {
      if (card.hits_clients) verbs.push_back(card.name);
    }
    return fmt::format("{}", fmt::join(verbs, ", "));
  }

  void read_when() {
    plan_.at = sim::SimTime() + fields_.duration("at").value_or(sim::Duration());
    plan_.lasts = fields_.duration("for");
    plan_.every = fields_.duration("every").value_or(sim::Duration());
    plan_.times = static_cast<int32_t>(fields_.integer("times").value_or(1));
  }

  void read_how() {
    plan_.one_way = fields_.flag("one_way").value_or(false);
    plan_.factor = fields_.ratio("factor").value_or(sim::Ratio{1, 1});
    plan_.added = fields_.duration("latency").value_or(sim::Duration());
    plan_.loss = fields_.ratio("probability").value_or(sim::Ratio{});
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
    plan_.count = fields_.integer("count").value_or(1);
    plan_.file = fields_.text("file").value_or(".log");
    plan_.in = fields_.text("in").value_or("");
    if (!plan_.in.empty() && !has_partition(scenario_, plan_.in)) {
      report("in", fmt::format("found {}, must be a partition of the scenario, as \"orders-0\"",
                               in_quotes(plan_.in)));
    }
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
    bool at = fields_.find("at") != nullptr;
    if (!at && plan_.at_disk_operation == 0) problems_.at_value(value_, "needs \"at\"");
    bool every = fields_.find("every") != nullptr;
    bool times = fields_.find("times") != nullptr;
    if (every && !times) report("every", "\"every\" needs \"times\"");
    if (times && !every && plan_.times > 1) report("times", "\"times\" needs \"every\"");
    check_inside();
  }

  // Each beginning must lie in the run: a fault that never happens would make a run look good.
  void check_inside() {
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

  void check_how() {
    if (card_.verb == FaultVerb::kLossyLink) need("probability");
    if (card_.verb == FaultVerb::kSlowDisk) need("factor");
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
    if (sides.empty()) sides.push_back("all");
    std::string text = fmt::format("{} {}", card_.name, fmt::join(sides, " | "));
    if (plan_.at_disk_operation == 0) return text;
    return fmt::format("{} at disk operation {}", text, plan_.at_disk_operation);
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
