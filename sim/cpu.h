// SPDX-License-Identifier: Apache-2.0
//
// How fast a host computes. Faults slow it down; several multiply, in whatever order they came.

#ifndef SIM_CPU_H_
#define SIM_CPU_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/rng.h"
#include "sim/time.h"

namespace sim {

class Cpu {
 public:
  // All work takes `factor` times as long until `speed_up` with the same token.
  void slow_down(uint64_t token, Ratio factor) {
    slow_.push_back({factor, token});
    // By value, so that rounding does not depend on which came first.
    std::stable_sort(slow_.begin(), slow_.end(), [](const Slowness& a, const Slowness& b) {
      return std::pair(a.factor.numerator, a.factor.denominator) <
             std::pair(b.factor.numerator, b.factor.denominator);
    });
  }
  void speed_up(uint64_t token) {
    std::erase_if(slow_, [&](const Slowness& slow) { return slow.token == token; });
  }
  bool is_slow() const { return !slow_.empty(); }

  // At most an hour: together they could ask for more than there is time.
  Duration time_for(Duration cost) const {
    constexpr __int128 kMost = int64_t{3'600} * 1'000'000'000;
    __int128 nanos = cost.nanos();
    for (const Slowness& slow : slow_)
      nanos = std::min(nanos * slow.factor.numerator / slow.factor.denominator, kMost);
    return Duration::nanos(static_cast<int64_t>(nanos));
  }
  // visit(token), for each slowness at work.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Slowness& slow : slow_) visit(slow.token);
  }

 private:
  struct Slowness {
    Ratio factor;
    uint64_t token;
  };
  std::vector<Slowness> slow_;
};

}  // namespace sim

#endif  // SIM_CPU_H_
