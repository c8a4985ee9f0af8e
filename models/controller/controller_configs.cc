// SPDX-License-Identifier: Apache-2.0
//
// Dynamic settings of topics and brokers. Source: ConfigurationControlManager.java of 4.1,
// ActivationRecordsGenerator.java (what an empty log begins with), server DynamicBrokerConfig.scala
// (which settings of a broker may change while it runs).

#include <algorithm>
#include <charconv>
#include <iterator>

#include "models/common/config_keys.h"
#include "models/controller/controller.h"

namespace models {

namespace {

constexpr int16_t kMetadataVersion41 = 27;  // 4.1-IV1
constexpr std::string_view kMinIsr = "min.insync.replicas";
constexpr size_t kConfigValueBytesMax = 32767;

// Those of a broker's settings that may change while it runs (DynamicBrokerConfig.AllDynamicConfigs)
// and whose change this program applies: the defaults of topics.
constexpr std::string_view kDynamic[] = {
    "compression.gzip.level",
    "compression.type",
    "compression.zstd.level",
    "log.cleaner.delete.retention.ms",
    "log.cleaner.max.compaction.lag.ms",
    "log.cleaner.min.cleanable.ratio",
    "log.cleaner.min.compaction.lag.ms",
    "log.cleanup.policy",
    "log.flush.interval.messages",
    "log.index.interval.bytes",
    "log.index.size.max.bytes",
    "log.message.timestamp.after.max.ms",
    "log.message.timestamp.before.max.ms",
    "log.message.timestamp.type",
    "log.retention.bytes",
    "log.retention.ms",
    "log.roll.jitter.ms",
    "log.roll.ms",
    "log.segment.bytes",
    "log.segment.delete.delay.ms",
    "message.max.bytes",
    "min.insync.replicas",
    "unclean.leader.election.enable",
};

bool is_dynamic(std::string_view key) {
  return std::find(std::begin(kDynamic), std::end(kDynamic), key) != std::end(kDynamic);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  for (size_t from = 0; from <= list.size();) {
    size_t comma = std::min(list.find(',', from), list.size());
    if (comma > from) words.push_back(list.substr(from, comma - from));
    from = comma + 1;
  }
  return words;
}

std::string join(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ",") + word;
  return list;
}

// A list's value after APPEND or SUBTRACT.
std::string altered_list(const std::string& before, const AlterableConfig& config) {
  std::vector<std::string> words = split(before);
  for (const std::string& word : split(config.value)) {
    auto at = std::find(words.begin(), words.end(), word);
    if (config.operation == ConfigOperation::kSubtract) {
      if (at != words.end()) words.erase(at);
    } else if (at == words.end()) {
      words.push_back(word);
    }
  }
  return join(words);
}

ErrorCode check_value(ConfigScope scope, const std::string& key, const std::string& value) {
  if (value.size() > kConfigValueBytesMax) return ErrorCode::kInvalidConfig;
  BrokerConfig broker;
  absl::Status set = scope == ConfigScope::kTopic ? set_topic_config(broker.topic, key, value)
                                                  : set_broker_config(broker, key, value);
  return set.ok() ? ErrorCode::kNone : ErrorCode::kInvalidConfig;
}

}  // namespace

// Features, the cluster-wide min.insync.replicas on which eligible leader replicas rest, and what
// is imported.
std::vector<MetadataRecord> bootstrap_records(const ControllerOptions& options) {
  std::vector<MetadataRecord> records = {
      FeatureLevelRecord{std::string(kMetadataVersionFeature), kMetadataVersion41}};
  if (options.elr_version != 0) {
    records.emplace_back(FeatureLevelRecord{std::string(kElrFeature), options.elr_version});
    records.emplace_back(ConfigRecord{kBrokerResource, "", std::string(kMinIsr),
                                      std::to_string(options.config.topic.min_insync_replicas)});
  }
  for (const ImportedBroker& broker : options.imported_brokers)
    records.emplace_back(RegisterBrokerRecord{broker.id, {}, broker.former_epoch});
  for (const ImportedTopic& topic : options.imported) {
    records.emplace_back(TopicRecord{topic.name, topic.id});
    for (const auto& [key, value] : topic.configs)
      records.emplace_back(ConfigRecord{kTopicResource, topic.name, key, value});
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      records.emplace_back(PartitionRecord{static_cast<int32_t>(i), topic.id, topic.partitions[i]});
    }
  }
  if (options.next_producer_id > ProducerId(0))
    records.emplace_back(ProducerIdsRecord{kNoNode, kNoBrokerEpoch, options.next_producer_id});
  return records;
}

