// SPDX-License-Identifier: Apache-2.0
//
// Every record that was sent, and what its producer was told of it. A producer numbers its records
// from 0, so a record is found by two array look-ups. 40 bytes a record.

#ifndef MODELS_CHECKERS_HISTORY_RECORD_STORE_H_
#define MODELS_CHECKERS_HISTORY_RECORD_STORE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/topic_table.h"
#include "models/common/client_event.h"
#include "sim/check.h"
#include "sim/time.h"

namespace models {

enum class RecordState : uint8_t {
  kNeverSent,
  kWaiting,
  kAcknowledged,
  kFailed,
  kAbandoned,  // Its producer died before it was told: nobody will ever know.
};

struct SentRecord {
  sim::SimTime sent;
  sim::SimTime decided;       // Once it is acknowledged or has failed.
  Offset offset = kNoOffset;  // Once it is acknowledged.
  sim::EventId event;         // The callback, once it is acknowledged or has failed.
  int32_t partition = 0;
  uint16_t topic = 0;
  RecordState state = RecordState::kNeverSent;
  // What the auditor found.
  bool stored : 1 = false;
  bool stored_twice : 1 = false;
  bool stored_too_early : 1 = false;
  bool removed : 1 = false;  // Gone as a setting says.
  bool is_tombstone : 1 = false;

  PartitionKey key() const { return {topic, partition}; }
  bool is_lost() const { return state == RecordState::kAcknowledged && !stored && !removed; }
};
static_assert(sizeof(SentRecord) <= 40);

class RecordStore {
 public:
  struct Producer {
    JudgedProducer judged;
    std::vector<SentRecord> records;  // By count.
    std::vector<uint64_t> keys;       // By count, as far as any has a key; 0: none.
    int64_t sent = 0;
    int64_t acknowledged = 0;
    int64_t failed = 0;
    int64_t abandoned = 0;
  };

  explicit RecordStore(const std::vector<JudgedProducer>& producers);

  // Each record is sent once and decided at most once; all else is a bug of the client.
  // `record_key` stands for the record's key; 0: it has none.
  void sent(RecordId id, PartitionKey key, sim::SimTime at, uint64_t record_key = 0,
            bool is_tombstone = false);
  SentRecord& acknowledged(RecordId id, Offset offset, sim::SimTime at, sim::EventId event);
  SentRecord& failed(RecordId id, sim::SimTime at, sim::EventId event);

  // The producer has died: nobody will be told of what it waits for. visit(key) for each of these.
  template <class Visit>
  void abandon(int32_t number, const Visit& visit) {
    SIM_CHECK(knows(number), number);
    Producer& producer = producers_[producer_index(make_record_id(number, 0))];
    for (SentRecord& record : producer.records) {
      if (record.state != RecordState::kWaiting) continue;
      record.state = RecordState::kAbandoned;
      ++producer.abandoned;
      visit(record.key());
    }
  }

  // Null if it was never sent.
  const SentRecord* find(RecordId id) const;
  SentRecord* find(RecordId id) {
    return const_cast<SentRecord*>(static_cast<const RecordStore*>(this)->find(id));
  }
  // By number.
  const std::vector<Producer>& producers() const { return producers_; }
  // Place of the producer of a record that was sent, in producers().
  size_t producer_index(RecordId id) const {
    return static_cast<size_t>(index_of_number_[static_cast<size_t>(producer_of(id))]);
  }
  const JudgedProducer& producer(RecordId id) const {
    return producers_[producer_index(id)].judged;
  }
  // 0: none, or the record was never sent.
  uint64_t key_of(RecordId id) const;
  bool knows(int32_t producer) const;

 private:
  SentRecord& decide(RecordId id, RecordState state);

  std::vector<Producer> producers_;
  std::vector<int32_t> index_of_number_;  // -1: no such producer.
};

// A number for each record that was sent; all 0 at first.
class RecordNumbers {
 public:
  explicit RecordNumbers(const RecordStore& store) : store_(&store) { clear(); }
  void clear();
  // `id` must have been sent.
  uint32_t& of(RecordId id) {
    return numbers_[store_->producer_index(id)][static_cast<size_t>(count_of(id))];
  }

 private:
  const RecordStore* store_;  // Outlives this; neither is kept.
  std::vector<std::vector<uint32_t>> numbers_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_RECORD_STORE_H_
