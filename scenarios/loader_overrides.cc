// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <charconv>
#include <memory>

#include "fmt/format.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

constexpr KeyDecl kConfigEntry{.name = "", .kind = KeyKind::kText};

void forget_places(JsonValue& value) {
  value.line = value.column = value.key_line = value.key_column = 0;
  for (JsonValue& child : value.children) forget_places(child);
}

JsonValue value_of(const std::string& text) {
  ProblemList ignored("--set");
  std::unique_ptr<JsonValue> parsed = read_json(text, ignored);
  JsonValue value;
  if (parsed != nullptr && ignored.empty()) {
    value = std::move(*parsed);
  } else {
    value.kind = JsonKind::kString;
    value.text = text;
  }
  forget_places(value);
  return value;
}

// "a~1b" -> "a/b"
std::string unescaped(std::string_view token) {
  std::string text;
  for (size_t i = 0; i < token.size(); ++i) {
    bool escape = token[i] == '~' && i + 1 < token.size();
    if (escape && token[i + 1] == '1') {
      text += '/', ++i;
    } else if (escape && token[i + 1] == '0') {
      text += '~', ++i;
    } else {
      text += token[i];
    }
  }
  return text;
}

std::vector<std::string> tokens_of(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    size_t end = std::min(pointer.find('/'), pointer.size());
    tokens.push_back(unescaped(pointer.substr(0, end)));
    pointer.remove_prefix(end);
  }
  return tokens;
}

JsonValue& add_member(JsonValue& object, std::string_view name, JsonKind kind) {
  JsonValue member;
  member.kind = kind;
  member.key = std::string(name);
  object.children.push_back(std::move(member));
  return object.children.back();
}

// Walks one pointer, with the declarations beside the tree: they tell which missing members may be
// made.
class Walk {
 public:
  Walk(JsonValue& root, const Override& override, ProblemList& problems)
      : value_(&root), override_(override), problems_(problems) {}

  void apply() {
    if (override_.pointer.empty() || override_.pointer[0] != '/') {
      return report(fmt::format("{} is no path; begin with \"/\", as /topics/orders/partitions",
                                in_quotes(override_.pointer)));
    }
    std::vector<std::string> tokens = tokens_of(override_.pointer);
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (!step(tokens[i], i + 1 == tokens.size())) return;
    }
    JsonValue value = value_of(override_.value);
    value.key = value_->key;
    *value_ = std::move(value);
  }

 private:
  void report(std::string message) {
    problems_.add({"--set", 0, 0, override_.pointer, std::move(message)});
  }

  bool step(const std::string& token, bool last) {
    if (value_->kind == JsonKind::kArray) return step_to_element(token, last);
    if (value_->kind == JsonKind::kObject) return step_to_member(token, last);
    report(fmt::format("names nothing: there is nothing below {}", name_of(value_->kind)));
    return false;
  }

  bool step_to_element(const std::string& token, bool last) {
    if (token == "-" && last) {
      value_ = &add_member(*value_, "", JsonKind::kObject);
      return true;
    }
    size_t index = 0;
    auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    bool number = error == std::errc() && end == token.data() + token.size();
    if (!number || index >= value_->children.size()) {
      report(
          fmt::format("names nothing: the list has {} elements, from 0, and no {}; \"-\" at the "
                      "end adds one",
                      value_->children.size(), in_quotes(token)));
      return false;
    }
    value_ = &value_->children[index];
    entry_ = false;
    return true;
  }

  bool step_to_member(const std::string& token, bool last) {
    const KeyDecl* key = declared(token);
    if (JsonValue* member = value_->find(token)) {
      go_to(*member, key);
      return true;
    }
    if (entry_ && last) {  // A map's names are the author's: a new one, whole.
      go_to(add_member(*value_, token, JsonKind::kObject), nullptr);
      return true;
    }
    bool nests = key != nullptr && (key->kind == KeyKind::kObject || key->kind == KeyKind::kConfig);
    if (key != nullptr && !key->planned && (last || nests)) {
      go_to(add_member(*value_, token, JsonKind::kObject), key);
      return true;
    }
    report(fmt::format("names nothing: there is no {} here{}{}", in_quotes(token),
                       suggestion(token),
                       entry_ ? "  (a new one is set as a whole: /...={...})" : ""));
    return false;
  }

  // Of the member `token` of this object; null: entries of maps are not declared.
  const KeyDecl* declared(const std::string& token) const {
    if (in_config_) return &kConfigEntry;
    return entry_ || decl_ == nullptr ? nullptr : find_key(*decl_, token);
  }

  void go_to(JsonValue& member, const KeyDecl* key) {
    value_ = &member;
    if (entry_) {
      entry_ = false;  // From the map to one of its entries, which `decl_` describes already.
      return;
    }
    in_config_ = key != nullptr && key->kind == KeyKind::kConfig;
    entry_ = key != nullptr && key->kind == KeyKind::kMap;
    decl_ = key != nullptr && key->of != nullptr ? key->of() : nullptr;
  }

  std::string suggestion(std::string_view token) const {
    std::vector<std::string_view> names;
    for (const JsonValue& member : value_->children) names.push_back(member.key);
    if (!entry_ && decl_ != nullptr) {
      for (const KeyDecl& key : decl_->keys) {
        if (!key.planned) names.push_back(key.name);
      }
    }
    return did_you_mean(token, names);
  }

  JsonValue* value_;
  const ObjectDecl* decl_ = &scenario_declaration();
  bool entry_ = false;      // value_ is a map of `decl_`.
  bool in_config_ = false;  // value_ holds Kafka's settings.
  const Override& override_;
  ProblemList& problems_;
};

}  // namespace

void apply_overrides(JsonValue& root, const std::vector<Override>& overrides,
                     ProblemList& problems) {
  for (const Override& override : overrides) Walk(root, override, problems).apply();
  link_parents(root);
}

}  // namespace scenarios
