// SPDX-License-Identifier: Apache-2.0
//
// Same scenario, same seed, same digest: run twice, with another world between each two events, from
// forks at random points, with faults that do nothing or are listed in another order.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "scenarios/run.h"
#include "scenarios/trace_memory.h"
#include "sim/rng.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using scenarios::run_scenario;

const char* const kCrash = R"({"at":"10s","crash":"leader of orders-0","for":"5s"})";
const char* const kLink = R"({"at":"12s","slow_link":["broker 3"],"factor":4,"for":"6s"})";
const char* const kAny = R"({"at":"10s","pause":"any broker","for":"3s"})";

std::string several(std::initializer_list<const char*> faults) {
  std::string text;
  for (const char* fault : faults) text += (text.empty() ? "" : ",") + std::string(fault);
  return small_scenario(text);
}

uint64_t digest_of(const std::string& text, uint64_t seed = 1) {
  return run_scenario(parse(text), {.seed = seed}).digest;
}

TEST(Determinism, two_runs_are_the_same_and_two_seeds_are_not) {
  std::string text = several({kCrash});
  EXPECT_EQ(digest_of(text, 7), digest_of(text, 7));
  EXPECT_NE(digest_of(text, 7), digest_of(text, 8));
}

TEST(Determinism, worlds_interleaved_in_one_process_do_not_touch_each_other) {
  auto crash = parse(several({kCrash}));
  auto link = parse(several({kLink}));
  scenarios::Run a(crash, {.seed = 1}), b(link, {.seed = 2}), c(crash, {.seed = 1});
  bool more = true;
  while (more) {
    more = a.step();
    more = b.step() || more;
    more = c.step() || more;
  }
  uint64_t expected_a = run_scenario(crash, {.seed = 1}).digest;
  EXPECT_EQ(a.finish().digest, expected_a);
  EXPECT_EQ(c.finish().digest, expected_a);
  EXPECT_EQ(b.finish().digest, run_scenario(link, {.seed = 2}).digest);
}

TEST(Determinism, forks_at_random_points_run_on_to_the_same_end_after_the_original_is_gone) {
  auto scenario = parse(several({kCrash, kLink}));
  auto expected = run_scenario(scenario, {.seed = 3});
  sim::Rng rng(99);
  for (int i = 0; i < 6; ++i) {
    uint64_t steps = rng.below(expected.events);
    auto original = std::make_unique<scenarios::Run>(scenario, scenarios::RunOptions{.seed = 3});
    for (uint64_t n = 0; n < steps && original->step(); ++n) {}
    scenarios::Run fork(*original);
    original.reset();
    while (fork.step()) {}
    auto result = fork.finish();
    EXPECT_EQ(result.digest, expected.digest) << "forked after " << steps << " steps";
    EXPECT_EQ(result.acknowledged, expected.acknowledged);
    EXPECT_EQ(result.outcome, expected.outcome);
  }
}

TEST(Determinism, a_fork_and_its_original_run_on_side_by_side) {
  auto scenario = parse(several({kCrash}));
  scenarios::Run original(scenario, {.seed = 5});
  for (int n = 0; n < 40'000 && original.step(); ++n) {}
  scenarios::Run fork(original);
  bool more = true;
  while (more) {
    more = original.step();
    more = fork.step() || more;
  }
  EXPECT_EQ(original.finish().digest, fork.finish().digest);
}

TEST(Determinism, faults_that_change_nothing_leave_the_digest_alone) {
  uint64_t expected = digest_of(several({}));
  EXPECT_EQ(digest_of(several({R"({"at":"10s","lossy_link":["broker 1"],"probability":"0%","for":"9s"})"})), expected);
  EXPECT_EQ(digest_of(several({R"({"at":"10s","slow_link":["broker 1"],"factor":1,"for":"9s"})"})), expected);
  EXPECT_EQ(digest_of(several({R"({"at":"10s","slow_disk":"broker 1","factor":1,"for":"9s"})"})), expected);
  EXPECT_NE(digest_of(several({R"({"at":"10s","slow_link":["broker 1"],"factor":2,"for":"9s"})"})), expected);
}

TEST(Determinism, the_order_in_which_faults_are_listed_does_not_matter) {
  uint64_t expected = digest_of(several({kCrash, kLink, kAny}));
  EXPECT_EQ(digest_of(several({kAny, kLink, kCrash})), expected);
  EXPECT_EQ(digest_of(several({kLink, kCrash, kAny})), expected);
}

TEST(Determinism, watching_changes_nothing) {
  auto scenario = parse(several({kCrash}));
  uint64_t expected = run_scenario(scenario, {.invariants = false}).digest;
  EXPECT_EQ(run_scenario(scenario, {.ring = 1024}).digest, expected);
  scenarios::Run traced(scenario, {});
  scenarios::MemoryTrace memory;
  traced.world().set_sink(&memory);
  while (traced.step()) {}
  EXPECT_EQ(traced.finish().digest, expected);
}

}  // namespace
}  // namespace tests
