// SPDX-License-Identifier: Apache-2.0
//
// The anomalies of a run: all are counted, the first of each kind and reader are told in full.

#ifndef MODELS_CHECKERS_HISTORY_FINDINGS_H_
#define MODELS_CHECKERS_HISTORY_FINDINGS_H_

#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/reader_view.h"
#include "models/checkers/history/record_store.h"
#include "models/checkers/history/topic_table.h"

namespace models {

struct Finding {
  PartitionKey partition;
  Offset offset = kNoOffset;
  Offset other_offset = kNoOffset;
  RecordId record;
  sim::EventId event;
  std::string_view permitted_by;  // Static.
};

class Findings {
 public:
  // `reader`: place among the readers; 0 is the auditor.
  void add(AnomalyKind kind, int32_t reader, const Finding& finding);
  // `topic`, `partition` -1: all.
  int64_t count(AnomalyKind kind, int32_t reader, int32_t topic = -1, int32_t partition = -1) const;
  // Of each kind, reader and permission that has any; `kept` is left 0. Before `take`.
  std::vector<AnomalyCount> counts(const std::vector<ReaderView>& readers) const;
  // In order of (kind, reader, partition, offset), at most `kept` of a kind and reader: broken
  // promises before what is permitted, but some of each permission. Forgets all but the counts.
  std::vector<Anomaly> take(size_t kept, const std::vector<ReaderView>& readers,
                            const RecordStore& records, const TopicTable& topics);

 private:
  absl::btree_map<std::tuple<AnomalyKind, int32_t, PartitionKey>, int64_t> counts_;
  absl::btree_map<std::tuple<AnomalyKind, int32_t>, std::vector<Finding>> found_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_FINDINGS_H_
