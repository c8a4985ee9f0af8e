// SPDX-License-Identifier: Apache-2.0
//
// Hunts: the same whatever the number of threads; a sample finds nothing where there is no bug; a bug is
// found. Other seeds: FAULTLINE_HUNT_FROM.

#include "scenarios/hunt/hunt.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "scenarios/hunt/hunt_report.h"
#include "scenarios/hunt/signature.h"

namespace tests {
namespace {

using scenarios::hunt;
using scenarios::HuntOptions;
using scenarios::HuntResult;

HuntOptions seeds(uint64_t from, uint64_t count, int32_t jobs = 1) {
  HuntOptions options;
  options.first_seed = from;
  options.last_seed = from + count - 1;
  options.jobs = jobs;
  return options;
}

TEST(Hunt, threads_change_nothing) {
  std::string one = scenarios::hunt_json(hunt(seeds(1, 16, 1)), {});
  EXPECT_EQ(one, scenarios::hunt_json(hunt(seeds(1, 16, 3)), {}));
}

TEST(Hunt, a_sample_holds) {
  const char* from = std::getenv("FAULTLINE_HUNT_FROM");
  HuntResult result = hunt(seeds(from == nullptr ? 1001 : std::strtoull(from, nullptr, 10), 46));
  EXPECT_EQ(result.runs.size(), 46u);
  for (const scenarios::Finding& finding : result.findings) {
    const scenarios::SeedRun& first = result.runs[finding.runs[0]];
    ADD_FAILURE() << finding.signature << ", seed " << first.seed << ": " << first.reason;
  }
}

TEST(Hunt, a_mutation_is_found_and_is_not_there_without_it) {
  scenarios::MuseumFind find = scenarios::find_mutation("KAFKA-769", seeds(1, 60));
  ASSERT_TRUE(find.found.has_value());
  EXPECT_EQ(find.found->outcome, scenarios::Outcome::kInvariant);
  EXPECT_EQ(static_cast<uint64_t>(find.seeds), find.found->seed);
}

TEST(Signature, has_no_times_numbers_or_names_of_the_run) {
  scenarios::RunResult result;
  result.outcome = scenarios::Outcome::kFailed;
  scenarios::CheckedExpectation checked;
  checked.state = scenarios::CheckedExpectation::State::kBroken;
  checked.expectation.metric = "convergence";
  checked.expectation.op = scenarios::CompareOp::kLessEqual;
  checked.actual = "60 s  (and not yet: orders-12 has no leader)";
  result.expectations = {checked};
  EXPECT_EQ(signature_of(result), "expect: no convergence: T-# has no leader");
  result.violation =
      models::Violation{"check", "/a/sim/world.cc:150: check failed: x 3", "check", {}, {}};
  EXPECT_EQ(signature_of(result), "check: world.cc:150");
}

}  // namespace
}  // namespace tests
