// SPDX-License-Identifier: Apache-2.0

#include "models/replication/remote_replica.h"

#include <gtest/gtest.h>

namespace models {
namespace {

using namespace sim::literals;

sim::WallTime at_s(int64_t s) { return sim::WallTime::at_millis(s * 1000); }

TEST(RemoteReplica, is_caught_up_when_it_asks_for_the_leaders_end) {
  RemoteReplica replica{.id = NodeId(2)};
  EXPECT_TRUE(record_fetch(replica, Offset(10), Offset(0), BrokerEpoch(7), Offset(10), at_s(100)));
  EXPECT_EQ(replica.last_caught_up, at_s(100));
  EXPECT_EQ(replica.log_end, Offset(10));
}

TEST(RemoteReplica, was_caught_up_at_its_last_fetch_if_it_has_since_got_all_of_that_time) {
  RemoteReplica replica{.id = NodeId(2)};
  record_fetch(replica, Offset(5), Offset(0), BrokerEpoch(7), Offset(10), at_s(100));
  record_fetch(replica, Offset(10), Offset(0), BrokerEpoch(7), Offset(20), at_s(101));
  EXPECT_EQ(replica.last_caught_up, at_s(100)) << "it now has all that the leader had at 100 s";
  record_fetch(replica, Offset(19), Offset(0), BrokerEpoch(7), Offset(30), at_s(102));
  EXPECT_EQ(replica.last_caught_up, at_s(100)) << "the leader had 20 records at 101 s";
}

TEST(RemoteReplica, lags_only_after_the_limit) {
  RemoteReplica replica{.id = NodeId(2), .log_end = Offset(5), .last_caught_up = at_s(100)};
  EXPECT_TRUE(is_caught_up(replica, Offset(10), at_s(130), 30_s));
  EXPECT_FALSE(is_caught_up(replica, Offset(10), at_s(131), 30_s));
  EXPECT_TRUE(is_caught_up(replica, Offset(5), at_s(999), 30_s)) << "nothing to fetch";
}

TEST(RemoteReplica, refuses_a_fetch_of_an_earlier_life) {
  RemoteReplica replica{.id = NodeId(2), .registered_epoch = BrokerEpoch(8)};
  EXPECT_FALSE(record_fetch(replica, Offset(9), Offset(0), BrokerEpoch(7), Offset(9), at_s(1)));
  EXPECT_EQ(replica.log_end, kNoOffset);
  EXPECT_TRUE(record_fetch(replica, Offset(9), Offset(0), kNoBrokerEpoch, Offset(9), at_s(1)));
}

TEST(RemoteReplica, may_join_the_isr_only_as_the_registered_and_unfenced_life) {
  RemoteReplica good{
      .id = NodeId(2), .fetch_epoch = BrokerEpoch(7), .registered_epoch = BrokerEpoch(7)};
  EXPECT_TRUE(is_isr_eligible(good));
  RemoteReplica silent = good;
  silent.fetch_epoch.reset();
  EXPECT_FALSE(is_isr_eligible(silent));
  RemoteReplica fenced = good;
  fenced.registered_epoch = kNoBrokerEpoch;
  EXPECT_FALSE(is_isr_eligible(fenced));
  RemoteReplica reborn = good;
  reborn.registered_epoch = BrokerEpoch(8);
  EXPECT_FALSE(is_isr_eligible(reborn));
  RemoteReplica stopping = good;
  stopping.shutting_down = true;
  EXPECT_FALSE(is_isr_eligible(stopping));
  RemoteReplica unchecked = good;
  unchecked.fetch_epoch = kNoBrokerEpoch;
  EXPECT_TRUE(is_isr_eligible(unchecked));
}

TEST(RemoteReplica, takes_fencing_and_shutdown_from_metadata) {
  MetadataImage image;
  image.brokers[NodeId(2)] = {.id = NodeId(2), .epoch = BrokerEpoch(7), .fenced = true};
  RemoteReplica replica{.id = NodeId(2)};
  apply_registration(replica, image);
  EXPECT_EQ(replica.registered_epoch, kNoBrokerEpoch);
  image.brokers[NodeId(2)].fenced = false;
  image.brokers[NodeId(2)].in_controlled_shutdown = true;
  apply_registration(replica, image);
  EXPECT_EQ(replica.registered_epoch, BrokerEpoch(7));
  EXPECT_TRUE(replica.shutting_down);
}

TEST(RemoteReplica, counts_as_caught_up_when_an_epoch_begins_only_inside_the_isr) {
  RemoteReplica member{.id = NodeId(2), .log_end = Offset(5), .in_isr = true};
  RemoteReplica other{.id = NodeId(3), .log_end = Offset(5)};
  reset_for_epoch(member, /*new_leader=*/true, Offset(10), at_s(100));
  reset_for_epoch(other, /*new_leader=*/true, Offset(10), at_s(100));
  EXPECT_EQ(member.last_caught_up, at_s(100));
  EXPECT_EQ(other.last_caught_up, sim::WallTime());
  EXPECT_EQ(member.log_end, kNoOffset) << "a new leader knows nothing of its followers";
  RemoteReplica kept{.id = NodeId(2), .log_end = Offset(5), .in_isr = true};
  reset_for_epoch(kept, /*new_leader=*/false, Offset(10), at_s(100));
  EXPECT_EQ(kept.log_end, Offset(5));
}

}  // namespace
}  // namespace models
