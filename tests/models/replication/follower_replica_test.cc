// SPDX-License-Identifier: Apache-2.0

#include "models/replication/follower_replica.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// A log with epoch 1 at [0, 4), epoch 3 at [4, 6), end 6.
class FollowerReplicaTest : public testing::Test {
 protected:
  void SetUp() override {
    append(log, 4, 1, at);
    append(log, 2, 3, at);
    log.set_high_watermark(Offset(2));
  }
  int64_t target(int epoch, int64_t end) {
    return truncation_target(log, {LeaderEpoch(epoch), Offset(end)}).value();
  }
  StepFixture at;
  PartitionLog log = open_log(at);
};

TEST_F(FollowerReplicaTest, cuts_where_the_leader_ends_an_epoch_both_know) {
  EXPECT_EQ(target(1, 3), 3) << "the leader's epoch 1 is shorter";
  EXPECT_EQ(target(1, 9), 4) << "ours is shorter";
  EXPECT_EQ(target(3, 9), 6) << "never past the log end";
}

TEST_F(FollowerReplicaTest, cuts_to_the_end_of_the_largest_smaller_epoch_if_it_lacks_the_leaders) {
  EXPECT_EQ(target(2, 5), 4) << "epoch 2 is unknown here: back to the end of epoch 1, ask again";
}

TEST_F(FollowerReplicaTest, cuts_to_its_first_epoch_if_all_of_its_epochs_are_newer) {
  EXPECT_EQ(target(0, 5), 0);
}

TEST_F(FollowerReplicaTest, follows_from_its_log_end_and_names_its_last_epoch) {
  FollowerReplica follower;
  EXPECT_EQ(follower.begin(kOne, LeaderEpoch(4), log, at.step()), 0);
  FetchPartition fetch = follower.fetch(log, 1000);
  EXPECT_EQ(fetch.fetch_offset, Offset(6));
  EXPECT_EQ(fetch.last_fetched_epoch, LeaderEpoch(3));
  EXPECT_EQ(fetch.current_leader_epoch, LeaderEpoch(4));
  EXPECT_EQ(log.log_end_offset(), Offset(6));
}

TEST_F(FollowerReplicaTest, under_kip_101_cuts_to_its_own_watermark_and_asks_nothing) {
  at.mutations().insert(Mutation::kKip101);
  FollowerReplica follower;
  EXPECT_EQ(follower.begin(kOne, LeaderEpoch(4), log, at.step()), 4);
  EXPECT_EQ(log.log_end_offset(), Offset(2)) << "records 2..5 may have been committed";
  EXPECT_EQ(follower.fetch(log, 1000).last_fetched_epoch, kNoLeaderEpoch);
}

TEST_F(FollowerReplicaTest, divergence_cuts_the_log_and_fetches_from_there) {
  FollowerReplica follower;
  follower.begin(kOne, LeaderEpoch(4), log, at.step());
  EXPECT_EQ(follower.truncate_on_divergence({LeaderEpoch(1), Offset(3)}, log, at.step()), 3);
  FetchPartition fetch = follower.fetch(log, 1000);
  EXPECT_EQ(fetch.fetch_offset, Offset(3));
  EXPECT_EQ(fetch.last_fetched_epoch, LeaderEpoch(1));
  EXPECT_EQ(at.marks().of(Mark::kTruncatedOnDivergence), 1);
}

TEST_F(FollowerReplicaTest, appends_and_takes_the_leaders_watermark_as_far_as_its_log_goes) {
  FollowerReplica follower;
  follower.begin(kOne, LeaderEpoch(4), log, at.step());
  FetchPartitionData data{.partition = kOrders0,
                          .high_watermark = Offset(50),
                          .log_start_offset = Offset(0),
                          .records = batch_of(2, Offset(6), LeaderEpoch(4))};
  FollowerReplica::Appended appended = follower.append(data, LeaderEpoch(4), log, at.step());
  EXPECT_EQ(appended.error, ErrorCode::kNone);
  EXPECT_TRUE(appended.records && appended.watermark && appended.first_answer);
  EXPECT_EQ(log.log_end_offset(), Offset(8));
  EXPECT_EQ(log.high_watermark(), Offset(8));
  EXPECT_EQ(follower.fetch(log, 1000).fetch_offset, Offset(8));
  EXPECT_EQ(follower.fetch(log, 1000).last_fetched_epoch, LeaderEpoch(4));
}

TEST_F(FollowerReplicaTest, drops_records_of_an_epoch_newer_than_the_one_it_asked_in) {
  FollowerReplica follower;
  follower.begin(kOne, LeaderEpoch(4), log, at.step());
  FetchPartitionData data{.partition = kOrders0,
                          .high_watermark = Offset(2),
                          .log_start_offset = Offset(0),
                          .records = batch_of(2, Offset(6), LeaderEpoch(5))};
  FollowerReplica::Appended appended = follower.append(data, LeaderEpoch(4), log, at.step());
  EXPECT_FALSE(appended.records);
  EXPECT_EQ(log.log_end_offset(), Offset(6));
}

TEST_F(FollowerReplicaTest, a_running_delay_is_not_lengthened) {
  FollowerReplica follower;
  sim::WallTime now = sim::WallTime::at_millis(5000);
  follower.delay(now, 1_s);
  follower.delay(now + 900_ms, 1_s);
  EXPECT_TRUE(follower.is_delayed(now + 999_ms));
  EXPECT_FALSE(follower.is_delayed(now + 1_s));
}

}  // namespace
}  // namespace models
