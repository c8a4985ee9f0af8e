// SPDX-License-Identifier: Apache-2.0

#include "models/raft/quorum_state.h"

#include <gtest/gtest.h>

#include "models/raft/leader_state.h"
#include "models/raft/quorum_peers.h"
#include "models/raft/quorum_state_file.h"
#include "sim/check.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

const NodeId kA(3000), kB(3001), kC(3002);
const std::vector<NodeId> kVoters{kA, kB, kC};

LeaderEpoch epoch(int32_t value) { return LeaderEpoch(value); }

QuorumState fresh(ElectionState found = {}) { return QuorumState(kA, kVoters, found, epoch(-1)); }

QuorumState candidate() {
  QuorumState state = fresh();
  state.become_prospective();
  state.record_vote(kB, true);
  state.become_candidate();
  return state;
}

QuorumState leader() {
  QuorumState state = candidate();
  state.record_vote(kC, true);
  state.become_leader();
  return state;
}

TEST(QuorumState, StartsAsWhatItKept) {
  EXPECT_EQ(fresh().role(), QuorumRole::kUnattached);
  EXPECT_EQ(fresh({epoch(4), kB, kNoNode}).role(), QuorumRole::kFollower);
  EXPECT_EQ(fresh({epoch(4), kNoNode, kB}).role(), QuorumRole::kUnattached);
  EXPECT_FALSE(fresh({epoch(4), kNoNode, kB}).can_grant_vote(kC, true, false));
  EXPECT_EQ(fresh({epoch(4), kNoNode, kA}).role(), QuorumRole::kCandidate);
  QuorumState resigned = fresh({epoch(4), kA, kNoNode});
  EXPECT_EQ(resigned.role(), QuorumRole::kResigned);
  EXPECT_FALSE(resigned.can_grant_vote(kB, true, false));
  QuorumState behind(kA, kVoters, {epoch(4), kA, kNoNode}, epoch(5));
  EXPECT_EQ(behind.role(), QuorumRole::kUnattached);
  EXPECT_EQ(behind.epoch(), epoch(5));
}

TEST(QuorumState, AProspectiveKeepsItsEpochAndACandidateBeginsOne) {
  QuorumState state = fresh({epoch(4), kB, kNoNode});
  state.become_prospective();
  EXPECT_EQ(state.epoch(), epoch(4));
  EXPECT_EQ(state.leader(), kB);
  EXPECT_THROW(state.become_candidate(), sim::CheckFailure);  // Nobody has agreed.
  state.record_vote(kC, true);
  state.become_candidate();
  EXPECT_EQ(state.election(), (ElectionState{epoch(5), kNoNode, kA}));
}

TEST(QuorumState, OneVoteAnEpoch) {
  QuorumState state = fresh();
  EXPECT_TRUE(state.can_grant_vote(kB, true, false));
  EXPECT_FALSE(state.can_grant_vote(kB, false, false));  // Its log lacks something.
  state.grant_vote(kB);
  EXPECT_TRUE(state.can_grant_vote(kB, false, false));  // Again, for the same.
  EXPECT_FALSE(state.can_grant_vote(kC, true, false));
  state.become_unattached(epoch(1));
  EXPECT_TRUE(state.can_grant_vote(kC, true, false));
}

TEST(QuorumState, KeepsItsVoteThroughProspective) {
  QuorumState state = fresh({epoch(3), kNoNode, kB});
  state.become_prospective();
  EXPECT_FALSE(state.can_grant_vote(kC, true, false));
  state.become_unattached(epoch(3));
  EXPECT_EQ(state.election().voted, kB);
  state.become_follower(epoch(3), kC);
  EXPECT_EQ(state.election(), (ElectionState{epoch(3), kC, kB}));
}

TEST(QuorumState, APreVoteIsRefusedByWhoHearsFromItsLeader) {
  QuorumState state = fresh({epoch(4), kB, kNoNode});
  EXPECT_TRUE(state.can_grant_vote(kC, true, true));
  EXPECT_FALSE(state.can_grant_vote(kC, false, true));
  state.on_successful_fetch();
  EXPECT_FALSE(state.can_grant_vote(kC, true, true));
  state.become_prospective();
  EXPECT_TRUE(state.can_grant_vote(kC, true, true));
  EXPECT_FALSE(leader().can_grant_vote(kC, true, true));
  QuorumState resigned = leader();
  resigned.become_resigned();
  EXPECT_TRUE(resigned.can_grant_vote(kC, true, true));
  EXPECT_FALSE(resigned.can_grant_vote(kC, true, false));
}

TEST(QuorumState, ATwoThirdsRefusalIsKnownAtOnce) {
  QuorumState state = candidate();
  EXPECT_FALSE(state.votes().is_rejected());
  state.record_vote(kB, false);
  EXPECT_FALSE(state.votes().is_rejected());
  state.record_vote(kC, false);
  EXPECT_TRUE(state.votes().is_rejected());
  EXPECT_EQ(candidate().votes().unrecorded(), (std::vector<NodeId>{kB, kC}));
}

