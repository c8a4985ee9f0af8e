// SPDX-License-Identifier: Apache-2.0

#include "sim/service.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

using namespace sim::literals;

SimTime at(int64_t micros) { return SimTime::at_nanos(micros * 1000); }

TEST(FixedServers, work_goes_to_the_server_that_is_free_first) {
  FixedServers servers(2);
  EXPECT_EQ(servers.reserve(at(0), at(0), 10_us), at(10));
  EXPECT_EQ(servers.reserve(at(0), at(0), 4_us), at(4));
  EXPECT_EQ(servers.reserve(at(1), at(1), 4_us), at(8));
  EXPECT_EQ(servers.reserve(at(20), at(20), 1_us), at(21));
}

TEST(FixedServers, nobody_waits_for_work_that_becomes_ready_later) {
  FixedServers servers(1);
  EXPECT_EQ(servers.reserve(at(0), at(5000), 10_us), at(5010));
  EXPECT_EQ(servers.reserve(at(0), at(0), 4_us), at(14));  // It has taken its 10 us now.
  EXPECT_EQ(servers.reserve(at(100), at(100), 4_us), at(104));
}

TEST(FixedServers, are_idle_before_time_zero_too) {
  FixedServers servers(1);
  EXPECT_EQ(servers.reserve(at(-100), at(-100), 10_us), at(-90));
}

TEST(ServiceQueue, admits_up_to_its_servers_and_then_first_come_first_served) {
  ServiceQueue queue(2);
  EXPECT_EQ(queue.admit(1, at(0), 10_us)->at, at(10));
  EXPECT_EQ(queue.admit(2, at(0), 20_us)->at, at(20));
  EXPECT_FALSE(queue.admit(3, at(1), 5_us).has_value());
  EXPECT_FALSE(queue.admit(4, at(2), 5_us).has_value());
  EXPECT_EQ(queue.waiting(), 2u);
  auto next = queue.finish(at(12));  // Work 1 took 2 us more than it had computed.
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->work, 3);
  EXPECT_EQ(next->at, at(17));
  next = queue.finish(at(17));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->work, 4);
  EXPECT_EQ(next->at, at(22));
}

TEST(ServiceQueue, a_server_that_is_still_busy_is_not_taken_early) {
  ServiceQueue queue(1);
  ASSERT_TRUE(queue.admit(1, at(0), 10_us).has_value());
  EXPECT_FALSE(queue.finish(at(50)).has_value());  // Idle from 50 us on.
  EXPECT_EQ(queue.admit(2, at(20), 10_us)->at, at(60));
}

}  // namespace
}  // namespace sim
