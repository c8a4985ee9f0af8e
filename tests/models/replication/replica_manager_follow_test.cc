// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 follows broker 2, which leads epoch 1 with all in the ISR.
struct Follower : OneBroker {
  Follower() {
    publish(image_of(kTwo, 1, {kOne, kTwo, kThree}));
    sent = take_fetch();
  }
  FetchRequest take_fetch() {
    auto requests = at.sent<FetchRequest>();
    EXPECT_EQ(requests.size(), 1u);
    at.clear();
    if (requests.empty()) return {};
    EXPECT_EQ(requests[0].first, kTwo);
    return requests[0].second;
  }
  void receive(FetchPartitionData data) {
    data.partition = kOrders0;
    FetchResponse response;
    response.partitions.push_back(std::move(data));
    manager.on_fetch_response(kTwo, response, sent, at.step());
  }
  // `records` records of the leader's epoch.
  void receive_records(int records, int64_t watermark) {
    receive({.high_watermark = Offset(watermark),
             .log_start_offset = Offset(0),
             .records = batch_of(records, Offset(log_end()), orders().version.leader_epoch)});
    sent = take_fetch();
  }
  void receive_offset(int64_t timestamp, ErrorCode error, int64_t offset) {
    auto requests = at.sent<ListOffsetsRequest>();
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_EQ(requests[0].second.partitions[0].timestamp, timestamp);
    EXPECT_EQ(requests[0].second.replica_id, kOne);
    at.clear();
    ListOffsetsResponse response;
    response.partitions.push_back(
        {.partition = kOrders0, .error = error, .offset = Offset(offset)});
    manager.on_list_offsets_response(kTwo, response, requests[0].second, at.step());
  }
  FetchRequest sent;
};

TEST(ReplicaManagerFollow, asks_its_leader_from_its_log_end_with_its_broker_epoch) {
  Follower broker;
  EXPECT_EQ(broker.sent.replica_id, kOne);
  EXPECT_EQ(broker.sent.replica_epoch, BrokerEpoch(101));
  EXPECT_EQ(broker.sent.max_wait_ms, 500);
  ASSERT_EQ(broker.sent.partitions.size(), 1u);
  EXPECT_EQ(broker.sent.partitions[0].fetch_offset, Offset(0));
  EXPECT_EQ(broker.sent.partitions[0].current_leader_epoch, LeaderEpoch(1));
}

TEST(ReplicaManagerFollow, appends_and_asks_for_more_at_once) {
  Follower broker;
  broker.receive_records(3, 2);
  EXPECT_EQ(broker.log_end(), 3);
  EXPECT_EQ(broker.watermark(), 2);
  EXPECT_EQ(broker.sent.partitions[0].fetch_offset, Offset(3));
  EXPECT_EQ(broker.sent.partitions[0].last_fetched_epoch, LeaderEpoch(1));
  broker.receive_records(1, 9);
  EXPECT_EQ(broker.watermark(), 4) << "never past its own log end";
}

TEST(ReplicaManagerFollow, backs_off_for_a_second_after_an_error) {
  Follower broker;
  broker.receive({.error = ErrorCode::kNotLeaderOrFollower});
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  ASSERT_EQ(broker.at.all<ArmTimer>().size(), 1u);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].key, (TimerKey{Timer::kFetchBackoff, 2}));
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].after, 1_s);
  broker.at.clear();
  broker.at.advance(1_s);
  broker.manager.on_timer({Timer::kFetchBackoff, 2}, broker.at.step());
  EXPECT_EQ(broker.at.sent<FetchRequest>().size(), 1u);
}

TEST(ReplicaManagerFollow, backs_off_after_a_lost_connection) {
  Follower broker;
  broker.manager.on_fetch_failed(kTwo, broker.sent, RequestFailure::kDisconnected,
                                 broker.at.step());
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  EXPECT_EQ(broker.at.all<ArmTimer>().size(), 1u);
}

TEST(ReplicaManagerFollow, leader_change_during_a_backoff_fetches_from_the_new_leader_at_once) {
  Follower broker;
  broker.manager.on_fetch_failed(kTwo, broker.sent, RequestFailure::kTimedOut, broker.at.step());
  broker.at.clear();
  broker.publish(image_of(kThree, 2, {kOne, kThree}, 1));
  auto requests = broker.at.sent<FetchRequest>();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].first, kThree);
  EXPECT_EQ(requests[0].second.partitions[0].current_leader_epoch, LeaderEpoch(2));
}

