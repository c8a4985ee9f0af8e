// SPDX-License-Identifier: Apache-2.0
//
// What one leader of a quorum of three does, told by hand what the other voters say.

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "models/raft/raft.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

using namespace sim::literals;

class LeaderOfThreeTest : public ::testing::Test {
 protected:
  static constexpr NodeId kFollower{3001};

  void SetUp() override {
    RaftOptions options{.node_id = NodeId(3000),
                        .voters = {NodeId(3000), NodeId(3001), NodeId(3002)},
                        .log_directory = "kafka-logs"};
    auto opened = Raft::open(options, at_.step());
    ASSERT_TRUE(opened.ok()) << opened.status();
    raft_.emplace(*std::move(opened));
    at_.advance(10_s);
    raft_->on_timer({Timer::kQuorumTimeout}, at_.step());
    for (int round = 0; round < 2; ++round) {  // The pre-vote, and the vote.
      settle();
      ASSERT_FALSE(at_.sent<VoteRequest>().empty());
      at_.clear();
      raft_->on_reply(kFollower, VoteResponse{.leader_epoch = raft_->epoch(), .vote_granted = true},
                      at_.step());
    }
    settle();
    fetch(0);
    fetch(1);  // Now the record of this epoch is committed.
    ASSERT_TRUE(raft_->leads());
    at_.clear();
  }
  void settle() {
    for (;;) {
      std::vector<Flush> flushes = at_.all<Flush>();
      std::erase_if(at_.effects().list(),
                    [](const Effect& effect) { return std::holds_alternative<Flush>(effect); });
      if (flushes.empty()) return;
      for (const Flush& flush : flushes) raft_->on_flushed(flush.key, at_.step());
    }
  }
  void fetch(int64_t offset) {
    FetchRequest request;
    request.replica_id = kFollower;
    request.max_wait_ms = 500;
    FetchPartition& wanted = request.partitions.emplace_back();
    wanted.partition = {std::string(kMetadataTopic), 0};
    wanted.current_leader_epoch = raft_->epoch();
    wanted.fetch_offset = Offset(offset);
    wanted.last_fetched_epoch = offset == 0 ? LeaderEpoch(0) : raft_->epoch();
    wanted.high_watermark = raft_->committed();
    wanted.partition_max_bytes = request.max_bytes = 1 << 20;
    raft_->on_request(RequestToken(++requests_), request, at_.step());
  }
  bool counted_anew() const {
    std::vector<ArmTimer> armed = at_.all<ArmTimer>();
    return std::any_of(armed.begin(), armed.end(), [](const ArmTimer& timer) {
      return timer.key == TimerKey{Timer::kCheckQuorum};
    });
  }

  StepFixture at_;
  std::optional<Raft> raft_;
  uint64_t requests_ = 0;
};

TEST_F(LeaderOfThreeTest, AFetchThatWaitedCountsForTheQuorumOnceMoreWhenItIsAnswered) {
  fetch(1);
  EXPECT_TRUE(counted_anew());
  EXPECT_TRUE(at_.replies<FetchResponse>().empty()) << "it waits";
  at_.clear();
  at_.advance(400_ms);
  raft_->append({"record"}, at_.step());
  raft_->on_timer({Timer::kControllerAppend}, at_.step());
  settle();
  EXPECT_EQ(at_.replies<FetchResponse>().size(), 1u);
  EXPECT_TRUE(counted_anew());
}

TEST_F(LeaderOfThreeTest, CommitsOnlyWhatAnotherHasToo) {
  Offset last = raft_->append({"record"}, at_.step());
  raft_->on_timer({Timer::kControllerAppend}, at_.step());
  EXPECT_EQ(raft_->committed(), last) << "neither written";
  settle();
  EXPECT_EQ(raft_->committed(), last) << "nor flushed here";
  fetch(last.value() + 1);
  EXPECT_EQ(raft_->committed(), last + 1);
}

}  // namespace
}  // namespace models
