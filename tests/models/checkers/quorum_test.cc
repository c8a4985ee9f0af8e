// SPDX-License-Identifier: Apache-2.0
//
// The metadata quorum's invariants, over real logs without a protocol: a test says what each member
// holds, believes and has on disk.

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "models/checkers/invariant_set.h"
#include "models/controller/metadata_records.h"
#include "tests/support/step_fixture.h"

namespace models::tests {
namespace {

Offset at(int64_t offset) { return Offset(offset); }

class Member {
 public:
  explicit Member(int id) : id_(id) {
    (void)fixture_.disk().create_directory("logs");
    LogOpenOptions options;
    options.directory = "logs/__cluster_metadata-0";
    options.partition = {"__cluster_metadata", 0};
    auto opened = PartitionLog::open(options, fixture_.step());
    EXPECT_TRUE(opened.ok());
    log_.emplace(*std::move(opened));
  }
  PartitionLog& log() { return *log_; }
  Step& step() { return fixture_.step(); }
  // One batch that holds one record.
  void append(int epoch, const MetadataRecord& record) {
    BatchBuilder builder(
        {.base_offset = log().log_end_offset(), .leader_epoch = LeaderEpoch(epoch)});
    builder.add(1000, std::nullopt, encode(record));
    EXPECT_EQ(log().append_as_follower(builder.build(), LeaderEpoch(epoch), step()).error,
              ErrorCode::kNone);
  }
  void copy(Member& from) {
    auto read = from.log().read(log().log_end_offset(), 1 << 20, from.log().log_end_offset(), true,
                                from.step());
    log().append_as_follower(read.records, LeaderEpoch(100), step());
  }
  QuorumView view() {
    QuorumView view;
    view.node = NodeId(3000 + id_);
    view.epoch = LeaderEpoch(epoch);
    view.is_leader = leads;
    view.high_watermark = at(watermark);
    view.log = &log();
    view.vote = vote;
    view.durable_epoch = LeaderEpoch(durable_epoch);
    view.durable_vote = durable_vote;
    view.observer = &step();
    return view;
  }

  int epoch = 1;
  bool leads = false;
  int64_t watermark = 0;
  NodeId vote = kNoNode;
  int durable_epoch = -1;
  NodeId durable_vote = kNoNode;

 private:
  int id_;
  StepFixture fixture_;
  std::optional<PartitionLog> log_;
};

class Quorum : public ::testing::Test {
 protected:
  void show(Member& member) {
    auto found = invariants_.on_quorum(member.view());
    if (found && !violation_) violation_ = found;
  }
  std::string found() const { return violation_ ? violation_->signature : ""; }
  std::string text() const { return violation_ ? violation_->text : ""; }
  // `leader` leads in `epoch` and all hold `records` records, committed.
  void settle(int records) {
    one_.leads = true;
    for (int i = 0; i < records; ++i) one_.append(1, NoOpRecord());
    one_.watermark = records;
    show(one_);
    for (Member* member : {&two_, &three_}) {
      member->copy(one_);
      member->watermark = records;
      show(*member);
    }
  }

