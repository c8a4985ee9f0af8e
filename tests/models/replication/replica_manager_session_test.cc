// SPDX-License-Identifier: Apache-2.0
//
// Fetch sessions as a leader serves them.

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 leads orders-0 in epoch 1 with ISR {1,2} and `records` committed records.
struct Leader : OneBroker {
  explicit Leader(int records, BrokerConfig config = {}) : OneBroker(config) {
    lead({kOne, kTwo});
    for (int i = 0; i < records; ++i) produce();
    FetchRequest request = fetch_request(kTwo, records, 1, records > 0 ? 1 : -1);
    request.max_wait_ms = 0;
    manager.on_fetch(RequestToken(1), request, at.step());
    at.clear();
  }
  void produce() { manager.on_produce(RequestToken(1), produce_request(1), at.step()); }

  // A full request that asks for a session, answered at once; its id.
  int32_t open(NodeId replica, int64_t offset) {
    FetchRequest request = fetch_request(replica, offset, 1, replica == kNoNode ? -1 : 1);
    request.session_epoch = kInitialFetchEpoch;
    request.max_wait_ms = 0;
    at.clear();
    manager.on_fetch(RequestToken(7), request, at.step());
    FetchResponse response = answer();
    EXPECT_EQ(response.partitions.size(), 1u);
    at.clear();
    return response.session_id;
  }
  FetchRequest next(int32_t session, int32_t epoch, NodeId replica = kTwo) {
    FetchRequest request{.replica_id = replica, .session_id = session, .session_epoch = epoch};
    if (replica != kNoNode) request.replica_epoch = BrokerEpoch(100 + replica.value());
    return request;
  }
  void fetch(const FetchRequest& request) { manager.on_fetch(RequestToken(7), request, at.step()); }
  FetchResponse answer() const {
    auto replies = at.replies<FetchResponse>();
    EXPECT_EQ(replies.size(), 1u);
    return replies.empty() ? FetchResponse() : replies.back().second;
  }
  bool waits() const { return at.replies<FetchResponse>().empty(); }
  void time_out() {
    TimerKey timer = at.all<ArmTimer>().back().key;
    at.clear();
    at.advance(500_ms);
    manager.on_timer(timer, at.step());
  }
  const FetchSession& session(int32_t id) {
    return *const_cast<FetchSessions&>(manager.fetch_sessions()).find(id);
  }
  const RemoteReplica& follower() { return *orders().as_leader.find(kTwo); }
};

TEST(FetchSession, request_without_one_opens_none) {
  Leader broker(1);
  FetchRequest request = fetch_request(kTwo, 1, 1, 1);
  request.max_wait_ms = 0;
  broker.fetch(request);
  EXPECT_EQ(broker.answer().session_id, kNoFetchSession);
  EXPECT_EQ(broker.manager.fetch_sessions().size(), 0u);
}

TEST(FetchSession, unchanged_partition_is_not_in_the_reply_and_not_read_again) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  ASSERT_NE(id, kNoFetchSession);
  EXPECT_EQ(broker.session(id).quiet_count(), 1u);
  broker.fetch(broker.next(id, 1));
  ASSERT_TRUE(broker.waits());
  broker.time_out();
  EXPECT_EQ(broker.answer().session_id, id);
  EXPECT_TRUE(broker.answer().partitions.empty());
  EXPECT_EQ(broker.session(id).quiet_count(), 1u);
  EXPECT_EQ(broker.session(id).epoch, 2);
}

TEST(FetchSession, new_record_wakes_a_waiting_request_that_names_nothing) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.fetch(broker.next(id, 1));
  broker.at.clear();
  broker.produce();
  FetchResponse response = broker.at.replies<FetchResponse>().at(0).second;
  ASSERT_EQ(response.partitions.size(), 1u);
  EXPECT_FALSE(response.partitions[0].records.empty());
  EXPECT_EQ(broker.session(id).quiet_count(), 0u);
}

TEST(FetchSession, quiet_partition_counts_as_fetched_with_every_request) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.at.advance(20_s);
  broker.fetch(broker.next(id, 1));
  sim::WallTime last = broker.at.step().wall;
  broker.at.advance(10_s);
  broker.produce();
  EXPECT_EQ(broker.follower().last_caught_up, last);
  EXPECT_EQ(broker.follower().last_fetch, last);
}

