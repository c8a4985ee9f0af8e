// SPDX-License-Identifier: Apache-2.0
//
// Quorums of three and five under everything that may happen to them, seed by seed: one leader an
// epoch, one vote an epoch, what is committed stays and is the same for all; and when all is healed
// a leader is there and appends go on. The quorum's bugs of the museum break each of these.

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <string>
#include <vector>

#include "tests/models/raft/raft_cluster.h"

namespace models {
namespace {

using namespace sim::literals;

constexpr uint64_t kSeeds = 60;

struct Hardships {
  bool power_losses = true;
  bool cuts = true;
  bool losses = true;
};

// Forty rounds of harm, with appends between them.
void harm(RaftCluster& at, const Hardships& hard) {
  for (int round = 0; round < 40 && at.wrong().empty(); ++round) {
    int victim = static_cast<int>(at.rng().below(static_cast<uint64_t>(at.voters())));
    switch (at.rng().below(6)) {
      case 0:
        at.crash(victim, hard.power_losses && at.rng().chance({1, 2}));
        break;
      case 1:
        if (hard.cuts)
          at.cut(victim, static_cast<int>(at.rng().below(static_cast<uint64_t>(at.voters()))));
        break;
      case 2:
        at.heal();
        break;
      case 3:
        if (hard.power_losses) {  // Everybody at once.
          for (int i = 0; i < at.voters(); ++i) at.crash(i, true);
        }
        break;
      case 4:
        if (hard.losses) at.set_loss({static_cast<int64_t>(at.rng().below(3)), 10});
        break;
      default:
        if (auto leader = at.leader()) at.crash(*leader, hard.power_losses);
    }
    for (int i = 0; i < 5; ++i) {
      at.append_at_leader();
      at.run(sim::Duration::millis(at.rng().between(0, 120)));
    }
    at.run(sim::Duration::millis(at.rng().between(0, 2500)));
    for (int i = 0; i < at.voters(); ++i) {
      if (at.rng().chance({2, 3})) at.boot(i);
    }
  }
}

void heal(RaftCluster& at) {
  at.heal();
  at.set_loss({0, 1});
  for (int i = 0; i < at.voters(); ++i) at.boot(i);
}

TEST(RaftProperty, KeepsItsPromisesAndGoesOnWhenHealed) {
  Marks seen;
  std::array<int64_t, kMarkCount> marks{};
  int64_t committed = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RaftCluster at(seed % 2 == 0 ? 5 : 3, seed);
    harm(at, {});
    ASSERT_EQ(at.wrong(), "") << "seed " << seed;
    heal(at);
    at.run(15_s);
    ASSERT_TRUE(at.leader()) << "seed " << seed;
    int64_t before = at.committed();
    ASSERT_TRUE(at.append_at_leader());
    at.run(2_s);
    ASSERT_EQ(at.wrong(), "") << "seed " << seed;
    EXPECT_GT(at.committed(), before) << "seed " << seed;
    for (int i = 0; i < at.voters(); ++i)
      EXPECT_EQ(at.raft(i).committed(), at.raft(*at.leader()).committed()) << "seed " << seed;
    committed += at.committed();
    for (int i = 0; i < kMarkCount; ++i) marks[static_cast<size_t>(i)] += at.marks().of(Mark(i));
  }
  EXPECT_GT(committed, 1000);
  // A campaign that meets none of these would prove little.
  for (Mark mark :
       {Mark::kPreVoteGranted, Mark::kPreVoteRejected, Mark::kVoteGranted, Mark::kVoteRejected,
        Mark::kElectionLost, Mark::kElectionTimedOut, Mark::kQuorumLeaderElected,
        Mark::kQuorumEpochBumped, Mark::kQuorumRequestFenced, Mark::kQuorumLogTruncated,
        Mark::kQuorumDivergenceAnswered, Mark::kCommitWaitsForOwnEpoch,
        Mark::kResignedByCheckQuorum, Mark::kQuorumLeaderFound, Mark::kQuorumStateRead}) {
    EXPECT_GT(marks[static_cast<size_t>(mark)], 0) << name_of(mark);
  }
}

// Whether some seed finds what begins with one of `words`; what it finds else is printed.
bool finds(Mutation mutation, const std::vector<std::string>& words) {
  std::string others;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    RaftCluster at(3, seed, {mutation});
    harm(at, {});
    for (const std::string& word : words) {
      if (at.wrong().starts_with(word)) return true;
    }
    if (others.empty()) others = at.wrong();
  }
  std::cout << "found only: " << others << "\n";
  return false;
}

TEST(RaftProperty, FindsALogThatIsNotFlushed) {
  EXPECT_TRUE(finds(Mutation::kKafka10533, {"committed record", "halted"}));
}

TEST(RaftProperty, FindsAVoteThatIsNotPersisted) {
  EXPECT_TRUE(finds(Mutation::kVoteNotPersisted, {"two votes", "two leaders"}));
}

TEST(RaftProperty, FindsALeaderThatStaysWithoutAMajority) {
  for (bool wrong : {false, true}) {
    RaftCluster at(3, 1, wrong ? std::vector{Mutation::kKafka15489} : std::vector<Mutation>());
    at.run(10_s);
    ASSERT_TRUE(at.leader());
    int old = *at.leader();
    for (int i = 0; i < 3; ++i) {
      if (i != old) at.cut(old, i);
    }
    at.run(10_s);
    EXPECT_EQ(at.raft(old).leads(), wrong);
  }
}

TEST(RaftProperty, IsElectedWithinSecondsOfACrash) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    RaftCluster at(3, seed);
    at.run(10_s);
    ASSERT_TRUE(at.leader());
    int old = *at.leader();
    at.crash(old, false);
    at.run(6_s);  // Fetch timeout and two longest elections.
    ASSERT_TRUE(at.leader()) << "seed " << seed;
    EXPECT_NE(*at.leader(), old);
  }
}

}  // namespace
}  // namespace models
