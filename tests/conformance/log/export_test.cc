// SPDX-License-Identifier: Apache-2.0
//
// What our brokers leave: a scenario is run, a broker's disk exported, and Kafka reads it: its dump
// tool, its log code, and a real broker that adopts it, with a Java consumer.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <set>

#include "models/log/log_file_name.h"
#include "tests/conformance/log/agreement.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

// A scenario's own clock; where it says nothing else.
constexpr int64_t kAfterAll = 4'000'000'000'000;

struct Exported {
  std::string name;
  std::string options;  // Of `faultline log export`.
};

void PrintTo(const Exported& what, std::ostream* out) { *out << what.options; }

// The log.dir of the exported broker.
std::string export_disk(const Exported& what) {
  std::string folder = fresh_folder(what.name) + "/out";
  std::string command = std::string(FAULTLINE_PROGRAM) + " log export " + what.options +
                        " --quiet --to " + folder + " > " + folder + ".log 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return folder + "/kafka-logs";
}

std::set<std::string> topics_in(const std::string& folder) {
  std::set<std::string> topics;
  for (const auto& entry : fs::directory_iterator(folder)) {
    auto parsed = models::parse_log_directory_name(entry.path().filename().string());
    if (entry.is_directory() && parsed && !parsed->partition.topic.starts_with("__"))
      topics.insert(parsed->partition.topic);
  }
  return topics;
}

// The partitions alone: a real broker brings its own cluster along.
std::string partitions_of(const std::string& folder) {
  std::string copy = fresh_folder("adopted");
  std::set<std::string> topics = topics_in(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    auto parsed = models::parse_log_directory_name(name);
    if (entry.is_directory() && parsed && topics.contains(parsed->partition.topic))
      fs::copy(entry.path(), fs::path(copy) / name, fs::copy_options::recursive);
  }
  return copy;
}

void let_a_broker_adopt(const std::string& folder, const std::vector<Json>& opened) {
  std::set<std::string> topics = topics_in(folder);
  std::vector<std::string> options;
  std::vector<std::string> words{"consume", ""};
  for (const std::string& topic : topics) {
    options.insert(options.end(), {"--adopt", topic});
    words.push_back(topic);
  }
  Broker broker(partitions_of(folder), options);
  if (broker.port() == 0) return;
  words[1] = std::to_string(broker.port());
  words.push_back("--summary");
  Answer consumed = ask_kafka(words);
  EXPECT_EQ(consumed.exit, 0) << consumed.describe();
  broker.stop();
  int64_t records = 0;
  for (const Json& each : opened) {
    Json other = consumed.of_log(each.value("log", ""));
    if (other.is_null()) continue;
    EXPECT_EQ(each["data"], other["data"]) << each["log"];
    records += each["data"].value("records", 0);
  }
  EXPECT_GT(records, 0);
  std::printf("adopted   %ld records by a real broker, read by a Java consumer\n",
              static_cast<long>(records));
}

class Exports : public ::testing::TestWithParam<Exported> {};

TEST_P(Exports, are_read_by_kafka) {
  std::string folder = export_disk(GetParam());
  if (HasFailure()) return;
  Tally compared;
  verify(folder, false);
  dump(folder, {"--live"}, compared);
  std::vector<Json> opened = open_both(folder, {.now_ms = kAfterAll}, compared);
  let_a_broker_adopt(folder, opened);
  count("exported: " + GetParam().options, compared);
}

INSTANTIATE_TEST_SUITE_P(All, Exports,
                         ::testing::Values(Exported{"leader_crash", "leader_crash --broker 1"},
                                           Exported{"in_the_middle",
                                                    "leader_crash --broker 2 --at 23s"},
                                           Exported{"after_a_power_loss", "power_loss --broker 2"},
                                           Exported{"codecs",
                                                    "leader_crash --broker 3 --at 30s --set "
                                                    "/topics/orders/config/compression.type=lz4"}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace conformance