void Controller::on_incremental_alter_configs(RequestToken token,
                                              const IncrementalAlterConfigsRequest& request,
                                              Step& step) {
  IncrementalAlterConfigsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const AlterConfigsResource& resource : request.resources) {
    auto same = [&](const AlterConfigsResource& other) {
      return other.type == resource.type && other.name == resource.name;
    };
    bool twice = std::count_if(request.resources.begin(), request.resources.end(), same) > 1;
    ErrorCode error = twice ? ErrorCode::kInvalidRequest : check_resource(resource);
    if (error == ErrorCode::kNone) error = alter_configs(resource, configs_of(resource), records);
    response.results.push_back({resource.type, resource.name, error});
  }
  add_clear_elr_records(records);
  append(records, "settings were changed", step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::check_resource(const AlterConfigsResource& resource) const {
  if (resource.type == kTopicResource) {
    return latest_.image().topics.contains(resource.name) ? ErrorCode::kNone
                                                          : ErrorCode::kUnknownTopicOrPartition;
  }
  if (resource.type != kBrokerResource) return ErrorCode::kInvalidRequest;
  if (resource.name.empty()) return ErrorCode::kNone;
  int32_t id = -1;
  const char* end = resource.name.data() + resource.name.size();
  auto parsed = std::from_chars(resource.name.data(), end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end) return ErrorCode::kInvalidRequest;
  bool known = latest_.image().find(NodeId(id)) != nullptr || NodeId(id) == options_.node_id;
  return known ? ErrorCode::kNone : ErrorCode::kBrokerIdNotRegistered;
}

ConfigMap Controller::configs_of(const AlterConfigsResource& resource) const {
  const MetadataImage& image = latest_.image();
  if (resource.type == kTopicResource) return image.topics.at(resource.name).configs;
  auto found = image.broker_configs.find(resource.name);
  return found == image.broker_configs.end() ? ConfigMap() : found->second;
}

// All of a resource's changes, or none.
ErrorCode Controller::alter_configs(const AlterConfigsResource& resource, const ConfigMap& before,
                                    Records& records) const {
  bool of_topic = resource.type == kTopicResource;
  ConfigScope scope = of_topic ? ConfigScope::kTopic : ConfigScope::kBroker;
  Records altered;
  for (const AlterableConfig& config : resource.configs) {
    const ConfigKey* key = find_config_key(scope, config.name);
    if (key == nullptr) return ErrorCode::kInvalidConfig;
    if (!of_topic && !is_dynamic(key->name)) return ErrorCode::kInvalidRequest;
    std::optional<std::string> old_value, value;
    if (auto found = before.find(config.name); found != before.end()) old_value = found->second;
    bool of_list = config.operation == ConfigOperation::kAppend ||
                   config.operation == ConfigOperation::kSubtract;
    if (of_list && key->type != ConfigType::kList) return ErrorCode::kInvalidConfig;
    if (config.operation == ConfigOperation::kSet) value = config.value;
    if (of_list) value = altered_list(old_value.value_or(default_of(*key)), config);
    ErrorCode error = value ? check_value(scope, config.name, *value) : ErrorCode::kNone;
    if (error != ErrorCode::kNone) return error;
    bool of_elr = latest_.image().elr_enabled && !of_topic && config.name == kMinIsr;
    if (of_elr && (!resource.name.empty() || !value)) return ErrorCode::kInvalidConfig;
    // A broker's are told again even if they are the same: that makes it load them anew.
    if (of_topic && value == old_value) continue;
    altered.emplace_back(ConfigRecord{resource.type, resource.name, config.name, value});
  }
  std::move(altered.begin(), altered.end(), std::back_inserter(records));
  return ErrorCode::kNone;
}

// Who was eligible while the ISR was below another minimum may not be so by this one.
void Controller::add_clear_elr_records(Records& records) const {
  if (!latest_.image().elr_enabled) return;
  Records added;
  for (const MetadataRecord& record : records) {
    const auto* config = std::get_if<ConfigRecord>(&record);
    if (config == nullptr || config->name != kMinIsr) continue;
    bool of_topic = config->resource_type == kTopicResource;
    added.emplace_back(ClearElrRecord{of_topic ? config->resource_name : std::string()});
  }
  std::move(added.begin(), added.end(), std::back_inserter(records));
}

}  // namespace models
