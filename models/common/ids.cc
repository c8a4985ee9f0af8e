// SPDX-License-Identifier: Apache-2.0

#include "models/common/ids.h"

#include <string_view>

namespace models {

namespace {

constexpr std::string_view kUrlSafeDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kUuidBits = 128;
constexpr int kUuidDigits = 22;

// Bit `index` of the id, most significant first; zero past its end, which pads the last digit.
uint64_t bit_of(const Uuid& id, int index) {
  if (index >= kUuidBits) return 0;
  return (id.words[static_cast<size_t>(index / 64)] >> (63 - index % 64)) & 1u;
}

}  // namespace

std::string to_string(const Uuid& id) {
  std::string text;
  text.reserve(kUuidDigits);
  for (int start = 0; start < kUuidBits; start += 6) {
    size_t digit = 0;
    for (int i = 0; i < 6; ++i) digit = digit << 1 | bit_of(id, start + i);
    text.push_back(kUrlSafeDigits[digit]);
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidDigits) return std::nullopt;
  Uuid id;
  for (int index = 0; index < kUuidDigits * 6; ++index) {
    size_t digit = kUrlSafeDigits.find(text[static_cast<size_t>(index / 6)]);
    if (digit == std::string_view::npos) return std::nullopt;
    uint64_t bit = (digit >> (5 - index % 6)) & 1u;
    if (index < kUuidBits) {
      id.words[static_cast<size_t>(index / 64)] |= bit << (63 - index % 64);
    } else if (bit != 0) {
      return std::nullopt;  // Not as it is printed.
    }
  }
  return id;
}

std::string to_string(const TopicPartition& partition) {
  return partition.topic + '-' + std::to_string(partition.partition);
}

}  // namespace models
