// SPDX-License-Identifier: Apache-2.0

#include "scenarios/declared_check.h"
#include "scenarios/loader_parts.h"
#include "sim/check.h"

namespace scenarios {

namespace {

template <class T>
std::optional<T> value_of(const absl::StatusOr<T>& parsed) {
  return parsed.ok() ? std::optional<T>(*parsed) : std::nullopt;
}

}  // namespace

const KeyDecl& Fields::declared(std::string_view name) const {
  const KeyDecl* key = find_key(decl_, name);
  SIM_CHECK(key != nullptr, std::string(name));
  return *key;
}

const JsonValue* Fields::find(std::string_view name) const {
  declared(name);
  return object_ == nullptr ? nullptr : object_->find(name);
}

std::optional<std::string> Fields::valid_text(std::string_view name) const {
  const KeyDecl& key = declared(name);
  const JsonValue* value = find(name);
  if (value != nullptr) {
    return check_scalar(*value, key).ok() ? std::optional<std::string>(value->text) : std::nullopt;
  }
  if (key.fallback.empty()) return std::nullopt;
  return std::string(key.fallback);
}

std::optional<int64_t> Fields::integer(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_integer(*text)) : std::nullopt;
}

std::optional<uint64_t> Fields::seed(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_seed(*text)) : std::nullopt;
}

std::optional<bool> Fields::flag(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? std::optional<bool>(*text == "true") : std::nullopt;
}

std::optional<std::string> Fields::text(std::string_view name) const { return valid_text(name); }

std::optional<sim::Duration> Fields::duration(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_duration(*text)) : std::nullopt;
}

std::optional<sim::Duration> Fields::signed_duration(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_signed_duration(*text)) : std::nullopt;
}

std::optional<int64_t> Fields::drift(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_drift(*text)) : std::nullopt;
}

std::optional<int64_t> Fields::size(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_size(*text)) : std::nullopt;
}

std::optional<Rate> Fields::rate(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  return text ? value_of(parse_rate(*text)) : std::nullopt;
}

std::optional<sim::Ratio> Fields::ratio(std::string_view name) const {
  std::optional<std::string> text = valid_text(name);
  if (!text) return std::nullopt;
  bool factor = declared(name).kind == KeyKind::kFactor;
  return value_of(factor ? parse_factor(*text) : parse_probability(*text));
}

std::vector<const JsonValue*> Fields::texts(std::string_view name) const {
  std::vector<const JsonValue*> texts;
  const JsonValue* list = find(name);
  if (list == nullptr || list->kind != JsonKind::kArray) return texts;
  for (const JsonValue& element : list->children) {
    if (element.kind == JsonKind::kString) texts.push_back(&element);
  }
  return texts;
}

Fields Fields::object(std::string_view name) const { return {find(name), *declared(name).of()}; }

std::vector<const JsonValue*> Fields::entries(std::string_view name) const {
  std::vector<const JsonValue*> entries;
  const JsonValue* all = find(name);
  if (all == nullptr) return entries;
  for (const JsonValue& entry : all->children) {
    if (entry.kind == JsonKind::kObject) entries.push_back(&entry);
  }
  return entries;
}

}  // namespace scenarios
