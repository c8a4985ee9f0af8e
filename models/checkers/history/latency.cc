// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/latency.h"

#include <algorithm>

namespace models {

Latencies latencies_of(std::vector<sim::Duration> values) {
  Latencies latencies;
  if (values.empty()) return latencies;
  auto count = static_cast<int64_t>(values.size());
  auto begin = values.begin();
  // Ranks grow, so each selection only has to look behind the one before it.
  auto select = [&](int64_t permille) {
    auto nth = values.begin() + (count * permille + 999) / 1000 - 1;
    std::nth_element(begin, nth, values.end());
    begin = nth;
    return *nth;
  };
  latencies.count = count;
  latencies.p50 = select(500);
  latencies.p90 = select(900);
  latencies.p99 = select(990);
  latencies.p999 = select(999);
  latencies.max = select(1000);
  return latencies;
}

}  // namespace models