TEST(QuorumState, LeavesNoRoleByAnyOtherWay) {
  EXPECT_THROW(leader().become_prospective(), sim::CheckFailure);
  EXPECT_THROW(leader().become_follower(epoch(1), kB), sim::CheckFailure);
  EXPECT_THROW(fresh().become_leader(), sim::CheckFailure);
  EXPECT_THROW(fresh().become_resigned(), sim::CheckFailure);
  EXPECT_THROW(candidate().become_unattached(epoch(1)), sim::CheckFailure);
  QuorumState state = leader();
  state.become_follower(epoch(2), kB);
  EXPECT_EQ(state.role(), QuorumRole::kFollower);
}

TEST(LeaderState, CommitsOnlyWithARecordOfItsEpoch) {
  LeaderState state(kA, kVoters, Offset(10));
  EXPECT_FALSE(state.on_end(kA, Offset(11)));
  EXPECT_FALSE(state.on_end(kB, Offset(10)));  // All that was there, but nothing of this epoch.
  EXPECT_TRUE(state.waits_for_own_record());
  EXPECT_FALSE(state.high_watermark());
  EXPECT_TRUE(state.on_end(kB, Offset(11)));
  EXPECT_EQ(state.high_watermark(), Offset(11));
  LeaderState wrong(kA, kVoters, Offset(10));
  wrong.on_end(kA, Offset(11), true);
  EXPECT_TRUE(wrong.on_end(kB, Offset(10), true));  // KAFKA-12619.
}

TEST(LeaderState, CommitsWhatAMajorityHas) {
  std::vector<NodeId> five{kA, kB, kC, NodeId(3003), NodeId(3004)};
  LeaderState state(kA, five, Offset(0));
  state.on_end(kA, Offset(9));
  EXPECT_FALSE(state.on_end(kB, Offset(7)));
  EXPECT_TRUE(state.on_end(kC, Offset(5)));
  EXPECT_EQ(state.high_watermark(), Offset(5));
  EXPECT_FALSE(state.on_end(kC, Offset(2)));  // Never falls.
  EXPECT_EQ(state.high_watermark(), Offset(5));
  EXPECT_FALSE(state.on_end(NodeId(1), Offset(9)));  // An observer.
  EXPECT_EQ(state.successors().front(), kB);
}

TEST(LeaderState, CountsItselfAmongThoseWhoFetch) {
  LeaderState three(kA, kVoters, Offset(0));
  EXPECT_FALSE(three.on_fetch(NodeId(1)));
  EXPECT_TRUE(three.on_fetch(kB));
  LeaderState five(kA, {kA, kB, kC, NodeId(3003), NodeId(3004)}, Offset(0));
  EXPECT_FALSE(five.on_fetch(kB));
  EXPECT_FALSE(five.on_fetch(kB));
  EXPECT_TRUE(five.on_fetch(kC));
  EXPECT_FALSE(five.on_fetch(kC));  // Counts anew.
}

TEST(QuorumPeers, OneRequestEachAndNothingOfFormerStates) {
  QuorumPeers peers(kVoters, kA);
  EXPECT_TRUE(peers.is_ready(kB));
  EXPECT_FALSE(peers.is_ready(kA));
  peers.on_sent(kB);
  EXPECT_FALSE(peers.is_ready(kB));
  EXPECT_TRUE(peers.any_in_flight());
  peers.reset();
  EXPECT_TRUE(peers.is_ready(kB));
  peers.on_sent(kB);
  EXPECT_FALSE(peers.on_settled(kB));  // The one from before.
  EXPECT_TRUE(peers.on_settled(kB));
  peers.back_off(kB);
  EXPECT_FALSE(peers.is_ready(kB));
  peers.on_backoff_over(kB);
  EXPECT_TRUE(peers.is_ready(kB));
}

TEST(QuorumStateFile, IsKafkasText) {
  ElectionState state{epoch(2), kA, kNoNode};
  std::string text = encode_quorum_state(state, {kA, kB});
  EXPECT_EQ(text,
            "{\"clusterId\":\"\",\"leaderId\":3000,\"leaderEpoch\":2,\"votedId\":-1,"
            "\"appliedOffset\":0,\"currentVoters\":[{\"voterId\":3000},{\"voterId\":3001}],"
            "\"data_version\":0}");
  EXPECT_EQ(*decode_quorum_state(text), state);
  EXPECT_FALSE(decode_quorum_state(text.substr(0, 40)).ok());
  EXPECT_FALSE(decode_quorum_state("").ok());
}

TEST(QuorumStateFile, IsInPlaceOnlyWhenItsBytesAreDurable) {
  StepFixture at;
  ASSERT_TRUE(at.disk().create_directory("log").ok());
  QuorumStateFile file("log");
  EXPECT_FALSE(file.read(at.step())->has_value());
  ElectionState state{epoch(2), kNoNode, kB};
  ASSERT_TRUE(file.begin(state, kVoters, at.step()).ok());
  EXPECT_FALSE(at.disk().exists("log/quorum-state"));
  EXPECT_EQ(at.all<Flush>().back().key, QuorumStateFile::kFileKey);
  ASSERT_TRUE(file.on_flushed(QuorumStateFile::kFileKey, at.step()).ok());
  EXPECT_TRUE(file.is_writing());
  EXPECT_EQ(at.all<Flush>().back().directory, "log");
  ASSERT_TRUE(file.on_flushed(QuorumStateFile::kDirectoryKey, at.step()).ok());
  EXPECT_FALSE(file.is_writing());
  EXPECT_EQ(**file.read(at.step()), state);
}

}  // namespace
}  // namespace models
