// SPDX-License-Identifier: Apache-2.0
//
// Where power losses took data that brokers had acknowledged and not flushed. The judge is told of
// it by the run: it is the one thing outside of the clients' history that it knows, to tell a
// broken promise from one that was never given.

#ifndef MODELS_CHECKERS_HISTORY_LOST_TAILS_H_
#define MODELS_CHECKERS_HISTORY_LOST_TAILS_H_

#include <vector>

#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/topic_table.h"
#include "sim/time.h"

namespace models {

class LostTails {
 public:
  LostTails(const std::vector<LostTail>& tails, TopicTable& topics);
  // Replicas of a partition that lost a tail at `since` or later.
  int32_t replicas(PartitionKey key, sim::SimTime since) const;

 private:
  struct Last {
    NodeId node;
    sim::SimTime at;
  };
  PartitionTable<std::vector<Last>> last_;  // Of each node the last time.
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_LOST_TAILS_H_
