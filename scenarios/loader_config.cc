// SPDX-License-Identifier: Apache-2.0

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

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
