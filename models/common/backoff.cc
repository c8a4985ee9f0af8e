// SPDX-License-Identifier: Apache-2.0

#include "models/common/backoff.h"

#include <algorithm>

namespace models {

sim::Duration exponential_backoff(sim::Duration base, sim::Duration max, int32_t times,
                                  sim::Rng& rng) {
  if (max <= base) return max;
  sim::Duration wait = base;
  for (int32_t i = 0; i < times && wait < max; ++i) wait = std::min(wait * 2, max);
  return std::min(wait * rng.between(800, 1200) / 1000, max);
}

}  // namespace models
