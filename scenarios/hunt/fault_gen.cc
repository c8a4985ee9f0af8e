// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/fault_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/fault_catalogue.h"
#include "scenarios/hunt/storm_gen.h"
#include "scenarios/hunt/target_gen.h"
#include "scenarios/values.h"

namespace scenarios {

namespace {

// What is drawn of a verb. A new fault kind: its line here, and if it takes keys that no other has,
// theirs in kKeys. "at", "for", "every" and "times" go by themselves.
struct VerbLine {
  std::string_view verb;
  Harm harm;
  int64_t weight;           // Of all that take part.
  std::string_view always;  // A key that it needs, or one of several.
  bool controllers = true;  // Controllers may be hit.
};
constexpr VerbLine kVerbs[] = {
    {"crash", Harm::kStops, 14, "", true},
    {"power_off", Harm::kLosesTail, 8, "", true},
    {"pause", Harm::kStops, 8, "", true},
    {"partition", Harm::kStops, 10, "", true},
    {"isolate", Harm::kStops, 10, "", true},
    {"slow_link", Harm::kSlows, 8, "latency", true},
    {"lossy_link", Harm::kSlows, 5, "probability", true},
    {"slow_disk", Harm::kSlows, 5, "factor", true},
    {"failing_disk", Harm::kStops, 4, "", false},
    {"full_disk", Harm::kStops, 4, "", false},
    {"lying_disk", Harm::kLies, 3, "", false},
    {"corrupt_disk", Harm::kRots, 3, "", false},
    {"drop", Harm::kStops, 6, "", true},
    {"delay", Harm::kSlows, 5, "latency", true},
    {"slow_cpu", Harm::kSlows, 4, "factor", true},
    {"skew_clock", Harm::kSlows, 4, "offset", true},
    {"kill_client", Harm::kStops, 3, "", false},
    {"stall_client", Harm::kSlows, 3, "", false},
    {"zone_outage", Harm::kLosesTail, 4, "", false},
    {"region_outage", Harm::kLosesTail, 2, "", false},
    {"restart_rolling", Harm::kStops, 4, "", false},
};

struct Place {
  const Scenario& scenario;
  FaultClass kind;
};

// How a key is drawn; `chance`: how often it is there when its verb does not need it.
struct KeyLine {
  std::string_view key;
  int64_t chance;
  Json (*value)(Draw&, const Place&);
};
constexpr KeyLine kKeys[] = {
    {"one_way", 30, [](Draw&, const Place&) { return Json(true); }},
    {"at_disk_operation", 25, [](Draw& draw, const Place&) { return Json(draw.between(1, 300)); }},
    {"factor", 40,
     [](Draw& draw, const Place& place) {
       bool gentle = place.kind == FaultClass::kOnePowerLoss;
       return Json(gentle ? draw.one_of({2, 10}) : draw.one_of({2, 10, 50}));
     }},
    {"latency", 70,
     [](Draw& draw, const Place& place) {
       bool gentle = place.kind == FaultClass::kOnePowerLoss;
       int64_t most = gentle ? 150 : draw.one_of({100, 400, 3000});
       return Json(fmt::format("{}ms", draw.between(5, most)));
     }},
    {"probability", 100,
     [](Draw& draw, const Place& place) {
       bool gentle = place.kind == FaultClass::kOnePowerLoss;
       return Json(gentle ? "1%" : draw.one_of({"1%", "5%", "20%", "60%"}));
     }},
    {"from", 70,
     [](Draw& draw, const Place& place) {
       TargetRules rules{draw_partition(draw, place.scenario), true, FaultCard::Hits::kAll};
       return draw_targets(draw, place.scenario, KeyKind::kTargets, rules);
     }},
    {"offset", 60,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"-1h", "-3s", "200ms", "20s", "40d"}));
     }},
    {"drift", 40,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"-50000ppm", "200ppm", "20000ppm"}));
     }},
    {"operations", 60,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"reads", "writes"}));
     }},
    {"free", 60,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"100B", "2KiB", "50KiB"}));
     }},
    {"what", 40, [](Draw&, const Place&) { return Json("zeroed_page"); }},
    {"log_dir", 70,
     [](Draw& draw, const Place& place) {
       const std::vector<std::string>& all = place.scenario.cluster.config.log_dirs;
       if (all.empty()) return Json();
       int64_t which = draw.between(0, static_cast<int64_t>(all.size()) - 1);
       return Json("/" + all[static_cast<size_t>(which)]);
     }},
    {"count", 40, [](Draw& draw, const Place&) { return Json(draw.between(1, 20)); }},
    {"in", 60, [](Draw& draw, const Place& p) { return Json(draw_partition(draw, p.scenario)); }},
    {"file", 30,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({".index", ".timeindex"}));
     }},
    {"down", 80,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"100ms", "1s", "3s"}));
     }},
    {"settle", 100,
     [](Draw& draw, const Place&) {
       return Json(draw.one_of({"0s", "500ms", "3s"}));
     }},
};

