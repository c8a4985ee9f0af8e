// SPDX-License-Identifier: Apache-2.0
//
// The validator beside Kafka's own: the answers of LogValidator 4.1.1 to random batches, whole and
// damaged (tests/data/kafka_batches/MakeValidatorCases.java). Error codes, records at fault,
// maximum timestamps and the bytes that go to the log must be the same.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "models/log/log_validator.h"

namespace models {
namespace {

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string to_hex(const absl::Cord& batch) {
  std::string text;
  for (char byte : std::string(batch)) {
    for (int shift : {4, 0}) text.push_back("0123456789abcdef"[(byte >> shift) & 15]);
  }
  return text;
}

std::string indexes_of(const std::vector<RecordError>& errors) {
  std::string text;
  for (const RecordError& error : errors)
    text += (text.empty() ? "" : ",") + std::to_string(error.index);
  return text.empty() ? "-" : text;
}

struct Case {
  std::string bytes;
  ValidatorOptions options;
  std::string answer;  // Error, records at fault, maximum timestamp, batch.
};

Case parse(const std::string& line) {
  std::istringstream in(line);
  Case one;
  std::string codec, hex, bar;
  bool is_append_time = false;
  int level = 0;
  in >> one.options.compacted >> is_append_time >> one.options.timestamp_before_max_ms >>
      one.options.timestamp_after_max_ms >> codec >> level >> one.options.max_message_bytes >>
      bar >> hex >> bar;
  if (is_append_time) one.options.timestamp_type = TimestampType::kLogAppendTime;
  one.options.leader_epoch = LeaderEpoch(9);
  std::optional<CompressionType> type = compression_type_named(codec);
  if (type) one.options.compression = Compression{*type};
  if (type && levels_of(*type)) one.options.compression->level = level;
  one.bytes = from_hex(hex);
  std::string error, faults, timestamp, batch;
  in >> error >> faults >> timestamp >> bar >> batch;
  one.answer = error + " " + faults + " " + timestamp + " " + batch;
  return one;
}

TEST(LogValidatorBesideKafka, answers_as_kafka_does) {
  // Another, larger file of cases may be named.
  const char* other = std::getenv("FAULTLINE_VALIDATOR_CASES");
  std::ifstream in(other ? other
                         : FAULTLINE_SOURCE_DIR "/tests/data/kafka_batches/validator_cases.txt");
  int cases = 0;
  for (std::string line; std::getline(in, line);) {
    Case one = parse(line);
    ValidatedBatch result =
        validate_append(absl::Cord(one.bytes), Offset(500), 1'000'000, one.options);
    std::string answer = std::to_string(static_cast<int>(result.error)) + " " +
                         indexes_of(result.record_errors) + " " +
                         std::to_string(result.max_timestamp_ms) + " " + to_hex(result.batch);
    EXPECT_EQ(answer, one.answer) << line << "\n" << result.message;
    ++cases;
  }
  EXPECT_GE(cases, 200);
}

}  // namespace
}  // namespace models