TEST(FetchSession, watermark_alone_is_told_with_the_next_reply_and_does_not_hasten_it) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.produce();
  FetchRequest request = broker.next(id, 1);
  request.partitions = fetch_request(kTwo, 2, 1, 1).partitions;
  broker.at.clear();
  broker.fetch(request);  // Moves the watermark to 2; its own reply would carry 1.
  ASSERT_TRUE(broker.waits());
  EXPECT_EQ(broker.watermark(), 2);
  broker.time_out();
  ASSERT_EQ(broker.answer().partitions.size(), 1u);
  EXPECT_EQ(broker.answer().partitions[0].high_watermark, Offset(2));
  EXPECT_EQ(broker.session(id).quiet_count(), 1u) << "now it knows all";
}

TEST(FetchSession, follower_out_of_the_isr_is_looked_at_each_time) {
  Leader broker(1);
  int32_t id = broker.open(kThree, 1);
  EXPECT_EQ(broker.session(id).quiet_count(), 0u) << "it may join the ISR with any fetch";
}

TEST(FetchSession, consumers_partition_is_quiet_at_the_watermark) {
  Leader broker(1);
  int32_t id = broker.open(kNoNode, 1);
  EXPECT_EQ(broker.session(id).quiet_count(), 1u);
  broker.fetch(broker.next(id, 1, kNoNode));
  broker.at.clear();
  broker.produce();
  EXPECT_TRUE(broker.waits()) << "not committed yet";
  broker.manager.on_fetch(RequestToken(9), fetch_request(kTwo, 2, 1, 1), broker.at.step());
  ASSERT_EQ(broker.answer().partitions.size(), 1u);
  EXPECT_FALSE(broker.answer().partitions[0].records.empty());
}

TEST(FetchSession, role_change_wakes_it) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.fetch(broker.next(id, 1));
  broker.at.clear();
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 2));
  ASSERT_EQ(broker.answer().partitions.size(), 1u);
  EXPECT_EQ(broker.answer().partitions[0].error, ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(broker.at.marks().of(Mark::kWaitingFetchFenced), 1);
}

TEST(FetchSession, unknown_id_and_wrong_epoch_are_refused) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.fetch(broker.next(id + 1, 1));
  EXPECT_EQ(broker.answer().error, ErrorCode::kFetchSessionIdNotFound);
  broker.at.clear();
  broker.fetch(broker.next(id, 2));
  EXPECT_EQ(broker.answer().error, ErrorCode::kInvalidFetchSessionEpoch);
  EXPECT_EQ(broker.session(id).epoch, 1) << "nothing has changed";
}

TEST(FetchSession, full_request_closes_the_session_it_names) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  FetchRequest request = fetch_request(kTwo, 1, 1, 1);
  request.max_wait_ms = 0;
  request.session_id = id;
  request.session_epoch = kFinalFetchEpoch;
  broker.fetch(request);
  EXPECT_EQ(broker.answer().session_id, kNoFetchSession);
  EXPECT_EQ(broker.manager.fetch_sessions().size(), 0u);
}

TEST(FetchSession, that_forgets_its_last_partition_ends) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  FetchRequest request = broker.next(id, 1);
  request.forgotten = {kOrders0};
  broker.fetch(request);
  EXPECT_EQ(broker.answer().session_id, kNoFetchSession);
  EXPECT_TRUE(broker.answer().partitions.empty());
  EXPECT_EQ(broker.manager.fetch_sessions().size(), 0u);
  EXPECT_EQ(broker.at.marks().of(Mark::kFetchSessionEmptied), 1);
}

TEST(FetchSession, unknown_partition_is_told_of_each_time_without_hastening) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  FetchRequest request = broker.next(id, 1);
  request.partitions.push_back({.partition = {"nothing", 0}});
  broker.fetch(request);
  ASSERT_TRUE(broker.waits());
  broker.time_out();
  ASSERT_EQ(broker.answer().partitions.size(), 1u);
  EXPECT_EQ(broker.answer().partitions[0].error, ErrorCode::kUnknownTopicOrPartition);
  broker.at.clear();
  broker.fetch(broker.next(id, 2));
  broker.time_out();
  EXPECT_EQ(broker.answer().partitions.size(), 1u);
}

