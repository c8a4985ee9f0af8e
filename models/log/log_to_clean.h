// SPDX-License-Identifier: Apache-2.0
//
// Which part of a compacted log the cleaner may work on, and how much it is worth.
//
//   clean (behind the last round)   dirty, cleanable              not yet cleanable
//   [0..99][100..199]               [200..299][300..399]          [400..
//                    first dirty ^                first uncleanable ^
//
// The end is the last stable offset, the active segment, or the first segment with a record younger
// than min.compaction.lag.ms, whichever comes first.
// Source: storage/.../log/{LogCleanerManager,LogToClean}.java.

#ifndef MODELS_LOG_LOG_TO_CLEAN_H_
#define MODELS_LOG_LOG_TO_CLEAN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "models/common/step.h"

namespace models {

class PartitionLog;

struct LogToClean {
  Offset first_dirty;
  Offset first_uncleanable;
  bool is_due = false;         // The oldest dirty record waits longer than max.compaction.lag.ms.
  bool was_reset = false;      // The checkpoint pointed outside the log.
  int64_t clean_bytes = 0;
  int64_t cleanable_bytes = 0;

  int64_t total_bytes() const { return clean_bytes + cleanable_bytes; }
  // Dirty / (clean + dirty), in millionths.
  int64_t ratio_millionths() const;
};

// `cleaned_to`: where the last round ended, as checkpointed. Reads timestamps of first batches.
absl::StatusOr<LogToClean> log_to_clean(PartitionLog& log, std::optional<Offset> cleaned_to,
                                        Step& step);
// Whether it is worth a round now (min.cleanable.dirty.ratio, max.compaction.lag.ms).
bool is_worth_cleaning(const LogToClean& what, const PartitionLog& log);

}  // namespace models

#endif  // MODELS_LOG_LOG_TO_CLEAN_H_
