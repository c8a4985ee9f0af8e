// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/cluster/script.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/conformance/cluster/requests.h"

namespace conformance {

namespace {

Script read(const std::filesystem::path& file) {
  Script script;
  script.file = file.string();
  std::ifstream in(file);
  Json json = Json::parse(in, nullptr, false);
  if (!json.is_object() || !json.contains("steps")) {
    ADD_FAILURE() << file << " is no script";
    return script;
  }
  script.name = json.value("name", "");
  EXPECT_EQ(script.name, file.stem().string());
  EXPECT_NE(json.value("why", ""), "") << file;
  script.config = json.value("config", Json::object());
  script.steps = json["steps"];
  script.pending = json.value("pending", "");
  for (const Json& step : script.steps) {
    if (script.pending.empty() && changes_what_is_not_simulated(step))
      script.pending = verb_of(step) + " is not simulated yet";
  }
  return script;
}

}  // namespace

std::string verb_of(const Json& step) { return step.begin().key(); }

std::vector<Script> all_scripts() {
  std::vector<Script> scripts;
  std::filesystem::path folder =
      std::filesystem::path(FAULTLINE_SOURCE_DIR) / "tests/conformance/cluster/scripts";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") scripts.push_back(read(entry.path()));
  }
  std::sort(scripts.begin(), scripts.end(), [](const Script& a, const Script& b) {
    return std::pair(a.config.dump(), a.name) < std::pair(b.config.dump(), b.name);
  });
  return scripts;
}

}  // namespace conformance
