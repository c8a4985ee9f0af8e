// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/agreement.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/log/log_file_name.h"
#include "scenarios/log_verify.h"
#include "scenarios/real_directory.h"

namespace conformance {

namespace fs = std::filesystem;

std::string copy_of(const std::string& folder, const std::string& name) {
  std::string copy = fresh_folder(name);
  fs::copy(folder, copy, fs::copy_options::recursive);
  return copy;
}

std::vector<Json> open_both(const std::string& folder, const OpenSettings& settings,
                            Tally& compared) {
  std::string for_us = copy_of(folder, "opened_by_us");
  std::string for_kafka = copy_of(folder, "opened_by_kafka");
  std::vector<Json> ours = open_all_ours(for_us, settings);
  std::vector<std::string> words{"open",
                                 for_kafka,
                                 "--time",
                                 std::to_string(settings.now_ms),
                                 "--producer-id-expiration-ms",
                                 std::to_string(settings.producer_id_expiration_ms)};
  for (const auto& [key, value] : settings.config.items()) {
    words.push_back("--config");
    words.push_back(key + "=" + value.get<std::string>());
  }
  Answer kafkas = ask_kafka(words);
  EXPECT_EQ(kafkas.exit, 0) << kafkas.describe();
  EXPECT_EQ(kafkas.lines.size(), ours.size());
  for (const Json& found : ours) {
    Json expected = kafkas.of_log(found.value("log", ""));
    for (const char* not_ours : {"topic_id", "high_watermark_checkpoint"}) expected.erase(not_ours);
    if (expected != found) {
      ADD_FAILURE() << folder << " " << found["log"] << ": from what Kafka finds to what we find\n"
                    << Json::diff(expected, found).dump(1).substr(0, 4000);
    }
    ++compared.logs;
    compared.batches += found.value("batches", 0);
    if (found.contains("all")) compared.records += found["all"].value("records", 0);
  }
  remove_if_passed({for_us, for_kafka});
  return kafkas.lines;
}

void dump(const std::string& folder, const std::vector<std::string>& options, Tally& compared) {
  std::vector<std::string> words{"dump"};
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    // The metadata log is Raft's: not recovered, and with an index that it does not use.
    bool is_log = entry.is_directory() && models::parse_log_directory_name(name) &&
                  name != "__cluster_metadata-0";
    if (is_log) words.push_back(entry.path().string());
  }
  words.insert(words.end(), options.begin(), options.end());
  Answer answer = ask_kafka(words);
  EXPECT_EQ(answer.exit, 0) << answer.describe();
  compared.files += static_cast<int64_t>(answer.lines.size());
}

void verify(const std::string& folder, bool compacted) {
  auto files = scenarios::RealDirectory::open(folder, scenarios::RealDirectory::Mode::kReadOnly);
  ASSERT_TRUE(files.ok()) << files.status();
  scenarios::VerifyTotals totals = scenarios::verify_logs(
      *files, {.path = ""}, {.compacted = compacted}, [&](const scenarios::LogFinding& finding) {
        if (!finding.is_problem) return;
        ADD_FAILURE() << folder << "/" << finding.file << " at byte " << finding.position
                      << ", offset " << finding.offset.value() << ": " << finding.text;
      });
  EXPECT_GT(totals.batches, 0);
  std::printf("verified  %ld batches and %ld records in %ld segments: %ld problems, %ld notes\n",
              static_cast<long>(totals.batches), static_cast<long>(totals.records),
              static_cast<long>(totals.segments), static_cast<long>(totals.problems),
              static_cast<long>(totals.notes));
}

}  // namespace conformance
