// SPDX-License-Identifier: Apache-2.0
//
// Time as values. Three clocks exist, and mixing them up does not compile:
//
//   SimTime    true time of the simulated universe; only the kernel and the judges see it
//   MonoTime   a host's monotonic clock (drifts, never steps), Kafka's `hiResClockMs`/`nanoseconds`
//   WallTime   a host's wall clock (offset, drift, steps), Kafka's `milliseconds`
//
// All are signed 64-bit nanoseconds. SimTime and MonoTime start at 0; WallTime counts from the Unix
// epoch. Arithmetic is exact and integral; there is no conversion between the clocks here (see
// sim/host_clock.h).

#ifndef SIM_TIME_H_
#define SIM_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace sim {

// A span of time in nanoseconds; may be negative.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration nanos(int64_t n) { return Duration(n); }
  static constexpr Duration micros(int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration millis(int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration seconds(int64_t n) { return Duration(n * 1'000'000'000); }
  static constexpr Duration max() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanos() const { return nanos_; }
  constexpr int64_t micros() const { return nanos_ / 1'000; }
  constexpr int64_t millis() const { return nanos_ / 1'000'000; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(-nanos_); }
  constexpr Duration& operator+=(Duration d) { nanos_ += d.nanos_; return *this; }
  constexpr Duration& operator-=(Duration d) { nanos_ -= d.nanos_; return *this; }
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.nanos_ + b.nanos_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.nanos_ - b.nanos_); }
  friend constexpr Duration operator*(Duration a, int64_t k) { return Duration(a.nanos_ * k); }
  friend constexpr Duration operator/(Duration a, int64_t k) { return Duration(a.nanos_ / k); }

 private:
  explicit constexpr Duration(int64_t n) : nanos_(n) {}
  int64_t nanos_ = 0;
};

// A point on the clock named by `Tag`.
template <class Tag>
class TimePoint {
 public:
  constexpr TimePoint() = default;
  static constexpr TimePoint at_nanos(int64_t n) { return TimePoint(n); }
  static constexpr TimePoint at_millis(int64_t n) { return TimePoint(n * 1'000'000); }
  static constexpr TimePoint max() { return TimePoint(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanos() const { return nanos_; }
  constexpr int64_t millis() const { return nanos_ / 1'000'000; }

  constexpr auto operator<=>(const TimePoint&) const = default;
  constexpr TimePoint& operator+=(Duration d) { nanos_ += d.nanos(); return *this; }
  friend constexpr TimePoint operator+(TimePoint t, Duration d) { return TimePoint(t.nanos_ + d.nanos()); }
  friend constexpr TimePoint operator-(TimePoint t, Duration d) { return TimePoint(t.nanos_ - d.nanos()); }
  friend constexpr Duration operator-(TimePoint a, TimePoint b) { return Duration::nanos(a.nanos_ - b.nanos_); }

 private:
  explicit constexpr TimePoint(int64_t n) : nanos_(n) {}
  int64_t nanos_ = 0;
};

using SimTime = TimePoint<struct SimTimeTag>;
using MonoTime = TimePoint<struct MonoTimeTag>;
using WallTime = TimePoint<struct WallTimeTag>;

namespace literals {
constexpr Duration operator""_ns(unsigned long long n) { return Duration::nanos(static_cast<int64_t>(n)); }
constexpr Duration operator""_us(unsigned long long n) { return Duration::micros(static_cast<int64_t>(n)); }
constexpr Duration operator""_ms(unsigned long long n) { return Duration::millis(static_cast<int64_t>(n)); }
constexpr Duration operator""_s(unsigned long long n) { return Duration::seconds(static_cast<int64_t>(n)); }
}  // namespace literals

}  // namespace sim

#endif  // SIM_TIME_H_
