// SPDX-License-Identifier: Apache-2.0
//
// A trace kept in memory, for a report that explains a finding at once. A run of a million events
// takes some 150 MB; for longer ones write a file.

#ifndef SCENARIOS_TRACE_MEMORY_H_
#define SCENARIOS_TRACE_MEMORY_H_

#include <memory>
#include <utility>
#include <vector>

#include "scenarios/trace_fields.h"
#include "scenarios/trace_reader.h"

namespace scenarios {

class MemoryTrace final : public sim::TraceSink {
 public:
  void record(const sim::TraceEvent& event) override;
  // What was recorded; leaves this empty.
  Trace take(TraceInfo info);

 private:
  std::vector<TraceRow> rows_;
  FieldText fields_;
};

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_MEMORY_H_
