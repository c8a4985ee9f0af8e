// SPDX-License-Identifier: Apache-2.0
//
// A broker whose disk is far behind still has its threads and its network card: it answers whoever
// asks for nothing that is on the disk, and the controller hears its heartbeats.

#include <gtest/gtest.h>

#include "models/common/marks.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

TEST(SlowDisk, does_not_keep_a_broker_from_its_heartbeats) {
  // A flush for each batch takes seconds: replies wait for longer than the session.
  scenarios::Run run(parse(R"({"name":"slow","duration":"30s",
      "cluster":{"brokers":3,"controllers":1},
      "topics":{"orders":{"partitions":1,"replication.factor":1,"config":{"flush.messages":1}}},
      "producers":{"checkout":{"count":6,"topic":"orders","rate":"20/s","value":{"size":"200B"}}},
      "faults":[{"at":"5s","for":"20s","slow_disk":"leader of orders-0","factor":20000}],
      "expect":["leader_changes(orders-0) == 0"]})"),
                     {.seed = 1});
  while (run.step()) {
  }
  scenarios::RunResult result = run.finish();
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
  EXPECT_EQ(run.world().counters()[static_cast<size_t>(models::Mark::kBrokerFenced)], 0);
  EXPECT_GT(result.acknowledged, 400);
}

}  // namespace
}  // namespace tests
