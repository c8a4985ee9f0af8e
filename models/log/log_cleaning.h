// SPDX-License-Identifier: Apache-2.0
//
// One round of the cleaner on one log, a buffer at a time, so that it goes on beside everything
// else and its reads and writes take time:
//
//   map    reads the dirty segments: last offset of each key, until the map is full
//   copy   writes, for each group of segments, one `.cleaned` with what stays
//   swap   .cleaned -> .swap, the old ones to .deleted, .swap -> plain
//
// Stays: the last record of each key; a tombstone until delete.retention.ms after the first round
// that saw it; markers of transactions likewise; the last batch of each active producer (its
// header, at least); and the last batch of the round, so that the log does not become shorter. A
// record without a key goes. Groups of neighbours that fit into one segment become one.
//
// A value: a world may be copied in the middle of a round. A log that was cut meanwhile ends it.
// Source: storage/.../log/Cleaner.java.

#ifndef MODELS_LOG_LOG_CLEANING_H_
#define MODELS_LOG_LOG_CLEANING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "models/common/config.h"
#include "models/log/batch_filter.h"
#include "models/log/cleaned_transactions.h"
#include "models/log/key_offsets.h"
#include "models/log/log_to_clean.h"
#include "models/log/partition_log.h"

namespace models {

// Of one thread.
struct CleanerLimits {
  int64_t map_bytes = 128 << 20;     // log.cleaner.dedupe.buffer.size
  Fraction map_load{900'000};        // log.cleaner.io.buffer.load.factor
  int64_t buffer_bytes = 256 << 10;  // Half of log.cleaner.io.buffer.size: the other half writes.
};
// What each thread gets of the memory that the settings give to all.
CleanerLimits cleaner_limits(const BrokerConfig& config);

struct CleaningTotals {
  int64_t bytes_read = 0;  // Both passes.
  int64_t bytes_written = 0;
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;
  int64_t records_before = 0;
  int64_t records_after = 0;
};

class LogCleaning {
 public:
  LogCleaning(const LogToClean& what, const CleanerLimits& limits, const PartitionLog& log);

  enum class Progress : uint8_t { kWorking, kDone, kAborted };
  // Works on about one buffer. An error is the disk's, or DataLoss for a batch that cannot be read
  // (then the log cannot be cleaned).
  absl::StatusOr<Progress> advance(PartitionLog& log, Step& step);
  // Removes what a round that does not go on has written.
  void abandon(PartitionLog& log, Step& step);

  // Where the next round begins, once this one is done.
  Offset clean_end() const { return map_end_; }
  // Not if the map had room for no key.
  bool has_progressed() const { return map_end_ > what_.first_dirty; }
  const CleaningTotals& totals() const { return totals_; }

 private:
  // What keeps a producer's state: the last data batch it has, or else its epoch.
  struct LastBatch {
    Offset last_offset = kNoOffset;
    ProducerEpoch epoch;
  };
  struct Group {
    std::vector<Offset> bases;
  };

  absl::StatusOr<bool> map_some(const PartitionLog& log, Step& step);
  bool map_batch(const absl::Cord& batch, const BatchHeader& header, absl::Status& status);
  void begin_copy(const PartitionLog& log);
  absl::StatusOr<bool> copy_some(PartitionLog& log, Step& step);
  absl::Status begin_group(const PartitionLog& log, Step& step);
  absl::Status copy_batch(const absl::Cord& batch, const BatchHeader& header,
                          const PartitionLog& log, Step& step);
  absl::Status end_group(PartitionLog& log, Step& step);
  bool is_last_of_producer(const BatchHeader& header) const;
  void begin_segment(const PartitionLog& log);

  LogToClean what_;
  int64_t buffer_bytes_;
  int64_t cuts_;  // Of the log, when this began.
  KeyOffsets keys_;
  CleanedTransactions transactions_;
  Offset map_end_;
  bool copies_ = false;
  std::vector<Group> groups_;
  size_t group_ = 0;
  size_t in_group_ = 0;
  Offset segment_;        // That is read now.
  int64_t position_ = 0;  // In it.
  std::optional<Segment> cleaned_;
  absl::btree_map<ProducerId, LastBatch> last_batches_;
  CleaningTotals totals_;
};

}  // namespace models

#endif  // MODELS_LOG_LOG_CLEANING_H_
