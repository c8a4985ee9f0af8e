// SPDX-License-Identifier: Apache-2.0
//
// All that a machine may see while it handles one input. Handlers are `on_<event>(input, Step&)`;
// no machine keeps a reference to any of this, so that a world can be copied.

#ifndef MODELS_COMMON_STEP_H_
#define MODELS_COMMON_STEP_H_

#include "models/common/effects.h"
#include "models/common/marks.h"
#include "models/common/mutations.h"
#include "sim/file_system.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace models {

struct Step {
  sim::MonoTime mono;     // Kafka's `hiResClockMs` and `nanoseconds`.
  sim::WallTime wall;     // Kafka's `milliseconds`.
  sim::Rng& rng;          // The process's own stream.
  sim::FileSystem& disk;  // The host's files.
  Effects& effects;
  const MutationSet& mutations;
  Marks& marks;

  bool mutated(Mutation m) const { return mutations.contains(m); }
  void mark(Mark m) { marks.count(m); }
};

}  // namespace models

#endif  // MODELS_COMMON_STEP_H_
