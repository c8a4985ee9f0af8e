// SPDX-License-Identifier: Apache-2.0

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

using models::ConfigScope;

// "a cluster", as a file calls what has settings of this scope.
std::string_view owner_of(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kBroker:
      return "a cluster";
    case ConfigScope::kTopic:
      return "a topic";
    case ConfigScope::kProducer:
      return "a producer";
    case ConfigScope::kConsumer:
      return "a consumer";
  }
  return "?";
}

// "log.retention.ms on a cluster; retention.ms on a topic": where the setting is one; empty: nowhere.
// A cluster's defaults for topics have another name than the topic's own.
std::string where_known(std::string_view key) {
  std::string bare(key.starts_with("log.") ? key.substr(4) : key), text;
  for (ConfigScope scope : {ConfigScope::kBroker, ConfigScope::kTopic, ConfigScope::kProducer,
                            ConfigScope::kConsumer}) {
    for (const std::string& name : {"log." + bare, bare}) {
      if (models::find_config_key(scope, name) == nullptr) continue;
      text += fmt::format("{}{} on {}", text.empty() ? "" : "; ", name, owner_of(scope));
      break;
    }
  }
  return text;
}

}  // namespace

bool ConfigReader::known(const JsonValue& member) {
  bool simple = member.kind == JsonKind::kNumber || member.kind == JsonKind::kString ||
                member.kind == JsonKind::kBoolean;
  if (models::find_config_key(scope_, member.key) != nullptr) {
    failed_ |= !simple;
    return simple;
  }
  failed_ = true;
  std::string_view scope = models::name_of(scope_);
  if (models::is_known_unsupported(scope_, member.key)) {
    problems_.at_key(member, fmt::format("Kafka's {} setting {} is not supported yet", scope,
                                         in_quotes(member.key)));
    return false;
  }
  if (std::string elsewhere = where_known(member.key); !elsewhere.empty()) {
    problems_.at_key(member, fmt::format("no {} setting; it is {}", scope, elsewhere));
    return false;
  }
  std::vector<std::string_view> names;
  for (const models::ConfigKey& key : models::config_keys(scope_)) names.push_back(key.name);
  std::string nearest = did_you_mean(member.key, names);
  problems_.at_key(
      member, fmt::format("unknown {} setting{}  (faultline config lists all)", scope, nearest));
  return false;
}

void ConfigReader::report_value(const JsonValue& member, const absl::Status& status) {
  failed_ = true;
  // The pointer names the setting already.
  std::string message(status.message());
  if (message.rfind(member.key + ": ", 0) == 0) message = message.substr(member.key.size() + 2);
  problems_.at_value(member, message);
}

void ConfigReader::report(const models::ConfigFindings& findings, const JsonValue& owner) const {
  if (failed_) return;
  for (const std::string& error : findings.errors) {
    problems_.at_value(config_ == nullptr ? owner : *config_, error);
  }
}

}  // namespace scenarios
