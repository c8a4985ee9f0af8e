// SPDX-License-Identifier: Apache-2.0
//
// A 64-bit hash of bytes that come in pieces: the same for the same bytes however they are cut.
// Four independent lanes of 16 bytes keep the multiplier busy (about 30 ns per KiB). Not
// cryptographic.

#ifndef SIM_BYTE_HASH_H_
#define SIM_BYTE_HASH_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sim {

class ByteHash {
 public:
  explicit ByteHash(uint64_t seed) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes_[lane] = seed ^ kKeys[lane];
  }

  void add(const char* bytes, size_t size) {
    total_ += size;
    if (held_ > 0) {
      size_t taken = std::min(size, kBlock - held_);
      std::memcpy(&block_[held_], bytes, taken);
      held_ += taken;
      if (held_ < kBlock) return;
      mix_blocks(block_.data(), block_.data() + kBlock);
      bytes += taken;
      size -= taken;
    }
    size_t whole = size / kBlock * kBlock;
    mix_blocks(bytes, bytes + whole);
    bytes += whole;
    size -= whole;
    if (size > 0) std::memcpy(block_.data(), bytes, size);
    held_ = size;
  }

  uint64_t finish() {
    if (held_ > 0) {
      std::memset(&block_[held_], 0, kBlock - held_);
      mix_blocks(block_.data(), block_.data() + kBlock);
    }
    uint64_t hash = total_;
    for (uint64_t lane : lanes_) hash = fold(hash ^ kKeys[0], lane ^ kKeys[1]) + lane;
    return hash;
  }

 private:
  static constexpr size_t kLanes = 4;
  static constexpr size_t kBlock = 16 * kLanes;
  static constexpr std::array<uint64_t, kLanes> kKeys = {
      0xa0761d6478bd642full, 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull, 0x589965cc75374cc3ull};

  static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  static uint64_t load(const char* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }
  static uint64_t mix(uint64_t lane, const char* bytes, uint64_t key) {
    return fold(load(bytes) ^ lane, load(bytes + 8) ^ key) + lane;
  }
  // The lanes are variables of their own: in the array, -O2 of g++ 12 loads and stores each of them
  // for each block, which takes three times as long.
  void mix_blocks(const char* begin, const char* end) {
    auto [a, b, c, d] = lanes_;
    for (; begin != end; begin += kBlock) {
      a = mix(a, begin, kKeys[0]);
      b = mix(b, begin + 16, kKeys[1]);
      c = mix(c, begin + 32, kKeys[2]);
      d = mix(d, begin + 48, kKeys[3]);
    }
    lanes_ = {a, b, c, d};
  }

  std::array<uint64_t, kLanes> lanes_;
  std::array<char, kBlock> block_;
  size_t held_ = 0;  // Bytes in block_.
  uint64_t total_ = 0;
};

}  // namespace sim

#endif  // SIM_BYTE_HASH_H_
