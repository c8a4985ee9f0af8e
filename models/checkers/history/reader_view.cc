// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/reader_view.h"

#include <algorithm>

#include "sim/check.h"

namespace models {

void PartitionReadings::assigned(Offset offset, sim::SimTime at, sim::EventId event) {
  if (started() && offset > position_) jumps_.push_back({position_, offset, at, event});
  assignments_.push_back({offset, at, event, given_.size()});
  position_ = offset;
  passed_ = std::max(passed_, offset);
}

void PartitionReadings::polled(const absl::InlinedVector<RecordSeen, 1>& records, sim::SimTime at,
                               sim::EventId event) {
  if (records.empty()) return;
  if (!started()) assigned(records.front().offset, at, event);
  SIM_CHECK(given_.size() + records.size() < UINT32_MAX, given_.size());
  polls_.push_back({given_.size(), event});
  for (const RecordSeen& record : records) {
    given_.push_back(record);
    position_ = record.offset + 1;
    passed_ = std::max(passed_, position_);
  }
}

const PartitionReadings::Jump* PartitionReadings::jump_over(Offset offset) const {
  auto last = std::find_if(jumps_.rbegin(), jumps_.rend(), [&](const Jump& jump) {
    return jump.from <= offset && offset < jump.to;
  });
  return last == jumps_.rend() ? nullptr : &*last;
}

bool PartitionReadings::assigned_between(uint32_t earlier, uint32_t later) const {
  auto next = std::upper_bound(assignments_.begin(), assignments_.end(), size_t{earlier},
                               [](size_t index, const Assignment& assignment) {
                                 return index < assignment.readings_before;
                               });
  return next != assignments_.end() && next->readings_before <= later;
}

std::vector<Reading> PartitionReadings::in_order() const {
  std::vector<Reading> readings;
  readings.reserve(given_.size());
  for (const RecordSeen& seen : given_)
    readings.push_back({seen.offset, seen.id, static_cast<uint32_t>(readings.size())});
  return readings;
}

std::vector<Reading> PartitionReadings::by_offset() const {
  std::vector<Reading> readings = in_order();
  auto before = [](const Reading& a, const Reading& b) {
    if (a.offset != b.offset) return a.offset < b.offset;
    return a.id != b.id ? a.id < b.id : a.index < b.index;
  };
  // Readers seldom go back, so this is a look, not a sort.
  if (!std::is_sorted(readings.begin(), readings.end(), before))
    std::sort(readings.begin(), readings.end(), before);
  auto again = [](const Reading& a, const Reading& b) {
    return a.offset == b.offset && a.id == b.id;
  };
  readings.erase(std::unique(readings.begin(), readings.end(), again), readings.end());
  auto earlier_at_offset = [](const Reading& a, const Reading& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.index < b.index;
  };
  if (!std::is_sorted(readings.begin(), readings.end(), earlier_at_offset))
    std::sort(readings.begin(), readings.end(), earlier_at_offset);
  return readings;
}

sim::EventId PartitionReadings::event_of(uint32_t index) const {
  auto next = std::upper_bound(polls_.begin(), polls_.end(), size_t{index},
                               [](size_t wanted, const Poll& poll) { return wanted < poll.first; });
  return std::prev(next)->event;
}

}  // namespace models
