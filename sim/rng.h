// SPDX-License-Identifier: Apache-2.0
//
// Randomness: one root seed, independent named streams, integer distributions only.
//
// A stream is derived from (root seed, name, numbers), never from draws of another stream, so a new
// consumer of randomness does not shift an old one. The generator is xoshiro256** seeded through
// splitmix64 (Blackman and Vigna). `std::*_distribution` is not used: its algorithms differ between
// standard libraries.

#ifndef SIM_RNG_H_
#define SIM_RNG_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/time.h"

namespace sim {

// An exact probability or factor: `numerator / denominator`, denominator > 0.
struct Ratio {
  int64_t numerator = 0;
  int64_t denominator = 1;
  constexpr bool operator==(const Ratio&) const = default;
  static void fields(auto&& f) {
    f("numerator", &Ratio::numerator);
    f("denominator", &Ratio::denominator);
  }
  constexpr bool is_zero() const { return numerator == 0; }
  constexpr bool is_one() const { return numerator == denominator; }
};

// A log-normal distribution made ready for many draws; see Rng::log_normal.
class LogNormal {
 public:
  LogNormal() = default;  // Always 0.
  LogNormal(Duration p50, Duration p99);

  Duration p50() const { return p50_; }
  bool operator==(const LogNormal&) const = default;

 private:
  friend class Rng;
  Duration p50_;
  int64_t spread_ = 0;  // log2(p99 / p50), Q32.
};

class Rng {
 public:
  Rng() : Rng(0) {}
  explicit Rng(uint64_t seed);

  // The stream `name`, `a`, `b` of the same root seed. Depends on the root seed and the arguments
  // alone; draws made so far do not matter.
  Rng stream(std::string_view name, uint64_t a = 0, uint64_t b = 0) const;

  uint64_t next();
  // Uniform in [0, bound). bound > 0. Unbiased (rejection).
  uint64_t below(uint64_t bound);
  // Uniform in [low, high], both included.
  int64_t between(int64_t low, int64_t high);
  // True with probability `p`; draws nothing when p is 0 or at least 1.
  bool chance(Ratio p);
  // Uniform in [0, d]; draws nothing when d is zero.
  Duration up_to(Duration d);
  // A log-normal value with the given median and 99th percentile (p99 >= p50 > 0), by an integer
  // quantile table: no floating point, the same on every machine. Draws nothing when p99 == p50.
  Duration log_normal(Duration p50, Duration p99) { return draw(LogNormal(p50, p99)); }
  Duration draw(const LogNormal& distribution);
  // An exponential waiting time with the given mean, by an integer table.
  Duration exponential(Duration mean);

  bool operator==(const Rng&) const = default;

 private:
  uint64_t root_;
  std::array<uint64_t, 4> state_;
};

// A 64-bit mix of a string, stable over machines and versions. Not cryptographic.
uint64_t stable_hash(std::string_view text, uint64_t seed = 0);

}  // namespace sim

#endif  // SIM_RNG_H_
