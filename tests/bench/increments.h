// SPDX-License-Identifier: Apache-2.0
//
// Waiting times for the hold model: exponential, mean 1 ms, the same for every structure.

#ifndef TESTS_BENCH_INCREMENTS_H_
#define TESTS_BENCH_INCREMENTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/rng.h"

namespace bench {

class Increments {
 public:
  Increments() : values_(kCount) {
    sim::Rng rng(42);
    for (int64_t& value : values_) value = rng.exponential(sim::Duration::millis(1)).nanos() + 1;
  }
  int64_t next() { return values_[at_++ % kCount]; }

 private:
  static constexpr size_t kCount = 1 << 16;
  std::vector<int64_t> values_;
  size_t at_ = 0;
};

}  // namespace bench

#endif  // TESTS_BENCH_INCREMENTS_H_
