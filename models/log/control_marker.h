// SPDX-License-Identifier: Apache-2.0
//
// The marker that ends a transaction on a partition: a control batch of one record.
// Source: clients/.../record/EndTransactionMarker.java.

#ifndef MODELS_LOG_CONTROL_MARKER_H_
#define MODELS_LOG_CONTROL_MARKER_H_

#include <cstdint>
#include <optional>

#include "absl/strings/cord.h"
#include "models/log/record_batch.h"

namespace models {

struct EndTxnMarker {
  bool is_abort = false;
  int32_t coordinator_epoch = 0;
};
// Nothing if the batch holds no marker: it is no control batch, of another kind, or was emptied by
// the cleaner.
std::optional<EndTxnMarker> end_txn_marker_of(const absl::Cord& batch, const BatchHeader& header);

}  // namespace models

#endif  // MODELS_LOG_CONTROL_MARKER_H_