  InvariantSet invariants_ = InvariantSet::all();
  std::optional<Violation> violation_;
  Member one_{0}, two_{1}, three_{2};
};

TEST_F(Quorum, QuietWhenAllHoldTheSame) {
  settle(5);
  EXPECT_EQ(found(), "") << text();
}

TEST_F(Quorum, ReportsTwoLeadersOfOneEpoch) {
  settle(2);
  two_.leads = true;
  show(two_);
  EXPECT_EQ(found(), "one-quorum-leader-per-epoch: two leaders");
  EXPECT_EQ(text(), "in epoch 1 of the quorum both controller 3000 and controller 3001 lead");
}

TEST_F(Quorum, ReportsAnEpochThatGoesBackEvenOverARestart) {
  settle(2);
  two_.epoch = 4;
  show(two_);
  EXPECT_EQ(found(), "");
  invariants_.on_controller_down(NodeId(3001));
  two_.epoch = 3;
  two_.watermark = 0;
  show(two_);
  EXPECT_EQ(found(), "one-quorum-leader-per-epoch: epoch went back");
}

TEST_F(Quorum, ReportsALeaderWithoutWhatIsCommitted) {
  settle(3);
  one_.append(1, NoOpRecord());
  one_.watermark = 4;
  show(one_);
  two_.epoch = 2;
  two_.leads = true;
  show(two_);
  EXPECT_EQ(found(), "metadata-agrees: lost");
  EXPECT_NE(text().find("controller 3001, leader of epoch 2: 3..3 of epoch 1"), std::string::npos)
      << text();
}

TEST_F(Quorum, ReportsMembersThatCommitDifferentRecords) {
  settle(3);
  one_.append(1, NoOpRecord());
  one_.watermark = 4;
  show(one_);
  two_.epoch = 2;
  two_.append(2, NoOpRecord());
  two_.watermark = 4;
  show(two_);
  EXPECT_EQ(found(), "metadata-agrees: replaced");
}

TEST_F(Quorum, ReportsAMemberThatCutsWhatItKnewToBeCommitted) {
  settle(3);
  two_.log().truncate_to(at(1), two_.step());
  two_.watermark = 1;
  show(two_);
  EXPECT_EQ(found(), "metadata-agrees: watermark went back");
}

TEST_F(Quorum, ReportsAWatermarkPastTheLog) {
  settle(3);
  two_.watermark = 9;
  show(two_);
  EXPECT_EQ(found(), "metadata-agrees: watermark past the log");
}

TEST_F(Quorum, QuietAboutAnUncommittedTail) {
  settle(3);
  one_.append(1, NoOpRecord());
  show(one_);
  two_.epoch = 2;
  two_.leads = true;
  two_.append(2, NoOpRecord());
  show(two_);
  one_.leads = false;
  one_.epoch = 2;
  one_.log().truncate_to(at(3), one_.step());
  show(one_);
  EXPECT_EQ(found(), "") << text();
}

TEST_F(Quorum, QuietAboutADeposedLeaderThatHasNotHeardOfIt) {
  settle(3);
  two_.epoch = 2;
  two_.leads = true;
  two_.append(2, NoOpRecord());
  two_.watermark = 4;
  show(two_);
  one_.append(1, NoOpRecord());  // Where the committed one of epoch 2 is.
  show(one_);
  EXPECT_EQ(found(), "") << text();
  three_.copy(one_);  // But nobody may say that it is committed.
  three_.watermark = 4;
  show(three_);
  EXPECT_EQ(found(), "metadata-agrees: replaced");
}

TEST_F(Quorum, ReportsAVoteThatIsNotOnDisk) {
  two_.vote = NodeId(3000);
  show(two_);
  EXPECT_EQ(found(), "vote-is-durable: not flushed");
}

TEST_F(Quorum, ReportsASecondVoteInOneEpoch) {
  two_.vote = two_.durable_vote = NodeId(3000);
  two_.durable_epoch = 1;
  show(two_);
  EXPECT_EQ(found(), "") << text();
  invariants_.on_controller_down(NodeId(3001));
  two_.vote = two_.durable_vote = NodeId(3002);
  show(two_);
  EXPECT_EQ(found(), "vote-is-durable: voted twice");
}

TEST_F(Quorum, CommittedRecordsAreReplayedOneByOne) {
  settle(1);
  const Uuid id{{7, 7}};
  PartitionRegistration partition;
  partition.replicas = partition.isr = {NodeId(1), NodeId(2)};
  partition.leader = NodeId(1);
  one_.append(1, TopicRecord{"orders", id});
  one_.append(1, PartitionRecord{0, id, partition});
  one_.append(1, PartitionChangeRecord{0, id, {}, NodeId(2), {}});
  one_.watermark = 4;
  show(one_);
  EXPECT_EQ(found(), "") << text();
  ASSERT_NE(invariants_.image().find(TopicPartition{"orders", 0}), nullptr);
  EXPECT_EQ(invariants_.find(TopicPartition{"orders", 0})->registration()->leader, NodeId(2));
  // Not the leader's doing alone: what it commits is judged.
  one_.append(1, PartitionChangeRecord{0, id, {}, NodeId(5), {}});
  one_.watermark = 5;
  show(one_);
  EXPECT_EQ(found(), "metadata-sane: the leader is not in the ISR");
}

}  // namespace
}  // namespace models::tests