TEST(ReplicaManagerFollow, stops_when_fenced_until_metadata_brings_a_newer_epoch) {
  Follower broker;
  broker.receive({.error = ErrorCode::kFencedLeaderEpoch});
  EXPECT_TRUE(broker.at.effects().empty()) << "neither fetch nor timer";
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 1));
  EXPECT_EQ(broker.at.sent<FetchRequest>().size(), 1u);
}

TEST(ReplicaManagerFollow, answer_of_a_former_leader_is_ignored) {
  Follower broker;
  broker.publish(image_of(kThree, 2, {kOne, kThree}, 1));
  broker.at.clear();
  broker.receive({.high_watermark = Offset(0),
                  .log_start_offset = Offset(0),
                  .records = batch_of(1, Offset(0), LeaderEpoch(1))});
  EXPECT_EQ(broker.log_end(), 0);
  EXPECT_TRUE(broker.at.effects().empty());
}

TEST(ReplicaManagerFollow, answer_to_a_fetch_of_an_older_epoch_of_its_leader_is_ignored) {
  Follower broker;
  broker.receive_records(3, 3);
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 1));  // The fetch of epoch 1 is on its way.
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  broker.at.clear();
  broker.receive({.high_watermark = Offset(4),
                  .log_start_offset = Offset(0),
                  .records = batch_of(1, Offset(3), LeaderEpoch(1))});
  EXPECT_EQ(broker.log_end(), 3);
  EXPECT_EQ(broker.take_fetch().partitions[0].current_leader_epoch, LeaderEpoch(2));
}

TEST(ReplicaManagerFollow, error_of_an_older_epoch_of_its_leader_is_ignored) {
  Follower broker;
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 1));
  broker.at.clear();
  broker.receive({.error = ErrorCode::kFencedLeaderEpoch});
  EXPECT_EQ(broker.take_fetch().partitions[0].current_leader_epoch, LeaderEpoch(2));
}

TEST(ReplicaManagerFollow, divergence_cuts_and_the_next_fetch_starts_there) {
  Follower broker;
  broker.receive_records(3, 1);
  broker.receive({.diverging_epoch = EpochEndOffset{LeaderEpoch(1), Offset(2)}});
  broker.sent = broker.take_fetch();
  EXPECT_EQ(broker.log_end(), 2);
  EXPECT_EQ(broker.sent.partitions[0].fetch_offset, Offset(2));
  EXPECT_EQ(broker.at.marks().of(Mark::kTruncatedOnDivergence), 1);
}

TEST(ReplicaManagerFollow, out_of_range_above_a_shorter_leader_cuts_to_its_end) {
  Follower broker;
  broker.receive_records(3, 1);
  broker.receive({.error = ErrorCode::kOffsetOutOfRange});
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  broker.receive_offset(kLatestTimestamp, ErrorCode::kNone, 1);
  EXPECT_EQ(broker.log_end(), 1);
  EXPECT_EQ(broker.take_fetch().partitions[0].fetch_offset, Offset(1));
  EXPECT_EQ(broker.at.marks().of(Mark::kOutOfRangeFetchReset), 1);
}

TEST(ReplicaManagerFollow, out_of_range_below_the_leaders_start_starts_over_there) {
  Follower broker;
  broker.receive_records(3, 1);
  broker.receive({.error = ErrorCode::kOffsetOutOfRange});
  broker.receive_offset(kLatestTimestamp, ErrorCode::kNone, 90);
  broker.receive_offset(kEarliestTimestamp, ErrorCode::kNone, 50);
  EXPECT_EQ(broker.orders().log.log_start_offset(), Offset(50));
  EXPECT_EQ(broker.watermark(), 50);
  EXPECT_EQ(broker.take_fetch().partitions[0].fetch_offset, Offset(50));
}

// An empty log at 50, as its leader's starts there, inside a batch of [48, 52).
struct StartedInsideBatch : Follower {
  StartedInsideBatch() {
    receive({.error = ErrorCode::kOffsetOutOfRange});
    receive_offset(kLatestTimestamp, ErrorCode::kNone, 52);
    receive_offset(kEarliestTimestamp, ErrorCode::kNone, 50);
    sent = take_fetch();
  }
};

TEST(ReplicaManagerFollow, begins_with_the_whole_batch_that_its_leaders_log_starts_inside) {
  StartedInsideBatch broker;
  ASSERT_EQ(broker.log_end(), 50);
  broker.receive({.high_watermark = Offset(52),
                  .log_start_offset = Offset(50),
                  .records = batch_of(4, Offset(48), LeaderEpoch(1))});
  EXPECT_EQ(broker.log_end(), 52);
  EXPECT_EQ(broker.watermark(), 52);
  EXPECT_EQ(broker.orders().log.log_start_offset(), Offset(50));
  EXPECT_EQ(broker.take_fetch().partitions[0].fetch_offset, Offset(52));
}

