// SPDX-License-Identifier: Apache-2.0
//
// What became of each partition inside the cluster, as far as the judge may know it: where power
// losses took what was acknowledged and not flushed, and from where on logs were kept. The judge is
// told of it by the run: it is the one thing outside of the clients' history that it knows, to tell
// a broken promise from one that was never given.

#ifndef MODELS_CHECKERS_HISTORY_PARTITION_FACTS_H_
#define MODELS_CHECKERS_HISTORY_PARTITION_FACTS_H_

#include <vector>

#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/topic_table.h"
#include "sim/time.h"

namespace models {

class PartitionFacts {
 public:
  PartitionFacts(const RunFacts& facts, TopicTable& topics);

  // Replicas of a partition that lost a tail at `since` or later.
  int32_t replicas_without_tail(PartitionKey key, sim::SimTime since) const;
  // The first deletion that took `offset`; null: it was never deleted.
  const LogStartMove* deletion_of(PartitionKey key, Offset offset) const;
  bool has_deletions(PartitionKey key) const;

 private:
  struct LastLoss {
    NodeId node;
    sim::SimTime at;
  };
  PartitionTable<std::vector<LastLoss>> tails_;          // Of each node the last time.
  PartitionTable<std::vector<LogStartMove>> deletions_;  // Rising in time and offset.
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_PARTITION_FACTS_H_
