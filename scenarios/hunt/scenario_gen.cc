// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/scenario_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "scenarios/hunt/action_gen.h"
#include "scenarios/hunt/cluster_gen.h"
#include "scenarios/hunt/fault_gen.h"
#include "scenarios/hunt/json_text.h"
#include "scenarios/loader.h"
#include "sim/check.h"

namespace scenarios {

namespace {

std::string_view title_of(FaultClass kind) {
  switch (kind) {
    case FaultClass::kProcesses:
      return "Whatever processes and links do, nothing acknowledged is lost";
    case FaultClass::kOnePowerLoss:
      return "One broker loses its unflushed tail, and nothing acknowledged is lost";
    case FaultClass::kFlushed:
      return "What is flushed before it is acknowledged survives any loss of power";
    case FaultClass::kBeyond:
      return "Beyond what the settings promise to survive: losses need a permission";
  }
  return "";
}

// What a file brings along, without its own trouble.
Json without_trouble(const Json& base) {
  Json scenario = base;
  for (const char* key : {"$schema", "title", "why", "faults", "actions"}) scenario.erase(key);
  Scenario loaded = must_load(scenario, "the scenario without its faults");
  Json promises = Json::array();
  for (const Expectation& expectation : loaded.expect) {
    if (is_promise(expectation)) promises.push_back(expectation.text);
  }
  scenario["expect"] = std::move(promises);
  return scenario;
}

void expect(Json& scenario, std::string text) {
  Json& all = scenario["expect"];
  if (std::find(all.begin(), all.end(), Json(text)) == all.end()) all.push_back(std::move(text));
}

// `loaded`: the scenario so far.
void add_expectations(Json& scenario, const Scenario& loaded, FaultClass kind, bool heals) {
  if (scenario.find("expect") == scenario.end()) scenario["expect"] = Json::array();
  if (heals) expect(scenario, "convergence <= 60s");
  if (!must_survive(kind) || loaded.producers.empty()) return;
  expect(scenario, "lost == 0");
  // With several requests in flight a leader that starts anew may have forgotten one of them.
  bool once = std::all_of(loaded.producers.begin(), loaded.producers.end(),
                          [](const ProducerPlan& producer) {
                            return producer.config.enable_idempotence &&
                                   producer.config.max_in_flight_requests_per_connection == 1;
                          });
  if (!once) return;
  // Not "reordered == 0": of several requests in flight a leader that does not know the producer may
  // take a later one first. All other disorder is a broken promise without being expected.
  expect(scenario, "duplicated == 0");
}

void weaken(Json& scenario) {
  scenario["title"] = "acks=1 and min.insync.replicas=1: losses are permitted";
  for (auto& [name, topic] : scenario["topics"].items()) {
    if (topic.contains("config")) topic["config"].erase("min.insync.replicas");
  }
  if (scenario.contains("cluster") && scenario["cluster"].contains("config"))
    scenario["cluster"]["config"].erase("min.insync.replicas");
  if (scenario.contains("producers")) {
    for (auto& [name, producer] : scenario["producers"].items()) {
      producer["config"]["acks"] = "1";
      producer["config"].erase("enable.idempotence");
    }
  }
  Json kept = Json::array();
  for (const Json& text : scenario["expect"]) {
    if (text.get<std::string>().starts_with("convergence")) kept.push_back(text);
  }
  scenario["expect"] = std::move(kept);
}

Json make(Draw& draw, uint64_t seed, const DrawOptions& options) {
  Json body =
      options.base.is_object() ? without_trouble(options.base) : draw_cluster_and_load(draw);
  Json scenario = Json::object();
  scenario["name"] = fmt::format("hunt-{}", seed);
  scenario["title"] = "";
  scenario["seed"] = seed;
  for (const auto& [key, value] : body.items()) {
    if (!scenario.contains(key)) scenario[key] = value;
  }
  Scenario loaded = must_load(scenario, "a drawn scenario");
  FaultClass kind = draw_fault_class(draw, loaded);
  scenario["title"] = title_of(kind);
  Json actions = draw_actions(draw, loaded, kind);
  if (!actions.empty()) scenario["actions"] = std::move(actions);
  DrawnFaults faults = draw_faults(draw, loaded, kind);
  scenario["faults"] = std::move(faults.faults);
  add_expectations(scenario, loaded, kind, faults.heals);
  if (options.weak) weaken(scenario);
  if (!options.mutations.empty()) scenario["mutations"] = options.mutations;
  return scenario;
}

}  // namespace

Json draw_scenario(uint64_t seed, const DrawOptions& options) {
  return drawn(seed, [&](Draw& draw) { return make(draw, seed, options); });
}

Scenario must_load(const Json& scenario, const std::string& file) {
  Loaded loaded = load_scenario_text(json_text(scenario), file, {});
  std::string problems;
  for (const Problem& problem : loaded.problems) problems += "\n" + to_string(problem);
  SIM_CHECK(loaded.scenario.has_value(), problems, json_text(scenario));
  return *std::move(loaded.scenario);
}

bool is_promise(const Expectation& expectation) {
  static constexpr std::string_view kPromises[] = {
      "lost",    "duplicated", "reordered",         "phantom",    "inconsistent_offsets",
      "skipped", "guarantee",  "unclean_elections", "convergence"};
  return expectation.when.kind == AskedWhen::Kind::kAtEnd &&
         std::find(std::begin(kPromises), std::end(kPromises), expectation.metric) !=
             std::end(kPromises);
}

}  // namespace scenarios
