// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/record_store.h"

#include <algorithm>

namespace models {

RecordStore::RecordStore(const std::vector<JudgedProducer>& producers) {
  for (const JudgedProducer& producer : producers)
    producers_.push_back({producer, {}, {}, 0, 0, 0, 0});
  std::sort(producers_.begin(), producers_.end(),
            [](const Producer& a, const Producer& b) { return a.judged.number < b.judged.number; });
  for (size_t i = 0; i < producers_.size(); ++i) {
    int32_t number = producers_[i].judged.number;
    SIM_CHECK(number >= 0 && !knows(number), number);
    index_of_number_.resize(static_cast<size_t>(number) + 1, -1);
    index_of_number_.back() = static_cast<int32_t>(i);
  }
}

bool RecordStore::knows(int32_t producer) const {
  return producer >= 0 && static_cast<size_t>(producer) < index_of_number_.size() &&
         index_of_number_[static_cast<size_t>(producer)] >= 0;
}

const SentRecord* RecordStore::find(RecordId id) const {
  if (!knows(producer_of(id))) return nullptr;
  const std::vector<SentRecord>& records = producers_[producer_index(id)].records;
  auto count = static_cast<size_t>(count_of(id));
  if (count >= records.size() || records[count].state == RecordState::kNeverSent) return nullptr;
  return &records[count];
}

void RecordStore::sent(RecordId id, PartitionKey key, sim::SimTime at, uint64_t record_key,
                       bool is_tombstone) {
  SIM_CHECK(knows(producer_of(id)) && find(id) == nullptr, id.value());
  Producer& producer = producers_[producer_index(id)];
  auto count = static_cast<size_t>(count_of(id));
  if (count >= producer.records.size()) producer.records.resize(count + 1);
  SentRecord& record = producer.records[count];
  record.sent = at;
  record.partition = key.partition;
  record.topic = static_cast<uint16_t>(key.topic);
  record.state = RecordState::kWaiting;
  record.is_tombstone = is_tombstone;
  ++producer.sent;
  if (record_key == 0) return;
  if (producer.keys.size() <= count) producer.keys.resize(count + 1);
  producer.keys[count] = record_key;
}

uint64_t RecordStore::key_of(RecordId id) const {
  if (!knows(producer_of(id))) return 0;
  const std::vector<uint64_t>& keys = producers_[producer_index(id)].keys;
  auto count = static_cast<size_t>(count_of(id));
  return count < keys.size() ? keys[count] : 0;
}

SentRecord& RecordStore::decide(RecordId id, RecordState state) {
  SentRecord* record = find(id);
  SIM_CHECK(record != nullptr && record->state == RecordState::kWaiting, id.value());
  record->state = state;
  return *record;
}

SentRecord& RecordStore::acknowledged(RecordId id, Offset offset, sim::SimTime at,
                                      sim::EventId event) {
  SentRecord& record = decide(id, RecordState::kAcknowledged);
  record.decided = at;
  record.offset = offset;
  record.event = event;
  ++producers_[producer_index(id)].acknowledged;
  return record;
}

SentRecord& RecordStore::failed(RecordId id, sim::SimTime at, sim::EventId event) {
  SentRecord& record = decide(id, RecordState::kFailed);
  record.decided = at;
  record.event = event;
  ++producers_[producer_index(id)].failed;
  return record;
}

void RecordNumbers::clear() {
  numbers_.resize(store_->producers().size());
  for (size_t i = 0; i < numbers_.size(); ++i)
    numbers_[i].assign(store_->producers()[i].records.size(), 0);
}

}  // namespace models
