// SPDX-License-Identifier: Apache-2.0

#include "scenarios/schema.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "models/common/mutations.h"
#include "nlohmann/json.hpp"
#include "scenarios/declarations.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/message_names.h"

namespace scenarios {

namespace {

// Members in the order in which they are written here.
using Json = nlohmann::ordered_json;

constexpr std::string_view kNamePattern = "^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}$";
constexpr std::string_view kDurationPattern = "^[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|min|h|d)$";
constexpr std::string_view kOffsetPattern = "^[+-]?[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|min|h|d)$";
constexpr std::string_view kDriftPattern = "^-?[0-9]+(\\.[0-9]+)?ppm$";
constexpr std::string_view kSizePattern = "^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$";
constexpr std::string_view kRatePattern = "^[0-9]+(\\.[0-9]+)?/(s|m|min|h|hour|d|day)$";
constexpr std::string_view kPercentPattern = "^[0-9]+(\\.[0-9]+)?%?$";
constexpr std::string_view kTargetPattern =
    "^(broker [0-9]+|leader of .+-[0-9]+|(random )?follower of .+-[0-9]+|controller( [0-9]+)?|any "
    "broker|(client|zone|region) .+)$";

Json text() { return {{"type", "string"}}; }
Json text_like(std::string_view pattern) { return {{"type", "string"}, {"pattern", pattern}}; }
Json target() { return {{"$ref", "#/$defs/target"}}; }

Json list_of(Json items, int at_least) {
  Json list = {{"type", "array"}, {"items", std::move(items)}};
  if (at_least > 0) list["minItems"] = at_least;
  return list;
}

Json whole_number(int64_t min, int64_t max) {
  Json schema = {{"type", "integer"}, {"minimum", min}};
  if (max != INT64_MAX) schema["maximum"] = max;
  return schema;
}

Json reference(const ObjectDecl& object) {
  return {{"$ref", fmt::format("#/$defs/{}", object.name)}};
}

std::string config_name(models::ConfigScope scope) {
  return fmt::format("{}-config", models::name_of(scope));
}

Json texts_of(const KeyDecl& key) {
  if (key.name != "mutations") return list_of(text(), 0);
  Json names = Json::array();
  for (int i = 0; i < models::kMutationCount; ++i) {
    names.push_back(models::card_of(static_cast<models::Mutation>(i)).name);
  }
  return list_of({{"enum", names}}, 0);
}

// What the value of a key may be, without its words for people.
Json form_of(const KeyDecl& key) {
  switch (key.kind) {
    case KeyKind::kText:
      return text();
    case KeyKind::kName:
      return text_like(kNamePattern);
    case KeyKind::kWord:
      return {{"enum", split_words(key.words)}};
    case KeyKind::kInteger:
      return whole_number(key.min, key.max);
    case KeyKind::kSeed:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT64_MAX}};
    case KeyKind::kBoolean:
      return {{"type", "boolean"}};
    case KeyKind::kDuration:
      return text_like(kDurationPattern);
    case KeyKind::kOffset:
      return text_like(kOffsetPattern);
    case KeyKind::kDrift:
      return text_like(kDriftPattern);
    case KeyKind::kMessage: {
      Json names = Json::array();
      for (const std::string& name : names_of_messages()) names.push_back(name);
      return {{"enum", names}};
    }
    case KeyKind::kCondition:
      return text();
    case KeyKind::kSize:
      return text_like(kSizePattern);
    case KeyKind::kRate:
      return text_like(kRatePattern);
    case KeyKind::kFactor:
      return {{"type", "number"}, {"minimum", key.min}, {"maximum", key.max}};
    case KeyKind::kProbability:
      return {{"anyOf",
               {text_like(kPercentPattern), {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}}}};
    case KeyKind::kConfig:
      return {{"$ref", "#/$defs/" + config_name(key.scope)}};
    case KeyKind::kObject:
      return reference(*key.of());
    case KeyKind::kMap:
      return {{"type", "object"},
              {"propertyNames", text_like(kNamePattern)},
              {"additionalProperties", reference(*key.of())}};
    case KeyKind::kObjects:
      return list_of(reference(*key.of()), 0);
    case KeyKind::kTexts:
      return texts_of(key);
    case KeyKind::kTargets:
      return {{"anyOf", {target(), list_of(target(), 1)}}};
    case KeyKind::kSides:
      return list_of(list_of(target(), 1), 2);
    case KeyKind::kLinkSides: {
      Json two = list_of(list_of(target(), 1), 2);
      two["maxItems"] = 2;
      return {{"anyOf", {target(), list_of(target(), 1), two}}};
    }
    case KeyKind::kBrokersOrAll:
      return {{"anyOf", {Json{{"const", "all"}}, target(), list_of(target(), 1)}}};
  }
  return Json::object();
}

