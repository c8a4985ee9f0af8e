// SPDX-License-Identifier: Apache-2.0
//
// Log directories as Kafka would write them, in memory, for tests of what reads them. Written after
// Kafka's rules and not with the code under test, nor with the simulated broker's.
//
//   FakeLog log("orders-0");
//   log.data({.producer = 7, .records = 3});  log.roll();  log.marker(7, false);
//   log.write(files);

#ifndef TESTS_SCENARIOS_LOG_FIXTURE_H_
#define TESTS_SCENARIOS_LOG_FIXTURE_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"
#include "models/log/index_entries.h"
#include "models/log/log_file_name.h"
#include "models/log/producer_snapshot.h"
#include "models/log/record_batch.h"
#include "sim/rng.h"
#include "tests/support/memory_file_system.h"

namespace scenarios {

class FakeLog {
 public:
  static constexpr int64_t kIndexInterval = 300;

  explicit FakeLog(std::string directory, int64_t start = 0) : directory_(std::move(directory)) {
    next_ = models::Offset(start);
    segments_.push_back({next_});
    lead(0);
  }

  // A new leader: its batches come under this epoch.
  void lead(int32_t epoch) {
    epoch_ = models::LeaderEpoch(epoch);
    epochs_.emplace_back(epoch, next_.value());
  }
  struct Data {
    int64_t producer = -1;
    int records = 1;
    bool transactional = false;
    int64_t time_ms = 1000;
    int16_t attributes = 0;  // Beside those of a transaction.
    std::string value = "a value of some length";
  };
  void data(const Data& data) {
    models::BatchBuilder::Options options;
    options.attributes = static_cast<int16_t>(data.attributes | (data.transactional ? 0x10 : 0));
    if (data.producer >= 0) {
      models::ProducerSnapshotEntry& entry = known(data.producer);
      options.producer_id = entry.producer_id;
      options.producer_epoch = entry.epoch;
      options.base_sequence = models::advance(entry.last_sequence, 1);
      entry.last_sequence = models::advance(entry.last_sequence, data.records);
      entry.last_offset = next_ + (data.records - 1);
      entry.offset_delta = data.records - 1;
      entry.timestamp_ms = data.time_ms;
      if (data.transactional && entry.txn_first_offset == models::kNoOffset) {
        entry.txn_first_offset = next_;
        open_[next_] = data.producer;
      }
    }
    add(options, [&](models::BatchBuilder& batch) {
      for (int i = 0; i < data.records; ++i)
        batch.add(data.time_ms - (i % 2), "key " + std::to_string(i), data.value);
    });
  }
  // Ends the producer's transaction.
  void marker(int64_t producer, bool commit, int64_t time_ms = 1000,
              int32_t coordinator_epoch = 3) {
    models::ProducerSnapshotEntry& entry = known(producer);
    models::BatchBuilder::Options options;
    options.attributes = 0x30;
    options.producer_id = entry.producer_id;
    options.producer_epoch = entry.epoch;
    if (!commit && entry.txn_first_offset != models::kNoOffset) abort(entry);
    if (entry.txn_first_offset != models::kNoOffset) open_.erase(entry.txn_first_offset);
    entry.txn_first_offset = models::kNoOffset;
    entry.coordinator_epoch = coordinator_epoch;
    entry.timestamp_ms = time_ms;
    add(options, [&](models::BatchBuilder& batch) {
      std::string key, value;
      models::append_big_endian<int16_t>(key, 0);
      models::append_big_endian<int16_t>(key, commit ? 1 : 0);
      models::append_big_endian<int16_t>(value, 0);
      models::append_big_endian<int32_t>(value, coordinator_epoch);
      batch.add(time_ms, key, value);
    });
  }
  // Seals the segment, remembers the producers, begins the next.
  void roll() {
    force_time_entry();
    segments_.push_back({next_});
    snapshot();
  }
  // As a stop in good order does.
  void close() {
    force_time_entry();
    snapshot();
  }
  void snapshot() {
    std::vector<models::ProducerSnapshotEntry> entries;
    for (const auto& [id, entry] : producers_) entries.push_back(entry);
    snapshots_[next_] = models::encode_producer_snapshot(entries);
  }
  models::Offset end() const { return next_; }

  void write(models::MemoryFileSystem& files) const {
    (void)files.create_directory(directory_);
    for (const SegmentBytes& segment : segments_) {
      files.overwrite(path(segment.base, models::kLogSuffix), segment.log);
      files.overwrite(path(segment.base, models::kOffsetIndexSuffix), segment.index);
      files.overwrite(path(segment.base, models::kTimeIndexSuffix), segment.time_index);
      if (!segment.txn_index.empty())
        files.overwrite(path(segment.base, models::kTxnIndexSuffix), segment.txn_index);
    }
    for (const auto& [offset, bytes] : snapshots_)
      files.overwrite(path(offset, models::kSnapshotSuffix), bytes);
    std::string text = "0\n" + std::to_string(epochs_.size()) + "\n";
    for (const auto& [epoch, start] : epochs_)
      text += std::to_string(epoch) + " " + std::to_string(start) + "\n";
    files.overwrite(directory_ + "/leader-epoch-checkpoint", text);
    files.overwrite(directory_ + "/partition.metadata",
                    "version: 0\ntopic_id: a_XlVrwqSa-bjlETUiCCQw");
  }
  std::string path(models::Offset base, std::string_view suffix) const {
    return directory_ + "/" + models::segment_file_name(base, suffix);
  }
  const std::vector<std::pair<int32_t, int64_t>>& epochs() const { return epochs_; }

