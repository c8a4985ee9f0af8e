// SPDX-License-Identifier: Apache-2.0

#include "sim/trace_ring.h"

#include <bit>

namespace sim {

TraceRing::TraceRing(size_t capacity) {
  if (capacity > 0) records_.resize(std::bit_ceil(capacity));
}

std::vector<TraceEvent> TraceRing::last() const {
  std::vector<TraceEvent> found;
  size_t count = next_ < records_.size() ? next_ : records_.size();
  for (size_t i = next_ - count; i != next_; ++i) {
    TraceEvent event = records_[i & (records_.size() - 1)];
    event.message = nullptr;  // May be gone by now.
    event.fields = nullptr;
    found.push_back(event);
  }
  return found;
}

}  // namespace sim
