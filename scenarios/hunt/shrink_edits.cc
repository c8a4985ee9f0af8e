// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/shrink_edits.h"

#include <fmt/format.h>
#include <rapidcheck/shrink/Shrink.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "scenarios/declarations.h"
#include "scenarios/hunt/json_text.h"
#include "scenarios/loader.h"
#include "scenarios/values.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

constexpr int kMostRepairs = 8;

// "/faults/3/crash" -> "/faults/3"; nothing: it is not in a list of what may be left out.
std::optional<Pointer> part_of(const std::string& pointer) {
  Pointer at(pointer);
  std::vector<std::string> tokens;
  for (; !at.empty(); at.pop_back()) tokens.push_back(at.back());
  if (tokens.size() < 2) return std::nullopt;
  std::reverse(tokens.begin(), tokens.end());
  for (const char* list : {"faults", "actions", "expect", "producers", "consumers"}) {
    if (tokens[0] == list) return Pointer() / tokens[0] / tokens[1];
  }
  return std::nullopt;
}

void erase(Json& scenario, const Pointer& at) {
  Json& owner = scenario[at.parent_pointer()];
  if (owner.is_array()) {
    owner.erase(std::stoul(at.back()));
  } else {
    owner.erase(at.back());
  }
}

// Leaves out what has lost its meaning. False: it does not load even so.
bool repair(Json& scenario) {
  for (int i = 0; i < kMostRepairs; ++i) {
    Loaded loaded = load_scenario_text(json_text(scenario), "edited.json", {});
    if (loaded.scenario) return true;
    if (loaded.problems.empty()) return false;
    // From the last on, as places in front of it stay where they are.
    std::optional<Pointer> part = part_of(loaded.problems.back().pointer);
    if (!part || !scenario.contains(*part)) return false;
    erase(scenario, *part);
  }
  return false;
}

class Editor {
 public:
  explicit Editor(const Json& scenario) : scenario_(scenario) {}

  std::vector<Edited> all() {
    for (const char* list : {"faults", "actions", "producers", "consumers", "topics", "expect"})
      leave_out_members(Pointer() / list);
    fewer_brokers();
    edit_object(Pointer(), scenario_declaration());
    set(Pointer("/seed"), 1);
    return std::move(edits_);
  }

 private:
  void add(Json edited, std::string edit) {
    if (edited != scenario_ && repair(edited))
      edits_.push_back({std::move(edited), std::move(edit)});
  }

  void set(const Pointer& at, Json value) {
    if (!scenario_.contains(at) || scenario_[at] == value) return;
    Json edited = scenario_;
    std::string edit = fmt::format("{} {} -> {}", at.to_string(), edited[at].dump(), value.dump());
    edited[at] = std::move(value);
    add(std::move(edited), std::move(edit));
  }

  void leave_out(const Pointer& at) {
    if (!scenario_.contains(at)) return;
    Json edited = scenario_;
    erase(edited, at);
    add(std::move(edited), "without " + at.to_string());
  }

  // All of them, then halves, then quarters, ..., then each.
  void leave_out_members(const Pointer& list) {
    if (!scenario_.contains(list)) return;
    const Json& members = scenario_[list];
    for (size_t size = members.size(); size > 0; size /= 2) {
      for (size_t from = 0; from + size <= members.size(); from += size) {
        Json kept = members.is_array() ? Json::array() : Json::object();
        std::string names;
        size_t i = 0;
        for (const auto& [key, member] : members.items()) {
          bool out = i >= from && i < from + size;
          ++i;
          if (out) {
            names += " " + (list / key).to_string();
          } else if (members.is_array()) {
            kept.push_back(member);
          } else {
            kept[key] = member;
          }
        }
        Json edited = scenario_;
        edited[list] = std::move(kept);
        add(std::move(edited), "without" + names);
      }
    }
  }

  void fewer_brokers() {
    Pointer at("/cluster/brokers");
    if (!scenario_.contains(at)) return;
    int64_t now = scenario_[at].get<int64_t>();
    for (int64_t brokers = 1; brokers < now; ++brokers) {
      Json edited = scenario_;
      edited[at] = brokers;
      Json& cluster = edited["cluster"];
      size_t most = static_cast<size_t>(brokers);
      if (cluster.contains("racks") && cluster["racks"].size() > most)
        cluster["racks"].get_ref<Json::array_t&>().resize(most);
      for (auto& [name, topic] : edited["topics"].items()) {
        if (topic.value("replication.factor", int64_t{1}) > brokers)
          topic["replication.factor"] = brokers;
      }
      add(std::move(edited), fmt::format("{} {} -> {}", at.to_string(), now, brokers));
    }
  }

