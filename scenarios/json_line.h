// SPDX-License-Identifier: Apache-2.0
//
// One line of JSON whose keys keep the order in which they were added, for results of millions of
// lines:  JsonLine("batch").add("baseOffset", 5).add("valid", true).text()  ->
// {"type":"batch","baseOffset":5,"valid":true}

#ifndef SCENARIOS_JSON_LINE_H_
#define SCENARIOS_JSON_LINE_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scenarios {

class JsonLine {
 public:
  // Begins with "type", so that a reader knows what the other keys are.
  explicit JsonLine(std::string_view type) { add("type", type); }
  // An object inside a line.
  JsonLine() = default;

  template <std::integral T>
  JsonLine& add(std::string_view key, T value) {
    if constexpr (std::same_as<T, bool>) return add_raw(key, value ? "true" : "false");
    return add_raw(key, std::to_string(value));
  }
  // What is no UTF-8 in it becomes \xNN, as on a terminal.
  JsonLine& add(std::string_view key, std::string_view text);
  JsonLine& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
  template <std::integral T>
  JsonLine& add(std::string_view key, std::optional<T> value) {
    return value ? add(key, *value) : add_raw(key, "null");
  }
  // Any bytes, exactly: a string under `key`, or if they are no UTF-8 in base64 under `key` +
  // "Base64"; null for none.
  JsonLine& add_bytes(std::string_view key, std::optional<std::string_view> bytes);
  // `json` as it is.
  JsonLine& add_raw(std::string_view key, std::string_view json);

  std::string text() const { return "{" + inner_ + "}"; }

 private:
  std::string inner_;
};

// A string literal of JSON.
std::string json_string(std::string_view text);

}  // namespace scenarios

#endif  // SCENARIOS_JSON_LINE_H_
