// SPDX-License-Identifier: Apache-2.0

#include "models/controller/leader_election.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "models/controller/metadata_replay.h"

namespace models {
namespace {

std::vector<NodeId> nodes(std::initializer_list<int32_t> ids) {
  std::vector<NodeId> list;
  for (int32_t id : ids) list.push_back(NodeId(id));
  return list;
}

PartitionRegistration partition_of(std::initializer_list<int32_t> replicas,
                                   std::initializer_list<int32_t> isr, int32_t leader) {
  PartitionRegistration partition;
  partition.replicas = nodes(replicas);
  partition.isr = nodes(isr);
  partition.leader = NodeId(leader);
  partition.leader_epoch = LeaderEpoch(4);
  partition.partition_epoch = PartitionEpoch(9);
  return partition;
}

struct Case {
  const char* what;
  std::vector<int32_t> isr;
  int32_t leader;
  Election election;
  std::vector<int32_t> alive;
  ElectionResult expected;
};

TEST(ElectLeader, FollowsTheTable) {
  const Case cases[] = {
      {"a valid leader stays", {1, 2, 3}, 2, Election::kOnline, {1, 2, 3}, {NodeId(2)}},
      {"next in assignment order", {3, 2, 1}, 1, Election::kOnline, {2, 3}, {NodeId(2)}},
      {"only of the ISR", {1, 3}, 1, Election::kOnline, {2, 3}, {NodeId(3)}},
      {"nobody of the ISR is alive", {1}, 1, Election::kOnline, {2, 3}, {kNoNode}},
      {"clean before unclean", {1, 3}, 1, Election::kUnclean, {2, 3}, {NodeId(3)}},
      {"unclean takes the first alive", {1}, 1, Election::kUnclean, {2, 3}, {NodeId(2), true}},
      {"unclean with nobody alive", {1}, 1, Election::kUnclean, {}, {kNoNode}},
      {"preferred first", {1, 2, 3}, 2, Election::kPreferred, {1, 2, 3}, {NodeId(1)}},
      {"preferred is dead", {1, 2, 3}, 2, Election::kPreferred, {2, 3}, {NodeId(2)}},
      {"preferred is not in sync", {2, 3}, 3, Election::kPreferred, {1, 2, 3}, {NodeId(3)}},
      {"preferred is never unclean", {1}, 1, Election::kPreferred, {2, 3}, {kNoNode}},
      {"a leaderless partition gets one", {3}, -1, Election::kOnline, {3}, {NodeId(3)}},
  };
  for (const Case& c : cases) {
    PartitionRegistration partition = partition_of({1, 2, 3}, {1, 2, 3}, c.leader);
    PartitionTarget target = PartitionTarget::of(partition);
    target.isr.clear();
    for (int32_t id : c.isr) target.isr.push_back(NodeId(id));
    target.election = c.election;
    auto alive = [&](NodeId id) {
      return std::find(c.alive.begin(), c.alive.end(), id.value()) != c.alive.end();
    };
    EXPECT_EQ(elect_leader(partition, target, alive), c.expected) << c.what;
  }
}

PartitionTarget target_isr(std::initializer_list<int32_t> isr,
                           const PartitionRegistration& partition = partition_of({1, 2, 3}, {},
                                                                                 1)) {
  PartitionTarget target = PartitionTarget::of(partition);
  target.isr = nodes(isr);
  return target;
}

auto alive_but(int32_t dead) {
  return [dead](NodeId id) { return id.value() != dead; };
}

TEST(ChangePartition, KeepsTheLeaderEpochWhenOnlyTheIsrShrinks) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1, 2, 3}, 1);
  auto change = change_partition(partition, target_isr({1, 3}), alive_but(2));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->isr, nodes({1, 3}));
  EXPECT_FALSE(change->leader);
  PartitionRegistration next = merge(partition, *change);
  EXPECT_EQ(next.leader_epoch, LeaderEpoch(4));
  EXPECT_EQ(next.partition_epoch, PartitionEpoch(10));
}

TEST(ChangePartition, BumpsBothEpochsForANewLeader) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1, 2, 3}, 1);
  auto change = change_partition(partition, target_isr({2, 3}), alive_but(1));
  ASSERT_TRUE(change);
  PartitionRegistration next = merge(partition, *change);
  EXPECT_EQ(next.leader, NodeId(2));
  EXPECT_EQ(next.isr, nodes({2, 3}));
  EXPECT_EQ(next.leader_epoch, LeaderEpoch(5));
  EXPECT_EQ(next.partition_epoch, PartitionEpoch(10));
}

TEST(ChangePartition, LeavesTheLastIsrMemberInItWithoutLeading) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1}, 1);
  auto change = change_partition(partition, target_isr({}), alive_but(1));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->leader, kNoNode);
  EXPECT_FALSE(change->isr);
  PartitionRegistration next = merge(partition, *change);
  EXPECT_EQ(next.isr, nodes({1}));
  EXPECT_EQ(next.leader_epoch, LeaderEpoch(5));
}