  void edit_object(const Pointer& at, const ObjectDecl& decl) {
    if (!scenario_[at].is_object()) return;
    for (const auto& [name, value] : scenario_[at].items()) {
      if (const KeyDecl* key = find_key(decl, name)) edit_value(at / name, *key);
    }
  }

  void edit_value(const Pointer& at, const KeyDecl& key) {
    // A fault without "for" lasts longer, and one without "every" needs no "times".
    bool stays = key.required || key.choice || key.name == "for" || key.name == "seed" ||
                 key.name == "name" || key.name == "title" || key.name == "why" ||
                 key.name == "mutations" || key.name == "at" || key.name == "faults" ||
                 key.name == "expect" || key.name == "producers" || key.name == "consumers";
    if (!stays) leave_out(at);
    if (key.name == "every") leave_out_repeats(at.parent_pointer());
    const Json& value = scenario_[at];
    switch (key.kind) {
      case KeyKind::kInteger:
        if (value.is_number_integer()) edit_number(at, key, value.get<int64_t>());
        break;
      case KeyKind::kDuration:
        if (value.is_string()) edit_duration(at, key, value.get<std::string>());
        break;
      case KeyKind::kSize:
        if (value.is_string()) edit_size(at, key, value.get<std::string>());
        break;
      case KeyKind::kRate:
        for (const char* rate : {"1/s", "5/s", "20/s"}) slower(at, rate);
        break;
      case KeyKind::kConfig:
        leave_out_members(at);
        break;
      case KeyKind::kObject:
        edit_object(at, *key.of());
        break;
      case KeyKind::kMap:
      case KeyKind::kObjects:
        for (const auto& [name, member] : value.items()) edit_object(at / name, *key.of());
        break;
      default:
        edit_lists(at);
    }
  }

  void leave_out_repeats(const Pointer& fault) {
    Json edited = scenario_;
    edited[fault].erase("every");
    edited[fault].erase("times");
    add(std::move(edited), "once: " + fault.to_string());
  }

  // Of targets, sides and names: without one of them.
  void edit_lists(const Pointer& at) {
    const Json& value = scenario_[at];
    if (!value.is_array()) return;
    for (size_t i = 0; i < value.size(); ++i) {
      if (value.size() > 1) leave_out(at / i);
      edit_lists(at / i);
    }
  }

  void edit_number(const Pointer& at, const KeyDecl& key, int64_t value) {
    for (int64_t less : towards(value, key.min)) set(at, less);
  }

  void edit_duration(const Pointer& at, const KeyDecl& key, const std::string& text) {
    auto duration = parse_duration(text);
    if (!duration.ok()) return;
    constexpr int64_t kMilli = 1'000'000;
    int64_t least = (key.min + kMilli - 1) / kMilli;
    for (int64_t millis : towards(duration->millis(), least))
      set(at, duration_text(sim::Duration::millis(millis)));
  }

  void edit_size(const Pointer& at, const KeyDecl& key, const std::string& text) {
    auto size = parse_size(text);
    if (!size.ok()) return;
    for (int64_t bytes : towards(*size, key.min)) set(at, fmt::format("{}B", bytes));
  }

  void slower(const Pointer& at, const std::string& rate) {
    if (!scenario_[at].is_string()) return;
    auto now = parse_rate(scenario_[at].get<std::string>());
    if (now.ok() && thousandths_per_second(*parse_rate(rate)) < thousandths_per_second(*now))
      set(at, rate);
  }

  // Rounded down to one digit, the least, half of the way to it, and so on, a few of them.
  static std::vector<int64_t> towards(int64_t value, int64_t least) {
    constexpr size_t kMost = 5;
    std::vector<int64_t> values;
    int64_t unit = 1;
    while (value / unit >= 10) unit *= 10;
    int64_t plain = value / unit * unit;
    rc::Seq<int64_t> less = rc::shrink::towards<int64_t>(value, least);
    for (auto next = less.next(); next && values.size() < kMost; next = less.next())
      values.push_back(*next);
    if (plain >= least && plain < value) values.push_back(plain);
    return values;
  }

  const Json& scenario_;
  std::vector<Edited> edits_;
};

}  // namespace

std::vector<Edited> smaller_scenarios(const Json& scenario) { return Editor(scenario).all(); }

}  // namespace scenarios
