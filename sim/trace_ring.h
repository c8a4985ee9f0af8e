// SPDX-License-Identifier: Apache-2.0
//
// The last N trace records, kept at next to no cost for reports of failures. Fields are not kept
// (visiting them costs more than the event).

#ifndef SIM_TRACE_RING_H_
#define SIM_TRACE_RING_H_

#include <cstddef>
#include <vector>

#include "sim/trace_event.h"

namespace sim {

class TraceRing {
 public:
  // Keeps the last `capacity` records, rounded up to a power of two; 0 keeps none.
  explicit TraceRing(size_t capacity = 0);

  bool enabled() const { return !records_.empty(); }
  void record(const TraceEvent& event) {
    records_[next_ & (records_.size() - 1)] = event;
    ++next_;
  }
  // Oldest first. `message` and `fields` are null.
  std::vector<TraceEvent> last() const;

 private:
  std::vector<TraceEvent> records_;
  size_t next_ = 0;
};

}  // namespace sim

#endif  // SIM_TRACE_RING_H_