TEST(FetchSession, waiting_request_is_too_late_when_the_next_one_comes) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.fetch(broker.next(id, 1));
  broker.at.clear();
  broker.manager.on_fetch(RequestToken(8), broker.next(id, 2), broker.at.step());
  EXPECT_EQ(broker.at.replies<FetchResponse>().at(0).first, RequestToken(7));
  EXPECT_EQ(broker.answer().error, ErrorCode::kInvalidFetchSessionEpoch);
}

TEST(FetchSession, waiting_request_of_a_closed_session_is_still_answered) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  broker.fetch(broker.next(id, 1));
  FetchRequest other = fetch_request(kThree, 1, 1, 1);
  other.session_id = id;  // Closes it.
  broker.manager.on_fetch(RequestToken(8), other, broker.at.step());
  broker.at.clear();
  broker.produce();
  auto replies = broker.at.replies<FetchResponse>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].second.session_id, id);
  EXPECT_EQ(replies[0].second.partitions.size(), 1u);
  EXPECT_EQ(broker.manager.fetch_sessions().size(), 0u);
}

TEST(FetchSession, parked_full_request_opens_one_when_it_is_answered) {
  Leader broker(1);
  FetchRequest request = fetch_request(kTwo, 1, 1, 1);
  request.session_epoch = kInitialFetchEpoch;
  broker.fetch(request);
  ASSERT_TRUE(broker.waits());
  EXPECT_EQ(broker.manager.fetch_sessions().size(), 0u);
  broker.produce();
  EXPECT_NE(broker.at.replies<FetchResponse>().at(0).second.session_id, kNoFetchSession);
}

TEST(FetchSession, none_is_opened_when_there_is_no_slot) {
  Leader broker(1, BrokerConfig{.max_incremental_fetch_session_cache_slots = 0});
  EXPECT_EQ(broker.open(kTwo, 1), kNoFetchSession);
}

TEST(FetchSession, new_broker_epoch_looks_at_all_again) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  FetchRequest request = broker.next(id, 1);
  request.replica_epoch = BrokerEpoch(99);  // Older than the registered one.
  request.max_wait_ms = 0;
  broker.fetch(request);
  ASSERT_EQ(broker.answer().partitions.size(), 1u);
  EXPECT_EQ(broker.answer().partitions[0].error, ErrorCode::kNotLeaderOrFollower);
}

// A topic's deletion, and in `again` a new one of its name.
void replace_topic(OneBroker& broker, const MetadataImage& again) {
  MetadataDelta delta = everything(again);
  delta.deleted_topics.emplace(Uuid{{7, 70}}, "orders");
  broker.manager.on_metadata(again, delta, broker.at.step());
}

TEST(FetchSession, deleted_partition_is_told_of_to_a_follower_and_to_a_consumer) {
  for (NodeId replica : {kTwo, kNoNode}) {
    Leader broker(1);
    int32_t id = broker.open(replica, 1);
    ASSERT_EQ(broker.session(id).quiet_count(), 1u);
    broker.fetch(broker.next(id, 1, replica));
    ASSERT_TRUE(broker.waits());
    MetadataImage image = image_of(kOne, 1, {kOne, kTwo}, 1);
    image.topics.clear();
    replace_topic(broker, image);
    ASSERT_EQ(broker.answer().partitions.size(), 1u);
    EXPECT_EQ(broker.answer().partitions[0].error, ErrorCode::kUnknownTopicOrPartition);
    EXPECT_EQ(broker.session(id).quiet_count(), 0u);
  }
}

TEST(FetchSession, partition_of_a_new_topic_of_the_same_name_is_served_in_it) {
  Leader broker(1);
  int32_t id = broker.open(kTwo, 1);
  MetadataImage image = image_of(kOne, 1, {kOne, kTwo}, 1);
  image.topics["orders"].id = Uuid{{2, 2}};
  replace_topic(broker, image);
  EXPECT_EQ(broker.session(id).quiet_count(), 0u);
  FetchRequest request = broker.next(id, 1);
  request.forgotten = {kOrders0};
  request.partitions = fetch_request(kTwo, 0, 1).partitions;
  broker.fetch(request);
  broker.at.clear();
  broker.produce();
  FetchResponse response = broker.at.replies<FetchResponse>().at(0).second;
  ASSERT_EQ(response.partitions.size(), 1u);
  EXPECT_FALSE(response.partitions[0].records.empty());
  broker.fetch(broker.next(id, 2));
  EXPECT_EQ(broker.session(id).size(), 1u);
}

}  // namespace
}  // namespace models
