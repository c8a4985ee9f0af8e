// SPDX-License-Identifier: Apache-2.0
//
// The same scripts on a real cluster and on a simulated one: the normal forms must be equal. One
// process of Kafka's (kafka_log.sh cluster) drives all real clusters, a line of answer a script.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <set>

#include "tests/conformance/cluster/script.h"
#include "tests/conformance/cluster/simulated.h"
#include "tests/conformance/log/child_process.h"
#include "tests/conformance/log/jars.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

// A script waits a minute at most for each thing, and is done three times at most.
constexpr int kPatienceSeconds = 600;
// A part of the scripts has as many.
constexpr size_t kPart = 4;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::set<std::string> names_in(std::string list) {
  std::set<std::string> names;
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    names.insert(list.substr(0, comma));
    list.erase(0, comma + 1);
  }
  return names;
}

// All, those that are named, or the part that is the turn of this number.
std::vector<Script> chosen_scripts(const std::vector<Script>& all) {
  std::string named = variable("FAULTLINE_CLUSTER_SCRIPTS");
  std::string turn = variable("FAULTLINE_CLUSTER_PART");
  std::vector<Script> ready, chosen;
  std::set<std::string> names = names_in(named);
  for (const Script& script : all) {
    if (!named.empty() && !names.contains(script.name)) continue;
    if (script.pending.empty()) ready.push_back(script);
  }
  if (turn.empty() || ready.size() <= kPart) return ready;
  size_t parts = (ready.size() + kPart - 1) / kPart;
  size_t first = std::stoul(turn) % parts * kPart;
  for (size_t i = first; i < std::min(first + kPart, ready.size()); ++i) chosen.push_back(ready[i]);
  return chosen;
}

// The lines that one side has and the other has not, each after the last line that both have.
std::string difference(const Lines& real, const Lines& simulated) {
  std::vector<std::vector<int>> longest(real.size() + 1, std::vector<int>(simulated.size() + 1));
  for (size_t i = real.size(); i-- > 0;) {
    for (size_t j = simulated.size(); j-- > 0;) {
      longest[i][j] = real[i] == simulated[j] ? longest[i + 1][j + 1] + 1
                                              : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  std::string text;
  size_t i = 0, j = 0;
  bool after_equal = true;
  while (i < real.size() || j < simulated.size()) {
    if (i < real.size() && j < simulated.size() && real[i] == simulated[j]) {
      after_equal = true;
      ++i, ++j;
      continue;
    }
    if (after_equal && i > 0) text += "  both       " + real[i - 1] + "\n";
    after_equal = false;
    bool ours = i == real.size() || (j < simulated.size() && longest[i][j + 1] > longest[i + 1][j]);
    text += ours ? "  simulated  " + simulated[j++] + "\n" : "  real       " + real[i++] + "\n";
  }
  return text;
}

Lines without_steps(Lines lines, const std::vector<int>& steps) {
  for (int step : steps) {
    std::string label = "step " + std::to_string(step) + " ";
    std::erase_if(lines, [&](const std::string& line) { return line.starts_with(label); });
  }
  return lines;
}

class Clusters : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("faultline_clusters." + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!variable("FAULTLINE_CONFORMANCE_KEEP").empty() || HasFailure()) {
      std::printf("kept: %s\n", folder_.c_str());
      return;
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string stderr_file() const { return (folder_ / "stderr").string(); }

  ChildProcess start_real(const std::vector<Script>& scripts) {
    std::vector<std::string> words{
        std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/kafka/kafka_log.sh", "cluster",
        (folder_ / "real").string(), "--attached"};
    for (const Script& script : scripts) words.push_back(script.file);
    return ChildProcess(words, stderr_file());
  }

  // One row of the table. True: equal.
  bool compare(const Script& script, const Json& real) {
    Outcome simulated = run_simulated(script);
    Lines expected = without_steps(real.value("lines", Lines()), simulated.skipped);
    std::string disturbed = real.value("disturbed", "");
    bool equal = !expected.empty() && expected == simulated.lines && disturbed.empty();
    std::string steps = std::to_string(script.steps.size());
    if (!simulated.skipped.empty()) steps += " - " + std::to_string(simulated.skipped.size());
    std::printf("%-28s %8s %6zu %10zu   %s   %.1f s%s\n", script.name.c_str(), steps.c_str(),
                expected.size(), simulated.lines.size(), equal ? "yes" : "NO ",
                real.value("ms", 0.0) / 1000,
                real.value("repeated", "").empty() ? "" : "   repeated: this machine was too slow");
    std::fflush(stdout);
    EXPECT_EQ(disturbed, "") << script.name;
    if (!variable("FAULTLINE_CLUSTER_SHOW").empty()) {
      for (const std::string& each : simulated.lines) std::printf("  %s\n", each.c_str());
    }
    if (!equal) ADD_FAILURE() << script.name << ":\n" << difference(expected, simulated.lines);
    return equal;
  }

  fs::path folder_;
};

TEST_F(Clusters, behave_as_kafka_s) {
  if (!have_jars(stderr_file())) return;
  std::vector<Script> all = all_scripts();
  std::vector<Script> scripts = chosen_scripts(all);
  ASSERT_FALSE(scripts.empty());
  ChildProcess kafka = start_real(scripts);
  std::printf("%-28s %8s %6s %10s   equal\n", "script", "steps", "real", "simulated");
  size_t equal = 0;
  for (const Script& script : scripts) {
    auto line = kafka.read_line(kPatienceSeconds);
    ASSERT_TRUE(line) << "the real cluster has ended in " << script.name << "; see "
                      << stderr_file();
    Json real = Json::parse(*line, nullptr, false);
    ASSERT_EQ(real.value("script", ""), script.name) << *line;
    if (compare(script, real)) ++equal;
  }
  std::printf("%zu of %zu scripts equal\n", equal, scripts.size());
  for (const Script& script : all) {
    if (!script.pending.empty())
      std::printf("%-28s pending: %s\n", script.name.c_str(), script.pending.c_str());
  }
}

// What is compared would tell a bug of Kafka's history from the right rule.
TEST(NormalForm, shows_bugs_of_the_museum) {
  std::set<std::string> shown;
  for (const Script& script : all_scripts()) {
    if (!script.pending.empty()) continue;
    Lines right = run_simulated(script).lines;
    for (int i = 0; i < models::kMutationCount; ++i) {
      models::MutationSet one;
      one.insert(static_cast<models::Mutation>(i));
      if (run_simulated(script, one).lines == right) continue;
      std::string name(models::card_of(static_cast<models::Mutation>(i)).name);
      std::printf("%-28s would show %s\n", script.name.c_str(), name.c_str());
      shown.insert(name);
    }
  }
  EXPECT_TRUE(shown.contains("KIP-101"));
  EXPECT_TRUE(shown.contains("KAFKA-769"));
}

}  // namespace
}  // namespace conformance
