// SPDX-License-Identifier: Apache-2.0

#include "models/controller/image_records.h"

#include <utility>

#include "models/controller/metadata_replay.h"

namespace models {

namespace {

void add_features(const MetadataImage& image, std::vector<MetadataRecord>& records) {
  // First, as it may tell how the others are to be read.
  if (image.metadata_version > 0)
    records.emplace_back(
        FeatureLevelRecord{std::string(kMetadataVersionFeature), image.metadata_version});
  if (image.elr_enabled) records.emplace_back(FeatureLevelRecord{std::string(kElrFeature), 1});
}

void add_configs(int8_t type, const std::string& resource, const ConfigMap& configs,
                 std::vector<MetadataRecord>& records) {
  for (const auto& [name, value] : configs)
    records.emplace_back(ConfigRecord{type, resource, name, value});
}

void add_partition_changes(const TopicImage* before, const TopicImage& after,
                           MetadataDelta& delta) {
  bool is_same = before != nullptr && before->id == after.id;
  for (size_t i = 0; i < after.partitions.size(); ++i) {
    bool known = is_same && i < before->partitions.size();
    if (!known || before->partitions[i] != after.partitions[i])
      delta.partitions.insert({after.name, static_cast<int32_t>(i)});
  }
}

void add_topic_changes(const MetadataImage& before, const MetadataImage& after,
                       MetadataDelta& delta) {
  for (const auto& [name, topic] : before.topics) {
    auto same = after.topics.find(name);
    if (same == after.topics.end() || same->second.id != topic.id)
      delta.deleted_topics.emplace(topic.id, name);
  }
  for (const auto& [name, topic] : after.topics) {
    auto found = before.topics.find(name);
    const TopicImage* former = found == before.topics.end() ? nullptr : &found->second;
    bool is_same = former != nullptr && former->id == topic.id &&
                   former->configs == topic.configs && former->config == topic.config;
    if (!is_same) delta.topics.insert(name);
    add_partition_changes(former, topic, delta);
  }
}

}  // namespace

std::vector<MetadataRecord> records_of(const MetadataImage& image) {
  std::vector<MetadataRecord> records;
  add_features(image, records);
  for (const auto& [id, broker] : image.brokers)
    records.emplace_back(RegisterBrokerRecord{id, broker.incarnation_id, broker.epoch, broker.rack,
                                              broker.fenced, broker.in_controlled_shutdown});
  for (const auto& [name, topic] : image.topics) {
    records.emplace_back(TopicRecord{name, topic.id});
    for (size_t i = 0; i < topic.partitions.size(); ++i)
      records.emplace_back(PartitionRecord{static_cast<int32_t>(i), topic.id, topic.partitions[i]});
  }
  for (const auto& [broker, configs] : image.broker_configs)
    add_configs(kBrokerResource, broker, configs, records);
  for (const auto& [name, topic] : image.topics)
    add_configs(kTopicResource, name, topic.configs, records);
  if (image.next_producer_id > ProducerId(0))
    records.emplace_back(ProducerIdsRecord{kNoNode, kNoBrokerEpoch, image.next_producer_id});
  return records;
}

SnapshotContent snapshot_of(const MetadataImage& image, const MetadataPosition& reached) {
  SnapshotContent content;
  content.id = {reached.next, reached.last_epoch};
  content.last_contained_log_timestamp_ms = reached.last_timestamp_ms;
  for (const MetadataRecord& record : records_of(image)) content.values.push_back(encode(record));
  return content;
}

absl::StatusOr<std::vector<MetadataRecord>> records_in_snapshot(const absl::Cord& snapshot) {
  std::vector<MetadataRecord> records;
  absl::Status status;
  absl::Status read = for_each_snapshot_record(snapshot, [&](std::string_view value) {
    absl::StatusOr<MetadataRecord> record = decode_metadata_record(value);
    if (record.ok()) {
      records.push_back(*std::move(record));
    } else if (status.ok()) {
      status = record.status();
    }
  });
  if (!read.ok()) return read;
  if (!status.ok()) return status;
  return records;
}

MetadataDelta difference(const MetadataImage& before, const MetadataImage& after) {
  MetadataDelta delta;
  for (const auto& [id, broker] : before.brokers) {
    if (!after.brokers.contains(id)) delta.brokers.insert(id);
  }
  for (const auto& [id, broker] : after.brokers) {
    const BrokerRegistration* former = before.find(id);
    if (former == nullptr || *former != broker) delta.brokers.insert(id);
  }
  add_topic_changes(before, after, delta);
  delta.broker_configs = before.broker_configs != after.broker_configs;
  return delta;
}

}  // namespace models
