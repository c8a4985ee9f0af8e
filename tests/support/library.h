// SPDX-License-Identifier: Apache-2.0
//
// Shipped scenarios, and small ones of their own, for tests that run whole clusters.

#ifndef TESTS_SUPPORT_LIBRARY_H_
#define TESTS_SUPPORT_LIBRARY_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/loader.h"
#include "scenarios/run.h"

namespace tests {

inline std::string library_file(const std::string& name) {
  return std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/library/" + name + ".json";
}

// Names of all shipped scenarios, sorted.
inline std::vector<std::string> library_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(library_file("x").substr(0, library_file("x").rfind('/')))) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline std::shared_ptr<const scenarios::Scenario> must(scenarios::Loaded loaded) {
  for (const scenarios::Problem& problem : loaded.problems) ADD_FAILURE() << to_string(problem);
  if (!loaded.scenario) throw std::runtime_error("the scenario does not load");
  return std::make_shared<const scenarios::Scenario>(*std::move(loaded.scenario));
}

inline std::shared_ptr<const scenarios::Scenario> load(const std::string& name,
                                                       const std::vector<scenarios::Override>& overrides = {}) {
  return must(scenarios::load_scenario(library_file(name), overrides));
}

inline std::shared_ptr<const scenarios::Scenario> parse(const std::string& text) {
  return must(scenarios::load_scenario_text(text, "test.json", {}));
}

// leader_crash with other faults and a shorter run.
inline std::string small_scenario(const std::string& faults, const std::string& mutations = "",
                                  const std::string& cluster_config = "") {
  return R"({"name":"small","duration":"30s","cluster":{)" + cluster_config + R"("brokers":3,"controllers":1},
    "topics":{"orders":{"partitions":3,"replication.factor":3,"config":{"min.insync.replicas":2}}},
    "producers":{"checkout":{"count":2,"topic":"orders","rate":"100/s","value":{"size":"200B"}}},
    "consumers":{"billing":{"topics":["orders"],"assignment":"static"}},)" +
         mutations + R"("faults":[)" + faults + R"(],"expect":["lost == 0"]})";
}

inline std::string why(const scenarios::RunResult& result) {
  std::string text(scenarios::name_of(result.outcome));
  if (result.violation) text += "; " + std::string(result.violation->invariant) + ": " + result.violation->text;
  for (const auto& checked : result.expectations) {
    if (checked.state != scenarios::CheckedExpectation::State::kHolds)
      text += "; " + checked.expectation.text + " is " + checked.actual + " " + checked.why;
  }
  return text + "; " + result.stalled;
}

}  // namespace tests

#endif  // TESTS_SUPPORT_LIBRARY_H_
