// SPDX-License-Identifier: Apache-2.0
//
// Power losses of a log of one segment: what is left is a beginning of what was written, and holds
// all that was flushed.

#include <gtest/gtest.h>

#include "tests/models/log/crash/log_machine.h"

namespace models {
namespace {

// Appends, and flushes now and then, for up to some seconds; the power may go at any time.
void work(LogMachine& machine, sim::Rng& rng) {
  int epoch = machine.log().latest_epoch().value();
  for (int i = 0; i < 30; ++i) {
    machine.append({.records = static_cast<int>(rng.between(1, 4)),
                    .value_bytes = static_cast<size_t>(rng.between(1, 2000))});
    if (rng.below(10) == 0) machine.lead(++epoch);
    if (rng.below(8) == 0) machine.flush();
    machine.pass(sim::Duration::millis(rng.between(0, 3000)));
  }
}

TEST(PartitionLogCrash, after_a_power_loss_a_log_is_a_prefix_with_all_that_was_flushed) {
  int64_t lost = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    LogMachine machine(TopicConfig(), seed);
    machine.start();
    sim::Rng rng(seed);
    for (int life = 0; life < 3; ++life) {
      work(machine, rng);
      int64_t before = machine.model().end();
      machine.lose_power(seed);
      ASSERT_NO_THROW(machine.recover()) << "seed " << seed << ", life " << life;
      ASSERT_FALSE(machine.model().has_holes()) << "seed " << seed << ", life " << life;
      lost += before - machine.model().end();
    }
  }
  EXPECT_GT(lost, 300) << "the power losses did not hurt";
}

}  // namespace
}  // namespace models
