// SPDX-License-Identifier: Apache-2.0

#include "sim/rng.h"

#include <bit>
#include <limits>

#include "sim/check.h"
#include "sim/quantile_table.h"

namespace sim {

namespace {

using Wide = unsigned __int128;

// The output function of splitmix64.
uint64_t scramble(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15ull;

uint64_t fold(uint64_t a, uint64_t b) {
  Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Little-endian on every machine.
uint64_t load_bytes(const char* bytes, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; ++i) {
    word |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

// The point `fraction` / 2^bits of the way from table[i] to table[i + 1].
template <class Table>
int64_t interpolate(const Table& table, uint64_t i, uint64_t fraction, int bits) {
  int64_t step = table[i + 1] - table[i];
  return table[i] + ((step * static_cast<int64_t>(fraction)) >> bits);
}

// log2(v) in Q32; v > 0.
int64_t log2_q32(uint64_t v) {
  int exponent = 63 - std::countl_zero(v);
  uint64_t mantissa = v << (63 - exponent);  // Its top bit is the one before the point.
  uint64_t index = (mantissa >> 55) & 255;
  uint64_t fraction = (mantissa >> 31) & 0xffffff;
  return (int64_t{exponent} << 32) + interpolate(internal::kLog2, index, fraction, 24);
}

// `value` times 2^exponent (Q32), at most the largest int64.
int64_t times_exp2(int64_t value, int64_t exponent_q32) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t shift = exponent_q32 >> 32;
  uint64_t index = (static_cast<uint64_t>(exponent_q32) >> 24) & 255;
  uint64_t fraction = static_cast<uint64_t>(exponent_q32) & 0xffffff;
  int64_t factor = interpolate(internal::kExp2, index, fraction, 24);
  if (shift > 62) return kMost;
  if (shift < -62) return 0;
  Wide product = static_cast<Wide>(value) * static_cast<Wide>(factor);  // Q30, below 2^94.
  product = shift <= 30 ? product >> (30 - shift) : product << (shift - 30);
  return product > static_cast<Wide>(kMost) ? kMost : static_cast<int64_t>(product);
}

// A standard normal deviate as a multiple of its 99th percentile, Q24. The top bit of `bits` is the
// sign, the others are the probability of the tail beyond the deviate.
int64_t normal_q24(uint64_t bits) {
  const auto& table = internal::kNormalTail;
  constexpr uint64_t kLastOctave = table.size() / 16 - 1;
  const bool positive = (bits >> 63) != 0;
  uint64_t tail = (bits << 1) | 1;
  uint64_t octave = static_cast<uint64_t>(std::countl_zero(tail));
  if (octave > kLastOctave) return positive ? table[16 * kLastOctave] : -table[16 * kLastOctave];
  uint64_t mantissa = tail << octave;
  uint64_t sixteenth = (mantissa >> 59) & 15;
  int64_t fraction = static_cast<int64_t>((mantissa >> 43) & 0xffff);
  int64_t here = table[16 * octave + sixteenth];
  int64_t next = sixteenth < 15 ? table[16 * octave + sixteenth + 1]
                 : octave > 0   ? table[16 * (octave - 1)]
                                : 0;
  int64_t value = here + (((next - here) * fraction) >> 16);
  return positive ? value : -value;
}

}  // namespace

Rng::Rng(uint64_t seed) : root_(seed) {
  for (uint64_t& word : state_) word = scramble(seed += kGolden);
}

Rng Rng::stream(std::string_view name, uint64_t a, uint64_t b) const {
  uint64_t seed = stable_hash(name, root_);
  seed = scramble(seed + kGolden) ^ a;
  seed = scramble(seed + kGolden) ^ b;
  return Rng(scramble(seed + kGolden));
}

uint64_t Rng::next() {
  uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// Lemire's method: the high half of a product, and a rejection that nearly never needs a division.
uint64_t Rng::below(uint64_t bound) {
  SIM_CHECK(bound > 0);
  Wide product = static_cast<Wide>(next()) * bound;
  if (static_cast<uint64_t>(product) < bound) {
    uint64_t unfair = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < unfair) product = static_cast<Wide>(next()) * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

int64_t Rng::between(int64_t low, int64_t high) {
  SIM_CHECK(low <= high, low, high);
  uint64_t values = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  uint64_t offset = values == 0 ? next() : below(values);  // 0: all 2^64 of them.
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

bool Rng::chance(Ratio p) {
  SIM_CHECK(p.denominator > 0, p.numerator, p.denominator);
  if (p.numerator <= 0) return false;
  if (p.numerator >= p.denominator) return true;
  return below(static_cast<uint64_t>(p.denominator)) < static_cast<uint64_t>(p.numerator);
}

Duration Rng::up_to(Duration d) {
  if (d == Duration()) return d;
  return Duration::nanos(between(0, d.nanos()));
}

LogNormal::LogNormal(Duration p50, Duration p99) : p50_(p50) {
  SIM_CHECK(p50 > Duration() && p99 >= p50, p50.nanos(), p99.nanos());
  if (p99 == p50) return;
  spread_ =
      log2_q32(static_cast<uint64_t>(p99.nanos())) - log2_q32(static_cast<uint64_t>(p50.nanos()));
}

Duration Rng::draw(const LogNormal& distribution) {
  if (distribution.spread_ == 0) return distribution.p50_;
  int64_t normal = normal_q24(next());
  __int128 exponent = (static_cast<__int128>(distribution.spread_) * normal) >> 24;
  return Duration::nanos(times_exp2(distribution.p50_.nanos(), static_cast<int64_t>(exponent)));
}

Duration Rng::exponential(Duration mean) {
  SIM_CHECK(mean >= Duration(), mean.nanos());
  if (mean == Duration()) return mean;
  constexpr int64_t kLn2 = 2977044472;                        // Q32.
  int64_t bits = (int64_t{64} << 32) - log2_q32(next() | 1);  // -log2(u), Q32, in (0, 64].
  int64_t in_means = static_cast<int64_t>((static_cast<__int128>(bits) * kLn2) >> 32);
  __int128 wait = (static_cast<__int128>(mean.nanos()) * in_means) >> 32;
  constexpr __int128 kMost = std::numeric_limits<int64_t>::max();
  return Duration::nanos(static_cast<int64_t>(wait < kMost ? wait : kMost));
}

uint64_t stable_hash(std::string_view text, uint64_t seed) {
  uint64_t hash = scramble(seed + kGolden) ^ text.size();
  while (text.size() >= 8) {
    hash = fold(hash ^ load_bytes(text.data(), 8), 0xd6e8feb86659fd93ull) + kGolden;
    text.remove_prefix(8);
  }
  hash = fold(hash ^ load_bytes(text.data(), text.size()), 0xa0761d6478bd642full);
  return scramble(hash);
}

}  // namespace sim
