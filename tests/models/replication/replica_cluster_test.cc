// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replica_cluster.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

const std::vector<NodeId> kAll{kOne, kTwo, kThree};

TEST(ReplicaCluster, replicates_and_commits_what_is_produced) {
  ReplicaCluster cluster;
  cluster.elect(kOne, kAll);
  for (int i = 0; i < 5; ++i) {
    int produce = cluster.produce(kOne, -1);
    EXPECT_EQ(cluster.result(produce), std::nullopt);
    cluster.settle();
    EXPECT_EQ(cluster.result(produce), ErrorCode::kNone);
  }
  for (NodeId id : kAll) EXPECT_EQ(cluster.log_end(id), 5);
  EXPECT_EQ(cluster.watermark(kOne), 5);
  EXPECT_EQ(cluster.bytes(kTwo), cluster.bytes(kOne));
  EXPECT_EQ(cluster.bytes(kThree), cluster.bytes(kOne));
}

TEST(ReplicaCluster, followers_learn_the_last_watermark_within_one_wait) {
  ReplicaCluster cluster;
  cluster.elect(kOne, kAll);
  cluster.produce(kOne, -1);
  cluster.settle();
  EXPECT_EQ(cluster.watermark(kTwo), 0) << "growth of the watermark does not end a fetch's wait";
  cluster.advance(501_ms);
  EXPECT_EQ(cluster.watermark(kTwo), 1);
}

TEST(ReplicaCluster, commits_survive_a_leader_crash_and_the_old_leader_cuts_its_tail) {
  ReplicaCluster cluster;
  cluster.elect(kOne, kAll);
  cluster.produce(kOne, -1);
  cluster.settle();
  std::string committed = cluster.bytes(kOne);
  // Broker 1 is cut off, and writes a tail that nobody gets.
  cluster.isolate(kOne);
  int tail = cluster.produce(kOne, -1);
  cluster.settle();
  EXPECT_EQ(cluster.log_end(kOne), 2);
  cluster.elect(kTwo, {kTwo, kThree});
  int next = cluster.produce(kTwo, -1);
  cluster.settle();
  EXPECT_EQ(cluster.result(next), ErrorCode::kNone);
  EXPECT_EQ(cluster.result(tail), std::nullopt);

  cluster.heal(kOne);
  EXPECT_EQ(cluster.result(tail), ErrorCode::kNotLeaderOrFollower);
  cluster.advance(2_s);
  EXPECT_EQ(cluster.bytes(kOne), cluster.bytes(kTwo));
  EXPECT_EQ(cluster.bytes(kOne).substr(0, committed.size()), committed);
  EXPECT_GE(cluster.marked(Mark::kTruncatedOnDivergence), 1);
  EXPECT_GE(cluster.marked(Mark::kDivergedFetchAnswered), 1);
  EXPECT_THAT(cluster.isr(), UnorderedElementsAre(kOne, kTwo, kThree)) << "and is back in the ISR";
}

TEST(ReplicaCluster, diverging_tails_of_fast_fail_overs_are_all_cut) {
  ReplicaCluster cluster;
  cluster.elect(kOne, kAll);
  cluster.produce(kOne, -1);
  cluster.settle();
  // Each in turn leads cut off from the rest, and keeps a tail of its own epoch.
  for (NodeId leader : {kTwo, kThree, kTwo}) {
    cluster.elect(leader, {leader});
    for (NodeId other : kAll) cluster.isolate(other);
    cluster.produce(leader, 1);
    cluster.produce(leader, 1);
    cluster.settle();
    for (NodeId other : kAll) cluster.heal(other);
  }
  cluster.advance(5_s);
  cluster.elect(kTwo, cluster.isr());
  cluster.produce(kTwo, -1);
  cluster.advance(5_s);
  EXPECT_EQ(cluster.bytes(kOne), cluster.bytes(kTwo));
  EXPECT_EQ(cluster.bytes(kThree), cluster.bytes(kTwo));
}

TEST(ReplicaCluster, isr_shrinks_without_a_dead_follower_and_takes_it_back) {
  ReplicaCluster cluster;
  cluster.elect(kOne, kAll);
  cluster.produce(kOne, -1);
  cluster.settle();
  cluster.crash(kThree);
  int waits = cluster.produce(kOne, -1);
  cluster.settle();
  EXPECT_EQ(cluster.result(waits), std::nullopt);
  cluster.advance(29_s);
  EXPECT_THAT(cluster.isr(), ElementsAre(kOne, kTwo, kThree));
  cluster.advance(17_s);  // Lag limit 30 s, looked at each 15 s.
  EXPECT_THAT(cluster.isr(), ElementsAre(kOne, kTwo));
  EXPECT_EQ(cluster.result(waits), ErrorCode::kRequestTimedOut) << "the producer waited 30 s";
  EXPECT_EQ(cluster.watermark(kOne), 2) << "committed all the same";
  cluster.restart(kThree);
  cluster.advance(2_s);
  EXPECT_THAT(cluster.isr(), ElementsAre(kOne, kTwo, kThree));
  EXPECT_EQ(cluster.bytes(kThree), cluster.bytes(kOne));
  EXPECT_EQ(cluster.marked(Mark::kIsrShrunk), 1);
  EXPECT_EQ(cluster.marked(Mark::kIsrExpanded), 1);
}

// A follower stores a committed record, restarts before it learns of the commit, and must lead.
std::pair<int64_t, int64_t> kip_101(std::vector<Mutation> mutations) {
  ReplicaCluster cluster({}, std::move(mutations));
  cluster.elect(kOne, kAll);
  EXPECT_EQ(cluster.result(cluster.produce(kOne, -1)), std::nullopt);
  cluster.settle();
  int64_t committed = cluster.watermark(kOne);
  cluster.crash(kTwo);
  cluster.crash(kThree);
  cluster.isolate(kOne);  // It can't be fetched from any more.
  cluster.restart(kTwo);
  cluster.elect(kTwo, {kTwo});
  return {committed, cluster.log_end(kTwo)};
}

TEST(ReplicaCluster, restarted_follower_keeps_committed_records_it_did_not_know_committed) {
  EXPECT_EQ(kip_101({}), std::pair(int64_t{1}, int64_t{1}));
}

TEST(ReplicaCluster, under_kip_101_a_restarted_follower_throws_committed_records_away) {
  EXPECT_EQ(kip_101({Mutation::kKip101}), std::pair(int64_t{1}, int64_t{0}));
}

}  // namespace
}  // namespace models
