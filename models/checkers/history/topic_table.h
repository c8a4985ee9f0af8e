// SPDX-License-Identifier: Apache-2.0
//
// Topics by number, so that the judge works with two integers instead of a name a record. Numbers
// follow the order of names.

#ifndef MODELS_CHECKERS_HISTORY_TOPIC_TABLE_H_
#define MODELS_CHECKERS_HISTORY_TOPIC_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "models/checkers/history/judge_types.h"
#include "sim/check.h"

namespace models {

struct PartitionKey {
  int32_t topic = 0;
  int32_t partition = 0;
  auto operator<=>(const PartitionKey&) const = default;
};

class TopicTable {
 public:
  explicit TopicTable(std::vector<JudgedTopic> topics) : topics_(std::move(topics)) {
    std::sort(topics_.begin(), topics_.end(),
              [](const JudgedTopic& a, const JudgedTopic& b) { return a.name < b.name; });
    for (size_t i = 1; i < topics_.size(); ++i)
      SIM_CHECK(topics_[i - 1].name != topics_[i].name, topics_[i].name);
    SIM_CHECK(topics_.size() <= UINT16_MAX, topics_.size());
  }

  // The topic must have been declared.
  int32_t number_of(std::string_view name) {
    // Events come in runs of one topic.
    if (last_ >= topics_.size() || topics_[last_].name != name) last_ = find(name);
    return static_cast<int32_t>(last_);
  }
  int32_t number_of(std::string_view name) const { return static_cast<int32_t>(find(name)); }
  PartitionKey key_of(const TopicPartition& partition) {
    SIM_CHECK(partition.partition >= 0, partition.topic, partition.partition);
    return {number_of(partition.topic), partition.partition};
  }
  const JudgedTopic& at(int32_t number) const { return topics_[static_cast<size_t>(number)]; }
  TopicPartition name_of(PartitionKey key) const { return {at(key.topic).name, key.partition}; }

 private:
  size_t find(std::string_view name) const {
    auto found = std::lower_bound(
        topics_.begin(), topics_.end(), name,
        [](const JudgedTopic& topic, std::string_view wanted) { return topic.name < wanted; });
    SIM_CHECK(found != topics_.end() && found->name == name, name);
    return static_cast<size_t>(found - topics_.begin());
  }

  std::vector<JudgedTopic> topics_;  // By name.
  size_t last_ = 0;
};

// One T a partition; grows as partitions are named.
template <class T>
class PartitionTable {
 public:
  T& at(PartitionKey key) {
    auto topic = static_cast<size_t>(key.topic), partition = static_cast<size_t>(key.partition);
    if (topics_.size() <= topic) topics_.resize(topic + 1);
    if (topics_[topic].size() <= partition) topics_[topic].resize(partition + 1);
    return topics_[topic][partition];
  }
  // Null if it was never named.
  const T* find(PartitionKey key) const {
    auto topic = static_cast<size_t>(key.topic), partition = static_cast<size_t>(key.partition);
    if (topic >= topics_.size() || partition >= topics_[topic].size()) return nullptr;
    return &topics_[topic][partition];
  }
  // In order of topic and partition.
  template <class Visit>
  void for_each(Visit visit) const {
    for (size_t topic = 0; topic < topics_.size(); ++topic)
      for (size_t partition = 0; partition < topics_[topic].size(); ++partition)
        visit(PartitionKey{static_cast<int32_t>(topic), static_cast<int32_t>(partition)},
              topics_[topic][partition]);
  }

 private:
  std::vector<std::vector<T>> topics_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_TOPIC_TABLE_H_
