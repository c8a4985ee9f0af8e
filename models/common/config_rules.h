// SPDX-License-Identifier: Apache-2.0
//
// Kafka's rules between configuration keys: what it refuses at start, and what it silently changes
// because of which keys the user wrote. Keys alone are checked by models/common/config_keys.h; that
// min.insync.replicas fits the replication factor is the loader's to tell.
//
// Source: KafkaConfig.validateValues; ProducerConfig.postProcessAndValidateIdempotenceConfigs;
// KafkaProducer.configureDeliveryTimeout; CommonClientConfigs.postProcessReconnectBackoffConfigs.

#ifndef MODELS_COMMON_CONFIG_RULES_H_
#define MODELS_COMMON_CONFIG_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "models/common/config.h"

namespace models {

using ConfigNames = absl::btree_set<std::string>;  // The keys that the user wrote.

// Messages for people. `errors`: Kafka would not start. `changes`: what it changed and why.
struct ConfigFindings {
  std::vector<std::string> errors;
  std::vector<std::string> changes;
};

ConfigFindings check_broker_config(const BrokerConfig& config);

// Also applies the changes to `config`; on errors it is left as it was.
ConfigFindings settle_producer_config(ProducerConfig& config, const ConfigNames& written);
ConfigFindings settle_consumer_config(ConsumerConfig& config, const ConfigNames& written);

}  // namespace models

#endif  // MODELS_COMMON_CONFIG_RULES_H_
