// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_fields.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "nlohmann/json.hpp"

namespace scenarios {

void append_integer(std::string& json, int64_t value) {
  char digits[24];
  char* end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  json.append(digits, end);
}

void append_json_text(std::string& json, std::string_view text) {
  auto plain = [](unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain)) {
    json.append("\"").append(text).append("\"");
    return;
  }
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  json += nlohmann::json(std::string(text)).dump(-1, ' ', false, kReplace);
}

std::string_view FieldText::of(const sim::TraceEvent& event) {
  if (event.message == nullptr && event.fields == nullptr) return {};
  json_ = "{";
  levels_.assign(1, Level{});
  skipping_ = 0;
  of_message_ = event.fields == nullptr;
  listed_ = of_message_ ? kListedOfMessage : SIZE_MAX;
  if (event.fields != nullptr) {
    event.fields->show(*this);
  } else {
    event.message->show(*this);
  }
  if (levels_.front().count == 0) return {};
  json_ += '}';
  return json_;
}

bool FieldText::begin(std::string_view name) {
  if (skipping_ > 0) return false;
  Level& level = levels_.back();
  ++level.count;
  if (level.list && level.count > listed_) return false;
  if (level.count > 1) json_ += ',';
  if (level.list) return true;
  json_.append("\"").append(name).append("\":");  // Names are identifiers.
  return true;
}

void FieldText::integer(std::string_view name, int64_t value) {
  // Kafka's protocol writes -1 where there is nothing.
  bool absent = of_message_ && value == -1 && !levels_.back().list;
  if (!absent && begin(name)) append_integer(json_, value);
}
void FieldText::boolean(std::string_view name, bool value) {
  if (begin(name)) json_ += value ? "true" : "false";
}
void FieldText::text(std::string_view name, std::string_view value) {
  if (begin(name)) append_json_text(json_, value);
}

void FieldText::begin_level(std::string_view name, bool list) {
  if (skipping_ > 0 || !begin(name)) {
    ++skipping_;
    return;
  }
  json_ += list ? '[' : '{';
  levels_.push_back({list, 0});
}

void FieldText::end_level() {
  if (skipping_ > 0) {
    --skipping_;
    return;
  }
  const Level& level = levels_.back();
  if (level.list && level.count > listed_) {
    json_ += ",\"+";
    append_integer(json_, static_cast<int64_t>(level.count - listed_));
    json_ += '"';
  }
  json_ += level.list ? ']' : '}';
  levels_.pop_back();
}

void FieldText::begin_group(std::string_view name) { begin_level(name, false); }
void FieldText::end_group() { end_level(); }
void FieldText::begin_list(std::string_view name) { begin_level(name, true); }
void FieldText::end_list() { end_level(); }

}  // namespace scenarios
