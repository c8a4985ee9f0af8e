// SPDX-License-Identifier: Apache-2.0
//
// The aborted transactions of a segment: those whose abort marker lies in it. The file is made when
// the first one comes. Source: storage/.../log/TransactionIndex.java.

#ifndef MODELS_LOG_TXN_INDEX_H_
#define MODELS_LOG_TXN_INDEX_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/step.h"
#include "models/log/index_entries.h"

namespace models {

class TxnIndex {
 public:
  // Reads the file if there is one. `is_sane()` tells whether it can be used.
  static absl::StatusOr<TxnIndex> open(const std::string& path, Offset segment_base, Step& step);

  absl::Status append(const AbortedTxn& txn, Step& step);
  // Drops those whose marker lies at or behind `end`.
  absl::Status truncate_to(Offset end, Step& step);
  absl::Status reset(Step& step) { return truncate_to(Offset(0), step); }

  // False: a marker lies before the segment, entries do not grow, or a version is unknown; then the
  // segment must be recovered.
  bool is_sane() const { return sane_; }
  const std::vector<AbortedTxn>& entries() const { return entries_; }
  std::optional<sim::FileId> file() const { return file_; }

 private:
  std::string path_;
  std::optional<sim::FileId> file_;
  bool sane_ = true;
  std::vector<AbortedTxn> entries_;
};

}  // namespace models

#endif  // MODELS_LOG_TXN_INDEX_H_
