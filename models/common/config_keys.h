// SPDX-License-Identifier: Apache-2.0
//
// Kafka's configuration keys as text, and how they set the typed values of models/common/config.h.
// One table a scope is the only place that knows a key: the loader, `faultline config`, the JSON
// Schema and the controller's check of a topic's configs all read it.
//
// Names, types and ranges are those of Kafka's ConfigDefs (ReplicationConfigs, KRaftConfigs,
// ServerConfigs, LogConfig, ProducerConfig, ConsumerConfig). Two differences, both on purpose:
//   - Kafka leaves some periods and thread counts without a range. Here they must be at least 1: a
//     period of zero would hold simulated time still for ever.
//   - A span longer than 73 years counts as 73 years, so that clock + span never overflows; Kafka's
//     users write Long.MAX_VALUE for "never".
// Rules between keys are in models/common/config_rules.h.

#ifndef MODELS_COMMON_CONFIG_KEYS_H_
#define MODELS_COMMON_CONFIG_KEYS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "models/common/config.h"

namespace models {

enum class ConfigScope : int8_t { kBroker, kTopic, kProducer, kConsumer };
// As Kafka's own types; a list is words with commas between them.
enum class ConfigType : int8_t { kBoolean, kInt, kLong, kDouble, kWord, kList };
enum class ConfigUnit : int8_t { kNone, kMillis, kSeconds, kBytes };

// The configs a key may write to. Topic keys of a broker (log.segment.bytes) write to `topic`.
struct ConfigTarget {
  BrokerConfig* broker = nullptr;
  TopicConfig* topic = nullptr;
  ProducerConfig* producer = nullptr;
  ConsumerConfig* consumer = nullptr;
};
using ConfigSlot = std::variant<bool*, int32_t*, int64_t*, sim::Duration*, Fraction*, IoRate*,
                                 Acks*, AutoOffsetReset*, CleanupPolicy*, TopicCompression*,
                                 ProducerCompression*, MessageTimestampType*, ReplicaSelector*,
                                 std::string*, std::vector<std::string>*>;

struct ConfigKey {
  std::string_view name;  // Kafka's, verbatim.
  ConfigScope scope;
  ConfigType type;
  ConfigUnit unit;
  int64_t min;  // Of numbers, inclusive; of a double in millionths.
  int64_t max;
  std::string_view allowed;  // The range in words: ">= 1", "true or false".
  std::string_view about;    // One sentence.
  ConfigSlot (*slot)(const ConfigTarget& target);
};

// The keys Faultline honours, in the order of their names.
std::span<const ConfigKey> config_keys(ConfigScope scope);
const ConfigKey* find_config_key(ConfigScope scope, std::string_view name);

// "broker", "topic", "producer" or "consumer".
std::string_view name_of(ConfigScope scope);
// The default as Kafka writes it: "30000", "true", "all", "latest".
std::string default_of(const ConfigKey& key);

// A key that Kafka 4.x has in this scope and that Faultline does not honour yet.
bool is_known_unsupported(ConfigScope scope, std::string_view name);

// Each sets one value from text ("30000", "true", "all"; spaces around it do not count).
// InvalidArgument for an unknown key, a known one that is not honoured, or a value out of its
// range, with a message for people; the config is then as it was.
absl::Status set_broker_config(BrokerConfig& config, std::string_view key, std::string_view value);
absl::Status set_topic_config(TopicConfig& config, std::string_view key, std::string_view value);
absl::Status set_producer_config(ProducerConfig& config, std::string_view key,
                                 std::string_view value);
absl::Status set_consumer_config(ConsumerConfig& config, std::string_view key,
                                 std::string_view value);

// The value a config holds for a key, as text; parses back to the same value.
std::string broker_config_value(const BrokerConfig& config, const ConfigKey& key);
std::string topic_config_value(const TopicConfig& config, const ConfigKey& key);
std::string producer_config_value(const ProducerConfig& config, const ConfigKey& key);
std::string consumer_config_value(const ConsumerConfig& config, const ConfigKey& key);

}  // namespace models

#endif  // MODELS_COMMON_CONFIG_KEYS_H_
