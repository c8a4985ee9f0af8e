// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/shrink.h"

#include <rapidcheck.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "scenarios/hunt/json_text.h"
#include "scenarios/hunt/shrink_edits.h"
#include "scenarios/hunt/signature.h"
#include "scenarios/loader.h"
#include "scenarios/run.h"

namespace scenarios {

namespace {

class Search {
 public:
  Search(const nlohmann::ordered_json& scenario, const ShrinkOptions& options) : options_(options) {
    best_.scenario = scenario;
    run(scenario, best_.result);
    best_.signature = signature_of(best_.result);
  }

  Shrunk minimum() {
    if (best_.signature.empty()) return std::move(best_);
    auto smaller = [](const Edited& edited) {
      return rc::seq::fromContainer(smaller_scenarios(edited.scenario));
    };
    auto tree = rc::shrinkable::shrinkRecur(Edited{best_.scenario, {}}, smaller);
    rc::shrinkable::findLocalMin(tree, [this](const Edited& edited) { return keep(edited); });
    best_.runs = runs_;
    return std::move(best_);
  }

 private:
  // Whether it loads; runs it then.
  bool run(const nlohmann::ordered_json& scenario, RunResult& result) {
    Loaded loaded = load_scenario_text(json_text(scenario), "shrunk.json", {});
    if (!loaded.scenario) return false;
    ++runs_;
    result = run_scenario(std::make_shared<const Scenario>(*std::move(loaded.scenario)), {});
    return true;
  }

  bool keep(const Edited& edited) {
    if (runs_ >= options_.most_runs || options_.stop()) best_.complete = false;
    if (!best_.complete) return false;
    // After each edit that is kept the search begins anew, and meets most candidates again.
    if (!tried_.insert(edited.scenario.dump()).second) return false;
    RunResult result;
    if (!run(edited.scenario, result) || signature_of(result) != best_.signature) return false;
    best_.scenario = edited.scenario;
    best_.result = std::move(result);
    ++best_.steps;
    options_.on_step(edited.edit, runs_);
    return true;
  }

  const ShrinkOptions& options_;
  Shrunk best_;
  int64_t runs_ = 0;
  std::set<std::string> tried_;
};

}  // namespace

Shrunk shrink(const nlohmann::ordered_json& scenario, const ShrinkOptions& options) {
  return Search(scenario, options).minimum();
}

}  // namespace scenarios