bool allows(FaultClass kind, Harm harm) {
  switch (kind) {
    case FaultClass::kProcesses:
      return harm <= Harm::kStops;
    case FaultClass::kOnePowerLoss:
      return harm <= Harm::kLies;  // The power loss is drawn apart.
    case FaultClass::kFlushed:
      return harm <= Harm::kLosesTail && harm != Harm::kLies;
    case FaultClass::kBeyond:
      return true;
  }
  return false;
}

bool takes(const FaultCard& card, std::string_view key) {
  std::vector<std::string_view> keys = split_words(card.keys);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

class Drawer {
 public:
  Drawer(Draw& draw, const Scenario& scenario, FaultClass kind)
      : draw_(draw), place_{scenario, kind}, length_ms_(scenario.duration.millis()) {
    focus_ = draw_partition(draw, scenario);
    // The last tenths of the load belong to what heals.
    heal_by_ms_ = std::max<int64_t>(2, length_ms_ * 7 / 10);
    int64_t moments = draw.between(1, 3);
    for (int64_t i = 0; i < moments; ++i)
      moments_ms_.push_back(draw.between(0, heal_by_ms_ * 3 / 4));
  }

  DrawnFaults all() {
    DrawnFaults out;
    out.faults = Json::array();
    std::vector<const VerbLine*> verbs = swarm();
    bool one_loss = place_.kind == FaultClass::kOnePowerLoss;
    if (!one_loss && draw_.percent(20)) {
      bool loses_tails = allows(place_.kind, Harm::kLosesTail);
      out.faults = draw_storm(draw_, place_.scenario, {focus_, loses_tails, heal_by_ms_});
      return out;
    }
    int64_t count = draw_.between(one_loss ? 0 : 1, draw_.one_of({2, 5, 9, 14}));
    if (one_loss) out.faults.push_back(power_loss());
    for (int64_t i = 0; i < count && !verbs.empty(); ++i) {
      const VerbLine& verb = pick(verbs);
      out.faults.push_back(fault(verb));
      out.heals = out.heals && verb.harm != Harm::kRots;
      directory_fails_ =
          directory_fails_ || verb.verb == "failing_disk" || verb.verb == "full_disk";
      if (verb.harm == Harm::kStops && draw_.percent(35))
        out.faults.push_back(second_blow(out.faults.back()));
    }
    // A broker that lives on without one of its directories takes it back only when it starts.
    bool several = place_.scenario.cluster.config.log_dirs.size() > 1;
    if (several && directory_fails_) out.faults.push_back(restart_of_all());
    return out;
  }

 private:
  // Each kind takes part or not.
  std::vector<const VerbLine*> swarm() {
    std::vector<const VerbLine*> allowed, chosen;
    for (const VerbLine& line : kVerbs) {
      if (!allows(place_.kind, line.harm) || !has_targets(*find_fault(line.verb))) continue;
      allowed.push_back(&line);
      if (draw_.percent(line.harm == Harm::kRots ? 15 : 40)) chosen.push_back(&line);
    }
    return chosen.empty() ? allowed : chosen;
  }

  bool has_targets(const FaultCard& card) const {
    const Scenario& scenario = place_.scenario;
    if (card.hits == FaultCard::Hits::kZones) return !scenario.cluster.racks.empty();
    if (card.hits == FaultCard::Hits::kClients)
      return !scenario.producers.empty() || !scenario.consumers.empty();
    return true;
  }

  const VerbLine& pick(const std::vector<const VerbLine*>& verbs) {
    std::vector<int64_t> weights;
    for (const VerbLine* line : verbs) weights.push_back(line->weight);
    return *verbs[draw_.weighted(weights.data(), weights.size())];
  }

  int64_t moment() {
    if (draw_.percent(30)) return draw_.between(0, heal_by_ms_ - 2);
    size_t which =
        static_cast<size_t>(draw_.between(0, static_cast<int64_t>(moments_ms_.size()) - 1));
    int64_t spread = draw_.one_of({20, 300, 2500});
    return std::min(moments_ms_[which] + draw_.between(0, spread), heal_by_ms_ - 2);
  }

  static std::string millis(int64_t value) { return fmt::format("{}ms", value); }

  // "at", and how long, so that it is over in time.
  void add_window(const FaultCard& card, Json& fault) {
    int64_t at = moment();
    fault["at"] = millis(at);
    if (!takes(card, "for")) return;
    int64_t left = heal_by_ms_ - at;
    int64_t most = std::min(left, draw_.one_of<int64_t>({60, 700, 3000, 12'000}));
    int64_t lasts = draw_.between(1, std::max<int64_t>(1, most));
    fault["for"] = millis(lasts);
    if (!takes(card, "every") || !draw_.percent(12)) return;
    int64_t every = lasts + draw_.between(1, 1500);
    int64_t times = std::min<int64_t>(draw_.between(2, 6), 1 + (left - lasts) / every);
    if (times < 2) return;
    fault["every"] = millis(every);
    fault["times"] = times;
  }

  void add_keys(const VerbLine& line, const FaultCard& card, Json& fault) {
    for (const KeyLine& key : kKeys) {
      if (!takes(card, key.key)) continue;
      bool single = fault[std::string(card.name)].is_string();
      if (key.key == "at_disk_operation" && !single) continue;
      bool there = draw_.percent(key.chance);
      if (!there && key.key != line.always) continue;
      Json value = key.value(draw_, place_);
      if (!value.is_null()) fault[std::string(key.key)] = std::move(value);
    }
  }

  Json fault(const VerbLine& line) {
    const FaultCard& card = *find_fault(line.verb);
    Json fault = Json::object();
    add_window(card, fault);
    TargetRules rules{focus_, line.controllers, card.hits};
    fault[std::string(card.name)] = draw_targets(draw_, place_.scenario, card.target, rules);
    add_keys(line, card, fault);
    return fault;
  }

  // Whoever leads by then is hit too, while the first blow is not healed or has just been.
  Json second_blow(const Json& first) {
    int64_t after = parse_duration(first["at"].get<std::string>())->millis();
    int64_t session = place_.scenario.cluster.config.broker_session_timeout_ms.millis();
    int64_t at = std::min(after + draw_.between(0, session * 2), heal_by_ms_ - 2);
    Json fault = Json::object();
    fault["at"] = millis(at);
    fault["for"] = millis(draw_.between(1, heal_by_ms_ - at));
    fault[draw_.one_of({"crash", "crash", "isolate", "pause"})] = "leader of " + focus_;
    return fault;
  }

  Json restart_of_all() const {
    Json fault = Json::object();
    fault["at"] = millis(heal_by_ms_);
    fault["crash"] = Json::array();
    for (int64_t id = 1; id <= place_.scenario.cluster.brokers; ++id)
      fault["crash"].push_back(fmt::format("broker {}", id));
    fault["for"] = "100ms";
    return fault;
  }

  Json power_loss() {
    Json fault = Json::object();
    int64_t at = moment();
    fault["at"] = millis(at);
    fault["power_off"] =
        fmt::format("broker {}", draw_.between(1, place_.scenario.cluster.brokers));
    fault["for"] = millis(draw_.between(1, heal_by_ms_ - at));
    return fault;
  }

  Draw& draw_;
  Place place_;
  std::string focus_;
  int64_t length_ms_;
  int64_t heal_by_ms_ = 0;
  bool directory_fails_ = false;
  std::vector<int64_t> moments_ms_;
};

}  // namespace

std::string_view name_of(FaultClass kind) {
  switch (kind) {
    case FaultClass::kProcesses:
      return "processes";
    case FaultClass::kOnePowerLoss:
      return "one power loss";
    case FaultClass::kFlushed:
      return "flushed";
    case FaultClass::kBeyond:
      return "beyond";
  }
  return "?";
}

std::optional<Harm> harm_of(std::string_view verb) {
  for (const VerbLine& line : kVerbs) {
    if (line.verb == verb) return line.harm;
  }
  return std::nullopt;
}

FaultClass draw_fault_class(Draw& draw, const Scenario& scenario) {
  bool waits_for_all = std::all_of(
      scenario.producers.begin(), scenario.producers.end(),
      [](const ProducerPlan& producer) { return producer.config.acks == models::Acks::kAll; });
  bool two_have_it = true, flushed = true, clean = true;
  for (const TopicPlan& topic : scenario.topics) {
    two_have_it = two_have_it && topic.config.min_insync_replicas >= 2;
    flushed = flushed && topic.config.flush_messages <= 1;
    clean = clean && !topic.config.unclean_leader_election_enable;
  }
  bool beyond = draw.percent(25);
  if (!waits_for_all || !clean || beyond) return FaultClass::kBeyond;
  if (flushed) return FaultClass::kFlushed;
  bool one_loss = draw.percent(25);
  return one_loss && two_have_it ? FaultClass::kOnePowerLoss : FaultClass::kProcesses;
}

DrawnFaults draw_faults(Draw& draw, const Scenario& scenario, FaultClass kind) {
  return Drawer(draw, scenario, kind).all();
}

}  // namespace scenarios
