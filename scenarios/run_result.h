// SPDX-License-Identifier: Apache-2.0
//
// What a run leaves behind: everything that a report, a test or a campaign wants to know. Plain
// data.

#ifndef SCENARIOS_RUN_RESULT_H_
#define SCENARIOS_RUN_RESULT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/checkers/history/judge.h"
#include "models/checkers/invariant.h"
#include "models/common/marks.h"
#include "scenarios/metrics.h"
#include "scenarios/scenario.h"
#include "sim/fault_state.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace scenarios {

enum class Outcome : uint8_t {
  kPassed,       // Exit 0.
  kFailed,       // 1: an expectation does not hold, or a promise was broken.
  kNotJudged,    // 1: none is broken, and of some the run cannot tell.
  kInvariant,    // 3: the simulated system broke an invariant, or a check of its code failed.
  kStalled,      // 4: the cluster did not come up, or the event limit was hit.
  kInterrupted,  // 130
};
int exit_code_of(Outcome outcome);
std::string_view name_of(Outcome outcome);  // "PASS", "FAIL", ...

// One thing that happened in the cluster, for the report.
struct TimelineEntry {
  sim::SimTime at;
  sim::EventId event;
  std::string kind;     // "election", "isr", "fenced", "truncated", ...
  std::string subject;  // "orders-0", "broker 2"
  std::string text;     // "leader 2 -> 3, epoch 0 -> 1, ISR {1,3}"
  std::string cause;    // In words; may be empty.
  // What kind of change, so that opposite ones are told apart: "shrinks", "won"; may be empty.
  std::string direction = {};
};

// One occurrence of a fault.
struct FaultRun {
  int32_t plan = 0;        // Index into Scenario::faults.
  int32_t occurrence = 0;  // 0 .. times-1
  sim::SimTime began;
  std::optional<sim::SimTime> ended;
  std::string text;  // "crash broker 2 (leader of orders-0)"
  std::vector<models::NodeId> nodes;
  std::vector<models::NodeId> struck = {};  // Those of them that were up.
  // Of a fault that waits for something (crash at_disk_operation): when it happened.
  bool waits = false;
  std::optional<sim::SimTime> happened = {};
  std::vector<sim::FaultId> kernel;
  sim::FaultBite bite;
  int64_t leaderships_lost = 0;
  sim::EventId event;
  std::vector<std::string> notes;  // "broker 2 was down already: skipped"
  bool nothing() const { return bite.nothing() && leaderships_lost == 0; }
};

struct CheckedExpectation {
  Expectation expectation;
  enum class State : uint8_t { kHolds, kBroken, kUnknown } state = State::kUnknown;
  std::string actual;  // "9.83 s  (00:20.004 - 00:29.834, orders-0)"; "not judged"
  std::string why;     // Why it is not judged; which setting permits it; where to look.
  sim::EventId event;  // Where an explanation starts; 0: nowhere.
};

// One measured number of a run; comparable over seeds.
struct Figure {
  std::string name;  // "unavailable", "produce_latency(p99)", "max_lag(billing)"
  MetricUnit unit{};
  int64_t value = 0;
};

// How often each rare place in the code was reached, by models::Mark.
using MarkCounts = std::array<int64_t, models::kMarkCount>;

struct RunResult {
  Outcome outcome = Outcome::kPassed;
  uint64_t seed = 0;
  uint64_t digest = 0;
  uint64_t events = 0;
  sim::Duration simulated;  // Of the load and drain, without the warm-up.
  std::string stalled;      // Why, for kStalled.
  std::optional<models::Violation> violation;
  std::vector<FaultRun> faults;
  std::vector<TimelineEntry> timeline;
  std::vector<CheckedExpectation> expectations;
  std::vector<std::string> warnings;
  MarkCounts marks{};
  int64_t produced = 0, acknowledged = 0, failed = 0, consumed = 0;
  models::Latencies latencies;
  bool audited = false;
  std::vector<Figure> figures;
  std::vector<models::Anomaly> anomalies;  // At most models::Judge::kKept of a kind and reader.
  std::vector<models::AnomalyCount> anomaly_counts;
  std::vector<models::RemovalCount> removals;  // By retention and compaction.
  int64_t broken_promises = 0;                 // Anomalies that no setting permits.
  // Cause chain of the violation, of the first lost record or else of the first expectation that
  // does not hold, cause last; filled by the caller who has a trace. `chain_of` says of which.
  std::vector<std::string> chain;
  std::string chain_of;
  std::string trace_problem;  // Why the trace that was asked for is not there; empty: it is.
};

}  // namespace scenarios

#endif  // SCENARIOS_RUN_RESULT_H_
