// SPDX-License-Identifier: Apache-2.0
//
// What one reader - a consumer plan, or the auditor - was given of each partition, in order, and
// where it started. 16 bytes a record.
//
//   offsets    0 .. 99 | 100 .. 149 | 150 .. 299 | 300 .. 320
//              start -> 100: not its business     (first assignment)
//                        given        jump to 300: passed, and never given
//                                                  given         position and passed: 321

#ifndef MODELS_CHECKERS_HISTORY_READER_VIEW_H_
#define MODELS_CHECKERS_HISTORY_READER_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "models/checkers/history/topic_table.h"
#include "models/common/client_event.h"
#include "sim/time.h"

namespace models {

// One record given; `index` is its place in the order of giving.
struct Reading {
  Offset offset;
  RecordId id;
  uint32_t index = 0;
};

class PartitionReadings {
 public:
  struct Assignment {
    Offset offset;
    sim::SimTime at;
    sim::EventId event;
    size_t readings_before = 0;
  };

  void assigned(Offset offset, sim::SimTime at, sim::EventId event);
  void polled(const absl::InlinedVector<RecordSeen, 1>& records, sim::SimTime at,
              sim::EventId event);

  bool started() const { return !assignments_.empty(); }
  // The first position. A reader that never told one starts where it first read.
  const Assignment& start() const { return assignments_.front(); }
  // Behind all that the position has been past.
  Offset passed() const { return passed_; }
  const std::vector<Assignment>& assignments() const { return assignments_; }
  // An assignment that moved the position forward.
  struct Jump {
    Offset from, to;
    sim::SimTime at;
    sim::EventId event;
  };
  // The last that went over `offset`; null: none did.
  const Jump* jump_over(Offset offset) const;
  // Has it read there, so that it would have found a record?
  bool has_looked_at(Offset offset) const {
    return started() && start().offset <= offset && offset < passed() &&
           jump_over(offset) == nullptr;
  }
  // Was the reader assigned anew between two readings?
  bool assigned_between(uint32_t earlier, uint32_t later) const;

  size_t size() const { return given_.size(); }
  std::vector<Reading> in_order() const;
  // By offset, then by time; what was read again counts once.
  std::vector<Reading> by_offset() const;
  Offset offset_of(uint32_t index) const { return given_[index].offset; }
  // The poll that gave a reading.
  sim::EventId event_of(uint32_t index) const;

 private:
  struct Poll {
    size_t first = 0;
    sim::EventId event;
  };
  std::vector<RecordSeen> given_;
  std::vector<Poll> polls_;
  std::vector<Assignment> assignments_;
  std::vector<Jump> jumps_;
  Offset position_;
  Offset passed_;
};

struct ReaderView {
  std::string plan;  // Empty: the auditor.
  PartitionTable<PartitionReadings> partitions;
  int64_t given = 0;
  std::vector<bool> topics = {};  // By number: does it read that?
  bool reads(int32_t topic) const {
    auto number = static_cast<size_t>(topic);
    return number < topics.size() && topics[number];
  }
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_READER_VIEW_H_
