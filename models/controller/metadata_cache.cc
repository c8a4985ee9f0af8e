// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_cache.h"

#include <utility>

namespace models {

namespace {

bool is_alive(const MetadataImage& image, NodeId id) {
  const BrokerRegistration* broker = image.find(id);
  return broker != nullptr && !broker->fenced;
}

MetadataPartition partition_of(const MetadataImage& image, int32_t index,
                               const PartitionRegistration& partition) {
  MetadataPartition answer;
  answer.partition = index;
  answer.leader_epoch = partition.leader_epoch;
  answer.replicas = partition.replicas;
  answer.isr = partition.isr;
  for (NodeId id : partition.replicas) {
    bool can_serve =
        is_alive(image, id) && is_online(partition.directory_of(id), image.find(id)->directories);
    if (!can_serve) answer.offline_replicas.push_back(id);
  }
  if (is_alive(image, partition.leader)) {
    answer.leader = partition.leader;
  } else {
    answer.error = ErrorCode::kLeaderNotAvailable;
  }
  return answer;
}

MetadataTopic topic_of(const MetadataImage& image, const TopicImage& topic) {
  MetadataTopic answer;
  answer.name = topic.name;
  answer.topic_id = topic.id;
  answer.partitions.reserve(topic.partitions.size());
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    answer.partitions.push_back(partition_of(image, static_cast<int32_t>(i), topic.partitions[i]));
  }
  return answer;
}

}  // namespace

void MetadataCache::on_metadata(RequestToken token, const MetadataRequest& request,
                                const MetadataImage& image, Step& step) const {
  MetadataResponse response;
  for (const auto& [id, broker] : image.brokers) {
    if (!broker.fenced) response.brokers.push_back(id);
  }
  for (const std::string& name : request.topics) {
    auto topic = image.topics.find(name);
    if (topic != image.topics.end()) {
      response.topics.push_back(topic_of(image, topic->second));
      continue;
    }
    MetadataTopic unknown;
    unknown.name = name;
    unknown.error = ErrorCode::kUnknownTopicOrPartition;
    response.topics.push_back(std::move(unknown));
  }
  step.effects.reply(token, std::move(response));
}

}  // namespace models