TEST(ChangePartition, MarksAnUncleanLeaderAsRecoveringAlone) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1}, 1);
  PartitionTarget target = target_isr({});
  target.election = Election::kUnclean;
  auto change = change_partition(partition, target, alive_but(1));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->leader, NodeId(2));
  EXPECT_EQ(change->isr, nodes({2}));
  EXPECT_EQ(change->recovering, true);
}

TEST(ChangePartition, EndsTheRecoveryWhenTheLeaderAltersTheIsr) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {2}, 2);
  partition.recovering = true;
  auto change = change_partition(partition, target_isr({2}), alive_but(1));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->recovering, false);
  EXPECT_FALSE(change->leader);
  EXPECT_FALSE(change->isr);
}

TEST(ChangePartition, IsNothingWhenNothingChanges) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1, 2}, 1);
  EXPECT_FALSE(change_partition(partition, target_isr({1, 2}), alive_but(3)));
}

// One partition with two replicas as the minimum, and eligible leader replicas.
class Elr : public ::testing::Test {
 protected:
  // The ISR becomes `isr`, while only `alive` are up.
  void become(std::initializer_list<int32_t> isr, std::initializer_list<int32_t> alive,
              Election election = Election::kOnline, NodeId unclean_shutdown = kNoNode) {
    PartitionTarget target = PartitionTarget::of(partition_);
    target.isr = nodes(isr);
    target.elr_enabled = true;
    target.min_isr = 2;
    target.election = election;
    target.unclean_shutdown = unclean_shutdown;
    std::vector<NodeId> up = nodes(alive);
    auto change = change_partition(partition_, target, [&](NodeId id) {
      return std::find(up.begin(), up.end(), id) != up.end();
    });
    if (change) partition_ = merge(partition_, *change);
  }

  PartitionRegistration partition_ = partition_of({1, 2, 3}, {1, 2, 3}, 1);
};

TEST_F(Elr, TakesInWhoLeavesAnIsrBelowTheMinimum) {
  become({1, 2}, {1, 2});
  EXPECT_EQ(partition_.elr, nodes({}));  // Two are enough.
  become({1}, {1});
  EXPECT_EQ(partition_.elr, nodes({2}));
  become({}, {});
  EXPECT_EQ(partition_.isr, nodes({}));
  EXPECT_EQ(partition_.elr, nodes({1, 2}));
  EXPECT_EQ(partition_.leader, kNoNode);
  EXPECT_EQ(partition_.last_known_elr, nodes({1}));
}

TEST_F(Elr, LeadsWhenTheIsrIsEmptyWithoutLoss) {
  become({1}, {1});
  become({}, {});
  become({}, {2, 3});
  EXPECT_EQ(partition_.leader, NodeId(2));
  EXPECT_EQ(partition_.isr, nodes({2}));
  EXPECT_EQ(partition_.elr, nodes({1, 3}));
  EXPECT_FALSE(partition_.recovering);
  EXPECT_EQ(partition_.last_known_elr, nodes({}));
}

TEST_F(Elr, IsEmptyAgainAtTheMinimum) {
  become({1}, {1});
  become({1, 3}, {1, 3});
  EXPECT_EQ(partition_.elr, nodes({}));
}

TEST_F(Elr, LosesWhoRestartedUncleanly) {
  become({1}, {1});
  become({1}, {1}, Election::kOnline, NodeId(2));
  EXPECT_EQ(partition_.elr, nodes({3}));
  become({}, {}, Election::kOnline, NodeId(1));
  EXPECT_EQ(partition_.elr, nodes({3}));
}

TEST_F(Elr, GivesWayToTheLastKnownLeaderOnlyWhenItIsAliveAndNobodyIsEligible) {
  become({1}, {1});
  become({}, {}, Election::kOnline, NodeId(1));
  become({}, {}, Election::kOnline, NodeId(2));
  become({}, {1}, Election::kOnline, NodeId(0));
  EXPECT_EQ(partition_.leader, kNoNode);  // 3 is eligible, though it is down.
  become({}, {2}, Election::kOnline, NodeId(3));
  EXPECT_EQ(partition_.leader, kNoNode);  // KAFKA-19522: the last leader is down.
  become({}, {1, 2});
  EXPECT_EQ(partition_.leader, NodeId(1));
  EXPECT_EQ(partition_.isr, nodes({1}));
  EXPECT_TRUE(partition_.recovering);
}

TEST_F(Elr, IsForgottenByAnUncleanElection) {
  become({1}, {1});
  become({}, {});
  partition_.elr = nodes({1});
  become({}, {3}, Election::kUnclean);
  EXPECT_EQ(partition_.leader, NodeId(3));
  EXPECT_EQ(partition_.isr, nodes({3}));
  EXPECT_EQ(partition_.elr, nodes({}));
  EXPECT_TRUE(partition_.recovering);
}

