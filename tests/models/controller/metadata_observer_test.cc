// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_observer.h"

#include <gtest/gtest.h>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

// An observer that reads from a controller, request by request.
class MetadataObserverTest : public ::testing::Test {
 protected:
  void SetUp() override { controller_.start(); }

  FetchRequest sent() {
    auto requests = broker_.sent<FetchRequest>();
    EXPECT_EQ(requests.size(), 1u);
    return requests.at(0).second;
  }
  // Brings the observer's request to the controller and what it answers (now, or after the wait)
  // back.
  // The first answer of an epoch only tells who leads.
  std::optional<MetadataDelta> exchange() {
    for (;;) {
      FetchRequest request = sent();
      broker_.clear();
      request.max_wait_ms = 1;
      RequestToken token = controller_.send_fetch(request);
      controller_.run(1_ms);
      FetchResponse response = *controller_.reply<FetchResponse>(token);
      auto delta = observer_.on_fetch_response(response, request, broker_.step());
      if (response.partitions[0].error == ErrorCode::kNone) return delta;
    }
  }

  ControllerHarness controller_;
  StepFixture broker_;
  MetadataObserver observer_{MetadataObserverOptions{NodeId(1), {NodeId(100)}, {}}};
};

TEST_F(MetadataObserverTest, StartsFromOffsetZeroByLongPoll) {
  observer_.on_start(broker_.step());
  FetchRequest request = sent();
  EXPECT_EQ(request.replica_id, NodeId(1));
  EXPECT_EQ(request.max_wait_ms, 500);
  EXPECT_EQ(request.partitions[0].partition, (TopicPartition{"__cluster_metadata", 0}));
  EXPECT_EQ(request.partitions[0].fetch_offset, Offset(0));
  EXPECT_EQ(observer_.applied_offset(), kNoOffset);
}

TEST_F(MetadataObserverTest, ReplaysToTheControllersCommittedImage) {
  controller_.add_broker(1);
  controller_.add_broker(2);
  controller_.add_topic("orders", 2, 2, {{"min.insync.replicas", "2"}});
  observer_.on_start(broker_.step());
  std::optional<MetadataDelta> delta = exchange();
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->brokers.size(), 2u);
  EXPECT_EQ(delta->partitions.size(), 2u);
  EXPECT_TRUE(delta->topics.contains("orders"));
  const MetadataImage& committed = controller_.controller().committed_image();
  EXPECT_EQ(observer_.image().brokers, committed.brokers);
  EXPECT_EQ(observer_.image().topics.at("orders").partitions,
            committed.topics.at("orders").partitions);
  EXPECT_EQ(observer_.image().topics.at("orders").config.min_insync_replicas, 2);
  EXPECT_EQ(observer_.image().next_offset, committed.next_offset);
}

TEST_F(MetadataObserverTest, TellsOnlyWhatEachFetchChanged) {
  observer_.on_start(broker_.step());
  ASSERT_TRUE(exchange());
  BrokerEpoch epoch = controller_.add_broker(1);
  std::optional<MetadataDelta> joined = exchange();
  ASSERT_TRUE(joined);
  EXPECT_TRUE(joined->brokers.contains(NodeId(1)));
  EXPECT_TRUE(joined->partitions.empty());
  EXPECT_FALSE(exchange());  // Nothing new: the long poll ended empty.
  controller_.heartbeat(1, epoch);
  controller_.run(500_ms);  // A NoOp.
  std::optional<MetadataDelta> idle = exchange();
  ASSERT_TRUE(idle);
  EXPECT_TRUE(idle->empty());
}

TEST_F(MetadataObserverTest, FollowsAControllerIntoItsNextEpoch) {
  observer_.on_start(broker_.step());
  ASSERT_TRUE(exchange());
  controller_.restart();
  controller_.add_broker(3);
  ASSERT_TRUE(exchange());
  EXPECT_NE(observer_.image().find(NodeId(3)), nullptr);
  EXPECT_EQ(sent().partitions[0].last_fetched_epoch, LeaderEpoch(2));
}

