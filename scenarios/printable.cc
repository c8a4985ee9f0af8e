// SPDX-License-Identifier: Apache-2.0

#include "scenarios/printable.h"

#include <fmt/format.h>

#include <cstdint>

namespace scenarios {

namespace {

uint32_t byte_at(std::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

// Bytes of the UTF-8 character that `bytes` begins with; 0 if it begins with none. Characters that
// could be written shorter, surrogates and those past the last plane are none.
size_t character_size(std::string_view bytes) {
  uint32_t first = byte_at(bytes, 0);
  if (first < 0x80) return 1;
  size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < size) return 0;
  uint32_t value = first & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte_at(bytes, i) & 0xc0) != 0x80) return 0;
    value = value << 6 | (byte_at(bytes, i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = value >= 0xd800 && value < 0xe000;
  return value >= kLeast[size] && value <= 0x10ffff && !surrogate ? size : 0;
}

// C1 controls are two bytes in UTF-8, and some terminals obey them.
bool is_control(std::string_view character) {
  uint32_t first = byte_at(character, 0);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && byte_at(character, 1) < 0xa0;
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    size_t size = character_size(bytes);
    std::string_view character = bytes.substr(0, size == 0 ? 1 : size);
    if (size == 0 || is_control(character)) {
      for (size_t i = 0; i < character.size(); ++i)
        text += fmt::format("\\x{:02x}", byte_at(character, i));
    } else if (character == "\\") {
      text += "\\\\";
    } else {
      text += character;
    }
    bytes.remove_prefix(character.size());
  }
  return text;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t size = character_size(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    size_t left = bytes.size() - at;
    uint32_t three = byte_at(bytes, at) << 16;
    if (left > 1) three |= byte_at(bytes, at + 1) << 8;
    if (left > 2) three |= byte_at(bytes, at + 2);
    for (size_t digit = 0; digit < 4; ++digit)
      text += digit <= left ? kDigits[three >> (18 - 6 * digit) & 63] : '=';
  }
  return text;
}

}  // namespace scenarios