TEST(ReplicaManagerFollow, gives_up_a_partition_whose_leader_sends_what_it_has) {
  StartedInsideBatch empty;
  empty.receive({.high_watermark = Offset(52),
                 .log_start_offset = Offset(50),
                 .records = batch_of(2, Offset(48), LeaderEpoch(1))});
  EXPECT_TRUE(empty.at.sent<FetchRequest>().empty()) << "the batch ends before the log's start";
  EXPECT_EQ(empty.log_end(), 50);

  Follower broker;
  broker.receive_records(3, 3);
  broker.receive({.high_watermark = Offset(4),
                  .log_start_offset = Offset(0),
                  .records = batch_of(2, Offset(2), LeaderEpoch(1))});
  EXPECT_EQ(broker.log_end(), 3);
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  EXPECT_TRUE(broker.at.all<ArmTimer>().empty()) << "until the next leader epoch";
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 1));
  EXPECT_EQ(broker.at.sent<FetchRequest>().size(), 1u);
}

TEST(ReplicaManagerFollow, out_of_range_inside_the_leaders_log_resumes) {
  Follower broker;
  broker.receive_records(3, 1);
  broker.receive({.error = ErrorCode::kOffsetOutOfRange});
  broker.receive_offset(kLatestTimestamp, ErrorCode::kNone, 90);
  broker.receive_offset(kEarliestTimestamp, ErrorCode::kNone, 0);
  EXPECT_EQ(broker.take_fetch().partitions[0].fetch_offset, Offset(3));
}

// DeleteRecords left the leader's start inside a batch, of offsets 48 to 52.
TEST(ReplicaManagerFollow, a_log_that_begins_inside_the_leaders_first_batch_begins_with_all_of_it) {
  Follower broker;
  broker.receive({.error = ErrorCode::kOffsetOutOfRange});
  broker.receive_offset(kLatestTimestamp, ErrorCode::kNone, 90);
  broker.receive_offset(kEarliestTimestamp, ErrorCode::kNone, 50);
  broker.sent = broker.take_fetch();
  broker.receive({.high_watermark = Offset(90),
                  .log_start_offset = Offset(50),
                  .records = batch_of(5, Offset(48), LeaderEpoch(1))});
  EXPECT_EQ(broker.orders().log.log_start_offset(), Offset(50));
  EXPECT_EQ(broker.log_end(), 53);
  EXPECT_EQ(broker.watermark(), 53);
  EXPECT_EQ(broker.take_fetch().partitions[0].fetch_offset, Offset(53));
}

TEST(ReplicaManagerFollow, gives_up_on_a_batch_from_below_the_end_of_a_log_with_records) {
  Follower broker;
  broker.receive_records(3, 1);
  broker.receive({.high_watermark = Offset(4),
                  .log_start_offset = Offset(0),
                  .records = batch_of(2, Offset(2), LeaderEpoch(1))});
  EXPECT_EQ(broker.log_end(), 3);
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  EXPECT_TRUE(broker.at.all<ArmTimer>().empty()) << "until the next leader epoch";
}

TEST(ReplicaManagerFollow, failed_question_for_the_range_backs_off) {
  Follower broker;
  broker.receive({.error = ErrorCode::kOffsetOutOfRange});
  broker.receive_offset(kLatestTimestamp, ErrorCode::kNotLeaderOrFollower, -1);
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  EXPECT_EQ(broker.at.all<ArmTimer>().size(), 1u);
}

TEST(ReplicaManagerFollow, watermark_frees_a_consumer_that_waits_at_a_follower) {
  Follower broker;
  broker.receive_records(1, 0);
  broker.manager.on_fetch(RequestToken(5), fetch_request(kNoNode, 0, 1), broker.at.step());
  EXPECT_TRUE(broker.at.replies<FetchResponse>().empty());
  broker.receive({.high_watermark = Offset(1), .log_start_offset = Offset(0)});
  EXPECT_FALSE(broker.fetched().records.empty());
}

TEST(ReplicaManagerFollow, leaderless_partition_is_not_fetched) {
  Follower broker;
  broker.publish(image_of(kNoNode, 2, {kTwo}, 1));
  broker.at.clear();
  broker.receive({.high_watermark = Offset(0)});
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
}

TEST(ReplicaManagerFollow, controlled_shutdown_stops_replicas_outside_the_isr) {
  Follower broker;
  broker.manager.begin_controlled_shutdown();
  broker.publish(image_of(kTwo, 1, {kTwo, kThree}, 1));
  broker.at.clear();
  broker.receive({.high_watermark = Offset(0)});
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
}

}  // namespace
}  // namespace models
