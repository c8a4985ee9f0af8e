// SPDX-License-Identifier: Apache-2.0
//
// Batches of librdkafka, whose writer of batches is another than Kafka's: as kcat sends them to a
// real broker, with each codec.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "models/log/record_batch.h"
#include "tests/conformance/log/agreement.h"
#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/tally.h"

namespace conformance {
namespace {

constexpr const char* kCodecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
constexpr int kLines = 500;

// Where kcat is; empty: nowhere, and why not has been said.
std::string find_kcat() {
  ChildProcess script({std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/log/kcat.sh"},
                      stderr_file());
  script.close_input();
  std::string path = script.read_line(600).value_or("");
  return script.wait() == 0 ? path : "";
}

// The codec of the first batch: a producer may leave a batch uncompressed.
std::string codec_in(const std::string& folder) {
  std::ifstream in(folder + "/00000000000000000000.log", std::ios::binary);
  std::string bytes(models::kBatchHeaderBytes, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  auto header = models::read_batch_header(absl::Cord(bytes));
  auto codec = header ? header->codec() : std::nullopt;
  return codec ? std::string(name_of(*codec)) : "";
}

// Keys, empty values and long ones.
std::string write_lines() {
  std::string file = fresh_folder("kcat") + "/lines";
  std::ofstream out(file);
  for (int i = 0; i < kLines; ++i)
    out << "key " << i % 50 << "|value " << i << std::string(static_cast<size_t>(i % 7 * 40), 'v')
        << "\n";
  return file;
}

TEST(Librdkafka, its_batches_are_read) {
  std::string kcat = find_kcat();
  if (kcat.empty()) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "kcat is not there, and nothing was compared";
    GTEST_SKIP() << "batches of librdkafka: no kcat (Debian: apt-get install kcat)";
  }
  std::string folder = fresh_folder("broker");
  Broker broker(folder, {});
  if (broker.port() == 0) return;
  std::string port = std::to_string(broker.port());
  Json script{{"topics", Json::object()}};
  for (const char* codec : kCodecs) script["topics"][codec] = Json::object();
  ASSERT_EQ(ask_kafka({"produce", port, script.dump()}).exit, 0);
  std::string lines = write_lines();
  std::vector<std::string> words{"consume", port};
  for (const char* codec : kCodecs) {
    std::string command = kcat + " -P -b 127.0.0.1:" + port + " -t " + codec + " -z " + codec +
                          " -K '|' -Z -H name=value -H empty= -X linger.ms=20 -l " + lines +
                          " >> " + stderr_file() + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    words.push_back(codec);
  }
  words.push_back("--summary");
  Answer consumed = ask_kafka(words);
  EXPECT_EQ(consumed.exit, 0) << consumed.describe();
  broker.stop();
  Tally compared;
  std::vector<Json> opened = open_both(folder, {.now_ms = 4'000'000'000'000}, compared);
  for (const char* codec : kCodecs) {
    std::string log = std::string(codec) + "-0";
    EXPECT_EQ(codec_in(folder + "/" + log), codec);
    for (const Json& each : opened) {
      if (each["log"] != log) continue;
      EXPECT_EQ(each["data"], consumed.of_log(log)["data"]) << log;
      EXPECT_EQ(each["data"].value("records", 0), kLines) << log;
    }
  }
  verify(folder, false);
  count("written by librdkafka", compared);
}

}  // namespace
}  // namespace conformance
