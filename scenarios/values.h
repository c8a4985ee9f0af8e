// SPDX-License-Identifier: Apache-2.0
//
// The values of a scenario file as people write them, made exact: no floating point anywhere, so
// that "0.1%" is one thousandth on every machine. A failure is InvalidArgument with words that say
// how to write the value.

#ifndef SCENARIOS_VALUES_H_
#define SCENARIOS_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace scenarios {

// mantissa / 10^scale; scale in [0, 18].
struct Decimal {
  int64_t mantissa = 0;
  int scale = 0;
  bool operator==(const Decimal&) const = default;
};

// "12", "-0.5", "1.5e3"; nothing: not a decimal, or not exact in 18 digits.
std::optional<Decimal> parse_decimal(std::string_view text);
// `decimal` x `unit`; nothing: not a whole number, or too large.
std::optional<int64_t> whole(Decimal decimal, int64_t unit);

absl::StatusOr<int64_t> parse_integer(std::string_view text);
absl::StatusOr<uint64_t> parse_seed(std::string_view text);
// Not negative; ns, us, ms, s, m, min, h, d: "500ms", "1.5s". A whole number of nanoseconds.
absl::StatusOr<sim::Duration> parse_duration(std::string_view text);
// The same with a sign, or without: "-5min".
absl::StatusOr<sim::Duration> parse_signed_duration(std::string_view text);
// How many nanoseconds a second a clock gains: "200ppm", "-0.5ppm".
absl::StatusOr<int64_t> parse_drift(std::string_view text);
// In bytes; B, KB, MB, GB (1000), KiB, MiB, GiB (1024).
absl::StatusOr<int64_t> parse_size(std::string_view text);

// `records` every `per`, in lowest terms of the unit it was written in.
struct Rate {
  int64_t records = 0;
  sim::Duration per = sim::Duration::seconds(1);
  bool operator==(const Rate&) const = default;
};
// "500/s", "30/min", "7/h", "2000000/day"; "0.5/s" is one record every 2 s.
absl::StatusOr<Rate> parse_rate(std::string_view text);
// Thousandths of a record per second, rounded to the nearest.
int64_t thousandths_per_second(Rate rate);
inline constexpr int64_t kMostRecordsPerSecond = 10'000'000;

// "1%" or 0.01, from 0 to 1, in lowest terms.
absl::StatusOr<sim::Ratio> parse_probability(std::string_view text);
// At least 1: "20", "1.5"; in lowest terms.
absl::StatusOr<sim::Ratio> parse_factor(std::string_view text);

// For messages: "2 s", "500 ms" as parse_duration reads it: "2s", "500ms".
std::string duration_text(sim::Duration duration);

}  // namespace scenarios

#endif  // SCENARIOS_VALUES_H_
