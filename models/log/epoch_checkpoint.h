// SPDX-License-Identifier: Apache-2.0
//
// `leader-epoch-checkpoint` in a partition's directory: version 0, a count, then "epoch start" lines.
// Written to a temporary name, synced, renamed. Source: storage/.../checkpoint/
// LeaderEpochCheckpointFile.java, server-common CheckpointFile.java.

#ifndef MODELS_LOG_EPOCH_CHECKPOINT_H_
#define MODELS_LOG_EPOCH_CHECKPOINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/common/step.h"
#include "models/log/epoch_cache.h"

namespace models {

absl::Status write_epoch_checkpoint(const std::string& directory, const EpochCache& cache, Step& step);
// An empty cache if there is no file, or if it is malformed.
absl::StatusOr<EpochCache> read_epoch_checkpoint(const std::string& directory, Step& step);

}  // namespace models

#endif  // MODELS_LOG_EPOCH_CHECKPOINT_H_
