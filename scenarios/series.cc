// SPDX-License-Identifier: Apache-2.0

#include "scenarios/series.h"

#include <algorithm>

namespace scenarios {

int64_t Series::at(sim::SimTime t) const {
  auto after = std::upper_bound(points_.begin(), points_.end(), t,
                                [](sim::SimTime time, const Point& point) { return time < point.at; });
  return after == points_.begin() ? 0 : std::prev(after)->value;
}

int64_t Series::max() const {
  int64_t highest = 0;
  for (const Point& point : points_) highest = std::max(highest, point.value);
  return highest;
}

}  // namespace scenarios
