// SPDX-License-Identifier: Apache-2.0
//
// Metadata records out of the batches that hold them, for whoever replays the log: the controller
// at its start, and brokers after each fetch.

#ifndef MODELS_CONTROLLER_METADATA_BATCHES_H_
#define MODELS_CONTROLLER_METADATA_BATCHES_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/ids.h"
#include "models/controller/metadata_records.h"

namespace models {

// How far a replay has come.
struct MetadataPosition {
  Offset next{0};                           // First offset not taken.
  LeaderEpoch last_epoch = kNoLeaderEpoch;  // Of the batch before it.
  // Of that batch, and the bytes of all that were taken; not among `fields`.
  int64_t last_timestamp_ms = -1;
  int64_t bytes = 0;
  static void fields(auto&& f) {
    f("next", &MetadataPosition::next);
    f("last_epoch", &MetadataPosition::last_epoch);
  }
};

// Visits each record from `from` on, of the whole batches that end at or below `limit`, in order;
// control batches are passed over, a cut last batch is left. Returns the position after the last
// batch taken (`from` if none). DataLoss for a batch that is not valid.
absl::StatusOr<MetadataPosition> visit_metadata_records(
    const absl::Cord& batches, MetadataPosition from, Offset limit,
    absl::FunctionRef<void(const MetadataRecord&, Offset)> visit);

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_BATCHES_H_
