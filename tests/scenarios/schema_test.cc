// SPDX-License-Identifier: Apache-2.0

#include "scenarios/schema.h"

#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "scenarios/declarations.h"
#include "scenarios/fault_catalogue.h"

namespace scenarios {
namespace {

using nlohmann::json;

TEST(SchemaTest, TheStoredFileIsTheGeneratedText) {
  std::ifstream stream(FAULTLINE_SOURCE_DIR "/scenarios/schema/scenario.schema.json");
  std::string stored{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  EXPECT_EQ(stored, scenario_schema_json())
      << "write it again: faultline validate --schema > scenarios/schema/scenario.schema.json";
}

void expect_known_references(const json& schema, const json& definitions) {
  if (schema.is_object() && schema.contains("$ref")) {
    std::string name = schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
    EXPECT_TRUE(definitions.contains(name)) << name;
  }
  if (!schema.is_structured()) return;
  for (const json& below : schema) expect_known_references(below, definitions);
}

TEST(SchemaTest, EveryReferenceHasItsDefinition) {
  json schema = json::parse(scenario_schema_json());
  expect_known_references(schema, schema["$defs"]);
}

TEST(SchemaTest, HasTheKeysThatAreSupportedAndNoOthers) {
  json schema = json::parse(scenario_schema_json());
  for (const KeyDecl& key : scenario_declaration().keys) {
    EXPECT_EQ(schema["properties"].contains(key.name), !key.planned) << key.name;
  }
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["required"], json({"name", "duration", "topics"}));
}

TEST(SchemaTest, AsksForOneVerbAFault) {
  json schema = json::parse(scenario_schema_json());
  EXPECT_EQ(schema["$defs"]["fault"]["oneOf"].size(), fault_catalogue().size());
}

TEST(SchemaTest, KnowsKafkasSettings) {
  json schema = json::parse(scenario_schema_json());
  EXPECT_TRUE(schema["$defs"]["producer-config"]["properties"].contains("acks"));
  EXPECT_TRUE(schema["$defs"]["topic-config"]["properties"].contains("min.insync.replicas"));
  EXPECT_EQ(schema["$defs"]["topic"]["properties"]["config"]["$ref"], "#/$defs/topic-config");
}

}  // namespace
}  // namespace scenarios
