// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_replay.h"

#include <utility>

#include "models/common/config_keys.h"
#include "models/controller/image_records.h"
#include "sim/check.h"

namespace models {

PartitionRegistration merge(const PartitionRegistration& partition,
                            const PartitionChangeRecord& change) {
  PartitionRegistration next = partition;
  if (change.directories) next.directories = *change.directories;
  if (change.isr) next.isr = *change.isr;
  if (change.recovering) next.recovering = *change.recovering;
  if (change.replicas) next.replicas = *change.replicas;
  if (change.removing) next.removing = *change.removing;
  if (change.adding) next.adding = *change.adding;
  if (change.elr) next.elr = *change.elr;
  if (change.last_known_elr) next.last_known_elr = *change.last_known_elr;
  if (change.leader) {
    next.leader = *change.leader;
    ++next.leader_epoch;
  }
  ++next.partition_epoch;
  return next;
}

void MetadataReplay::replay(const MetadataRecord& record, Offset offset, MetadataDelta& delta) {
  SIM_CHECK(offset >= image_.next_offset, offset.value(), image_.next_offset.value());
  std::visit([&](const auto& body) { apply(body, delta); }, record);
  image_.next_offset = offset + 1;
}

void MetadataReplay::skip_to(Offset next) {
  SIM_CHECK(next >= image_.next_offset, next.value(), image_.next_offset.value());
  image_.next_offset = next;
}

MetadataDelta MetadataReplay::load(const std::vector<MetadataRecord>& records, Offset end) {
  MetadataReplay fresh(static_defaults_, node_);
  MetadataDelta all;
  for (const MetadataRecord& record : records)
    std::visit([&](const auto& body) { fresh.apply(body, all); }, record);
  fresh.image_.next_offset = end;
  MetadataDelta delta = difference(image_, fresh.image_);
  *this = std::move(fresh);
  return delta;
}

const TopicImage* MetadataReplay::find_topic(const Uuid& id) const {
  auto name = topic_names_.find(id);
  return name == topic_names_.end() ? nullptr : &image_.topics.at(name->second);
}

TopicImage& MetadataReplay::topic_of(const Uuid& id) {
  auto name = topic_names_.find(id);
  SIM_CHECK(name != topic_names_.end(), to_string(id));
  return image_.topics.at(name->second);
}

void MetadataReplay::apply(const RegisterBrokerRecord& record, MetadataDelta& delta) {
  image_.brokers.insert_or_assign(
      record.broker_id,
      BrokerRegistration{record.broker_id, record.broker_epoch, record.incarnation_id, record.rack,
                         record.fenced, record.in_controlled_shutdown, record.log_dirs});
  delta.brokers.insert(record.broker_id);
}

void MetadataReplay::apply(const BrokerRegistrationChangeRecord& record, MetadataDelta& delta) {
  auto broker = image_.brokers.find(record.broker_id);
  SIM_CHECK(broker != image_.brokers.end(), record.broker_id.value());
  SIM_CHECK(broker->second.epoch == record.broker_epoch, record.broker_id.value(),
            record.broker_epoch.value());
  if (record.fencing != FencingChange::kNone) {
    broker->second.fenced = record.fencing == FencingChange::kFence;
  }
  if (record.enters_controlled_shutdown) broker->second.in_controlled_shutdown = true;
  if (!record.log_dirs.empty()) broker->second.directories = record.log_dirs;
  delta.brokers.insert(record.broker_id);
}

void MetadataReplay::apply(const TopicRecord& record, MetadataDelta& delta) {
  TopicImage topic;
  topic.name = record.name;
  topic.id = record.topic_id;
  topic.config = topic_defaults_;
  bool inserted = image_.topics.emplace(record.name, std::move(topic)).second;
  SIM_CHECK(inserted, record.name);
  topic_names_.emplace(record.topic_id, record.name);
  delta.topics.insert(record.name);
}

void MetadataReplay::apply(const PartitionRecord& record, MetadataDelta& delta) {
  TopicImage& topic = topic_of(record.topic_id);
  // A controller creates a topic's partitions in order; a gap would be a partition without state.
  SIM_CHECK(record.partition_id == static_cast<int32_t>(topic.partitions.size()), topic.name,
            record.partition_id);
  topic.partitions.push_back(record.partition);
  delta.partitions.insert(TopicPartition{topic.name, record.partition_id});
}

void MetadataReplay::apply(const PartitionChangeRecord& record, MetadataDelta& delta) {
  TopicImage& topic = topic_of(record.topic_id);
  SIM_CHECK(record.partition_id < static_cast<int32_t>(topic.partitions.size()), topic.name,
            record.partition_id);
  PartitionRegistration& partition = topic.partitions[static_cast<size_t>(record.partition_id)];
  partition = merge(partition, record);
  delta.partitions.insert(TopicPartition{topic.name, record.partition_id});
}

void MetadataReplay::resolve_config(TopicImage& topic) const {
  topic.config = topic_defaults_;
  for (const auto& [key, value] : topic.configs) {
    absl::Status set = set_topic_config(topic.config, key, value);
    SIM_CHECK(set.ok(), key, value, set.ToString());  // The controller let only valid ones pass.
  }
}

void MetadataReplay::apply(const ConfigRecord& record, MetadataDelta& delta) {
  if (record.resource_type == kBrokerResource) return apply_broker_config(record, delta);
  auto found = image_.topics.find(record.resource_name);
  if (record.resource_type != kTopicResource || found == image_.topics.end()) return;
  TopicImage& topic = found->second;
  if (record.value) {
    topic.configs[record.name] = *record.value;
  } else {
    topic.configs.erase(record.name);
  }
  resolve_config(topic);
  delta.topics.insert(topic.name);
}

// A topic's settings win, then those of this node, then those of the whole cluster, then the file's.
void MetadataReplay::apply_broker_config(const ConfigRecord& record, MetadataDelta& delta) {
  ConfigMap& configs = image_.broker_configs[record.resource_name];
  if (record.value) {
    configs[record.name] = *record.value;
  } else {
    configs.erase(record.name);
  }
  if (configs.empty()) image_.broker_configs.erase(record.resource_name);
  delta.broker_configs = true;
  BrokerConfig merged;
  merged.topic = static_defaults_;
  for (const std::string& name : {std::string(), std::to_string(node_.value())}) {
    auto dynamic = image_.broker_configs.find(name);
    if (dynamic == image_.broker_configs.end()) continue;
    for (const auto& [key, value] : dynamic->second) {
      absl::Status set = set_broker_config(merged, key, value);
      SIM_CHECK(set.ok(), key, value, set.ToString());
    }
  }
  if (merged.topic == topic_defaults_) return;
  topic_defaults_ = merged.topic;
  for (auto& [name, topic] : image_.topics) {
    resolve_config(topic);
    delta.topics.insert(name);
  }
}

void MetadataReplay::apply(const FeatureLevelRecord& record, MetadataDelta&) {
  if (record.name == kMetadataVersionFeature) image_.metadata_version = record.level;
  if (record.name == kElrFeature) image_.elr_enabled = record.level > 0;
}

void MetadataReplay::apply(const RemoveTopicRecord& record, MetadataDelta& delta) {
  const std::string name = topic_of(record.topic_id).name;
  size_t partitions = image_.topics.at(name).partitions.size();
  for (size_t i = 0; i < partitions; ++i) {
    delta.partitions.erase(TopicPartition{name, static_cast<int32_t>(i)});
  }
  delta.topics.erase(name);
  delta.deleted_topics.emplace(record.topic_id, name);
  image_.topics.erase(name);
  topic_names_.erase(record.topic_id);
}

void MetadataReplay::clear_elr(TopicImage& topic, MetadataDelta& delta) {
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    PartitionRegistration& partition = topic.partitions[i];
    if (partition.elr.empty() && partition.last_known_elr.empty()) continue;
    partition.elr.clear();
    partition.last_known_elr.clear();
    ++partition.partition_epoch;
    delta.partitions.insert(TopicPartition{topic.name, static_cast<int32_t>(i)});
  }
}

void MetadataReplay::apply(const ClearElrRecord& record, MetadataDelta& delta) {
  for (auto& [name, topic] : image_.topics) {
    if (record.topic.empty() || record.topic == name) clear_elr(topic, delta);
  }
}

void MetadataReplay::apply(const UnregisterBrokerRecord& record, MetadataDelta& delta) {
  auto broker = image_.brokers.find(record.broker_id);
  SIM_CHECK(broker != image_.brokers.end() && broker->second.epoch == record.broker_epoch,
            record.broker_id.value(), record.broker_epoch.value());
  image_.brokers.erase(broker);
  delta.brokers.insert(record.broker_id);
}

void MetadataReplay::apply(const ProducerIdsRecord& record, MetadataDelta&) {
  SIM_CHECK(record.next_producer_id > image_.next_producer_id, record.next_producer_id.value());
  image_.next_producer_id = record.next_producer_id;
}

}  // namespace models
