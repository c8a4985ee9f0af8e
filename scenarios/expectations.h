// SPDX-License-Identifier: Apache-2.0
//
// Checks a scenario's expectations against what a run recorded and what the judge says.

#ifndef SCENARIOS_EXPECTATIONS_H_
#define SCENARIOS_EXPECTATIONS_H_

#include <string>
#include <vector>

#include "models/checkers/history/judge.h"
#include "scenarios/convergence.h"
#include "scenarios/recorder.h"
#include "scenarios/run_result.h"
#include "scenarios/scenario.h"

namespace scenarios {

// How a run ended.
struct RunEnd {
  sim::SimTime at;
  std::string cut;  // Why it did not come to its end, in words; empty: it did.
  const std::vector<FaultRun>& faults;
  const Convergence& convergence;
};

// Judge has finished. What holds of nothing - no record was acknowledged, nothing was read - is
// kUnknown. What a run that was cut short cannot tell any more is kUnknown; what no
// further event could change is judged all the same, as `leader_changes >= 1` after the first.
std::vector<CheckedExpectation> check_expectations(const Scenario& scenario,
                                                   const Recorder& recorder,
                                                   const models::Judge& judge, const RunEnd& end);

// The numbers that every run has: availability, latency, lag; and, if it was audited, losses. Judge
// has finished.
std::vector<Figure> measure(const Scenario& scenario, const Recorder& recorder,
                            const models::Judge& judge, const RunEnd& end);
// A number in its metric's unit, as people read it: "9.83 s", "1,000.0/s".
std::string value_text(MetricUnit unit, int64_t value);

}  // namespace scenarios

#endif  // SCENARIOS_EXPECTATIONS_H_
