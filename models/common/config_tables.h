// SPDX-License-Identifier: Apache-2.0
//
// How a row of the tables behind models/common/config_keys.h is written; only for config_*.cc.

#ifndef MODELS_COMMON_CONFIG_TABLES_H_
#define MODELS_COMMON_CONFIG_TABLES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "models/common/config_keys.h"

namespace models {

struct ConfigRange {
  int64_t min;
  std::string_view words;
  int64_t max = INT64_MAX;
};

template <class Config>
Config* part_of(const ConfigTarget& target) {
  if constexpr (std::is_same_v<Config, BrokerConfig>) {
    return target.broker;
  } else if constexpr (std::is_same_v<Config, TopicConfig>) {
    return target.topic;
  } else if constexpr (std::is_same_v<Config, ProducerConfig>) {
    return target.producer;
  } else {
    return target.consumer;
  }
}

template <class Config, class Value>
Config config_of_member(Value Config::*);

// The address of one member, with its type; `kMember` is &BrokerConfig::num_io_threads or alike.
template <auto kMember>
ConfigSlot slot_of(const ConfigTarget& target) {
  using Config = decltype(config_of_member(kMember));
  return &(part_of<Config>(target)->*kMember);
}

template <auto kMember>
constexpr ConfigKey config_row(ConfigScope scope, std::string_view name, ConfigType type,
                               ConfigUnit unit, ConfigRange range, std::string_view about) {
  int64_t max = type == ConfigType::kInt ? std::min<int64_t>(INT32_MAX, range.max) : range.max;
  return {name, scope, type, unit, range.min, max, range.words, about, &slot_of<kMember>};
}

inline constexpr ConfigRange kAtLeastMinus1{-1, ">= -1"};
inline constexpr ConfigRange kAtLeast0{0, ">= 0"};
inline constexpr ConfigRange kAtLeast1{1, ">= 1"};
// Kafka has no upper limit; a machine has.
inline constexpr ConfigRange kThreads{1, "1 to 10000", 10'000};
inline constexpr ConfigRange kAtLeast4{4, ">= 4"};
inline constexpr ConfigRange kAtLeast1024{1024, ">= 1024"};
inline constexpr ConfigRange kAtLeast1MiB{1 << 20, ">= 1048576"};
inline constexpr ConfigRange kAtLeast8MiB{8 << 20, ">= 8388608"};
inline constexpr ConfigRange kZeroToOne{0, "from 0 to 1", Fraction::kOne};
inline constexpr ConfigRange kByteRates{Fraction::kOne, ">= 1, in whole bytes"};
inline constexpr ConfigRange kPolicyWords{0, "delete, compact, or both with a comma between"};
// The range of a list of directories: from how many, to how many.
inline constexpr ConfigRange kDirectories{0, "directories as \"/disk1,/disk2\", each named once",
                                          16};
inline constexpr ConfigRange kDirectory{0, "a directory as \"/disk1\"", 1};
inline constexpr ConfigRange kGzipLevels{-1, "from 1 to 9, or -1: zlib's default", 9};
inline constexpr ConfigRange kLz4Levels{1, "from 1 to 17", 17};
inline constexpr ConfigRange kZstdLevels{-131072, "from -131072 to 22", 22};
inline constexpr ConfigRange kTopicCodecs{0, "producer, uncompressed, gzip, snappy, lz4 or zstd"};
inline constexpr ConfigRange kProducerCodecs{0, "none, gzip, snappy, lz4 or zstd"};
inline constexpr ConfigRange kTimestampTypes{0, "CreateTime or LogAppendTime"};
inline constexpr ConfigRange kSelectorWords{
    0,
    "org.apache.kafka.common.replica.RackAwareReplicaSelector, "
    "org.apache.kafka.common.replica.LeaderSelector, or nothing"};
inline constexpr ConfigRange kAnyText{0, "any text"};
inline constexpr ConfigRange kTrueOrFalse{0, "true or false"};
inline constexpr ConfigRange kAcksWords{0, "all, -1, 0 or 1"};
inline constexpr ConfigRange kResetWords{0, "latest, earliest or none"};

std::span<const ConfigKey> broker_config_keys();
std::span<const ConfigKey> topic_config_keys();
std::span<const ConfigKey> producer_config_keys();
std::span<const ConfigKey> consumer_config_keys();

}  // namespace models

#endif  // MODELS_COMMON_CONFIG_TABLES_H_
