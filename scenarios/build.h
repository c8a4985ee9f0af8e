// SPDX-License-Identifier: Apache-2.0
//
// From a scenario to the cluster that the world runs and the facts that the judge is told.

#ifndef SCENARIOS_BUILD_H_
#define SCENARIOS_BUILD_H_

#include "models/checkers/history/judge.h"
#include "models/node/cluster.h"
#include "scenarios/scenario.h"

namespace scenarios {

// The load begins at simulated time 0 and ends at the scenario's duration.
models::ClusterSpec cluster_spec_of(const Scenario& scenario);
// Numbers producers and consumers as cluster_spec_of does; the last consumer is the auditor.
models::JudgeOptions judge_options_of(const Scenario& scenario);

}  // namespace scenarios

#endif  // SCENARIOS_BUILD_H_
