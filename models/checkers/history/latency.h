// SPDX-License-Identifier: Apache-2.0
//
// Exact percentiles by nearest rank: the p-th is the smallest value that at least p of all values
// do not exceed.

#ifndef MODELS_CHECKERS_HISTORY_LATENCY_H_
#define MODELS_CHECKERS_HISTORY_LATENCY_H_

#include <cstdint>
#include <vector>

#include "models/checkers/history/judge_types.h"

namespace models {

// All 0 if there are none.
Latencies latencies_of(std::vector<sim::Duration> values);

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_LATENCY_H_