TEST_F(MetadataObserverTest, BacksOffAfterAFailureAndAnError) {
  observer_.on_start(broker_.step());
  FetchRequest request = sent();
  broker_.clear();
  observer_.on_fetch_failed(RequestFailure::kDisconnected, broker_.step());
  ASSERT_EQ(broker_.all<ArmTimer>().size(), 1u);
  EXPECT_TRUE(broker_.sent<FetchRequest>().empty());
  broker_.clear();
  observer_.on_timer({Timer::kMetadataFetchBackoff}, broker_.step());
  EXPECT_EQ(sent().partitions[0].fetch_offset, Offset(0));
  broker_.clear();
  FetchResponse refused;
  refused.partitions.resize(1);
  refused.partitions[0].error = ErrorCode::kNotLeaderOrFollower;
  EXPECT_FALSE(observer_.on_fetch_response(refused, request, broker_.step()));
  EXPECT_EQ(broker_.all<ArmTimer>().size(), 1u);
}

TEST_F(MetadataObserverTest, DoesNotApplyWhatIsAboveTheHighWatermark) {
  controller_.add_broker(1);
  RequestToken token = controller_.fetch(0);
  FetchResponse response = *controller_.reply<FetchResponse>(token);
  response.partitions[0].high_watermark = Offset(4);  // Behind the bootstrap records.
  observer_.on_start(broker_.step());
  ASSERT_TRUE(observer_.on_fetch_response(response, sent(), broker_.step()));
  EXPECT_EQ(observer_.image().next_offset, Offset(4));
  EXPECT_EQ(observer_.image().find(NodeId(1)), nullptr);
}

TEST_F(MetadataObserverTest, EndsTheProcessWhenCommittedMetadataIsGone) {
  observer_.on_start(broker_.step());
  FetchResponse diverged;
  diverged.partitions.resize(1);
  diverged.partitions[0].diverging_epoch = EpochEndOffset{LeaderEpoch(1), Offset(0)};
  EXPECT_FALSE(observer_.on_fetch_response(diverged, sent(), broker_.step()));
  EXPECT_EQ(broker_.all<Exit>().size(), 1u);
}

TEST(ControllerFetch, ParksAFetchUntilSomethingIsCommitted) {
  ControllerHarness at;
  at.start();
  int64_t end = at.controller().committed_image().next_offset.value();
  RequestToken token = at.fetch(end);
  at.register_broker(1, 1);
  at.run(24_ms);
  EXPECT_FALSE(at.replied(token));  // controller.quorum.append.linger.ms is not over.
  at.run(1_ms);                     // A sole voter commits before it flushes.
  auto response = at.reply<FetchResponse>(token);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->partitions[0].high_watermark, Offset(end + 1));
  EXPECT_FALSE(response->partitions[0].records.empty());
}

TEST(ControllerFetch, AnswersEmptyWhenTheWaitIsOver) {
  ControllerHarness at;
  at.start();
  int64_t end = at.controller().committed_image().next_offset.value();
  RequestToken token = at.fetch(end, 100);
  at.run(99_ms);
  EXPECT_FALSE(at.replied(token));
  at.run(1_ms);
  auto response = at.reply<FetchResponse>(token);
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->partitions[0].records.empty());
  EXPECT_EQ(response->partitions[0].high_watermark, Offset(end));
}

TEST(ControllerFetch, ServesTheLogFromAnyOffset) {
  ControllerHarness at;
  at.start();
  at.add_broker(1);
  RequestToken token = at.fetch(4);
  auto response = at.reply<FetchResponse>(token);
  auto header = read_batch_header(response->partitions[0].records);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->base_offset, Offset(4));
  EXPECT_EQ(header->leader_epoch, LeaderEpoch(1));
}

TEST(ControllerFetch, KnowsNoOtherPartition) {
  ControllerHarness at;
  at.start();
  FetchRequest request;
  request.partitions.resize(1);
  request.partitions[0].partition = {"orders", 0};
  at.controller().on_quorum_request(RequestToken(999), request, at.step());
  auto replies = at.fixture().replies<FetchResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kUnknownTopicOrPartition);
}

TEST(ControllerFetch, TellsWhereALogParted) {
  ControllerHarness at;
  at.start();
  FetchRequest request;
  request.partitions.resize(1);
  request.partitions[0].partition = {"__cluster_metadata", 0};
  request.partitions[0].fetch_offset = Offset(500);
  request.partitions[0].last_fetched_epoch = LeaderEpoch(1);
  request.partitions[0].current_leader_epoch = at.controller().epoch();
  at.controller().on_quorum_request(RequestToken(999), request, at.step());
  auto replies = at.fixture().replies<FetchResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_TRUE(replies[0].second.partitions[0].diverging_epoch);
}

}  // namespace
}  // namespace models
