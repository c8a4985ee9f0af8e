// SPDX-License-Identifier: Apache-2.0
//
// From the election of leader_crash a chain leads back to the crash, through the heartbeats that did
// not come.

#include <gtest/gtest.h>

#include <fstream>

#include "scenarios/cause_graph.h"
#include "scenarios/traced_run.h"
#include "scenarios/trace_memory.h"
#include "tests/support/library.h"

namespace tests {
namespace {


TEST(Causes, the_election_of_leader_crash_ends_at_the_crash) {
  scenarios::Run run(load("leader_crash"), {});
  scenarios::MemoryTrace memory;
  run.world().set_sink(&memory);
  while (run.step() && run.world().now() < sim::SimTime::at_millis(30'000)) {}
  ASSERT_FALSE(run.recorder().elections().empty());
  sim::EventId election = run.recorder().elections().front().event;
  scenarios::TraceInfo info;
  info.names = scenarios::names_of(run.world());
  scenarios::Trace trace = memory.take(std::move(info));
  auto chain = scenarios::cause_chain(trace, election);
  ASSERT_TRUE(chain.ok()) << chain.status().message();
  const scenarios::TraceRow& root = chain->steps.back();
  EXPECT_EQ(root.kind, sim::TraceKind::kFault);
  EXPECT_EQ(root.what, "crash");
  EXPECT_EQ(root.time, sim::SimTime::at_millis(20'000));
  bool missed_heartbeat = false;
  for (const scenarios::TraceRow& row : chain->steps)
    missed_heartbeat |= row.kind == sim::TraceKind::kSuppressed && row.what == "BrokerHeartbeatRequest";
  EXPECT_TRUE(missed_heartbeat);
}

TEST(Causes, a_lost_record_is_explained_back_to_the_fault) {
  auto result = scenarios::run_traced(load("acks_1_loses"), {}, "", nullptr, {});
  ASSERT_TRUE(result.ok());
  ASSERT_GE(result->chain.size(), 3u);
  std::string all;
  for (const std::string& line : result->chain) all += line + "\n";
  EXPECT_NE(all.find("truncated"), std::string::npos) << all;
  EXPECT_NE(all.find("leader_elected"), std::string::npos) << all;
  EXPECT_NE(result->chain.back().find("partition"), std::string::npos) << all;
}

}  // namespace
}  // namespace tests
