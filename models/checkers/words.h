// SPDX-License-Identifier: Apache-2.0
//
// Words that invariants share.

#ifndef MODELS_CHECKERS_WORDS_H_
#define MODELS_CHECKERS_WORDS_H_

#include <string>

#include "models/checkers/partition_memory.h"

namespace models {

inline std::string broker_text(NodeId broker) { return "broker " + std::to_string(broker.value()); }
inline std::string text_of(Offset offset) { return std::to_string(offset.value()); }
inline std::string epoch_text(LeaderEpoch epoch) {
  return "epoch " + std::to_string(epoch.value());
}

// What stands where the committed batch should.
inline std::string found_text(const Departure& departure, Offset log_end) {
  if (departure.found) return "has " + to_string(*departure.found);
  return "has nothing there; its log ends at " + text_of(log_end);
}

}  // namespace models

#endif  // MODELS_CHECKERS_WORDS_H_
