// SPDX-License-Identifier: Apache-2.0
//
// One segment of a log: `.log` holds batches, `.index` finds them.
//
//   00000000000000000100.log    [batch 100..104][batch 105..105][batch 106..120] ...
//   00000000000000000100.index  (last offset - base: i32, position: i32), one entry after about
//                               index.interval.bytes of batches, both columns growing
//
// The index is a hint: lookups start at the largest entry not above the offset and walk the batches.
// The last batches of a segment are also remembered here, so that readers at the tail walk nothing.
// A value that names its files by id. Source: storage/.../log/{LogSegment,OffsetIndex}.java.

#ifndef MODELS_LOG_SEGMENT_H_
#define MODELS_LOG_SEGMENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/config.h"
#include "models/common/ids.h"
#include "models/common/step.h"
#include "models/log/log_file_name.h"
#include "models/log/record_batch.h"

namespace models {

struct SegmentScan {
  int64_t valid_bytes = 0;
  int64_t bytes_cut = 0;
  Offset next_offset;       // Behind the last valid batch.
  bool index_rebuilt = false;
};

class Segment {
 public:
  // Creates an empty segment (files that exist are emptied).
  static absl::StatusOr<Segment> create(const std::string& directory, Offset base, Step& step);
  // Opens existing files; the index is created if it is missing. Call `scan` next.
  static absl::StatusOr<Segment> open(const std::string& directory, Offset base, Step& step);

  // Walks all batches and hands each header to `visit`. With `verify`, the files are not trusted:
  // every batch's CRC is checked, the log is cut behind the last good one, the index is built anew.
  absl::StatusOr<SegmentScan> scan(bool verify, const TopicConfig& config,
                                   const std::function<void(const BatchHeader&)>& visit, Step& step);

  Offset base_offset() const { return base_; }
  int64_t size_bytes() const { return size_; }
  bool has_index_file() const { return had_index_; }

  absl::Status append(absl::Cord batch, const BatchHeader& header, const TopicConfig& config, Step& step);
  // Where the batch that holds `offset`, or the first one after it, begins; the size if there is none.
  absl::StatusOr<int64_t> position_of(Offset offset, Step& step) const;
  absl::StatusOr<absl::Cord> read(int64_t position, int64_t length, Step& step) const {
    return step.disk.read(log_, position, length);
  }
  // Cuts at the start of the batch that holds `end`. Returns the bytes cut.
  absl::StatusOr<int64_t> truncate_to(Offset end, Step& step);
  // Must a new segment be rolled before `bytes` more with these offsets and times?
  bool should_roll(int64_t bytes, Offset last_offset, int64_t max_timestamp_ms, int64_t now_ms,
                   const TopicConfig& config) const;

  absl::Status flush(Step& step);
  std::vector<sim::FileId> files() const { return {log_, index_}; }
  void close(Step& step);
  absl::Status remove(const std::string& directory, Step& step);

 private:
  struct IndexEntry {
    int32_t relative_offset;
    int32_t position;
  };
  struct BatchAt {
    Offset last_offset;
    int64_t position;
  };
  static constexpr size_t kRecentBatches = 256;

  static absl::StatusOr<Segment> open_files(const std::string& directory, Offset base, Step& step);
  void remember(Offset last_offset, int64_t position);
  absl::Status add_to_index(Offset last_offset, int64_t position, Step& step);
  absl::Status read_index(Step& step);
  absl::Status truncate_index(Offset end, Step& step);

  Offset base_;
  sim::FileId log_;
  sim::FileId index_;
  bool had_index_ = false;
  int64_t size_ = 0;
  std::vector<IndexEntry> entries_;   // What the index file holds.
  int64_t bytes_since_entry_ = 0;
  std::vector<BatchAt> recent_;       // The last batches, oldest first.
  int64_t first_timestamp_ms_ = -1;   // Of the first batch.
  int64_t created_ms_ = 0;
};

}  // namespace models

#endif  // MODELS_LOG_SEGMENT_H_
