// SPDX-License-Identifier: Apache-2.0
//
// From a symptom back to its cause. Each record names the one or two that led to it; where there
// are two, the chain follows the one that explains: what did not come (a timer gave up on it), what
// held a message back, which fault kept a thing from happening.
//
//           00:29.113  controller 1: broker_fenced (broker 2, ...)            [482110
//           controller.on_tick]
//   because 00:29.113  controller 1: timer SessionTimeout went off ...        [482101
//   controller.on_tick] because 00:20.000  BrokerHeartbeatRequest of broker 2 did not come [301455]
//   because 00:20.000  fault: crash began (process broker 2)                  [301440]
//
// Steps that come around again (a loop of polls) are told once, with their number.

#ifndef SCENARIOS_CAUSE_GRAPH_H_
#define SCENARIOS_CAUSE_GRAPH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scenarios/trace_reader.h"

namespace scenarios {

struct CauseChain {
  std::vector<TraceRow> steps;  // The symptom first.
  // A cause that left no record and ends the chain; 0: the chain ends with what had no cause.
  sim::EventId unrecorded;
};

// NotFound: there is no such event; the message says which there are.
absl::StatusOr<CauseChain> cause_chain(const Trace& trace, sim::EventId event);

// One step in plain words.
std::string words_of(const Trace& trace, const TraceRow& row);

// The lines shown above.
absl::StatusOr<std::vector<std::string>> explain_lines(const Trace& trace, sim::EventId event);
absl::StatusOr<std::string> explain(const Trace& trace, sim::EventId event);
// Without an event: each finding, violations first; without findings, the elections to ask about.
absl::StatusOr<std::string> explain(const Trace& trace);

}  // namespace scenarios

#endif  // SCENARIOS_CAUSE_GRAPH_H_
