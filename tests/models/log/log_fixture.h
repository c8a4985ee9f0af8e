// SPDX-License-Identifier: Apache-2.0
//
// Small builders shared by the tests of models/log: batches, logs that are opened and reopened.

#ifndef TESTS_MODELS_LOG_LOG_FIXTURE_H_
#define TESTS_MODELS_LOG_LOG_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/partition_log.h"
#include "models/log/record_batch.h"
#include "tests/support/step_fixture.h"

namespace models {

inline constexpr int64_t kNowMs = 1'700'000'000'000;
inline const std::string kDirectory = "logs/orders-0";

struct BatchSpec {
  int records = 1;
  int64_t producer = -1;
  int producer_epoch = 0;
  int32_t sequence = 0;
  int64_t base = 0;
  int epoch = -1;
  int64_t timestamp_ms = kNowMs;
  size_t value_bytes = 5;
  bool transactional = false;
};

inline absl::Cord batch(const BatchSpec& spec = {}) {
  BatchBuilder builder({.base_offset = Offset(spec.base),
                        .leader_epoch = LeaderEpoch(spec.epoch),
                        .attributes = static_cast<int16_t>(spec.transactional ? 0x10 : 0)});
  if (spec.producer >= 0) {
    builder.set_producer(ProducerId(spec.producer),
                         ProducerEpoch(static_cast<int16_t>(spec.producer_epoch)),
                         Sequence(spec.sequence));
  }
  std::string value(spec.value_bytes, 'v');
  for (int i = 0; i < spec.records; ++i) builder.add(spec.timestamp_ms, "key", value);
  return builder.build();
}

// The marker that ends the transaction of `producer`.
inline absl::Cord marker(int64_t producer, bool commit, int producer_epoch = 0,
                         int coordinator_epoch = 0) {
  BatchBuilder builder({.attributes = 0x30,
                        .producer_id = ProducerId(producer),
                        .producer_epoch = ProducerEpoch(static_cast<int16_t>(producer_epoch))});
  std::string key, value;
  append_big_endian(key, int16_t{0});
  append_big_endian(key, static_cast<int16_t>(commit ? 1 : 0));
  append_big_endian(value, int16_t{0});
  append_big_endian(value, static_cast<int32_t>(coordinator_epoch));
  builder.add(kNowMs, key, value);
  return builder.build();
}

inline BatchHeader header_of(const BatchSpec& spec) { return *read_batch_header(batch(spec)); }

// Base offset and last offset of every whole batch in `bytes`.
inline std::vector<std::pair<int64_t, int64_t>> ranges_in(const absl::Cord& bytes) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  int64_t at = 0;
  while (auto header = read_batch_header(bytes, at)) {
    if (at + header->total_bytes() > static_cast<int64_t>(bytes.size())) break;
    ranges.emplace_back(header->base_offset.value(), header->last_offset().value());
    at += header->total_bytes();
  }
  return ranges;
}

// One log in the fixture's files. Not started: call `open`.
struct LogBench {
  LogBench() { EXPECT_TRUE(at.disk().create_directory("logs").ok()); }

  PartitionLog open(bool clean = false, int64_t recovery_point = 0) {
    LogOpenOptions options{.directory = kDirectory,
                           .partition = {"orders", 0},
                           .config = config,
                           .clean_shutdown = clean,
                           .recovery_point = Offset(recovery_point),
                           .log_start_offset = log_start,
                           .high_watermark = high_watermark};
    recovery = LogRecovery();
    absl::StatusOr<PartitionLog> log = PartitionLog::open(options, at.step(), &recovery);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  AppendResult append(PartitionLog& log, const BatchSpec& spec = {}, int epoch = 0) {
    return log.append_as_leader(batch(spec), LeaderEpoch(epoch), at.step());
  }
  AppendResult end_txn(PartitionLog& log, int64_t producer, bool commit,
                       int coordinator_epoch = 0) {
    return log.append_as_leader(marker(producer, commit, 0, coordinator_epoch), LeaderEpoch(0),
                                at.step(), AppendOrigin::kCoordinator);
  }
  // Names in the log's directory that end in `suffix`.
  std::vector<std::string> names(std::string_view suffix) {
    std::vector<std::string> found;
    const auto listed = at.disk().list(kDirectory);
    if (!listed.ok()) return found;
    for (const std::string& name : *listed) {
      if (name.ends_with(suffix)) found.push_back(name);
    }
    return found;
  }
  void fill(PartitionLog& log, int batches, const BatchSpec& spec = {}, int epoch = 0) {
    for (int i = 0; i < batches; ++i) {
      ASSERT_EQ(append(log, spec, epoch).error, ErrorCode::kNone);
    }
  }
  // Ranges of the batches from the one that holds `from` to the log end.
  std::vector<std::pair<int64_t, int64_t>> ranges(const PartitionLog& log, int64_t from) {
    std::vector<std::pair<int64_t, int64_t>> all;
    for (Offset next(from); next < log.log_end_offset();) {
      ReadResult read = log.read(next, 1 << 20, log.log_end_offset(), true, at.step());
      EXPECT_EQ(read.error, ErrorCode::kNone);
      auto some = ranges_in(read.records);
      if (some.empty()) break;
      all.insert(all.end(), some.begin(), some.end());
      next = Offset(some.back().second + 1);
    }
    return all;
  }
  static std::string file(int64_t base, const char* suffix) {
    return kDirectory + "/" + segment_file_name(Offset(base), suffix);
  }

  StepFixture at;
  TopicConfig config;
  Offset log_start{0};
  Offset high_watermark{0};
  LogRecovery recovery;
};

}  // namespace models

#endif  // TESTS_MODELS_LOG_LOG_FIXTURE_H_
