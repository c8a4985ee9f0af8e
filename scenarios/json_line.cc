// SPDX-License-Identifier: Apache-2.0

#include "scenarios/json_line.h"

#include <fmt/format.h>

#include "scenarios/printable.h"

namespace scenarios {

std::string json_string(std::string_view text) {
  std::string literal = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      literal += '\\';
      literal += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      literal += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      literal += c;
    }
  }
  return literal + "\"";
}

JsonLine& JsonLine::add(std::string_view key, std::string_view text) {
  return add_raw(key, json_string(is_utf8(text) ? std::string(text) : printable(text)));
}

JsonLine& JsonLine::add_bytes(std::string_view key, std::optional<std::string_view> bytes) {
  if (!bytes) return add_raw(key, "null");
  if (is_utf8(*bytes)) return add_raw(key, json_string(*bytes));
  return add_raw(std::string(key) + "Base64", json_string(base64(*bytes)));
}

JsonLine& JsonLine::add_raw(std::string_view key, std::string_view json) {
  if (!inner_.empty()) inner_ += ',';
  inner_ += json_string(key);
  inner_ += ':';
  inner_ += json;
  return *this;
}

}  // namespace scenarios