class Reassignment : public ::testing::Test {
 protected:
  void begin(std::initializer_list<int32_t> wanted) {
    PartitionTarget target = PartitionTarget::of(partition_);
    begin_reassignment(partition_, nodes(wanted), target);
    apply(std::move(target));
  }
  void isr(std::initializer_list<int32_t> members) {
    PartitionTarget target = PartitionTarget::of(partition_);
    target.isr = nodes(members);
    apply(std::move(target));
  }
  void apply(PartitionTarget target) {
    auto change = change_partition(partition_, std::move(target), [](NodeId) { return true; });
    if (change) partition_ = merge(partition_, *change);
  }

  PartitionRegistration partition_ = partition_of({1, 2, 3}, {1, 2, 3}, 1);
};

TEST_F(Reassignment, KeepsOldAndNewReplicasUntilTheNewOnesAreInSync) {
  begin({3, 4, 5});
  EXPECT_EQ(partition_.replicas, nodes({3, 4, 5, 1, 2}));
  EXPECT_EQ(partition_.adding, nodes({4, 5}));
  EXPECT_EQ(partition_.removing, nodes({1, 2}));
  EXPECT_EQ(partition_.leader_epoch, LeaderEpoch(4));
  isr({1, 2, 3, 4});
  EXPECT_TRUE(partition_.is_reassigning());
  isr({1, 2, 3, 4, 5});
  EXPECT_FALSE(partition_.is_reassigning());
  EXPECT_EQ(partition_.replicas, nodes({3, 4, 5}));
  EXPECT_EQ(partition_.isr, nodes({3, 4, 5}));
  EXPECT_EQ(partition_.leader, NodeId(3));
  EXPECT_EQ(partition_.leader_epoch, LeaderEpoch(5));
}

TEST_F(Reassignment, RemovingAReplicaIsANewEpochOfTheSameLeader) {
  begin({1, 2});
  EXPECT_EQ(partition_.replicas, nodes({1, 2}));  // Complete at once.
  EXPECT_EQ(partition_.isr, nodes({1, 2}));
  EXPECT_EQ(partition_.leader, NodeId(1));
  EXPECT_EQ(partition_.leader_epoch, LeaderEpoch(5));
}

TEST_F(Reassignment, ReorderingIsNoReassignmentAndNoElection) {
  begin({2, 1, 3});
  EXPECT_EQ(partition_.replicas, nodes({2, 1, 3}));
  EXPECT_FALSE(partition_.is_reassigning());
  EXPECT_EQ(partition_.leader_epoch, LeaderEpoch(4));
  EXPECT_EQ(partition_.partition_epoch, PartitionEpoch(10));
}

TEST_F(Reassignment, GoesBackWhenItIsCancelled) {
  begin({3, 4, 5});
  isr({1, 2, 3, 4});
  EXPECT_EQ(final_replica_count(partition_), 3u);
  PartitionTarget target = PartitionTarget::of(partition_);
  EXPECT_FALSE(cancel_reassignment(partition_, target));
  apply(std::move(target));
  EXPECT_EQ(partition_.replicas, nodes({3, 1, 2}));
  EXPECT_EQ(partition_.isr, nodes({1, 2, 3}));
  EXPECT_FALSE(partition_.is_reassigning());
}

TEST_F(Reassignment, CannotGoBackCleanlyWhenOnlyNewReplicasAreInSync) {
  begin({3, 4, 5});
  partition_.isr = nodes({4, 5});
  PartitionTarget target = PartitionTarget::of(partition_);
  EXPECT_TRUE(cancel_reassignment(partition_, target));
  EXPECT_EQ(target.isr, nodes({3}));
}

// Whatever happens, without unclean elections a leader comes out of the former ISR.
RC_GTEST_PROP(ChangePartition, NeverElectsOutsideTheIsrWhenClean, ()) {
  PartitionRegistration partition = partition_of({1, 2, 3}, {1, 2, 3}, 1);
  partition.isr.clear();
  for (NodeId id : partition.replicas) {
    if (*rc::gen::arbitrary<bool>()) partition.isr.push_back(id);
  }
  if (partition.isr.empty()) partition.isr.push_back(NodeId(2));
  partition.leader = partition.isr.front();
  int32_t alive = *rc::gen::inRange(0, 8);
  int32_t removed = *rc::gen::inRange(1, 4);
  PartitionTarget target = PartitionTarget::of(partition);
  target.isr.clear();
  target.elr_enabled = *rc::gen::arbitrary<bool>();
  for (NodeId id : partition.isr) {
    if (id.value() != removed) target.isr.push_back(id);
  }
  auto acceptable = [&](NodeId id) {
    return id.value() != removed && ((alive >> (id.value() - 1)) & 1) != 0;
  };
  auto change = change_partition(partition, target, acceptable);
  PartitionRegistration next = change ? merge(partition, *change) : partition;
  RC_ASSERT(target.elr_enabled || !next.isr.empty());
  RC_ASSERT(next.leader == kNoNode || (partition.in_isr(next.leader) && next.in_isr(next.leader)));
  RC_ASSERT(next.leader == kNoNode || acceptable(next.leader));
}

}  // namespace
}  // namespace models