 private:
  struct SegmentBytes {
    models::Offset base;
    std::string log, index, time_index, txn_index;
    int64_t since_entry = 0;
    int64_t largest_ms = -1, indexed_ms = -1;
    models::Offset largest_at;
  };

  models::ProducerSnapshotEntry& known(int64_t producer) {
    auto [found, is_new] = producers_.try_emplace(producer);
    if (is_new) {
      found->second.producer_id = models::ProducerId(producer);
      found->second.epoch = models::ProducerEpoch(2);
    }
    return found->second;
  }
  void abort(const models::ProducerSnapshotEntry& entry) {
    models::AbortedTxn txn;
    txn.producer_id = entry.producer_id;
    txn.first_offset = entry.txn_first_offset;
    txn.last_offset = next_;
    txn.last_stable_offset = next_ + 1;
    for (const auto& [first, owner] : open_) {
      if (owner == entry.producer_id.value()) continue;
      txn.last_stable_offset = first;
      break;
    }
    txn.encode(segments_.back().txn_index);
  }
  template <class Fill>
  void add(models::BatchBuilder::Options options, const Fill& fill) {
    options.base_offset = next_;
    options.leader_epoch = epoch_;
    models::BatchBuilder builder(options);
    fill(builder);
    absl::Cord bytes = builder.build();
    models::BatchHeader header = *models::read_batch_header(bytes);
    SegmentBytes& segment = segments_.back();
    if (header.max_timestamp_ms > segment.largest_ms) {
      segment.largest_ms = header.max_timestamp_ms;
      segment.largest_at = header.last_offset();
    }
    if (segment.since_entry > kIndexInterval) {
      models::OffsetIndexEntry{static_cast<int32_t>(header.last_offset() - segment.base),
                               static_cast<int32_t>(segment.log.size())}
          .encode(segment.index);
      force_time_entry();
      segment.since_entry = 0;
    }
    segment.since_entry += header.total_bytes();
    segment.log += std::string(bytes);
    next_ = header.next_offset();
  }
  void force_time_entry() {
    SegmentBytes& segment = segments_.back();
    if (segment.largest_ms <= segment.indexed_ms) return;
    segment.indexed_ms = segment.largest_ms;
    models::TimeIndexEntry{segment.largest_ms,
                           static_cast<int32_t>(segment.largest_at - segment.base)}
        .encode(segment.time_index);
  }

  std::string directory_;
  models::Offset next_;
  models::LeaderEpoch epoch_;
  std::vector<SegmentBytes> segments_;
  std::vector<std::pair<int32_t, int64_t>> epochs_;
  std::map<models::Offset, std::string> snapshots_;
  std::map<int64_t, models::ProducerSnapshotEntry> producers_;
  std::map<models::Offset, int64_t> open_;
};

// A log of a few segments with whatever a log can have: idempotent and transactional producers,
// transactions that overlap and span segments, elections, times that step back.
inline FakeLog random_log(const std::string& directory, sim::Rng& rng) {
  FakeLog log(directory);
  int32_t epoch = 0;
  std::map<int64_t, bool> open;
  for (int batches = static_cast<int>(rng.between(10, 60)); batches > 0; --batches) {
    int64_t time = 1'700'000'000'000 + rng.between(0, 5000);
    if (rng.below(12) == 0) log.roll();
    int64_t producer = rng.between(-1, 4);
    bool in_transactions = producer >= 3;
    if (in_transactions && open[producer] && rng.below(3) == 0) {
      log.marker(producer, rng.below(2) == 0, time);
      open[producer] = false;
    } else {
      log.data({.producer = producer,
                .records = static_cast<int>(rng.between(1, 6)),
                .transactional = in_transactions,
                .time_ms = time});
      if (in_transactions) open[producer] = true;
    }
    if (rng.below(15) == 0 && batches > 1) {  // Each epoch gets a batch: the next is one at least.
      log.lead(epoch += static_cast<int32_t>(rng.between(1, 3)));
      log.data({.time_ms = time});
    }
  }
  return log;
}

// A batch of four records at offsets 1000..1200, compressed with gzip by Kafka 4.1.1.
inline std::string gzip_batch() {
  const std::string_view hex =
      "00000000000003e80000008700000005029a9fa941001100"
      "0000c8000000000000138800000000000111700000000000"
      "001267000300000011000000041f8b08000000000000ff93"
      "61606060cb4eade42a4bcc294d65e06110666264603060b8"
      "f09d9d8581918d232f313795a324b5a2848191e5f04a864d"
      "6c0c4c13984f3066d301dc60291b054403060077c213c2ca"
      "010000";
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return bytes;
}

}  // namespace scenarios

#endif  // TESTS_SCENARIOS_LOG_FIXTURE_H_
