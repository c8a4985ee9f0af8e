// SPDX-License-Identifier: Apache-2.0

#include "models/replication/leader_replica.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;

// Broker 1 leads epoch 5 from offset 6 on, with 4 below the watermark.
class LeaderReplicaTest : public testing::Test {
 protected:
  void SetUp() override {
    append(log, 6, 4, at);
    log.set_high_watermark(Offset(4));
    log.assign_epoch_start(version.leader_epoch, at.step());
    lead({kOne, kTwo, kThree});
  }
  void lead(std::vector<NodeId> isr) {
    image = image_of(kOne, 5, std::move(isr), version.partition_epoch.value());
    leader.on_registration(kOne, *image.find(kOrders0), image, at.step());
    leader.begin_epoch(log.log_end_offset(), /*new_leader=*/true, at.step().wall);
  }
  // `follower` fetches from `offset`.
  RemoteReplica& fetch(NodeId follower, int64_t offset) {
    RemoteReplica& replica = *leader.find(follower);
    EXPECT_TRUE(record_fetch(replica, Offset(offset), Offset(0),
                             BrokerEpoch(100 + follower.value()), log.log_end_offset(),
                             at.step().wall));
    return replica;
  }
  std::optional<AlterPartitionData> expand(RemoteReplica& replica) {
    return leader.propose_expand(replica, log, version, local, at.step());
  }
  std::optional<AlterPartitionData> shrink() {
    return leader.propose_shrink(log, version, local, at.step());
  }
  bool advance() { return leader.advance_high_watermark(log, local, at.step()); }
  ProposalOutcome result(const AlterPartitionData& sent, ErrorCode error) {
    AlterPartitionResult answer{.partition = kOrders0, .error = error};
    if (error == ErrorCode::kNone) {
      answer.leader = kOne;
      answer.leader_epoch = version.leader_epoch;
      answer.partition_epoch = version.partition_epoch + 1;
      for (const IsrMember& member : sent.new_isr) answer.isr.push_back(member.broker_id);
    }
    return leader.on_result(sent, answer, version, at.step());
  }

  StepFixture at;
  PartitionLog log = open_log(at);
  LocalBroker local{kOne, BrokerEpoch(101), 30_s};
  PartitionVersion version{LeaderEpoch(5), PartitionEpoch(2)};
  MetadataImage image;
  LeaderReplica leader;
};

TEST_F(LeaderReplicaTest, watermark_follows_the_slowest_member_and_never_falls) {
  EXPECT_FALSE(advance()) << "nobody has fetched yet";
  fetch(kTwo, 6);
  fetch(kThree, 5);
  EXPECT_TRUE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(5));
  fetch(kThree, 3);
  EXPECT_FALSE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(5));
}

TEST_F(LeaderReplicaTest, watermark_stands_still_below_min_isr) {
  TopicConfig config;
  config.min_insync_replicas = 2;
  log.set_config(config);
  lead({kOne});
  EXPECT_FALSE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(4));
  EXPECT_EQ(at.marks().of(Mark::kHighWatermarkFrozenBelowMinIsr), 1);
  lead({kOne, kTwo});
  fetch(kTwo, 6);
  EXPECT_TRUE(advance());
}

TEST_F(LeaderReplicaTest, member_without_fetches_is_shrunk_only_after_the_lag_limit) {
  append(log, 1, 5, at);
  fetch(kTwo, 7);
  at.advance(30_s);
  EXPECT_EQ(shrink(), std::nullopt);
  at.advance(1_ms);
  std::optional<AlterPartitionData> proposal = shrink();
  ASSERT_TRUE(proposal);
  EXPECT_THAT(proposal->new_isr,
              ElementsAre(IsrMember{kOne, BrokerEpoch(101)}, IsrMember{kTwo, BrokerEpoch(102)}));
  EXPECT_EQ(proposal->leader_epoch, LeaderEpoch(5));
  EXPECT_EQ(proposal->partition_epoch, PartitionEpoch(2));
}

TEST_F(LeaderReplicaTest, level_member_is_never_shrunk_however_long_ago_it_fetched) {
  fetch(kTwo, 6);
  fetch(kThree, 6);
  at.advance(300_s);
  EXPECT_EQ(shrink(), std::nullopt);
}

TEST_F(LeaderReplicaTest, member_that_never_fetched_is_named_without_broker_epoch) {
  lead({kOne, kTwo});
  fetch(kThree, 6);
  std::optional<AlterPartitionData> proposal = expand(*leader.find(kThree));
  ASSERT_TRUE(proposal);
  EXPECT_THAT(proposal->new_isr,
              ElementsAre(IsrMember{kOne, BrokerEpoch(101)}, IsrMember{kTwo, kNoBrokerEpoch},
                          IsrMember{kThree, BrokerEpoch(103)}));
}

TEST_F(LeaderReplicaTest, follower_at_the_watermark_waits_for_the_epochs_start) {
  lead({kOne, kTwo});
  EXPECT_EQ(expand(fetch(kThree, 4)), std::nullopt) << "4, 5 may be committed already";
  EXPECT_EQ(at.marks().of(Mark::kIsrExpandWaitsForEpochStart), 1);
  EXPECT_NE(expand(fetch(kThree, 6)), std::nullopt);
}

