// SPDX-License-Identifier: Apache-2.0
//
// The values of metrics over a run: a step function of simulated time for each (metric, argument),
// with a point where it changed.

#ifndef SCENARIOS_SERIES_H_
#define SCENARIOS_SERIES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/time.h"

namespace scenarios {

class Series {
 public:
  struct Point {
    sim::SimTime at;
    int64_t value = 0;
  };
  // Times do not go back. An unchanged value adds nothing.
  void set(sim::SimTime at, int64_t value) {
    if (!points_.empty() && points_.back().value == value) return;
    if (!points_.empty() && points_.back().at == at) {
      points_.back().value = value;
    } else {
      points_.push_back({at, value});
    }
  }
  void add(sim::SimTime at, int64_t change) { set(at, last() + change); }

  int64_t last() const { return points_.empty() ? 0 : points_.back().value; }
  // The value at `t`: of the last point at or before it; 0 before the first.
  int64_t at(sim::SimTime t) const;
  int64_t max() const;
  sim::SimTime time_of_max() const;  // The first; 0 if there is no point.
  const std::vector<Point>& points() const { return points_; }

 private:
  std::vector<Point> points_;
};

// Keys are (metric, argument); no argument is "".
using SeriesKey = std::pair<std::string, std::string>;
using SeriesMap = absl::btree_map<SeriesKey, Series>;

}  // namespace scenarios

#endif  // SCENARIOS_SERIES_H_
