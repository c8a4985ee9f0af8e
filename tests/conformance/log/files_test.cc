// SPDX-License-Identifier: Apache-2.0
//
// One script through Kafka's log code and through ours: the same answers to each step, and at the
// end the same files with the same bytes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "models/log/record_batch.h"
#include "tests/conformance/log/agreement.h"
#include "tests/conformance/log/described_batch.h"
#include "tests/conformance/log/file_comparison.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/script_generator.h"
#include "tests/conformance/log/script_log.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

// A folder of scripts; FAULTLINE_CONFORMANCE_FOLDER names another.
std::string scripts_folder() {
  const char* other = std::getenv("FAULTLINE_CONFORMANCE_FOLDER");
  return other != nullptr ? other
                          : std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/log/scripts";
}

// The script's batches as Kafka's builder makes them, in order. Ours must make the same.
std::vector<absl::Cord> batches_of(const Json& script, Tally& compared) {
  Json described = Json::array();
  for (const Json& step : script["steps"]) {
    for (const Json& batch : step.value("batches", Json::array())) described.push_back(batch);
  }
  std::vector<absl::Cord> batches;
  if (described.empty()) return batches;
  Answer answer = ask_kafka({"batch", described.dump()});
  EXPECT_EQ(answer.exit, 0) << answer.describe();
  EXPECT_EQ(answer.lines.size(), described.size());
  for (size_t i = 0; i < answer.lines.size(); ++i) {
    batches.emplace_back(from_base64(answer.lines[i].value("bytes", "")));
    if (depends_on_library(described[i])) continue;
    EXPECT_EQ(described_batch(described[i]), batches.back()) << described[i].dump();
    ++compared.batches;
  }
  return batches;
}

// What a step's answers are compared by. Two exceptions of Kafka's log have no code of their own:
// Errors.forException makes UNKNOWN_SERVER_ERROR of both, as our log does.
Json essence(Json answer) {
  answer.erase("message");
  // A recovery point behind the log end (Kafka's may be, when a roll's append is refused) says no
  // more than one at the log end.
  if (answer.contains("recovery_point"))
    answer["recovery_point"] = std::min(answer["recovery_point"], answer["log_end"]);
  std::string error = answer.value("error", "");
  if (error == "UnexpectedAppendOffsetException" || error == "OffsetsOutOfOrderException")
    answer["error"] = "UNKNOWN_SERVER_ERROR";
  if (!answer.contains("appended")) return answer;
  for (Json& appended : answer["appended"]) {
    appended.erase("max_timestamp");
    appended.erase("append_time");
  }
  return answer;
}

// False at the first step that was answered differently: what follows is of no use.
bool compare_steps(const Json& script, const std::vector<Json>& kafkas,
                   const std::vector<Json>& ours) {
  EXPECT_EQ(kafkas.size(), ours.size());
  for (size_t i = 0; i < std::min(kafkas.size(), ours.size()); ++i) {
    EXPECT_EQ(essence(kafkas[i]), essence(ours[i]))
        << "step " << i << " (Kafka's first): " << script["steps"][i].dump().substr(0, 2000) << "\n"
        << kafkas[i].value("message", "") << "\nconfig " << script["config"].dump();
    if (essence(kafkas[i]) != essence(ours[i])) return false;
  }
  return kafkas.size() == ours.size();
}

// How often each kind of step was carried out, and was refused.
std::map<std::string, std::pair<int, int>>& outcomes() {
  static std::map<std::string, std::pair<int, int>> all;
  return all;
}
void note_outcomes(const std::vector<Json>& answers) {
  for (const Json& answer : answers) {
    std::string what = answer["do"];
    if (answer.contains("cleaned_to")) what = "clean (a round)";
    auto& [done, refused] = outcomes()[what];
    ++(answer.contains("error") ? refused : done);
  }
}
void print_outcomes() {
  std::printf("          steps (refused):");
  for (const auto& [what, counts] : outcomes())
    std::printf(" %s %d (%d);", what.c_str(), counts.first, counts.second);
  std::printf("\n");
}

void compare_script(const std::string& name, const Json& script) {
  SCOPED_TRACE(name);
  Tally compared;
  std::vector<absl::Cord> batches = batches_of(script, compared);
  std::string kafkas = fresh_folder(name + "_kafka");
  std::string ours = fresh_folder(name + "_ours");
  Answer answer = ask_kafka({"write", kafkas, script.dump()});
  ASSERT_EQ(answer.exit, 0) << answer.describe();
  std::ofstream(ours + "/script.json") << script.dump(1);
  ScriptLog log(ours, script);
  std::vector<Json> answers = log.run(batches);
  if (!compare_steps(script, answer.lines, answers)) return;
  note_outcomes(answers);
  bool closed = !answers.empty() && answers.back()["do"] == "close";
  FileComparison files =
      compare_folders(kafkas + "/" + log.name(), ours + "/" + log.name(), closed);
  EXPECT_EQ(files.differences, "") << kafkas << " " << ours;
  compared += files.compared;
  // Also a log that was not closed: with Kafka's checkpoints, and indexes that are too long.
  Tally opened;
  open_both(
      kafkas,
      {.now_ms = log.now_ms(),
       .producer_id_expiration_ms = script.value("producer_id_expiration_ms", int64_t{86'400'000}),
       .config = log.config()},
      opened);
  compared.logs = opened.logs;
  compared.scripts = 1;
  compared.steps = static_cast<int64_t>(answers.size());
  count(name, compared);
  remove_if_passed({kafkas, ours});
  if (files.reordered_snapshots > 0)
    std::printf("          %ld snapshots have their entries in another order\n",
                static_cast<long>(files.reordered_snapshots));
}

TEST(Files, scripts_give_the_same_bytes) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(scripts_folder())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    std::ifstream in(file);
    Json script = Json::parse(in);
    for (const Json& each : script.is_array() ? script : Json::array({script}))
      compare_script(file.stem().string(), each);
  }
}

int64_t setting(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

// One seed that failed: FAULTLINE_CONFORMANCE_SEED=7 FAULTLINE_CONFORMANCE_SCRIPTS=1.
TEST(Files, random_scripts_give_the_same_bytes) {
  int64_t first = setting("FAULTLINE_CONFORMANCE_SEED", 1);
  int64_t count = setting("FAULTLINE_CONFORMANCE_SCRIPTS", 60);
  for (int64_t seed = first; seed < first + count; ++seed) {
    ScriptGenerator generator(static_cast<uint64_t>(seed));
    compare_script("random_" + std::to_string(seed), generator.script(40));
  }
  print_outcomes();
}

}  // namespace
}  // namespace conformance
