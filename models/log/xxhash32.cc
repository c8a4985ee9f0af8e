// SPDX-License-Identifier: Apache-2.0

#include "models/log/xxhash32.h"

#include <bit>
#include <cstddef>

#include "models/log/byte_order.h"

namespace models {

namespace {

constexpr uint32_t kPrimes[] = {0x9E3779B1U, 0x85EBCA77U, 0xC2B2AE3DU, 0x27D4EB2FU, 0x165667B1U};
constexpr size_t kStripeBytes = 16;

uint32_t round_of(uint32_t lane, uint32_t word) {
  return std::rotl(lane + word * kPrimes[1], 13) * kPrimes[0];
}

}  // namespace

uint32_t xxhash32(std::string_view bytes) {
  uint32_t length = static_cast<uint32_t>(bytes.size());
  uint32_t hash = kPrimes[4];
  if (bytes.size() >= kStripeBytes) {
    uint32_t lanes[] = {kPrimes[0] + kPrimes[1], kPrimes[1], 0, 0 - kPrimes[0]};
    for (; bytes.size() >= kStripeBytes; bytes.remove_prefix(kStripeBytes)) {
      for (size_t i = 0; i < 4; ++i)
        lanes[i] = round_of(lanes[i], load_little_endian<uint32_t>(bytes.data() + 4 * i));
    }
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
  }
  hash += length;
  for (; bytes.size() >= 4; bytes.remove_prefix(4))
    hash =
        std::rotl(hash + load_little_endian<uint32_t>(bytes.data()) * kPrimes[2], 17) * kPrimes[3];
  for (char c : bytes)
    hash = std::rotl(hash + static_cast<unsigned char>(c) * kPrimes[4], 11) * kPrimes[0];
  hash = (hash ^ (hash >> 15)) * kPrimes[1];
  hash = (hash ^ (hash >> 13)) * kPrimes[2];
  return hash ^ (hash >> 16);
}

}  // namespace models