TEST_F(LeaderReplicaTest, under_kafka_7128_joins_at_the_watermark_below_the_epochs_start) {
  at.mutations().insert(Mutation::kKafka7128);
  lead({kOne, kTwo});
  EXPECT_EQ(expand(fetch(kThree, 3)), std::nullopt) << "even then not below the watermark";
  EXPECT_NE(expand(fetch(kThree, 4)), std::nullopt);
}

TEST_F(LeaderReplicaTest, ineligible_follower_is_not_proposed) {
  lead({kOne, kTwo});
  image.brokers[kThree].fenced = true;
  leader.on_brokers(image);
  EXPECT_EQ(expand(fetch(kThree, 6)), std::nullopt);
}

TEST_F(LeaderReplicaTest, pending_expansion_counts_for_the_watermark_and_bars_other_proposals) {
  lead({kOne, kTwo});
  append(log, 2, 5, at);
  fetch(kTwo, 8);
  ASSERT_TRUE(expand(fetch(kThree, 6)));
  EXPECT_EQ(leader.maximal_isr_size(), 3u);
  EXPECT_THAT(leader.isr(), ElementsAre(kOne, kTwo)) << "not committed yet";
  at.advance(31_s);
  EXPECT_TRUE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(6)) << "waits for 3, though it lags by now";
  EXPECT_EQ(shrink(), std::nullopt) << "one proposal at a time";
}

TEST_F(LeaderReplicaTest, pending_shrink_still_counts_the_member_until_it_is_committed) {
  append(log, 2, 5, at);
  fetch(kTwo, 8);
  fetch(kThree, 6);
  at.advance(31_s);
  fetch(kTwo, 8);
  std::optional<AlterPartitionData> proposal = shrink();
  ASSERT_TRUE(proposal);
  EXPECT_TRUE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(6));
  EXPECT_EQ(result(*proposal, ErrorCode::kNone), ProposalOutcome::kCommitted);
  EXPECT_EQ(version.partition_epoch, PartitionEpoch(3));
  EXPECT_THAT(leader.isr(), ElementsAre(kOne, kTwo));
  EXPECT_TRUE(advance());
  EXPECT_EQ(log.high_watermark(), Offset(8));
  EXPECT_EQ(at.marks().of(Mark::kIsrShrunk), 1);
}

TEST_F(LeaderReplicaTest, each_error_of_alter_partition_has_its_rule) {
  struct Row {
    ErrorCode error;
    ProposalOutcome outcome;
  };
  const Row kTable[] = {
      {ErrorCode::kOperationNotAttempted, ProposalOutcome::kReverted},
      {ErrorCode::kIneligibleReplica, ProposalOutcome::kReverted},
      {ErrorCode::kUnknownTopicOrPartition, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kUnknownTopicId, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kFencedLeaderEpoch, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kInvalidUpdateVersion, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kInvalidRequest, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kNewLeaderElected, ProposalOutcome::kAwaitsMetadata},
      {ErrorCode::kUnknownServerError, ProposalOutcome::kRetry},
      {ErrorCode::kNetworkException, ProposalOutcome::kRetry},
  };
  for (const Row& row : kTable) {
    lead({kOne, kTwo});
    std::optional<AlterPartitionData> proposal = expand(fetch(kThree, 6));
    ASSERT_TRUE(proposal);
    EXPECT_EQ(result(*proposal, row.error), row.outcome) << name_of(row.error);
    EXPECT_EQ(leader.has_pending_proposal(), row.outcome != ProposalOutcome::kReverted)
        << name_of(row.error);
    EXPECT_THAT(leader.isr(), ElementsAre(kOne, kTwo)) << name_of(row.error);
  }
}

TEST_F(LeaderReplicaTest, metadata_overrides_a_proposal_and_its_late_result_is_ignored) {
  lead({kOne, kTwo});
  std::optional<AlterPartitionData> proposal = expand(fetch(kThree, 6));
  ASSERT_TRUE(proposal);
  image = image_of(kOne, 5, {kOne}, 3);
  leader.on_registration(kOne, *image.find(kOrders0), image, at.step());
  version.partition_epoch = PartitionEpoch(3);
  EXPECT_EQ(result(*proposal, ErrorCode::kNone), ProposalOutcome::kStale);
  EXPECT_THAT(leader.isr(), ElementsAre(kOne));
}

TEST_F(LeaderReplicaTest, result_of_an_older_partition_epoch_is_ignored) {
  lead({kOne, kTwo});
  std::optional<AlterPartitionData> proposal = expand(fetch(kThree, 6));
  ASSERT_TRUE(proposal);
  AlterPartitionResult old{.partition = kOrders0,
                           .leader = kOne,
                           .leader_epoch = LeaderEpoch(5),
                           .isr = {kOne, kTwo, kThree},
                           .partition_epoch = PartitionEpoch(1)};
  EXPECT_EQ(leader.on_result(*proposal, old, version, at.step()), ProposalOutcome::kStale);
  old.partition_epoch = PartitionEpoch(3);
  old.leader_epoch = LeaderEpoch(6);
  EXPECT_EQ(leader.on_result(*proposal, old, version, at.step()), ProposalOutcome::kStale);
  EXPECT_TRUE(leader.has_pending_proposal());
}

}  // namespace
}  // namespace models
