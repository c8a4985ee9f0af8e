// SPDX-License-Identifier: Apache-2.0
//
// One segment of a log: `.log` holds batches, the indexes find them.
//
//   00000000000000000100.log        [batch 100..104][batch 105..105][batch 106..120] ...
//   00000000000000000100.index      last offset -> position, one entry after about
//                                   index.interval.bytes of batches
//   00000000000000000100.timeindex  largest timestamp so far -> offset, an entry beside each of
//                                   .index if it grew, and one when the segment is sealed or closed
//   00000000000000000100.txnindex   aborted transactions whose marker is here; made when needed
//
// The index is a hint: lookups start at the largest entry not above the offset and walk the
// batches. The last batches of a segment are also remembered here, so that readers at the tail walk
// nothing. A value that names its files by id. Source: storage/.../log/LogSegment.java.

#ifndef MODELS_LOG_SEGMENT_H_
#define MODELS_LOG_SEGMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/config.h"
#include "models/common/ids.h"
#include "models/common/step.h"
#include "models/log/index_file.h"
#include "models/log/log_file_name.h"
#include "models/log/record_batch.h"
#include "models/log/txn_index.h"

namespace models {

// What an append is, for the decision to roll: all its batches.
struct RollParams {
  int64_t bytes = 0;
  Offset last_offset;
  int64_t max_timestamp_ms = -1;
};

// The largest timestamp of some batches, and the last offset of the batch that has it.
struct TimestampOffset {
  int64_t timestamp_ms = -1;
  Offset offset;
};

class Segment {
 public:
  // Creates an empty segment (files that exist are emptied). `suffix` as of kCleanedSuffix.
  static absl::StatusOr<Segment> create(const std::string& directory, Offset base,
                                        const TopicConfig& config, Step& step,
                                        std::string_view suffix = {});
  // Opens existing files and trusts the indexes; missing ones are made.
  static absl::StatusOr<Segment> open(const std::string& directory, Offset base,
                                      const TopicConfig& config, Step& step,
                                      std::string_view suffix = {});

  // Trusts nothing: empties the indexes, checks each batch, cuts the log behind the last good one,
  // builds the indexes anew, and hands each good batch's header and position to `visit`. Returns
  // the bytes cut.
  using Visit =
      absl::FunctionRef<absl::Status(const BatchHeader&, const absl::Cord& log, int64_t position)>;
  absl::StatusOr<int64_t> recover(const TopicConfig& config, Visit visit, Step& step);
  // Whether the files must be recovered before use, however clean the stop was.
  bool must_recover() const { return !index_.existed() || !txn_index_.is_sane(); }

  Offset base_offset() const { return base_; }
  int64_t size_bytes() const { return size_; }
  // Behind its last batch; the base if it is empty.
  absl::StatusOr<Offset> next_offset(Step& step) const;
  // -1: no batch has one.
  const TimestampOffset& max_timestamp() const { return max_timestamp_; }
  // By which retention goes: the largest timestamp or, without one, when the file last changed.
  int64_t largest_timestamp_ms() const;
  // Of its first batch; nothing if there is none, or it has no timestamp.
  absl::StatusOr<std::optional<int64_t>> first_timestamp_ms(Step& step);
  int64_t modified_ms() const { return modified_ms_; }
  void set_modified_ms(int64_t at) { modified_ms_ = at; }

  absl::Status append(absl::Cord batch, const BatchHeader& header, const TopicConfig& config,
                      Step& step);
  absl::Status append_aborted(const AbortedTxn& txn, Step& step) {
    return txn_index_.append(txn, step);
  }
  const std::vector<AbortedTxn>& aborted_txns() const { return txn_index_.entries(); }

  int64_t index_bytes() const;
  int64_t time_index_bytes() const;
  // Where the index says to begin to look for `offset`.
  int64_t index_position(Offset offset) const;
  // Where the batch that holds `offset`, or the first one after it, begins; the size if there is
  // none.
  absl::StatusOr<int64_t> position_of(Offset offset, Step& step) const;
  absl::StatusOr<absl::Cord> read(int64_t position, int64_t length, Step& step) const {
    return step.disk.read(log_, position, length);
  }
  // Where to begin the search for the first record at or after a time and an offset.
  int64_t search_position(int64_t timestamp_ms, Offset from) const;
  // Visits headers from `position` on until `visit` returns false.
  absl::Status for_each_batch(int64_t position,
                              absl::FunctionRef<bool(const BatchHeader&, int64_t position)> visit,
                              Step& step) const;

  // Cuts at the start of the batch that holds `end`. Returns the bytes cut.
  absl::StatusOr<int64_t> truncate_to(Offset end, Step& step);
  // Must a new segment be rolled before this append?
  absl::StatusOr<bool> should_roll(const RollParams& append, int64_t now_ms,
                                   const TopicConfig& config, Step& step);
  // Sealed: no more appends. The time index gets its last entry.
  absl::Status seal(Step& step);

  absl::Status flush(Step& step);
  std::vector<sim::FileId> files() const;
  // As at a clean stop. The time index gets its last entry.
  void close(Step& step);
  void close_files(Step& step);
  // Its files under another suffix ("" to ".deleted", ".cleaned" to ".swap", ...).
  absl::Status rename(const std::string& directory, std::string_view from, std::string_view to,
                      Step& step);
  // Its files, closed before.
  static absl::Status remove(const std::string& directory, Offset base, std::string_view suffix,
                             Step& step);

 private:
  struct BatchAt {
    Offset last_offset;
    int64_t position;
  };
  static constexpr size_t kRecentBatches = 256;

  static absl::StatusOr<Segment> open_files(const std::string& directory, Offset base,
                                            std::string_view suffix, Step& step);
  void set_up(const TopicConfig& config, Step& step);
  void note_timestamp(const BatchHeader& header);
  void remember(Offset last_offset, int64_t position);
  absl::Status add_to_indexes(Offset last_offset, int64_t position, Step& step);
  absl::Status append_max_timestamp(Step& step);
  absl::Status truncate_indexes(Offset end, Step& step);
  absl::Status find_largest_timestamp(Step& step);
  int32_t relative(Offset offset) const { return static_cast<int32_t>(offset - base_); }

  Offset base_;
  sim::FileId log_;
  OffsetIndex index_;
  TimeIndex time_index_;
  TxnIndex txn_index_;
  int64_t size_ = 0;
  int64_t bytes_since_entry_ = 0;
  std::vector<BatchAt> recent_;  // The last batches, oldest first, without a gap.
  TimestampOffset max_timestamp_;
  std::optional<int64_t> first_timestamp_ms_;  // Of the first batch, once looked at.
  sim::Duration jitter_;                       // By which it is rolled earlier than segment.ms.
  int64_t created_ms_ = 0;
  int64_t modified_ms_ = 0;
};

}  // namespace models

#endif  // MODELS_LOG_SEGMENT_H_
