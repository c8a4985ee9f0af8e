// SPDX-License-Identifier: Apache-2.0
//
// Which event of a run shows why a number is what it is: where an explanation starts. An election
// or a change of the ISR leads back to the fault behind it; where there is none, the fault itself
// is named. 0: nothing shows it.

#ifndef SCENARIOS_EVIDENCE_H_
#define SCENARIOS_EVIDENCE_H_

#include <string_view>
#include <vector>

#include "models/checkers/history/judge_types.h"
#include "scenarios/recorder.h"
#include "scenarios/run_result.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace scenarios {

class Evidence {
 public:
  // Both outlive this.
  Evidence(const Recorder& recorder, const std::vector<FaultRun>& faults)
      : recorder_(recorder), faults_(faults) {}

  // Why records of a partition waited: the election that ended it, or else the fault.
  sim::EventId of_waiting(const models::TopicPartition& partition, sim::SimTime from,
                          sim::SimTime to) const;
  // Why a gauge has the value that it has at `at`; `argument` as in the metric.
  sim::EventId of_gauge(std::string_view metric, std::string_view argument, sim::SimTime at) const;
  // What a counter counted first between two times.
  sim::EventId of_counter(std::string_view metric, std::string_view argument, sim::SimTime from,
                          sim::SimTime to) const;
  // The last fault that was at work between two times.
  sim::EventId of_fault(sim::SimTime from, sim::SimTime to) const;

 private:
  const Recorder& recorder_;
  const std::vector<FaultRun>& faults_;
};

}  // namespace scenarios

#endif  // SCENARIOS_EVIDENCE_H_
