// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/kafka.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/conformance/log/jars.h"
#include "tests/conformance/log/tally.h"

namespace conformance {

namespace fs = std::filesystem;

namespace {

constexpr int kPatienceSeconds = 180;
const std::string kScript = std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/kafka/";

std::unique_ptr<ChildProcess>& jvm() {
  static std::unique_ptr<ChildProcess> the_one;
  return the_one;
}

fs::path temporary() {
  static const fs::path kFolder = [] {
    fs::path folder =
        fs::temp_directory_path() / ("faultline_conformance." + std::to_string(::getpid()));
    fs::create_directories(folder);
    return folder;
  }();
  return kFolder;
}

// Asks for Java and Kafka's jars before the first test, ends the JVM after the last one.
class Kafka : public ::testing::Environment {
 public:
  void SetUp() override { (void)have_jars(stderr_file()); }
  void TearDown() override {
    stop_kafka();
    print_tally();
    if (std::getenv("FAULTLINE_CONFORMANCE_KEEP") == nullptr) {
      std::error_code ignored;
      fs::remove_all(temporary(), ignored);
    } else {
      std::printf("kept: %s\n", temporary().c_str());
    }
  }
};

[[maybe_unused]] const auto* const kKafka = ::testing::AddGlobalTestEnvironment(new Kafka);

}  // namespace

std::string stderr_file() { return (temporary() / "stderr").string(); }

std::string fresh_folder(const std::string& name) {
  static int number = 0;
  fs::path folder = temporary() / (std::to_string(++number) + "_" + name);
  fs::create_directories(folder);
  return folder.string();
}

void remove_if_passed(const std::vector<std::string>& folders) {
  if (::testing::Test::HasFailure() || std::getenv("FAULTLINE_CONFORMANCE_KEEP") != nullptr) return;
  for (const std::string& folder : folders) fs::remove_all(folder);
}

Json Answer::of_log(const std::string& log) const {
  for (const Json& line : lines) {
    if (line.value("log", "") == log) return line;
  }
  return nullptr;
}

std::string Answer::describe() const {
  std::string text = "exit " + std::to_string(exit);
  size_t shown = 0;
  for (const Json& line : lines) {
    bool bad =
        line.contains("error") || (line.contains("mismatches") && !line["mismatches"].empty());
    if (bad && ++shown <= 5) text += "\n" + line.dump().substr(0, 1000);
  }
  return text;
}

Answer ask_kafka(const std::vector<std::string>& words) {
  if (jvm() == nullptr) {
    jvm() = std::make_unique<ChildProcess>(
        std::vector<std::string>{kScript + "kafka_log.sh", "serve"}, stderr_file());
  }
  Answer answer;
  if (!jvm()->write_line(Json(words).dump())) return answer;
  while (auto line = jvm()->read_line(kPatienceSeconds)) {
    Json parsed = Json::parse(*line, nullptr, false);
    if (parsed.contains("done")) {
      answer.exit = parsed.value("exit", -1);
      return answer;
    }
    answer.lines.push_back(std::move(parsed));
  }
  return answer;
}

void stop_kafka() {
  if (jvm() == nullptr) return;
  jvm()->close_input();
  jvm()->wait();
  jvm().reset();
}

Broker::Broker(const std::string& directory, const std::vector<std::string>& options) {
  std::vector<std::string> words{kScript + "kafka_log.sh", "broker", directory, "--max-seconds",
                                 "300"};
  words.insert(words.end(), options.begin(), options.end());
  process_ = std::make_unique<ChildProcess>(words, stderr_file());
  auto line = process_->read_line(kPatienceSeconds);
  Json answer = line ? Json::parse(*line, nullptr, false) : Json::object();
  port_ = answer.value("port", 0);
  EXPECT_GT(port_, 0) << "the broker did not start: " << line.value_or("no answer");
}

void Broker::halt() {
  process_->write_line("halt");
  EXPECT_EQ(process_->wait(), 137);
}

void Broker::stop() {
  process_->close_input();
  auto line = process_->read_line(kPatienceSeconds);
  EXPECT_TRUE(line && line->find("\"stopped\":true") != std::string::npos);
  EXPECT_EQ(process_->wait(), 0);
}

}  // namespace conformance
