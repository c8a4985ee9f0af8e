// SPDX-License-Identifier: Apache-2.0
//
// What a log should be: a plain list of records and of the batches they came in.
//
//   batches   [0..2 epoch 0][3..3 epoch 0][4..9 epoch 2]       cut at 5 -> end 5, batches [0..2][3..3]
//   records   0 1 2 3 4 5 6 7 8 9                              -> 0 1 2 3
//
// A record may be in one of three states: it must be there; it may be gone (the cleaner had reason
// to drop it, or it lies below the log start); or it is of the past (it was cut, or an append that
// failed has tried to write it) and may come back with a crash, as long as no other was made durable
// in its place.

#ifndef TESTS_MODELS_LOG_CRASH_LOG_MODEL_H_
#define TESTS_MODELS_LOG_CRASH_LOG_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/log/epoch_cache.h"
#include "models/log/record_batch.h"

namespace models {

// The log is not what it should be.
struct Violation : std::runtime_error {
  using runtime_error::runtime_error;
};
inline void require(bool holds, const std::string& otherwise) {
  if (!holds) throw Violation(otherwise);
}

struct StoredRecord {
  int64_t offset = 0;
  int64_t timestamp_ms = -1;
  int32_t epoch = -1;
  int64_t producer = -1;
  bool is_control = false;
  bool is_transactional = false;
  std::optional<std::string> key;
  std::optional<std::string> value;
  auto operator<=>(const StoredRecord&) const = default;
};
std::string to_string(const StoredRecord& record);

struct StoredBatch {
  BatchHeader header;
  std::vector<StoredRecord> records;
  bool is_abort = false;  // Of a marker.
};
// The whole batches in `bytes`. Throws for one that is not valid.
std::vector<StoredBatch> batches_in(const absl::Cord& bytes);

// What the batches tell of one producer.
struct KnownProducer {
  int32_t next_sequence = 0;
  Offset last_offset = kNoOffset;       // Of its last data batch.
  Offset txn_first_offset = kNoOffset;  // Of its open transaction.
};

class LogModel {
 public:
  // --- What happens ---
  // An append may now be on its way to the disk.
  void attempt(const StoredBatch& batch);
  void append(const StoredBatch& batch);  // Done.
  void cut(int64_t at);
  void start_over(int64_t at);
  void let_go_below(int64_t start);
  // The cleaner may drop what it finds superseded, empty or aborted below `end`.
  void clean_below(int64_t end);
  void flushed_to(int64_t offset) { flushed_ = offset; }
  void begin_epoch(LeaderEpoch epoch);
  // A crash: what was found is what the log is from now on.
  void adopt(const std::vector<StoredBatch>& found, int64_t start, int64_t end,
             const EpochCache& epochs);

  // --- What is ---
  int64_t start() const { return start_; }
  int64_t end() const { return end_; }
  int64_t flushed() const { return flushed_; }
  bool was_cleaned() const { return was_cleaned_; }
  // A crash has left offsets between two batches, or behind the last, that no batch has. Kafka too
  // does not see that: its recovery looks for batches that are torn.
  bool has_holes() const { return has_holes_; }
  // A crash has made a log start forgotten whose checkpoint was not written yet. What it took of the
  // epochs does not come back.
  bool start_came_back() const { return start_came_back_; }
  const EpochCache& epochs() const { return epochs_; }
  const std::vector<StoredRecord>& records() const { return records_; }
  const std::vector<StoredBatch>& batches() const { return batches_; }
  // From all that is known of below the end, what retention took too.
  std::map<int64_t, KnownProducer> producers() const;
  // The first record at or after a time, and not below the log start.
  const StoredRecord* at_timestamp(int64_t timestamp_ms) const;

  // --- What must be ---
  // All that was acknowledged is there, and nothing else.
  void check_all(const std::vector<StoredRecord>& found) const;
  // All below `durable` is there, and nothing that never was.
  void check_durable(const std::vector<StoredRecord>& found, int64_t durable) const;

 private:
  bool must_be(const StoredRecord& record) const {
    return record.offset >= start_ && !may_go_.contains(record.offset);
  }

  std::vector<StoredRecord> records_;  // By offset.
  std::vector<StoredBatch> batches_;   // Without records, by offset.
  std::set<StoredRecord> ever_;
  std::set<int64_t> may_go_;
  EpochCache epochs_;
  int64_t start_ = 0;
  int64_t end_ = 0;
  int64_t flushed_ = 0;
  bool was_cleaned_ = false;
  bool has_holes_ = false;
  bool start_came_back_ = false;
};

}  // namespace models

#endif  // TESTS_MODELS_LOG_CRASH_LOG_MODEL_H_
