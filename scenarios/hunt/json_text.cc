// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/json_text.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kColumns = 110;

std::string on_one_line(const Json& value) {
  if (!value.is_structured()) return value.dump();
  bool object = value.is_object();
  if (value.empty()) return object ? "{}" : "[]";
  std::string inside;
  for (const auto& [key, member] : value.items()) {
    if (!inside.empty()) inside += ", ";
    if (object) inside += Json(key).dump() + ": ";
    inside += on_one_line(member);
  }
  return object ? "{ " + inside + " }" : "[" + inside + "]";
}

// `column`: where the value begins.
void write(const Json& value, size_t indent, size_t column, std::string& out) {
  std::string line = on_one_line(value);
  bool document = indent == 0 && value.is_object();
  if (!value.is_structured() || (!document && column + line.size() < kColumns)) {
    out += line;
    return;
  }
  bool object = value.is_object();
  std::string margin(indent + 2, ' ');
  out += object ? "{" : "[";
  bool first = true;
  for (const auto& [key, member] : value.items()) {
    out += (first ? "\n" : ",\n") + margin;
    first = false;
    std::string head = object ? Json(key).dump() + ": " : "";
    out += head;
    write(member, indent + 2, margin.size() + head.size(), out);
  }
  out += "\n" + std::string(indent, ' ') + (object ? "}" : "]");
}

}  // namespace

std::string json_text(const Json& value) {
  std::string out;
  write(value, 0, 0, out);
  return out + "\n";
}

}  // namespace scenarios
