// SPDX-License-Identifier: Apache-2.0

#include "models/replication/high_watermark.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace models {
namespace {

using namespace sim::literals;

const sim::WallTime kNow = sim::WallTime::at_millis(1'000'000);

RemoteReplica in_isr(int id, int64_t log_end) {
  return {.id = NodeId(id), .log_end = Offset(log_end), .in_isr = true};
}
RemoteReplica outside(int id, int64_t log_end, sim::Duration behind) {
  return {.id = NodeId(id),
          .log_end = Offset(log_end),
          .last_caught_up = kNow - behind,
          .fetch_epoch = BrokerEpoch(7),
          .registered_epoch = BrokerEpoch(7)};
}
int64_t watermark(int64_t leader_end, std::vector<RemoteReplica> remotes,
                  NodeId joining = kNoNode) {
  return high_watermark_of({.leader_end = Offset(leader_end),
                            .remotes = remotes,
                            .joining = joining,
                            .now = kNow,
                            .lag_max = 30_s})
      .value();
}

TEST(HighWatermark, is_the_leaders_log_end_when_it_is_alone) { EXPECT_EQ(watermark(120, {}), 120); }

TEST(HighWatermark, is_the_smallest_log_end_in_the_isr) {
  EXPECT_EQ(watermark(120, {in_isr(2, 110), in_isr(3, 90)}), 90);
}

TEST(HighWatermark, does_not_wait_for_a_replica_long_behind_and_outside_the_isr) {
  EXPECT_EQ(watermark(120, {in_isr(2, 110), outside(3, 90, 31_s)}), 110);
}

TEST(HighWatermark, waits_for_a_replica_about_to_join_the_isr) {
  EXPECT_EQ(watermark(120, {in_isr(2, 110), outside(3, 90, 30_s)}), 90);
}

TEST(HighWatermark, does_not_wait_for_a_caught_up_replica_that_may_not_join) {
  RemoteReplica reborn = outside(3, 90, 1_s);
  reborn.registered_epoch = BrokerEpoch(8);  // Its fetches came from an earlier life.
  EXPECT_EQ(watermark(120, {in_isr(2, 110), reborn}), 110);
}

TEST(HighWatermark, counts_a_proposed_member_before_the_controller_agrees) {
  EXPECT_EQ(watermark(120, {in_isr(2, 110), outside(3, 90, 31_s)}, NodeId(3)), 90);
}

TEST(HighWatermark, does_not_move_before_every_member_has_fetched) {
  EXPECT_EQ(watermark(120, {in_isr(2, -1)}), -1);
}

TEST(HighWatermark, min_isr_is_capped_by_the_number_of_replicas) {
  EXPECT_EQ(effective_min_isr(2, 3), 2u);
  EXPECT_EQ(effective_min_isr(5, 3), 3u);
}

RC_GTEST_PROP(HighWatermark, never_passes_a_member_of_the_isr_or_the_leader, ()) {
  auto ends = *rc::gen::container<std::vector<int64_t>>(4, rc::gen::inRange<int64_t>(0, 50));
  auto members = *rc::gen::container<std::vector<bool>>(3, rc::gen::arbitrary<bool>());
  std::vector<RemoteReplica> remotes;
  int64_t bound = ends[3];
  for (int i = 0; i < 3; ++i) {
    remotes.push_back(members[i] ? in_isr(i + 2, ends[i]) : outside(i + 2, ends[i], 60_s));
    if (members[i]) bound = std::min(bound, ends[i]);
  }
  RC_ASSERT(watermark(ends[3], remotes) == bound);
}

}  // namespace
}  // namespace models
