// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 leads orders-0 with ISR {1,2}; four records, of which three are committed; brokers 2 and 3
// have said that their logs start at 0.
struct Leader : OneBroker {
  explicit Leader(const TopicConfig& config = {}) {
    lead({kOne, kTwo}, config);
    for (int i = 0; i < 4; ++i) {
      manager.on_produce(RequestToken(1), produce_request(1), at.step());
    }
    fetch(kTwo, 3, 0);
    fetch(kThree, 0, 0);
    at.clear();
  }
  void fetch(NodeId replica, int64_t offset, int64_t log_start) {
    FetchRequest request = fetch_request(replica, offset, 1, offset > 0 ? 1 : -1);
    request.partitions[0].log_start_offset = Offset(log_start);
    manager.on_fetch(RequestToken(2), request, at.step());
  }
  void delete_to(int64_t offset) {
    DeleteRecordsRequest request;
    request.partitions.push_back({kOrders0, Offset(offset)});
    manager.on_delete_records(RequestToken(5), request, at.step());
  }
  DeleteRecordsResult result() const {
    auto replies = at.replies<DeleteRecordsResponse>();
    EXPECT_EQ(replies.size(), 1u);
    return replies.empty() ? DeleteRecordsResult() : replies[0].second.partitions.at(0);
  }
  bool waits() const { return at.replies<DeleteRecordsResponse>().empty(); }
  int64_t log_start() const { return orders().log.log_start_offset().value(); }
};

TEST(DeleteRecords, leader_moves_its_start_at_once_and_answers_when_all_have_followed) {
  Leader broker;
  broker.delete_to(2);
  EXPECT_EQ(broker.log_start(), 2);
  EXPECT_TRUE(broker.waits());
  broker.fetch(kTwo, 3, 2);
  EXPECT_TRUE(broker.waits()) << "replicas out of the ISR count too";
  broker.fetch(kThree, 3, 2);
  EXPECT_EQ(broker.result().error, ErrorCode::kNone);
  EXPECT_EQ(broker.result().low_watermark, Offset(2));
  EXPECT_EQ(broker.at.marks().of(Mark::kRecordsDeleted), 1);
}

TEST(DeleteRecords, does_not_wait_for_a_broker_that_is_fenced) {
  Leader broker;
  broker.fetch(kTwo, 3, 2);
  MetadataImage image = image_of(kOne, 1, {kOne, kTwo}, 1);
  image.brokers[kThree].fenced = true;
  broker.publish(image);
  broker.at.clear();
  broker.delete_to(2);
  EXPECT_EQ(broker.result().error, ErrorCode::kNone);
}

TEST(DeleteRecords, minus_one_is_the_watermark) {
  Leader broker;
  broker.delete_to(-1);
  EXPECT_EQ(broker.log_start(), 3);
}

TEST(DeleteRecords, beyond_the_watermark_or_below_zero_is_out_of_range) {
  Leader broker;
  broker.delete_to(4);
  EXPECT_EQ(broker.result().error, ErrorCode::kOffsetOutOfRange);
  broker.at.clear();
  broker.delete_to(-2);
  EXPECT_EQ(broker.result().error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(broker.log_start(), 0);
}

TEST(DeleteRecords, below_the_log_start_is_done_already) {
  Leader broker;
  broker.delete_to(2);
  broker.fetch(kTwo, 3, 2);
  broker.fetch(kThree, 3, 2);
  broker.at.clear();
  broker.delete_to(1);
  EXPECT_EQ(broker.result().error, ErrorCode::kNone);
  EXPECT_EQ(broker.result().low_watermark, Offset(2));
  EXPECT_EQ(broker.log_start(), 2);
}

TEST(DeleteRecords, only_where_old_records_are_deleted) {
  TopicConfig compacted;
  compacted.cleanup_policy = {.deletes = false, .compacts = true};
  OneBroker broker;
  broker.lead({kOne}, compacted);
  DeleteRecordsRequest request;
  request.partitions.push_back({kOrders0, Offset(0)});
  broker.manager.on_delete_records(RequestToken(5), request, broker.at.step());
  auto replies = broker.at.replies<DeleteRecordsResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kPolicyViolation);
}

TEST(DeleteRecords, only_at_the_leader) {
  Leader broker;
  broker.publish(image_of(kTwo, 2, {kTwo}, 2));
  broker.at.clear();
  broker.delete_to(1);
  EXPECT_EQ(broker.result().error, ErrorCode::kNotLeaderOrFollower);
}

TEST(DeleteRecords, that_waits_ends_with_the_leadership) {
  Leader broker;
  broker.delete_to(2);
  broker.publish(image_of(kTwo, 2, {kTwo}, 2));
  EXPECT_EQ(broker.result().error, ErrorCode::kNotLeaderOrFollower);
}

TEST(DeleteRecords, that_waits_too_long_says_so_but_stays_done_here) {
  Leader broker;
  broker.delete_to(2);
  TimerKey timer = broker.at.all<ArmTimer>().back().key;
  EXPECT_EQ(timer.kind, Timer::kDelayedDeleteRecords);
  broker.at.clear();
  broker.manager.on_timer(timer, broker.at.step());
  EXPECT_EQ(broker.result().error, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(broker.log_start(), 2);
  broker.fetch(kTwo, 3, 2);  // Nobody waits any more.
  broker.fetch(kThree, 3, 2);
}

TEST(DeleteRecords, follower_takes_over_its_leaders_start) {
  OneBroker follower;
  follower.publish(image_of(kTwo, 1, {kOne, kTwo}, 1));
  auto answer = [&](int64_t watermark, int64_t log_start, const absl::Cord& records) {
    FetchRequest sent = follower.at.sent<FetchRequest>().at(0).second;
    follower.at.clear();
    FetchResponse response{.session_id = 9};
    response.partitions.push_back({.partition = kOrders0,
                                   .high_watermark = Offset(watermark),
                                   .log_start_offset = Offset(log_start),
                                   .records = records});
    follower.manager.on_fetch_response(kTwo, response, sent, follower.at.step());
  };
  answer(3, 0, batch_of(3, Offset(0), LeaderEpoch(1)));
  answer(3, 2, {});
  EXPECT_EQ(follower.orders().log.log_start_offset(), Offset(2));
  EXPECT_EQ(follower.at.marks().of(Mark::kFollowerLogStartRaised), 1);
  FetchRequest next = follower.at.sent<FetchRequest>().at(0).second;
  ASSERT_EQ(next.partitions.size(), 1u) << "it tells the leader";
  EXPECT_EQ(next.partitions[0].log_start_offset, Offset(2));
}

}  // namespace
}  // namespace models
