// SPDX-License-Identifier: Apache-2.0
//
// What a real broker leaves, filled by Kafka's own clients: every codec, transactions committed and
// aborted, headers, nulls, 5 MB in one record, several segments, a compacted topic. We accept it,
// recover it and read it as Kafka does, after a kill and after a clean stop.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/conformance/log/agreement.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

const std::string kProduceScript =
    std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/kafka/scripts/produce.json";

int64_t now_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The script that Kafka is checked against itself with, and a compacted topic.
Json script() {
  Json script = Json::parse(text_of(kProduceScript));
  script["topics"]["compacted"] = {{"config",
                                    {{"cleanup.policy", "compact"},
                                     {"segment.bytes", "1048576"},
                                     {"min.cleanable.dirty.ratio", "0.01"},
                                     {"delete.retention.ms", "0"}}}};
  for (int round = 0; round < 3; ++round) {
    for (const char* producer : {"idempotent", "gzip", "lz4", "none"}) {
      script["steps"].push_back(
          {{"producer", producer},
           {"do", "send"},
           {"topic", "compacted"},
           {"records",
            {{{"key", {{"text", "key %"}, {"modulo", 90}}},
              {"value", {{"bytes", 700}, {"seed", round}}},
              {"repeat", 600}},
             {{"key", {{"text", "key %"}}}, {"value", nullptr}, {"repeat", 5}}}}});
      script["steps"].push_back({{"producer", producer}, {"do", "flush"}});
    }
  }
  return script;
}

std::vector<std::string> topics_of(const Json& script) {
  std::vector<std::string> topics;
  for (const auto& [name, topic] : script["topics"].items()) topics.push_back(name);
  return topics;
}

// A round of the broker's cleaner has ended.
void wait_for_compaction(const std::string& folder) {
  for (int i = 0; i < 300; ++i) {
    std::string text = text_of(fs::path(folder) / "cleaner-offset-checkpoint");
    if (text.find("compacted 0 ") != std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ADD_FAILURE() << "the cleaner has not cleaned";
}

Answer consume(int port, const std::vector<std::string>& topics, bool read_committed) {
  std::vector<std::string> words{"consume", std::to_string(port)};
  words.insert(words.end(), topics.begin(), topics.end());
  words.push_back("--summary");
  if (read_committed) words.push_back("--read-committed");
  Answer answer = ask_kafka(words);
  EXPECT_EQ(answer.exit, 0) << answer.describe();
  return answer;
}

// Of each log, the sum `kind` of `left` is the sum `other_kind` of `right`.
void expect_same_sums(const std::vector<Json>& left, const char* kind, const Answer& right,
                      const char* other_kind) {
  for (const Json& each : left) {
    Json other = right.of_log(each.value("log", ""));
    if (other.is_null()) continue;  // A log of Kafka's own.
    EXPECT_EQ(each[kind], other[other_kind]) << each["log"];
  }
}

struct Served {
  std::string folder;
  Answer consumed;
  Answer committed;
};

class Brokers : public ::testing::Test {
 protected:
  // Fills a broker and reads it by a consumer, then has it killed.
  Served fill() {
    Served served{.folder = fresh_folder("broker"), .consumed = {}, .committed = {}};
    Json all = script();
    Broker broker(served.folder, {"--set", "log.cleaner.backoff.ms=200"});
    if (broker.port() == 0) return served;
    Answer produced = ask_kafka({"produce", std::to_string(broker.port()), all.dump()});
    EXPECT_EQ(produced.exit, 0) << produced.describe();
    wait_for_compaction(served.folder);
    served.consumed = consume(broker.port(), topics_of(all), false);
    served.committed = consume(broker.port(), topics_of(all), true);
    broker.halt();
    return served;
  }
  void compare(const Served& served, const std::string& state) {
    Tally compared;
    std::vector<Json> opened = open_both(served.folder, {.now_ms = now_ms()}, compared);
    expect_same_sums(opened, "data", served.consumed, "data");
    expect_same_sums(opened, "committed", served.committed, "data");
    verify(served.folder, false);
    count("what a broker left " + state, compared);
  }
};

TEST_F(Brokers, logs_of_a_broker_are_read_after_a_kill_and_after_a_clean_stop) {
  Served served = fill();
  if (HasFailure()) return;
  compare(served, "when it was killed");
  Broker again(served.folder, {});
  if (again.port() == 0) return;
  again.stop();
  compare(served, "after a clean stop");
}

}  // namespace
}  // namespace conformance
