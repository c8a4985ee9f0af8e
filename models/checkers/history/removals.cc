// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/removals.h"

#include <algorithm>
#include <string>

namespace models {

void Removals::add(PartitionKey key, const Removal& removal) {
  Total& total = totals_[{key, removal.by}];
  ++total.records;
  if (removal.offset == kNoOffset) return;
  total.before = std::max(total.before, removal.offset + 1);
  removals_.at(key).push_back(removal);
}

void Removals::sort() {
  removals_.for_each([&](PartitionKey key, const std::vector<Removal>&) {
    std::vector<Removal>& all = removals_.at(key);
    std::sort(all.begin(), all.end(), [](const Removal& a, const Removal& b) {
      return std::tie(a.offset, a.id) < std::tie(b.offset, b.id);
    });
  });
}

int64_t Removals::count(int32_t topic, int32_t partition) const {
  int64_t count = 0;
  for (const auto& [key, total] : totals_) {
    if (topic >= 0 && key.first.topic != topic) continue;
    if (partition >= 0 && key.first.partition != partition) continue;
    count += total.records;
  }
  return count;
}

std::vector<RemovalCount> Removals::counts(const TopicTable& topics) const {
  std::vector<RemovalCount> counts;
  for (const auto& [key, total] : totals_) {
    counts.push_back(
        {topics.name_of(key.first), std::string(key.second), total.records, total.before});
  }
  return counts;
}

void NewestOfKeys::learn(const TopicTable& topics, const RecordStore& records) {
  records_ = &records;
  for (const RecordStore::Producer& producer : records.producers()) {
    size_t keyed = std::min(producer.keys.size(), producer.records.size());
    for (size_t count = 0; count < keyed; ++count) {
      const SentRecord& record = producer.records[count];
      if (producer.keys[count] == 0 || !topics.at(record.topic).config.cleanup_policy.compacts)
        continue;
      Newest& newest = newest_[{record.key(), producer.keys[count]}];
      // One of which the producer heard nothing good may be stored all the same.
      if (record.state == RecordState::kAcknowledged || record.stored) {
        newest.offset = std::max(newest.offset, record.offset);
        continue;
      }
      newest.unheard_sent = std::max(newest.unheard_sent, record.sent);
      if (record.is_tombstone) newest.tombstone_sent = newest.unheard_sent;
    }
  }
}

const NewestOfKeys::Newest* NewestOfKeys::newest_of(RecordId id, const SentRecord& record) const {
  uint64_t key = records_->key_of(id);
  auto newest = key == 0 ? newest_.end() : newest_.find({record.key(), key});
  return newest == newest_.end() ? nullptr : &newest->second;
}

bool NewestOfKeys::is_superseded(RecordId id, const SentRecord& record) const {
  const Newest* newest = newest_of(id, record);
  return newest != nullptr &&
         (newest->offset > record.offset || newest->tombstone_sent > record.sent);
}

bool NewestOfKeys::may_be_superseded(RecordId id, const SentRecord& record) const {
  const Newest* newest = newest_of(id, record);
  return newest != nullptr &&
         (newest->offset > record.offset || newest->unheard_sent > record.sent);
}

}  // namespace models
