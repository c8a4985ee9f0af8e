// SPDX-License-Identifier: Apache-2.0
//
// What the cleaner leaves of one batch: all of it, a batch of the records that stay (offsets,
// sequence and last offset unchanged), its header alone, or nothing. A batch with tombstones, or a
// marker of an empty transaction, gets its delete horizon when the cleaner first sees it.
// Source: clients/.../record/MemoryRecords.java (filterTo, buildRetainedRecordsInto).

#ifndef MODELS_LOG_BATCH_FILTER_H_
#define MODELS_LOG_BATCH_FILTER_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/log/record_batch.h"

namespace models {

struct BatchFilter {
  absl::FunctionRef<bool(const RecordView&)> keeps;
  bool keep_empty = false;       // The header stays though no record does.
  bool is_empty_marker = false;  // A marker of a transaction without data.
  int64_t new_horizon_ms = 0;    // The delete horizon that this round gives.
};

// Empty: nothing stays. InvalidArgument if its records cannot be read.
absl::StatusOr<absl::Cord> filter_batch(const absl::Cord& batch, const BatchHeader& header,
                                        const BatchFilter& filter);

}  // namespace models

#endif  // MODELS_LOG_BATCH_FILTER_H_
