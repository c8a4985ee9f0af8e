// SPDX-License-Identifier: Apache-2.0
//
// Leftovers in a partition's directory after a crash. The cleaner writes `.cleaned` files, renames
// them to `.swap` (the last segment first), puts the old ones out of the way and renames `.swap` to
// the plain name. So after a crash:
//
//   .deleted    goes
//   .cleaned    goes, and with it each .swap at or behind the first of them: the renaming stopped
//   .swap       replaces the plain files of the offsets that it covers
//
// Source: storage/.../log/LogLoader.java (load, removeTempFilesAndCollectSwapFiles).

#ifndef MODELS_LOG_INTERRUPTED_SWAP_H_
#define MODELS_LOG_INTERRUPTED_SWAP_H_

#include <string>

#include "absl/status/status.h"
#include "models/common/config.h"
#include "models/common/step.h"

namespace models {

// Call before the segments are opened.
absl::Status settle_leftovers(const std::string& directory, const TopicConfig& config, Step& step);

}  // namespace models

#endif  // MODELS_LOG_INTERRUPTED_SWAP_H_
