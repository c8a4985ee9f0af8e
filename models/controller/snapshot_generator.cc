// SPDX-License-Identifier: Apache-2.0

#include "models/controller/snapshot_generator.h"

namespace models {

void SnapshotGenerator::on_replayed(int64_t bytes, bool caught_up, Step& step) {
  if (!started_) {
    started_ = caught_up;
    reset(step);
    return;
  }
  if (bytes == 0) return;
  bytes_ += bytes;
  bool is_old = max_interval_ > sim::Duration() && step.mono - since_ >= max_interval_;
  if (under_way_ || (bytes_ < max_bytes_ && !is_old)) return;
  under_way_ = true;
  step.effects.arm({Timer::kMetadataSnapshot}, {});
}

}  // namespace models
