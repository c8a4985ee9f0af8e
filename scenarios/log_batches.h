// SPDX-License-Identifier: Apache-2.0
//
// The batches of a log file, one after another, from any file system; and what is in a batch, in
// words. Nothing in the file is trusted: lengths are held against the file before they are used.
//
//   BatchScanner scanner(files, file, size);
//   while (batch = scanner.next()) ...         ends at the end, or where `trouble` says what is
//   wrong
//
// Reads about a megabyte at a time, so that a file may be larger than memory.

#ifndef SCENARIOS_LOG_BATCHES_H_
#define SCENARIOS_LOG_BATCHES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/log/record_batch.h"
#include "sim/file_system.h"

namespace scenarios {

struct StoredBatch {
  int64_t position = 0;
  models::BatchHeader header;
  absl::Cord bytes;

  int64_t end() const { return position + header.total_bytes(); }
  // The CRC of its bytes; the header holds what was stored.
  uint32_t computed_crc() const;
};

class BatchScanner {
 public:
  BatchScanner(sim::FileSystem& files, sim::FileId file, int64_t size)
      : files_(files), file_(file), size_(size) {}

  // The next batch: whole, but not checked. Nothing at the end of the file, or where no batch
  // begins; an error if the file cannot be read.
  absl::StatusOr<std::optional<StoredBatch>> next();
  // The header of what `next` would give; nothing at the end.
  absl::StatusOr<std::optional<models::BatchHeader>> peek();
  // The batch that `next` gave last is none: it is trouble, and its length is not to be trusted.
  void reject(const StoredBatch& batch, std::string why) {
    position_ = batch.position;
    trouble_ = std::move(why);
  }
  // Where the next batch begins, or should.
  int64_t position() const { return position_; }
  bool at_end() const { return position_ >= size_; }
  // Why `next` gave nothing before the end; empty: it is the end.
  const std::string& trouble() const { return trouble_; }
  // Looks past the trouble for a place where a batch begins that is valid and whose base offset is
  // `least` or not far above, and goes on from there. False: there is none.
  absl::StatusOr<bool> resume(models::Offset least);

 private:
  // [position, position + length) of the file, which has them.
  absl::StatusOr<absl::Cord> bytes_at(int64_t position, int64_t length);
  // How many bytes from `position_` on are zero.
  absl::StatusOr<int64_t> zeros();
  // Why what lies at `position_` is no batch; `head` is what is there of a header.
  absl::StatusOr<std::string> why_none(const absl::Cord& head,
                                       const std::optional<models::BatchHeader>& header);
  absl::StatusOr<bool> valid_batch_at(int64_t position);

  sim::FileSystem& files_;
  sim::FileId file_;
  int64_t size_;
  int64_t position_ = 0;
  std::string trouble_;
  int64_t window_begin_ = 0;
  absl::Cord window_;
};

// --- What the bits mean ---

// "none", "gzip", "snappy", "lz4", "zstd"; "codec 5" for what Kafka does not know.
std::string codec_of(const models::BatchHeader& header);
bool has_known_codec(const models::BatchHeader& header);
bool is_compressed(const models::BatchHeader& header);
bool has_log_append_time(const models::BatchHeader& header);
// The time at which the batch's tombstones may go, if its base timestamp says that instead.
std::optional<int64_t> delete_horizon_of(const models::BatchHeader& header);
// Like BatchHeader::last_sequence, but -1 for a batch without sequence numbers.
models::Sequence last_sequence_of(const models::BatchHeader& header);
// Can its offsets be computed with? Else a base offset or delta is beyond all bounds.
bool has_sane_offsets(const models::BatchHeader& header);

// Every record of a valid batch. FailedPrecondition if it is compressed and models::for_each_record
// does not read such batches yet (the message says how): then nothing was visited. Its other errors
// are those of models::for_each_record.
absl::Status for_each_stored_record(const StoredBatch& batch,
                                    const std::function<void(const models::RecordView&)>& visit);

// What a control batch's record says.
struct ControlRecord {
  int16_t type = 0;
  std::string_view name;                     // "ABORT", "COMMIT", "LEADER_CHANGE", ...
  std::optional<int32_t> coordinator_epoch;  // Of ABORT and COMMIT.
  std::optional<int32_t> leader_id;          // Of LEADER_CHANGE.

  bool ends_transaction() const { return type == kAbort || type == kCommit; }
  static constexpr int16_t kAbort = 0;
  static constexpr int16_t kCommit = 1;
};
// Nothing if key or value is too short.
std::optional<ControlRecord> decode_control(const models::RecordView& record);

// "2025-11-25 19:30:53.123" (UTC); "-" for none.
std::string time_text(int64_t timestamp_ms);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_BATCHES_H_
