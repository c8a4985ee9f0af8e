// SPDX-License-Identifier: Apache-2.0

#include "scenarios/values.h"

#include <charconv>
#include <numeric>
#include <span>

#include "fmt/format.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

constexpr int kMostScale = 18;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kLargestFactor = 1'000'000;

struct Unit {
  std::string_view name;
  int64_t size;
};

// The largest first, as duration_text tries them.
constexpr Unit kDurationUnits[] = {
    {"d", 86'400 * kNanosPerSecond},
    {"h", 3'600 * kNanosPerSecond},
    {"min", 60 * kNanosPerSecond},
    {"m", 60 * kNanosPerSecond},
    {"s", kNanosPerSecond},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
};
constexpr Unit kSizeUnits[] = {
    {"B", 1},           {"KB", 1'000},      {"MB", 1'000'000},  {"GB", 1'000'000'000},
    {"KiB", 1ll << 10}, {"MiB", 1ll << 20}, {"GiB", 1ll << 30},
};
constexpr Unit kRateUnits[] = {
    {"s", kNanosPerSecond},
    {"min", 60 * kNanosPerSecond},
    {"m", 60 * kNanosPerSecond},
    {"h", 3'600 * kNanosPerSecond},
    {"hour", 3'600 * kNanosPerSecond},
    {"d", 86'400 * kNanosPerSecond},
    {"day", 86'400 * kNanosPerSecond},
};

constexpr std::string_view kHowDuration =
    "write a number and ns, us, ms, s, min, h or d, as \"15s\"";
constexpr std::string_view kHowOffset =
    "write a number and ns, us, ms, s, min, h or d, with or without a sign, as \"-5min\"";
constexpr std::string_view kHowDrift =
    "write parts per million, as \"200ppm\" or \"-200ppm\"; \"0.001ppm\" is the finest";
constexpr std::string_view kHowSize =
    "write a number and B, KB, MB, GB, KiB, MiB or GiB, as \"200B\"";
constexpr std::string_view kHowRate = "write records a time, as \"500/s\" or \"2000000/day\"";
constexpr std::string_view kHowProbability = "write \"1%\" or 0.01";
constexpr std::string_view kHowFactor = "write a number from 1 to 1000000, as 20 or 1.5";

absl::Status bad(std::string_view text, std::string_view kind, std::string_view how) {
  return absl::InvalidArgumentError(fmt::format("{} is no {}; {}", in_quotes(text), kind, how));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Ten times `value` plus `digit`; false: too large.
bool push_digit(int64_t& value, int digit) {
  return !__builtin_mul_overflow(value, int64_t{10}, &value) &&
         !__builtin_add_overflow(value, int64_t{digit}, &value);
}

// Takes digits from the front of `text` into `value`; nothing: too many of them.
std::optional<int> take_digits(std::string_view& text, int64_t& value) {
  int count = 0;
  while (!text.empty() && is_digit(text[0])) {
    if (!push_digit(value, text[0] - '0')) return std::nullopt;
    text.remove_prefix(1);
    ++count;
  }
  return count;
}

// "e-3" -> -3; nothing: no exponent of sensible size.
std::optional<int> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(1);
  bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  int64_t value = 0;
  std::optional<int> digits = take_digits(text, value);
  if (!digits || *digits == 0 || !text.empty() || value > 2 * kMostScale) return std::nullopt;
  return static_cast<int>(negative ? -value : value);
}

// In as few digits as do, with a scale of at least 0.
std::optional<Decimal> normalized(int64_t mantissa, int scale) {
  if (mantissa == 0) return Decimal{};
  while (scale > 0 && mantissa % 10 == 0) mantissa /= 10, --scale;
  for (; scale < 0; ++scale) {
    if (!push_digit(mantissa, 0)) return std::nullopt;
  }
  if (scale > kMostScale) return std::nullopt;
  return Decimal{mantissa, scale};
}

int64_t power_of_ten(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

sim::Ratio lowest_terms(int64_t numerator, int64_t denominator) {
  int64_t common = std::gcd(numerator, denominator);
  return {numerator / common, denominator / common};
}

// Splits "1.5s" into the decimal and the rest.
std::optional<Decimal> take_decimal(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
  std::optional<Decimal> decimal = parse_decimal(text.substr(0, end));
  text.remove_prefix(end);
  return decimal;
}

const Unit* unit_named(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// "1.5s" in the smallest unit; nothing: not that, negative, no whole number of it, or too large.
std::optional<int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  std::optional<Decimal> decimal = take_decimal(text);
  const Unit* unit = unit_named(units, text);
  if (!decimal || unit == nullptr || decimal->mantissa < 0) return std::nullopt;
  return whole(*decimal, unit->size);
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  int64_t mantissa = 0;
  std::optional<int> before = take_digits(text, mantissa);
  if (!before || *before == 0) return std::nullopt;
  int scale = 0;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    std::optional<int> after = take_digits(text, mantissa);
    if (!after || *after == 0) return std::nullopt;
    scale = *after;
  }
  if (!text.empty() && text[0] != 'e' && text[0] != 'E') return std::nullopt;
  std::optional<int> exponent = parse_exponent(text);
  if (!exponent) return std::nullopt;
  return normalized(negative ? -mantissa : mantissa, scale - *exponent);
}

std::optional<int64_t> whole(Decimal decimal, int64_t unit) {
  __int128 product = static_cast<__int128>(decimal.mantissa) * unit;
  int64_t divisor = power_of_ten(decimal.scale);
  if (product % divisor != 0) return std::nullopt;
  __int128 quotient = product / divisor;
  if (quotient > INT64_MAX || quotient < INT64_MIN) return std::nullopt;
  return static_cast<int64_t>(quotient);
}

absl::StatusOr<int64_t> parse_integer(std::string_view text) {
  std::optional<Decimal> decimal = parse_decimal(text);
  if (!decimal || decimal->scale != 0) {
    return absl::InvalidArgumentError(fmt::format("{} is no whole number", in_quotes(text)));
  }
  return decimal->mantissa;
}

absl::StatusOr<uint64_t> parse_seed(std::string_view text) {
  uint64_t seed = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    return bad(text, "seed", "write a whole number from 0 to 18446744073709551615");
  }
  return seed;
}

absl::StatusOr<sim::Duration> parse_duration(std::string_view text) {
  std::optional<int64_t> nanos = parse_with_unit(text, kDurationUnits);
  if (!nanos) return bad(text, "duration", kHowDuration);
  return sim::Duration::nanos(*nanos);
}

absl::StatusOr<sim::Duration> parse_signed_duration(std::string_view text) {
  std::string_view rest = text;
  bool negative = !rest.empty() && rest[0] == '-';
  if (negative || (!rest.empty() && rest[0] == '+')) rest.remove_prefix(1);
  std::optional<int64_t> nanos = parse_with_unit(rest, kDurationUnits);
  if (!nanos) return bad(text, "offset", kHowOffset);
  return sim::Duration::nanos(negative ? -*nanos : *nanos);
}

absl::StatusOr<int64_t> parse_drift(std::string_view text) {
  std::string_view rest = text;
  std::optional<Decimal> decimal = take_decimal(rest);
  std::optional<int64_t> ppb;
  if (decimal && rest == "ppm") ppb = whole(*decimal, 1000);
  if (!ppb) return bad(text, "drift", kHowDrift);
  return *ppb;
}

absl::StatusOr<int64_t> parse_size(std::string_view text) {
  std::optional<int64_t> bytes = parse_with_unit(text, kSizeUnits);
  if (!bytes) return bad(text, "size", kHowSize);
  return *bytes;
}

absl::StatusOr<Rate> parse_rate(std::string_view text) {
  std::string_view rest = text;
  std::optional<Decimal> records = take_decimal(rest);
  const Unit* unit = rest.empty() ? nullptr : unit_named(kRateUnits, rest.substr(1));
  if (!records || rest.empty() || rest[0] != '/' || unit == nullptr || records->mantissa < 0) {
    return bad(text, "rate", kHowRate);
  }
  sim::Ratio exact = lowest_terms(records->mantissa, power_of_ten(records->scale));
  int64_t per = 0;
  if (__builtin_mul_overflow(exact.denominator, unit->size, &per))
    return bad(text, "rate", kHowRate);
  return Rate{exact.numerator, sim::Duration::nanos(per)};
}

int64_t thousandths_per_second(Rate rate) {
  __int128 thousandths = static_cast<__int128>(rate.records) * 1000 * kNanosPerSecond;
  __int128 rounded = (thousandths + rate.per.nanos() / 2) / rate.per.nanos();
  return rounded > INT64_MAX ? INT64_MAX : static_cast<int64_t>(rounded);
}

absl::StatusOr<sim::Ratio> parse_probability(std::string_view text) {
  bool percent = !text.empty() && text.back() == '%';
  std::optional<Decimal> decimal = parse_decimal(percent ? text.substr(0, text.size() - 1) : text);
  int scale = decimal ? decimal->scale + (percent ? 2 : 0) : 0;
  if (!decimal || scale > kMostScale || decimal->mantissa < 0 ||
      decimal->mantissa > power_of_ten(scale)) {
    return bad(text, "probability", kHowProbability);
  }
  return lowest_terms(decimal->mantissa, power_of_ten(scale));
}

absl::StatusOr<sim::Ratio> parse_factor(std::string_view text) {
  std::optional<Decimal> decimal = parse_decimal(text);
  if (!decimal) return bad(text, "factor", kHowFactor);
  int64_t denominator = power_of_ten(decimal->scale);
  if (decimal->mantissa < denominator || decimal->mantissa / denominator > kLargestFactor) {
    return bad(text, "factor", kHowFactor);
  }
  return lowest_terms(decimal->mantissa, denominator);
}

std::string duration_text(sim::Duration duration) {
  if (duration == sim::Duration()) return "0s";
  for (const Unit& unit : kDurationUnits) {
    bool minutes = unit.size == 60 * kNanosPerSecond;  // "60s" reads better than "1min".
    if (!minutes && duration.nanos() % unit.size == 0) {
      return fmt::format("{}{}", duration.nanos() / unit.size, unit.name);
    }
  }
  return fmt::format("{}ns", duration.nanos());
}

}  // namespace scenarios
