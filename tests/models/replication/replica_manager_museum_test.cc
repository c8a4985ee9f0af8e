// SPDX-License-Identifier: Apache-2.0
//
// Historical bugs of a leader's answers to its followers, each beside the right rule.

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 has two records of epoch 1 and one of epoch 3, which it leads with ISR {1,2}.
struct Leader : OneBroker {
  explicit Leader(std::vector<Mutation> mutations = {}) {
    for (Mutation mutation : mutations) at.mutations().insert(mutation);
    lead({kOne, kTwo});
    for (int i = 0; i < 2; ++i) produce();
    publish(image_of(kOne, 3, {kOne, kTwo}, 2));
    produce();
    at.clear();
  }
  void produce() { manager.on_produce(RequestToken(1), produce_request(1), at.step()); }
  FetchPartitionData fetch(int64_t offset, int last_epoch) {
    FetchRequest request = fetch_request(kTwo, offset, 3, last_epoch);
    request.max_wait_ms = 0;
    at.clear();
    manager.on_fetch(RequestToken(7), request, at.step());
    return fetched();
  }
  Offset end_of_follower() const { return orders().as_leader.find(kTwo)->log_end; }
};

TEST(Museum, fetch_that_is_told_to_cut_is_no_progress) {
  Leader right;
  ASSERT_TRUE(right.fetch(5, 2).diverging_epoch);
  EXPECT_EQ(right.end_of_follower(), kNoOffset);
  EXPECT_EQ(right.watermark(), 0);

  Leader wrong({Mutation::kKafka13141});
  ASSERT_TRUE(wrong.fetch(5, 2).diverging_epoch) << "it is still told to cut";
  EXPECT_EQ(wrong.end_of_follower(), Offset(5)) << "but what it has to cut counts as replicated";
  EXPECT_EQ(wrong.watermark(), 3);
}

TEST(Museum, epoch_that_the_leader_never_had_is_answered_with_the_one_below) {
  Leader right;
  EXPECT_EQ(right.fetch(5, 2).diverging_epoch, (EpochEndOffset{LeaderEpoch(1), Offset(2)}));
  EXPECT_EQ(right.fetch(2, 2).diverging_epoch, (EpochEndOffset{LeaderEpoch(1), Offset(2)}))
      << "its record of epoch 2 lies below";

  Leader wrong({Mutation::kKafka6361});
  EXPECT_EQ(wrong.fetch(5, 2).diverging_epoch, (EpochEndOffset{LeaderEpoch(2), Offset(2)}))
      << "the follower cuts to 2 and keeps what it has of epoch 2 below";
  EXPECT_FALSE(wrong.fetch(2, 2).diverging_epoch);
}

TEST(Museum, follower_that_lacks_the_leaders_epoch_cuts_in_steps) {
  StepFixture at;
  PartitionLog log = open_log(at);
  append(log, 2, 1, at);
  append(log, 3, 4, at);  // Epoch 4 @ 2.
  FollowerReplica follower;
  follower.begin(kTwo, LeaderEpoch(5), log, at.step());
  // The leader's epoch 3 ends at 4; here it was never begun.
  EXPECT_EQ(follower.truncate_on_divergence({LeaderEpoch(3), Offset(4)}, log, at.step()), 3);
  EXPECT_EQ(follower.fetch_offset(), Offset(2)) << "the end of epoch 1 here: it asks again";
  EXPECT_EQ(at.marks().of(Mark::kTruncatedInSteps), 1);
}

}  // namespace
}  // namespace models
