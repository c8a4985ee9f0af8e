// SPDX-License-Identifier: Apache-2.0

#include "scenarios/series.h"

#include <algorithm>

namespace scenarios {

int64_t Series::at(sim::SimTime t) const {
  auto after =
      std::upper_bound(points_.begin(), points_.end(), t,
                       [](sim::SimTime time, const Point& point) { return time < point.at; });
  return after == points_.begin() ? 0 : std::prev(after)->value;
}

int64_t Series::max() const {
  int64_t highest = 0;
  for (const Point& point : points_) highest = std::max(highest, point.value);
  return highest;
}

sim::SimTime Series::time_of_max() const {
  auto highest = std::max_element(points_.begin(), points_.end(),
                                  [](const Point& a, const Point& b) { return a.value < b.value; });
  return highest == points_.end() ? sim::SimTime() : highest->at;
}

}  // namespace scenarios
