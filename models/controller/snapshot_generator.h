// SPDX-License-Identifier: Apache-2.0
//
// When a node, controller or broker, writes a snapshot of its image: after so many bytes of the
// metadata log, or when the last one is so old and something has come since. It counts from when the
// node first caught up. Writing is work beside the rest: the timer stands for Kafka's own thread.
//
//   on_replayed -> Timer::kMetadataSnapshot -> take_up -> write, flush ... -> on_written
//
// Source: metadata/.../image/publisher/SnapshotGenerator.java.

#ifndef MODELS_CONTROLLER_SNAPSHOT_GENERATOR_H_
#define MODELS_CONTROLLER_SNAPSHOT_GENERATOR_H_

#include <cstdint>

#include "models/common/config.h"
#include "models/common/step.h"

namespace models {

class SnapshotGenerator {
 public:
  explicit SnapshotGenerator(const BrokerConfig& config)
      : max_bytes_(config.metadata_log_max_record_bytes_between_snapshots),
        max_interval_(config.metadata_log_max_snapshot_interval_ms) {}

  // The image has moved on by `bytes` of the log; `caught_up`: to all that is known to be committed.
  void on_replayed(int64_t bytes, bool caught_up, Step& step);
  // The image was made from a snapshot.
  void on_loaded(Step& step) { reset(step); }
  // The timer fired: the counters start anew.
  void take_up(Step& step) { reset(step); }
  // The snapshot is durable, or was not to be written after all.
  void on_written() { under_way_ = false; }

 private:
  void reset(Step& step) {
    bytes_ = 0;
    since_ = step.mono;
  }

  int64_t max_bytes_;
  sim::Duration max_interval_;
  int64_t bytes_ = 0;
  sim::MonoTime since_;
  bool started_ = false;
  bool under_way_ = false;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_SNAPSHOT_GENERATOR_H_
