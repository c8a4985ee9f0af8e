// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/storm_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "scenarios/hunt/target_gen.h"

namespace scenarios {

namespace {

std::string millis(int64_t value) { return fmt::format("{}ms", value); }

class StormDrawer {
 public:
  StormDrawer(Draw& draw, const Scenario& scenario, const StormRules& rules)
      : draw_(draw), rules_(rules) {
    on_quorum_ = scenario.cluster.controllers > 1 && draw.percent(50);
    names_ = on_quorum_ ? controller_names(scenario) : broker_names(scenario);
    victim_ = any_name();
  }

  Json all() {
    Json faults = Json::array();
    slow_down(faults);
    int64_t at = draw_.between(rules_.heal_by_ms / 20, rules_.heal_by_ms / 5);
    while (at < rules_.heal_by_ms - 2) {
      faults.push_back(blow(at));
      int64_t most = draw_.one_of({300, 1500, 3000});
      at += draw_.between(1, most);
    }
    return faults;
  }

 private:
  const std::string& any_name() {
    return names_[static_cast<size_t>(draw_.between(0, static_cast<int64_t>(names_.size()) - 1))];
  }

  Json begun(int64_t at, int64_t lasts) const {
    Json fault = Json::object();
    fault["at"] = millis(at);
    fault["for"] = millis(lasts);
    return fault;
  }

  // What lasts as long as the storm: each, or none, or several.
  void slow_down(Json& faults) {
    int64_t at = draw_.between(0, rules_.heal_by_ms / 8);
    Json window = begun(at, rules_.heal_by_ms - at);
    if (draw_.percent(60)) {
      Json fault = window;
      bool all = names_.size() > 1 && draw_.percent(70);
      fault["slow_link"] = all ? Json(names_) : Json(any_name());
      fault["latency"] = millis(draw_.one_of({20, 100, 300, 600}));
      faults.push_back(std::move(fault));
    }
    if (draw_.percent(30)) {
      Json fault = window;
      fault["slow_disk"] = draw_.percent(50) ? Json(names_) : Json(any_name());
      fault["factor"] = draw_.one_of({10, 50});
      faults.push_back(std::move(fault));
    }
    if (draw_.percent(40)) {
      Json fault = window;
      fault["delay"] = message();
      int64_t most = draw_.one_of({400, 3000});
      fault["latency"] = millis(draw_.between(50, most));
      fault["probability"] = draw_.one_of({"20%", "60%", "100%"});
      faults.push_back(std::move(fault));
    }
  }

  std::string message() {
    if (on_quorum_)
      return draw_.one_of({"Vote", "VoteResponse", "BeginQuorumEpoch", "Fetch", "FetchResponse"});
    return draw_.one_of({"AlterPartition", "AlterPartition", "AlterPartitionResponse", "Fetch",
                         "FetchResponse", "BrokerHeartbeat"});
  }

  Json blow(int64_t at) {
    int64_t most = draw_.one_of({60, 700, 3000, 5000});
    int64_t lasts = std::min(draw_.between(1, most), rules_.heal_by_ms - at);
    Json fault = begun(at, lasts);
    bool several = names_.size() > 1;
    enum { kCrash, kIsolate, kPause, kPartition, kPowerOff };
    switch (draw_.weighted({20, 25, 15, several ? 20 : 0, rules_.loses_tails ? 25 : 0})) {
      case kCrash:
        fault["crash"] = whom();
        break;
      case kIsolate:
        fault["isolate"] = whom();
        break;
      case kPause:
        fault["pause"] = whom();
        break;
      case kPartition:
        fault["partition"] = sides();
        if (draw_.percent(25)) fault["one_way"] = true;
        break;
      default:
        fault["power_off"] = whom();
    }
    return fault;
  }

  // Whoever leads by then, as a rule; often the same one again.
  std::string whom() {
    if (draw_.percent(35)) return victim_;
    if (on_quorum_) return draw_.percent(70) ? "controller" : any_name();
    return draw_.percent(70) ? "leader of " + rules_.focus : any_name();
  }

  Json sides() {
    Json sides = Json::array({Json::array(), Json::array()});
    size_t alone = static_cast<size_t>(draw_.between(0, static_cast<int64_t>(names_.size()) - 1));
    for (size_t i = 0; i < names_.size(); ++i) {
      bool first = i == alone || (i != (alone + 1) % names_.size() && draw_.percent(30));
      sides[first ? 0 : 1].push_back(names_[i]);
    }
    return sides;
  }

  Draw& draw_;
  const StormRules& rules_;
  bool on_quorum_ = false;
  std::vector<std::string> names_;  // Of those who must agree.
  std::string victim_;
};

}  // namespace

Json draw_storm(Draw& draw, const Scenario& scenario, const StormRules& rules) {
  return StormDrawer(draw, scenario, rules).all();
}

}  // namespace scenarios
