// SPDX-License-Identifier: Apache-2.0
//
// A run with all that a report wants beside the verdict: a trace file, and the cause chain of what
// went wrong.

#ifndef SCENARIOS_TRACED_RUN_H_
#define SCENARIOS_TRACED_RUN_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scenarios/run.h"
#include "scenarios/run_result.h"

namespace scenarios {

// Runs `scenario`. `trace_path`: a file for the trace, opened before the run; empty: none. `stop` may be
// null. `on_progress` is called now and then; may be empty. An error says why no trace can be begun;
// nothing was run then. What goes wrong with it later does not throw the verdict away: see
// `trace_problem` of the result.
//
// If an invariant failed, records were lost or an expectation does not hold, the result's `chain`
// explains the first: from the trace file, or from a second run in memory (the same bytes again),
// unless that would be too large.
absl::StatusOr<RunResult> run_traced(std::shared_ptr<const Scenario> scenario,
                                     const RunOptions& options, const std::string& trace_path,
                                     const std::atomic<bool>* stop,
                                     const std::function<void(const Run&)>& on_progress);

}  // namespace scenarios

#endif  // SCENARIOS_TRACED_RUN_H_
