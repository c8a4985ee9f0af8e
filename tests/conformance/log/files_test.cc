// SPDX-License-Identifier: Apache-2.0
//
// One script through Kafka's log code and through ours: the same answers to each step, and at the
// end the same files with the same bytes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "models/log/record_batch.h"
#include "tests/conformance/log/described_batch.h"
#include "tests/conformance/log/file_comparison.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/script_log.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

const std::string kScripts = std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/log/scripts/";

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

// What a step's answers are compared by.
Json essence(Json answer) {
  answer.erase("message");
  for (Json& appended : answer.value("appended", Json::array())) (void)appended;
  if (answer.contains("appended")) {
    for (Json& appended : answer["appended"]) {
      appended.erase("max_timestamp");
      appended.erase("append_time");
    }
  }
  return answer;
}

void compare_steps(const Json& script, const std::vector<Json>& kafkas,
                   const std::vector<Json>& ours) {
  ASSERT_EQ(kafkas.size(), ours.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(essence(kafkas[i]), essence(ours[i]))
        << "step " << i << " (Kafka's first): " << script["steps"][i].dump().substr(0, 500);
  }
}

void compare_script(const std::string& name, const Json& script) {
  SCOPED_TRACE(name);
  Tally compared;
  std::vector<absl::Cord> batches = batches_of(script, compared);
  std::string kafkas = fresh_folder(name + "_kafka");
  std::string ours = fresh_folder(name + "_ours");
  Answer answer = ask_kafka({"write", kafkas, script.dump()});
  ASSERT_EQ(answer.exit, 0) << answer.describe();
  ScriptLog log(ours, script);
  std::vector<Json> answers = log.run(batches);
  compare_steps(script, answer.lines, answers);
  bool closed = !answers.empty() && answers.back()["do"] == "close";
  FileComparison files =
      compare_folders(kafkas + "/" + log.name(), ours + "/" + log.name(), closed);
  EXPECT_EQ(files.differences, "") << kafkas << " " << ours;
  compared += files.compared;
  compared.scripts = 1;
  compared.steps = static_cast<int64_t>(answers.size());
  count(name, compared);
  if (files.reordered_snapshots > 0)
    std::printf("          %ld snapshots have their entries in another order\n",
                static_cast<long>(files.reordered_snapshots));
}

TEST(Files, scripts_give_the_same_bytes) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kScripts)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    std::ifstream in(file);
    Json script = Json::parse(in);
    for (const Json& each : script.is_array() ? script : Json::array({script}))
      compare_script(file.stem().string(), each);
  }
}

}  // namespace
}  // namespace conformance
