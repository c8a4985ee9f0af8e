// SPDX-License-Identifier: Apache-2.0
//
// The keys of a scenario file, object by object: the one list that the loader checks against and
// the JSON Schema is made from. Kafka's own settings are in models/common/config_keys.h, the verbs
// of faults in scenarios/fault_catalogue.h.

#ifndef SCENARIOS_DECLARATIONS_H_
#define SCENARIOS_DECLARATIONS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/common/config_keys.h"

namespace scenarios {

enum class KeyKind : uint8_t {
  kText,
  kName,     // [A-Za-z0-9._-]{1,249}
  kWord,     // One of `words`.
  kInteger,  // In [min, max].
  kSeed,
  kBoolean,
  kDuration,  // In [min, max] nanoseconds.
  kOffset,    // A duration with a sign, in [min, max] nanoseconds.
  kDrift,     // In [min, max] nanoseconds a second.
  kMessage,   // The name of a request or response of Kafka's.
  kCondition,
  kSize,  // In [min, max] bytes.
  kRate,
  kFactor,
  kProbability,
  kConfig,        // An object of Kafka's settings of `scope`.
  kObject,        // `of`
  kMap,           // An object of names, each an `of`.
  kObjects,       // A list of `of`.
  kTexts,         // A list of strings.
  kTargets,       // "broker 1" or a list.
  kSides,         // Two or more lists of targets.
  kLinkSides,     // "broker 1": it and all others; a list: among themselves; or two lists.
  kBrokersOrAll,  // "all" or a list of targets.
};

struct ObjectDecl;

struct KeyDecl {
  std::string_view name;
  KeyKind kind = KeyKind::kText;
  std::string_view doc;
  std::string_view fallback;  // The default as JSON writes it, without quotes; empty: none.
  bool required = false;
  bool choice = false;   // Of the object's choices exactly one must be there: a fault's verb.
  bool planned = false;  // Known from the plans; not supported yet.
  int64_t min = 0;
  int64_t max = INT64_MAX;
  int64_t planned_max = 0;  // An integer above `max`, up to here, is not supported yet.
  std::string_view words;   // Of kWord, with spaces between.
  std::string_view planned_words;
  const ObjectDecl* (*of)() = nullptr;
  models::ConfigScope scope{};
};

struct ObjectDecl {
  std::string_view name;  // Of the definition in the schema.
  std::string_view doc;
  std::span<const KeyDecl> keys;
  std::string_view hint;  // Ends the message on an unknown choice.
};

const ObjectDecl& scenario_declaration();
const KeyDecl* find_key(const ObjectDecl& object, std::string_view name);
std::vector<std::string_view> split_words(std::string_view words);

inline constexpr int32_t kMostBrokers = 64;
inline constexpr int32_t kMostPartitions = 10'000;  // Of all topics.
inline constexpr int32_t kMostClients = 1'000;      // Of all producers and consumers.
inline constexpr int32_t kMostFaults = 10'000;      // With their repeats.
inline constexpr size_t kMostTargets = 100;         // Of one list of a fault.
inline constexpr int32_t kMostKeys = 1'000'000;     // Distinct keys of one producer.

}  // namespace scenarios

#endif  // SCENARIOS_DECLARATIONS_H_
