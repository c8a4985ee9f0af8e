// SPDX-License-Identifier: Apache-2.0
//
// How long each partition kept producers waiting: the longest time with records sent, not decided
// yet, and none acknowledged.
//
//   sends     s . . s . . . . . s . .
//   acks      . . a . . . . a . . . .|end
//   windows   [---] [-------]   [----]     from max(last acknowledgement, oldest waiting record's
//   send)
//
// A record that fails ends its window only if no other waits.

#ifndef MODELS_CHECKERS_HISTORY_AVAILABILITY_H_
#define MODELS_CHECKERS_HISTORY_AVAILABILITY_H_

#include <cstdint>
#include <optional>

#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/topic_table.h"
#include "sim/time.h"

namespace models {

class Availability {
 public:
  void sent(PartitionKey key, sim::SimTime at);
  // `count` records of one answer; 1 or more.
  void acknowledged(PartitionKey key, int64_t count, sim::SimTime at);
  void failed(PartitionKey key, int64_t count, sim::SimTime at);
  // Windows that are open end here.
  void finish(sim::SimTime end);

  // Longest window of a topic (-1: all) and partition (-1: all of the topic); of equals, the first
  // in order of start, then partition.
  std::optional<UnavailableWindow> longest(const TopicTable& topics, int32_t topic,
                                           int32_t partition) const;

 private:
  struct Waiting {
    int64_t records = 0;
    sim::SimTime since;  // Start of the open window, if records wait.
    bool any = false;    // A window was closed: the two below are the longest.
    sim::SimTime from, to;

    void close(sim::SimTime at);
  };

  PartitionTable<Waiting> partitions_;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_AVAILABILITY_H_
