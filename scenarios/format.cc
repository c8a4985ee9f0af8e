// SPDX-License-Identifier: Apache-2.0

#include "scenarios/format.h"

#include <fmt/format.h>

namespace scenarios {

namespace {

// `value` / `unit` with three significant digits.
std::string three_digits(int64_t value, int64_t unit) {
  int64_t whole = value / unit, rest = value % unit;
  if (whole >= 100) return fmt::format("{}", whole + (rest * 2 >= unit));
  if (whole >= 10) return fmt::format("{}.{}", whole, rest * 10 / unit);
  return fmt::format("{}.{:02}", whole, rest * 100 / unit);
}

}  // namespace

std::string text_of(sim::Duration duration) {
  int64_t n = duration.nanos();
  if (n < 0) return "-" + text_of(-duration);
  if (n == 0) return "0 s";
  if (n < 1'000) return fmt::format("{} ns", n);
  if (n < 1'000'000) return three_digits(n, 1'000) + " us";
  if (n < 1'000'000'000) return three_digits(n, 1'000'000) + " ms";
  if (n < 1'000'000'000'000) return three_digits(n, 1'000'000'000) + " s";
  return with_commas(n / 1'000'000'000) + " s";
}

std::string clock_of(sim::SimTime time) {
  if (time < sim::SimTime()) return "-" + clock_of(sim::SimTime::at_nanos(-time.nanos()));
  int64_t ms = time.millis();
  int64_t hours = ms / 3'600'000;
  std::string text =
      fmt::format("{:02}:{:02}.{:03}", ms / 60'000 % 60, ms / 1'000 % 60, ms % 1'000);
  return hours == 0 ? text : fmt::format("{}:{}", hours, text);
}

std::string with_commas(int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return number < 0 ? "-" + digits : digits;
}

std::string rate_of(int64_t thousandths) {
  return fmt::format("{}.{}/s", with_commas(thousandths / 1000), thousandths % 1000 / 100);
}

std::string digest_of(uint64_t digest) {
  return fmt::format("{:04x} {:04x} {:04x} {:04x}", digest >> 48, digest >> 32 & 0xffff,
                     digest >> 16 & 0xffff, digest & 0xffff);
}

std::string bytes_of(int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return three_digits(bytes, 1024) + " KiB";
  return three_digits(bytes, 1024 * 1024) + " MiB";
}

}  // namespace scenarios
