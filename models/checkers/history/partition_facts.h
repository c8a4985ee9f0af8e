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
#include "models/checkers/history/permissions.h"
#include "models/checkers/history/topic_table.h"
#include "sim/time.h"

namespace models {

class PartitionFacts {
 public:
  PartitionFacts(const RunFacts& facts, TopicTable& topics);

  static constexpr sim::SimTime kEver = sim::SimTime::at_nanos(INT64_MIN);

  // What happened to the partition at `since` or later.
  Trouble trouble(PartitionKey key, sim::SimTime since) const;
  // Whether a leader took a batch of this producer without knowing it, at `offset` or before it.
  bool took_unknown_producer(PartitionKey key, int32_t producer, Offset offset) const;
  // Whether a leader refused a batch that it had forgotten, when its log ended behind `first` and not
  // behind `again`.
  bool forgot_batch_between(PartitionKey key, Offset first, Offset again) const;
  // What took a record that was sent at `since`: the election that led to its removal from a log;
  // else the loss of power; else the first election since. 0: nobody knows.
  sim::EventId cause_of_loss(PartitionKey key, Offset offset, sim::SimTime since) const;
  // The first deletion that took `offset`; null: it was never deleted.
  const LogStartMove* deletion_of(PartitionKey key, Offset offset) const;
  const LogStartMove* last_deletion(PartitionKey key) const;

 private:
  // The last at or before `event`; null: none.
  const LeaderElection* election_before(PartitionKey key, sim::EventId event) const;

  PartitionTable<std::vector<LostTail>> tails_;  // These in order of time.
  PartitionTable<std::vector<LeaderElection>> elections_;
  PartitionTable<std::vector<LogCut>> cuts_;
  PartitionTable<std::vector<BitRot>> rot_;
  PartitionTable<std::vector<UnknownProducer>> unknown_producers_;
  PartitionTable<std::vector<ForgottenBatch>> forgotten_batches_;
  PartitionTable<std::vector<LogStartMove>> deletions_;  // Rising in time and offset.
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_PARTITION_FACTS_H_
