// SPDX-License-Identifier: Apache-2.0
//
// What is gone because a setting says so, and therefore neither lost nor held against anybody:
//
//   retention    segments of the log's beginning, of which the run tells (LogStartMove)
//   compaction   a value of a key, once a later one was acknowledged (topics with
//                cleanup.policy=compact; KIP-354, LogCleaner)
//
//   offsets   0 .. 975 | 976 .. 2100
//             deleted    kept: who is missing here was lost, unless compaction took it

#ifndef MODELS_CHECKERS_HISTORY_REMOVALS_H_
#define MODELS_CHECKERS_HISTORY_REMOVALS_H_

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/record_store.h"
#include "models/checkers/history/topic_table.h"
#include "sim/time.h"

namespace models {

struct Removal {
  Offset offset;
  RecordId id;
  std::string_view by;  // Static.
  sim::SimTime at;      // When it was deleted; of compaction nobody tells.
  sim::EventId event;
};

class Removals {
 public:
  void add(PartitionKey key, const Removal& removal);
  // By offset; after the last `add`.
  void sort();
  // Those of known offset.
  const std::vector<Removal>& of(PartitionKey key) { return removals_.at(key); }
  // `topic`, `partition` -1: all.
  int64_t count(int32_t topic = -1, int32_t partition = -1) const;
  std::vector<RemovalCount> counts(const TopicTable& topics) const;

 private:
  struct Total {
    int64_t records = 0;
    Offset before{0};
  };
  PartitionTable<std::vector<Removal>> removals_;
  absl::btree_map<std::pair<PartitionKey, std::string_view>, Total> totals_;
};

// The highest offset at which each key of the compacted topics was acknowledged, or found stored.
class NewestOfKeys {
 public:
  // Call when the log has been read.
  void learn(const TopicTable& topics, const RecordStore& records);
  // Is a record of its key behind it, or may a tombstone have been, that is gone by now?
  bool is_superseded(RecordId id, const SentRecord& record) const;
  // The same of a record whose place in the log is gone, and with it what stood behind: also by one
  // that was sent later and of which nobody knows whether it was stored.
  bool may_be_superseded(RecordId id, const SentRecord& record) const;

 private:
  using Key = std::tuple<PartitionKey, uint64_t>;
  struct Newest {
    Offset offset = kNoOffset;
    sim::SimTime tombstone_sent = sim::SimTime::at_nanos(INT64_MIN);  // Not acknowledged.
    sim::SimTime unheard_sent = sim::SimTime::at_nanos(INT64_MIN);    // Of any, as tombstone_sent.
  };
  const Newest* newest_of(RecordId id, const SentRecord& record) const;

  const RecordStore* records_ = nullptr;
  absl::btree_map<Key, Newest> newest_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_REMOVALS_H_
