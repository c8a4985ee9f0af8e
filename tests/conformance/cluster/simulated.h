// SPDX-License-Identifier: Apache-2.0
//
// A script on a simulated cluster of one controller and three brokers, step by step as
// ScriptRun.java does it on a real one.

#ifndef TESTS_CONFORMANCE_CLUSTER_SIMULATED_H_
#define TESTS_CONFORMANCE_CLUSTER_SIMULATED_H_

#include <vector>

#include "models/common/mutations.h"
#include "tests/conformance/cluster/script.h"

namespace conformance {

struct Outcome {
  Lines lines;
  // Steps, counted from 1, that only ask and that the simulator cannot answer yet.
  std::vector<int> skipped;
};

Outcome run_simulated(const Script& script, const models::MutationSet& mutations = {});

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_CLUSTER_SIMULATED_H_