// A default as JSON: numbers, true and false stand for themselves.
Json default_of(const KeyDecl& key) {
  bool plain =
      key.kind == KeyKind::kInteger || key.kind == KeyKind::kSeed || key.kind == KeyKind::kBoolean;
  return plain ? Json::parse(key.fallback) : Json(key.fallback);
}

Json key_schema(const KeyDecl& key) {
  Json schema = form_of(key);
  schema["description"] = key.doc;
  if (!key.fallback.empty()) schema["default"] = default_of(key);
  return schema;
}

Json object_schema(const ObjectDecl& object) {
  Json properties = Json::object();
  Json required = Json::array();
  Json choices = Json::array();
  for (const KeyDecl& key : object.keys) {
    if (key.planned) continue;
    properties[std::string(key.name)] = key_schema(key);
    if (key.required) required.push_back(key.name);
    if (key.choice) choices.push_back({{"required", {key.name}}});
  }
  Json schema = {{"type", "object"}, {"description", object.doc}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  if (!choices.empty()) schema["oneOf"] = choices;
  schema["additionalProperties"] = false;
  return schema;
}

// Kafka takes each setting as text too: "30000".
Json config_key_schema(const models::ConfigKey& key) {
  Json schema = Json::object();
  switch (key.type) {
    case models::ConfigType::kBoolean:
      schema["enum"] = {true, false, "true", "false"};
      break;
    case models::ConfigType::kInt:
    case models::ConfigType::kLong:
      schema["type"] = {"integer", "string"};
      schema["minimum"] = key.min;
      if (key.max != INT64_MAX) schema["maximum"] = key.max;
      break;
    case models::ConfigType::kDouble:
      schema["type"] = {"number", "string"};
      break;
    case models::ConfigType::kList:
      schema["type"] = "string";
      break;
    case models::ConfigType::kWord:
      schema["type"] = {"string", "integer"};
      break;
  }
  schema["description"] = fmt::format("{} {}.", key.about, key.allowed);
  schema["default"] = models::default_of(key);
  return schema;
}

Json config_schema(models::ConfigScope scope) {
  Json properties = Json::object();
  for (const models::ConfigKey& key : models::config_keys(scope)) {
    properties[std::string(key.name)] = config_key_schema(key);
  }
  return {{"type", "object"},
          {"description", fmt::format("Kafka's {} settings.", models::name_of(scope))},
          {"properties", properties},
          {"additionalProperties", false}};
}

// Adds the objects below `object`, each once.
void add_definitions(const ObjectDecl& object, Json& definitions) {
  for (const KeyDecl& key : object.keys) {
    if (key.kind == KeyKind::kConfig)
      definitions[config_name(key.scope)] = config_schema(key.scope);
    if (key.planned || key.of == nullptr) continue;
    const ObjectDecl& below = *key.of();
    definitions[std::string(below.name)] = object_schema(below);
    add_definitions(below, definitions);
  }
}

}  // namespace

std::string scenario_schema_json() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Faultline scenario"}};
  schema.update(object_schema(scenario_declaration()));
  Json definitions = {{"target", text_like(kTargetPattern)}};
  definitions["target"]["description"] =
      "Whom a fault hits: broker N, leader of T-P, follower of T-P, random follower of T-P, "
      "controller (the active one), controller N, any broker, client NAME, zone RACK, region NAME.";
  add_definitions(scenario_declaration(), definitions);
  schema["$defs"] = definitions;
  return schema.dump(2) + "\n";
}

}  // namespace scenarios
