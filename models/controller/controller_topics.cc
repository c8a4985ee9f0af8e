// SPDX-License-Identifier: Apache-2.0
//
// Topics come, grow and go. Source: ReplicationControlManager.java (createTopics, deleteTopics,
// createPartitions), core/.../server/ControllerApis.scala (names given twice).

#include <algorithm>
#include <iterator>

#include "models/common/random_uuid.h"
#include "models/controller/controller.h"
#include "models/raft/raft.h"

namespace models {

namespace {

using Assignment = std::vector<NodeId>;

constexpr size_t kTopicNameBytesMax = 249;
constexpr int64_t kPartitionsPerRequestMax = 10'000;  // MAX_PARTITIONS_PER_BATCH

bool is_legal_topic_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.size() > kTopicNameBytesMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// Names that differ only here give the same name of a metric.
std::string unify_collision_chars(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// How many of the request's entries have this name.
template <class Entry>
int64_t count_of(const std::vector<Entry>& entries, const std::string& name) {
  return std::count_if(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.name == name; });
}

bool asks_for_too_much(const CreateTopicsRequest& request) {
  int64_t partitions = 0;
  for (const CreatableTopic& topic : request.topics) {
    partitions += topic.assignments.empty() ? std::max(topic.num_partitions, 0)
                                            : static_cast<int64_t>(topic.assignments.size());
  }
  return partitions > kPartitionsPerRequestMax;
}

}  // namespace

ErrorCode Controller::check_assignment(const Assignment& replicas,
                                       std::optional<size_t> count) const {
  bool known = std::all_of(replicas.begin(), replicas.end(),
                           [&](NodeId id) { return latest_.image().find(id) != nullptr; });
  Assignment sorted = replicas;
  std::sort(sorted.begin(), sorted.end());
  bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  bool fits = !count || *count == replicas.size();
  bool valid = !replicas.empty() && known && !twice && fits;
  return valid ? ErrorCode::kNone : ErrorCode::kInvalidReplicaAssignment;
}

// The record of a new partition; nothing if no replica is up.
std::optional<PartitionRecord> Controller::new_partition(const Uuid& topic_id, int32_t index,
                                                         const Assignment& replicas) const {
  PartitionRecord record{index, topic_id, {}};
  record.partition.replicas = replicas;
  for (NodeId id : replicas) record.partition.directories.push_back(default_directory(id));
  std::copy_if(replicas.begin(), replicas.end(), std::back_inserter(record.partition.isr),
               [&](NodeId id) { return is_available(id); });
  if (record.partition.isr.empty()) return std::nullopt;
  record.partition.leader = record.partition.isr.front();
  return record;
}

void Controller::on_create_topics(RequestToken token, const CreateTopicsRequest& request,
                                  Step& step) {
  CreateTopicsResponse response;
  if (!active_) response.error = ErrorCode::kNotController;
  if (active_ && asks_for_too_much(request)) response.error = ErrorCode::kPolicyViolation;
  if (response.error != ErrorCode::kNone) {
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const CreatableTopic& topic : request.topics) {
    response.topics.push_back(create_topic(topic, request, records, step));
  }
  append(records, "the topic was created", step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::check_new_topic(const CreatableTopic& topic,
                                      const CreateTopicsRequest& request) const {
  if (topic.name == kMetadataTopic) return ErrorCode::kInvalidRequest;
  if (count_of(request.topics, topic.name) > 1) return ErrorCode::kInvalidRequest;
  if (!is_legal_topic_name(topic.name)) return ErrorCode::kInvalidTopicException;
  if (latest_.image().topics.contains(topic.name)) return ErrorCode::kTopicAlreadyExists;
  for (const auto& [name, existing] : latest_.image().topics) {
    if (unify_collision_chars(name) == unify_collision_chars(topic.name)) {
      return ErrorCode::kInvalidTopicException;
    }
  }
  return ErrorCode::kNone;
}

// Replicas of each partition: as asked for, or placed.
ErrorCode Controller::place_topic(const CreatableTopic& topic, Step& step,
                                  std::vector<Assignment>& placed) const {
  if (!topic.assignments.empty()) {
    if (topic.replication_factor != -1 || topic.num_partitions != -1)
      return ErrorCode::kInvalidRequest;
    std::optional<size_t> count;
    for (const Assignment& replicas : topic.assignments) {
      if (check_assignment(replicas, count) != ErrorCode::kNone)
        return ErrorCode::kInvalidReplicaAssignment;
      count = replicas.size();
    }
    placed = topic.assignments;
    return ErrorCode::kNone;
  }
  if (topic.replication_factor <= 0) return ErrorCode::kInvalidReplicationFactor;
  if (topic.num_partitions <= 0) return ErrorCode::kInvalidPartitions;
  auto found =
      place_replicas(usable_brokers(), topic.num_partitions, topic.replication_factor, step.rng);
  if (!found) return ErrorCode::kInvalidReplicationFactor;
  placed = *std::move(found);
  return ErrorCode::kNone;
}

CreatableTopicResult Controller::create_topic(const CreatableTopic& topic,
                                              const CreateTopicsRequest& request, Records& records,
                                              Step& step) const {
  CreatableTopicResult result;
  result.name = topic.name;
  result.error = check_new_topic(topic, request);
  if (result.error != ErrorCode::kNone) return result;
  Records configs;
  AlterConfigsResource resource{kTopicResource, topic.name, {}};
  for (const auto& [key, value] : topic.configs) {
    resource.configs.push_back({key, ConfigOperation::kSet, value});
  }
  result.error = alter_configs(resource, {}, configs);
  if (result.error != ErrorCode::kNone) return result;
  add_clear_elr_records(configs);
  std::vector<Assignment> placed;
  result.error = place_topic(topic, step, placed);
  if (result.error != ErrorCode::kNone) return result;
  result.topic_id = random_uuid(step.rng);
  Records created = {TopicRecord{topic.name, result.topic_id}};
  std::move(configs.begin(), configs.end(), std::back_inserter(created));
  for (size_t i = 0; i < placed.size(); ++i) {
    auto record = new_partition(result.topic_id, static_cast<int32_t>(i), placed[i]);
    if (!record) {
      result.error = topic.assignments.empty() ? ErrorCode::kInvalidReplicationFactor
                                               : ErrorCode::kInvalidReplicaAssignment;
      return result;
    }
    created.emplace_back(*std::move(record));
  }
  std::move(created.begin(), created.end(), std::back_inserter(records));
  return result;
}

void Controller::on_delete_topics(RequestToken token, const DeleteTopicsRequest& request,
                                  Step& step) {
  DeleteTopicsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const DeletableTopic& wanted : request.topics) {
    DeletableTopicResult result{wanted.name, wanted.topic_id};
    auto same = [&](const DeletableTopic& other) {
      return other.name == wanted.name && other.topic_id == wanted.topic_id;
    };
    auto named = latest_.image().topics.find(wanted.name);
    const TopicImage* topic = latest_.find_topic(wanted.topic_id);
    if (named != latest_.image().topics.end()) topic = &named->second;
    if (std::count_if(request.topics.begin(), request.topics.end(), same) > 1) {
      result.error = ErrorCode::kInvalidRequest;
    } else if (topic == nullptr) {
      result.error =
          wanted.name.empty() ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
    } else {
      result.topic_id = topic->id;
      records.emplace_back(RemoveTopicRecord{topic->id});
    }
    response.results.push_back(std::move(result));
  }
  append(records, "the topic was deleted", step);
  answer(token, std::move(response), step);
}

void Controller::on_create_partitions(RequestToken token, const CreatePartitionsRequest& request,
                                      Step& step) {
  CreatePartitionsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  for (const NewPartitions& wanted : request.topics) {
    ErrorCode error = count_of(request.topics, wanted.name) > 1
                          ? ErrorCode::kInvalidRequest
                          : create_partitions(wanted, step, records);
    response.results.push_back({wanted.name, error});
  }
  if (!records.empty()) step.mark(Mark::kPartitionsAdded);
  append(records, "the partition was added", step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::create_partitions(const NewPartitions& wanted, Step& step,
                                        Records& records) const {
  auto found = latest_.image().topics.find(wanted.name);
  if (found == latest_.image().topics.end()) return ErrorCode::kUnknownTopicOrPartition;
  const TopicImage& topic = found->second;
  int32_t first = static_cast<int32_t>(topic.partitions.size());
  if (wanted.count <= first) return ErrorCode::kInvalidPartitions;
  if (wanted.count - first > kPartitionsPerRequestMax) return ErrorCode::kPolicyViolation;
  size_t factor = topic.partitions.front().replicas.size();
  std::vector<Assignment> placed = wanted.assignments;
  if (placed.empty()) {
    auto found_places = place_replicas(usable_brokers(), wanted.count - first,
                                       static_cast<int16_t>(factor), step.rng);
    if (!found_places) return ErrorCode::kInvalidReplicationFactor;
    placed = *std::move(found_places);
  } else if (placed.size() != static_cast<size_t>(wanted.count - first)) {
    return ErrorCode::kInvalidReplicaAssignment;
  }
  Records created;
  for (size_t i = 0; i < placed.size(); ++i) {
    if (check_assignment(placed[i], factor) != ErrorCode::kNone)
      return ErrorCode::kInvalidReplicaAssignment;
    auto record = new_partition(topic.id, first + static_cast<int32_t>(i), placed[i]);
    if (!record) {
      return wanted.assignments.empty() ? ErrorCode::kInvalidReplicationFactor
                                        : ErrorCode::kInvalidReplicaAssignment;
    }
    created.emplace_back(*std::move(record));
  }
  std::move(created.begin(), created.end(), std::back_inserter(records));
  return ErrorCode::kNone;
}

}  // namespace models
