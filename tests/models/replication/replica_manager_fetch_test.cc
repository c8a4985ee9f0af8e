// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

constexpr RequestToken kToken{7};

// Broker 1 leads epoch 1 of "orders-0" with ISR {1,2} and holds `records` records.
struct Leader : OneBroker {
  explicit Leader(int records, std::vector<NodeId> isr = {kOne, kTwo}) {
    lead(std::move(isr));
    for (int i = 0; i < records; ++i) {
      manager.on_produce(RequestToken(1), produce_request(1), at.step());
    }
    at.clear();
  }
  void fetch(const FetchRequest& request) { manager.on_fetch(kToken, request, at.step()); }
};

TEST(ReplicaManagerFetch, follower_reads_to_the_log_end_and_a_consumer_to_the_watermark) {
  Leader broker(3);
  broker.fetch(fetch_request(kTwo, 0, 1));
  EXPECT_FALSE(broker.fetched().records.empty());
  broker.at.clear();
  broker.fetch(fetch_request(kNoNode, 0, 1));
  EXPECT_TRUE(broker.at.replies<FetchResponse>().empty()) << "nothing is committed: it waits";
  broker.fetch(fetch_request(kTwo, 3, 1, 1));
  auto replies = broker.at.replies<FetchResponse>();
  ASSERT_EQ(replies.size(), 1u) << "the consumer's, when the watermark rises";
  EXPECT_EQ(replies[0].second.partitions[0].high_watermark, Offset(3));
  EXPECT_FALSE(replies[0].second.partitions[0].records.empty());
}

TEST(ReplicaManagerFetch, reply_carries_the_watermark_from_before_the_fetch_counted) {
  Leader broker(2);
  broker.fetch(fetch_request(kTwo, 1, 1, 1));
  EXPECT_EQ(broker.fetched().high_watermark, Offset(0));
  EXPECT_EQ(broker.watermark(), 1);
}

TEST(ReplicaManagerFetch, at_the_log_end_waits_for_the_next_record) {
  Leader broker(1);
  broker.fetch(fetch_request(kTwo, 1, 1, 1));
  EXPECT_TRUE(broker.at.replies<FetchResponse>().empty());
  ASSERT_EQ(broker.at.all<ArmTimer>().size(), 1u);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].after, 500_ms);
  broker.at.clear();
  broker.manager.on_produce(RequestToken(9), produce_request(1), broker.at.step());
  EXPECT_FALSE(broker.fetched().records.empty());
  EXPECT_EQ(broker.fetched().high_watermark, Offset(1));
  EXPECT_EQ(broker.at.all<CancelTimer>().size(), 1u);
}

TEST(ReplicaManagerFetch, that_waits_long_enough_is_answered_empty) {
  Leader broker(1);
  broker.fetch(fetch_request(kTwo, 1, 1, 1));
  TimerKey timer = broker.at.all<ArmTimer>().at(0).key;
  broker.at.clear();
  broker.manager.on_timer(timer, broker.at.step());
  EXPECT_EQ(broker.fetched().error, ErrorCode::kNone);
  EXPECT_TRUE(broker.fetched().records.empty());
  EXPECT_TRUE(broker.at.all<CancelTimer>().empty());
}

TEST(ReplicaManagerFetch, waits_for_min_bytes) {
  Leader broker(1);
  FetchRequest request = fetch_request(kTwo, 0, 1);
  int64_t one_batch = static_cast<int64_t>(batch_of(1).size());
  request.min_bytes = static_cast<int32_t>(one_batch + 1);
  broker.fetch(request);
  EXPECT_TRUE(broker.at.replies<FetchResponse>().empty());
  broker.manager.on_produce(RequestToken(9), produce_request(1), broker.at.step());
  EXPECT_EQ(broker.fetched().records.size(), static_cast<size_t>(2 * one_batch));
}

TEST(ReplicaManagerFetch, with_an_older_or_newer_leader_epoch_is_refused) {
  Leader broker(1);
  broker.publish(image_of(kOne, 3, {kOne, kTwo}, 2));
  broker.at.clear();
  broker.fetch(fetch_request(kTwo, 1, 2, 1));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(broker.fetched().current_leader, kOne);
  EXPECT_EQ(broker.fetched().current_leader_epoch, LeaderEpoch(3));
  broker.at.clear();
  broker.fetch(fetch_request(kTwo, 1, 4, 1));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kUnknownLeaderEpoch);
  broker.at.clear();
  broker.fetch(fetch_request(NodeId(9), 1, 3, 1));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kUnknownLeaderEpoch) << "not a replica of it";
}

