// SPDX-License-Identifier: Apache-2.0
//
// Figures of many seeds, side by side: what the summaries of a campaign are made of.

#ifndef SCENARIOS_SEED_SPREAD_H_
#define SCENARIOS_SEED_SPREAD_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/run_result.h"

namespace scenarios {

// A figure over all seeds, sorted; each value with its seed.
struct Spread {
  std::string name;
  MetricUnit unit{};
  bool more_is_worse = true;
  std::vector<std::pair<int64_t, uint64_t>> values;

  // By nearest rank: the smallest value that at least `percent` of all do not exceed.
  int64_t rank(size_t percent) const {
    size_t place = (values.size() * percent + 99) / 100;
    return values[place == 0 ? 0 : place - 1].first;
  }
  uint64_t worst_seed() const {
    return more_is_worse ? values.back().second : values.front().second;
  }
};

std::vector<Spread> spreads_of(const std::vector<RunResult>& results);

inline bool was_run(const RunResult& result) { return result.outcome != Outcome::kInterrupted; }
// Why a run did not pass, in a line.
std::string reason_of(const RunResult& result);

}  // namespace scenarios

#endif  // SCENARIOS_SEED_SPREAD_H_
