// SPDX-License-Identifier: Apache-2.0
//
// The digest and verdict of every shipped scenario, stored in digests.txt. A change means that some
// run changed: explain it in the commit. To write the file anew:
//   FAULTLINE_UPDATE_GOLDEN=1 build/release/tests/golden_tests

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "scenarios/format.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

const std::string kFile = std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/digests.txt";

// "leader_crash seed 1 digest 87015a759a2bac9a events 496138 PASS"
std::string line_of(const std::string& name) {
  auto scenario = load(name);
  auto result = scenarios::run_scenario(scenario, {});
  std::ostringstream line;
  std::string digest = scenarios::digest_of(result.digest);
  std::erase(digest, ' ');
  line << name << " seed " << result.seed << " digest " << digest << " events " << result.events << " "
       << scenarios::name_of(result.outcome);
  return line.str();
}

std::map<std::string, std::string> stored() {
  std::map<std::string, std::string> lines;
  std::ifstream file(kFile);
  for (std::string line; std::getline(file, line);) lines[line.substr(0, line.find(' '))] = line;
  return lines;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, run_is_as_stored) {
  if (std::getenv("FAULTLINE_UPDATE_GOLDEN") != nullptr) return;  // See update below.
  EXPECT_EQ(line_of(GetParam()), stored()[GetParam()]);
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(library_names()),
                         [](const auto& info) { return info.param; });

TEST(GoldenFile, names_each_shipped_scenario_and_no_other) {
  if (std::getenv("FAULTLINE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(kFile);
    for (const std::string& name : library_names()) file << line_of(name) << "\n";
  }
  std::vector<std::string> names;
  for (const auto& [name, line] : stored()) names.push_back(name);
  EXPECT_EQ(names, library_names());
}

}  // namespace
}  // namespace tests