TEST(ReplicaManagerFetch, of_a_diverged_follower_is_told_where_and_is_no_progress) {
  Leader broker(2);
  broker.publish(image_of(kOne, 3, {kOne, kTwo}, 2));  // Epoch 3 begins at 2.
  broker.manager.on_produce(RequestToken(1), produce_request(1), broker.at.step());
  broker.at.clear();
  broker.fetch(fetch_request(kTwo, 5, 3, 2));
  FetchPartitionData data = broker.fetched();
  EXPECT_EQ(data.error, ErrorCode::kNone);
  ASSERT_TRUE(data.diverging_epoch);
  EXPECT_EQ(*data.diverging_epoch, (EpochEndOffset{LeaderEpoch(1), Offset(2)}));
  EXPECT_TRUE(data.records.empty());
  EXPECT_EQ(broker.orders().as_leader.remotes()[0].log_end, kNoOffset);
  EXPECT_EQ(broker.watermark(), 0);
  EXPECT_EQ(broker.at.marks().of(Mark::kDivergedFetchAnswered), 1);
}

TEST(ReplicaManagerFetch, same_epoch_but_past_its_end_here_is_divergence_too) {
  Leader broker(2);
  broker.fetch(fetch_request(kTwo, 5, 1, 1));
  ASSERT_TRUE(broker.fetched().diverging_epoch);
  EXPECT_EQ(broker.fetched().diverging_epoch->end_offset, Offset(2));
}

TEST(ReplicaManagerFetch, outside_the_log_is_out_of_range) {
  Leader broker(2);
  broker.fetch(fetch_request(kTwo, 5, 1));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(broker.fetched().high_watermark, kNoOffset);
}

TEST(ReplicaManagerFetch, of_a_life_that_ended_is_refused) {
  Leader broker(1);
  MetadataImage image = image_of(kOne, 1, {kOne, kTwo}, 1);
  image.brokers[kTwo].epoch = BrokerEpoch(500);
  broker.publish(image);
  broker.at.clear();
  broker.fetch(fetch_request(kTwo, 1, 1, 1));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(broker.watermark(), 0);
}

TEST(ReplicaManagerFetch, leadership_loss_answers_what_waits) {
  Leader broker(1);
  broker.fetch(fetch_request(kTwo, 1, 1, 1));
  broker.at.clear();
  broker.publish(image_of(kTwo, 2, {kTwo}, 2));
  EXPECT_EQ(broker.fetched().error, ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(broker.fetched().current_leader, kTwo);
}

TEST(ReplicaManagerFetch, unknown_partition_does_not_hasten_the_others) {
  Leader broker(1);
  FetchRequest request = fetch_request(kTwo, 1, 1, 1);
  request.partitions.push_back({.partition = {"nothing", 0}});
  broker.fetch(request);
  EXPECT_TRUE(broker.at.replies<FetchResponse>().empty());
  TimerKey timer = broker.at.all<ArmTimer>().at(0).key;
  broker.manager.on_timer(timer, broker.at.step());
  auto replies = broker.at.replies<FetchResponse>();
  ASSERT_EQ(replies.size(), 1u);
  ASSERT_EQ(replies[0].second.partitions.size(), 2u);
  EXPECT_EQ(replies[0].second.partitions[1].error, ErrorCode::kUnknownTopicOrPartition);
}

TEST(ReplicaManagerFetch, returning_follower_is_proposed_for_the_isr) {
  Leader broker(2, {kOne, kTwo});
  broker.fetch(fetch_request(kThree, 2, 1, 1));
  auto sent = broker.at.sent<AlterPartitionRequest>();
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_EQ(sent[0].second.partitions.size(), 1u);
  EXPECT_THAT(
      sent[0].second.partitions[0].new_isr,
      testing::ElementsAre(IsrMember{kOne, BrokerEpoch(101)}, IsrMember{kTwo, kNoBrokerEpoch},
                           IsrMember{kThree, BrokerEpoch(103)}));
}

TEST(ReplicaManagerFetch,
     isr_check_proposes_to_drop_a_silent_member_and_the_commit_frees_the_wait) {
  OneBroker broker;
  broker.lead({kOne, kTwo});
  broker.manager.on_produce(RequestToken(1), produce_request(-1, 1, 60000), broker.at.step());
  broker.at.clear();
  broker.at.advance(30_s);
  broker.manager.on_timer({Timer::kIsrCheck, 0}, broker.at.step());
  EXPECT_TRUE(broker.at.sent<AlterPartitionRequest>().empty()) << "30 s is the limit itself";
  ASSERT_EQ(broker.at.all<ArmTimer>().size(), 1u);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].after, 15_s);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].awaits_node, kTwo);
  broker.at.advance(1_s);
  broker.manager.on_timer({Timer::kIsrCheck, 0}, broker.at.step());
  auto sent = broker.at.sent<AlterPartitionRequest>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(broker.watermark(), 0) << "the member counts until the controller agrees";

  AlterPartitionResponse response;
  response.partitions.push_back({.partition = kOrders0,
                                 .leader = kOne,
                                 .leader_epoch = LeaderEpoch(1),
                                 .isr = {kOne},
                                 .partition_epoch = PartitionEpoch(2),
                                 .topic_id = sent[0].second.partitions[0].topic_id});
  broker.at.clear();
  broker.manager.on_alter_partition_response(response, sent[0].second, broker.at.step());
  EXPECT_EQ(broker.watermark(), 1);
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNone);
}

