// SPDX-License-Identifier: Apache-2.0
//
// Reads a log's batches from outside, for whoever compares logs.

#ifndef MODELS_CHECKERS_BATCH_READER_H_
#define MODELS_CHECKERS_BATCH_READER_H_

#include "models/log/partition_log.h"

namespace models {

// visit(const BatchHeader&, const absl::Cord& bytes, int64_t position) for each batch from the one
// that holds `from` on, up to `end`; `position` is the batch's place in `bytes`. False when the disk
// does not answer.
template <class Visit>
bool read_batches(const PartitionLog& log, Offset from, Offset end, Step& observer, Visit&& visit) {
  constexpr int64_t kReadBytes = 1 << 20;
  while (from < end) {
    ReadResult result = log.read(from, kReadBytes, end, true, observer);
    if (result.error != ErrorCode::kNone) return false;
    int64_t size = static_cast<int64_t>(result.records.size());
    int64_t position = 0;
    while (std::optional<BatchHeader> header = read_batch_header(result.records, position)) {
      if (position + header->total_bytes() > size) break;  // Cut at the limit; it comes again.
      visit(*header, result.records, position);
      from = header->next_offset();
      position += header->total_bytes();
    }
    if (position == 0) return true;  // A cut inside a batch leaves a gap before the log end.
  }
  return true;
}

}  // namespace models

#endif  // MODELS_CHECKERS_BATCH_READER_H_
