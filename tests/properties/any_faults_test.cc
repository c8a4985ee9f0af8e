// SPDX-License-Identifier: Apache-2.0
//
// Whatever happens to a cluster: with acks=all, idempotence and min.insync.replicas 2 of 3, nothing
// acknowledged is lost, nothing comes twice or out of order, and no invariant breaks. And a run is
// a function of its scenario: it replays, and a fork ends as the run itself does.
//
// The schedules are the same each time. For others: RC_PARAMS="seed=7 max_success=200".

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <optional>

#include "tests/properties/fault_schedule_gen.h"
#include "tests/support/library.h"

namespace tests {
namespace {

// Before RapidCheck reads it, at its first property.
const bool kSeedIsFixed = [] {
  setenv("RC_PARAMS", "seed=20110111 max_success=15", /*overwrite=*/0);
  return true;
}();

using ScenarioPtr = std::shared_ptr<const scenarios::Scenario>;

ScenarioPtr load_drawn(const DrawnSchedule& schedule) {
  scenarios::Loaded loaded = scenarios::load_scenario_text(scenario_of(schedule), "any.json", {});
  std::string problems;
  for (const scenarios::Problem& problem : loaded.problems) problems += to_string(problem) + "\n";
  if (!loaded.scenario) RC_FAIL("the scenario does not load: " + problems);
  return std::make_shared<const scenarios::Scenario>(*std::move(loaded.scenario));
}

// The run, and what a fork of it at `fork_at_ms` came to.
struct Pair {
  scenarios::RunResult run;
  scenarios::RunResult fork;
};
Pair run_and_fork(const DrawnSchedule& schedule) {
  scenarios::Run run(load_drawn(schedule), {});
  sim::SimTime fork_at = sim::SimTime::at_millis(schedule.fork_at_ms);
  bool goes_on = true;
  while (goes_on && run.world().now() < fork_at) goes_on = run.step();
  scenarios::Run fork(run);
  while (run.step()) {
  }
  while (fork.step()) {
  }
  return {run.finish(), fork.finish()};
}

TEST(AnyFaults, nothing_acknowledged_is_lost_and_runs_replay) {
  ASSERT_TRUE(kSeedIsFixed);
  bool holds = rc::check("any fault schedule", [] {
    DrawnSchedule schedule = *any_schedule();
    Pair pair = run_and_fork(schedule);
    if (pair.run.outcome != scenarios::Outcome::kPassed) {
      RC_FAIL(why(pair.run) + "\nSave this and run it with ./faultline run:\n" +
              scenario_of(schedule));
    }
    RC_ASSERT(pair.run.acknowledged > 0);
    RC_ASSERT(pair.run.audited);
    if (pair.fork.digest != pair.run.digest) {
      RC_FAIL("a fork at " + std::to_string(schedule.fork_at_ms) + " ms ends otherwise:\n" +
              scenario_of(schedule));
    }
    scenarios::RunResult again =
        scenarios::run_scenario(load_drawn(schedule), {.recheck_every = 1000});
    if (again.digest != pair.run.digest) {
      RC_FAIL("a second run ends otherwise: " + why(again) + "\n" + scenario_of(schedule));
    }
    RC_CLASSIFY(pair.run.faults.size() > 3, "more than three faults");
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace tests