TEST(ReplicaManagerFetch, refused_proposal_is_made_again_by_the_next_fetch) {
  Leader broker(2, {kOne, kTwo});
  broker.fetch(fetch_request(kThree, 2, 1, 1));
  AlterPartitionRequest sent = broker.at.sent<AlterPartitionRequest>().at(0).second;
  AlterPartitionResponse response;
  response.partitions.push_back({.partition = kOrders0,
                                 .error = ErrorCode::kIneligibleReplica,
                                 .topic_id = sent.partitions[0].topic_id});
  broker.at.clear();
  broker.manager.on_alter_partition_response(response, sent, broker.at.step());
  EXPECT_TRUE(broker.at.sent<AlterPartitionRequest>().empty());
  broker.fetch(fetch_request(kThree, 2, 1, 1));
  EXPECT_EQ(broker.at.sent<AlterPartitionRequest>().size(), 1u);
}

TEST(ReplicaManagerFetch, list_offsets_gives_clients_the_watermark_and_followers_the_log_end) {
  Leader broker(2, {kOne, kTwo});
  auto ask = [&broker](NodeId replica, int64_t timestamp) {
    broker.at.clear();
    ListOffsetsRequest request{.replica_id = replica};
    request.partitions.push_back(
        {.partition = kOrders0, .current_leader_epoch = LeaderEpoch(1), .timestamp = timestamp});
    broker.manager.on_list_offsets(kToken, request, broker.at.step());
    return broker.at.replies<ListOffsetsResponse>().at(0).second.partitions[0];
  };
  EXPECT_EQ(ask(kNoNode, kLatestTimestamp).offset, Offset(0));
  EXPECT_EQ(ask(kTwo, kLatestTimestamp).offset, Offset(2));
  EXPECT_EQ(ask(kNoNode, kEarliestTimestamp).offset, Offset(0));
  // A new epoch begins at 2, above the watermark: what was committed before may reach that far.
  broker.publish(image_of(kOne, 2, {kOne, kTwo}, 2));
  EXPECT_EQ(ask(kNoNode, kLatestTimestamp).error, ErrorCode::kFencedLeaderEpoch);
  broker.at.clear();
  ListOffsetsRequest request;
  request.partitions.push_back({.partition = kOrders0, .timestamp = kLatestTimestamp});
  broker.manager.on_list_offsets(kToken, request, broker.at.step());
  EXPECT_EQ(broker.at.replies<ListOffsetsResponse>().at(0).second.partitions[0].error,
            ErrorCode::kOffsetNotAvailable);
}

}  // namespace
}  // namespace models
