// SPDX-License-Identifier: Apache-2.0
//
// Sessions, several fetchers and idle ones, as a follower has them.

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Topic "orders" with partitions led as given, broker 1 in every ISR.
MetadataImage led_by(const std::vector<NodeId>& leaders, int epoch = 1) {
  MetadataImage image = image_of(leaders[0], epoch, {kOne, kTwo, kThree}, epoch);
  auto& partitions = image.topics["orders"].partitions;
  while (partitions.size() < leaders.size()) partitions.push_back(partitions[0]);
  for (size_t i = 0; i < leaders.size(); ++i) partitions[i].leader = leaders[i];
  return image;
}

struct Follower : OneBroker {
  explicit Follower(int32_t fetchers = 1)
      : OneBroker(BrokerConfig{.num_replica_fetchers = fetchers}) {}
  // The last request to `node`.
  FetchRequest request(NodeId node = kTwo) const {
    FetchRequest found;
    for (const auto& [to, request] : at.sent<FetchRequest>()) {
      if (to == node) found = request;
    }
    return found;
  }
  void answer(FetcherId from, const std::vector<FetchPartitionData>& parts, int32_t session = 9) {
    at.clear();
    FetchResponse response{.session_id = session, .partitions = parts};
    manager.on_fetch_response(from, response, {}, at.step());
  }
};

FetchPartitionData empty_data(int32_t partition) {
  return {.partition = {"orders", partition},
          .high_watermark = Offset(0),
          .log_start_offset = Offset(0)};
}
FetchPartitionData with_records(int32_t partition, int count) {
  FetchPartitionData data = empty_data(partition);
  data.records = batch_of(count, Offset(0), LeaderEpoch(1));
  return data;
}
std::vector<int32_t> named(const FetchRequest& request) {
  std::vector<int32_t> numbers;
  for (const FetchPartition& each : request.partitions) numbers.push_back(each.partition.partition);
  return numbers;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReplicaFetcher, names_only_what_has_changed_once_it_has_a_session) {
  Follower broker;
  broker.publish(led_by({kTwo, kTwo, kTwo}));
  EXPECT_THAT(named(broker.request()), ElementsAre(0, 1, 2));
  EXPECT_EQ(broker.request().session_epoch, kInitialFetchEpoch);
  broker.answer(kTwo, {empty_data(0), with_records(1, 2), empty_data(2)});
  EXPECT_EQ(broker.request().session_id, 9);
  EXPECT_EQ(broker.request().session_epoch, 1);
  ASSERT_THAT(named(broker.request()), ElementsAre(1));
  EXPECT_EQ(broker.request().partitions[0].fetch_offset, Offset(2));
  broker.answer(kTwo, {});
  EXPECT_THAT(named(broker.request()), IsEmpty());
  EXPECT_EQ(broker.request().session_epoch, 2);
}

TEST(ReplicaFetcher, delayed_partition_is_forgotten_and_asked_for_again_after_its_backoff) {
  Follower broker;
  broker.publish(led_by({kTwo, kTwo}));
  broker.answer(kTwo, {empty_data(0), empty_data(1)});
  FetchPartitionData failed{.partition = {"orders", 1}, .error = ErrorCode::kUnknownLeaderEpoch};
  broker.answer(kTwo, {failed});
  EXPECT_THAT(broker.request().forgotten, ElementsAre(TopicPartition{"orders", 1}));
  broker.at.advance(999_ms);
  broker.answer(kTwo, {});
  EXPECT_THAT(named(broker.request()), IsEmpty());
  broker.at.advance(1_ms);
  broker.answer(kTwo, {});
  EXPECT_THAT(named(broker.request()), ElementsAre(1));
}

TEST(ReplicaFetcher, lost_session_begins_anew_at_once_with_everything) {
  Follower broker;
  broker.publish(led_by({kTwo, kTwo}));
  broker.answer(kTwo, {empty_data(0), empty_data(1)});
  broker.at.clear();
  broker.manager.on_fetch_response(kTwo, {.error = ErrorCode::kFetchSessionIdNotFound}, {},
                                   broker.at.step());
  EXPECT_EQ(broker.request().session_id, kNoFetchSession);
  EXPECT_THAT(named(broker.request()), ElementsAre(0, 1));
  EXPECT_EQ(broker.at.marks().of(Mark::kFetchSessionReopened), 1);
}

TEST(ReplicaFetcher, failed_request_delays_all_and_the_next_one_is_full) {
  Follower broker;
  broker.publish(led_by({kTwo, kTwo}));
  broker.answer(kTwo, {empty_data(0), empty_data(1)});
  broker.at.clear();
  broker.manager.on_fetch_failed(kTwo, {}, RequestFailure::kTimedOut, broker.at.step());
  EXPECT_TRUE(broker.at.sent<FetchRequest>().empty());
  TimerKey backoff = broker.at.all<ArmTimer>().at(0).key;
  EXPECT_EQ(backoff.kind, Timer::kFetchBackoff);
  broker.at.advance(1_s);
  broker.manager.on_timer(backoff, broker.at.step());
  EXPECT_EQ(broker.request().session_id, 9) << "closes the old one";
  EXPECT_EQ(broker.request().session_epoch, kInitialFetchEpoch);
  EXPECT_THAT(named(broker.request()), ElementsAre(0, 1));
}

TEST(ReplicaFetcher, number_is_from_javas_hash_of_the_name) {
  EXPECT_EQ(fetcher_number_of({"orders", 0}, 1), 0);
  // "orders".hashCode() is -1008770331.
  for (int32_t p = 0; p < 4; ++p) {
    int64_t mixed =
        static_cast<int32_t>(31u * static_cast<uint32_t>(-1008770331) + static_cast<uint32_t>(p));
    EXPECT_EQ(fetcher_number_of({"orders", p}, 3), std::abs(mixed) % 3);
  }
}

TEST(ReplicaFetcher, several_share_the_partitions_each_on_a_connection_of_its_own) {
  Follower broker(2);
  broker.publish(led_by({kTwo, kTwo, kTwo, kTwo}));
  auto sent = broker.at.all<SendRequest>();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].lane, 0);
  EXPECT_EQ(sent[1].lane, 1);
  EXPECT_EQ(std::get<FetchRequest>(sent[0].message).partitions.size(), 2u);
  EXPECT_EQ(std::get<FetchRequest>(sent[1].message).partitions.size(), 2u);
  std::vector<int32_t> second = named(std::get<FetchRequest>(sent[1].message));
  broker.answer({kTwo, 1}, {empty_data(second[0]), empty_data(second[1])});
  ASSERT_EQ(broker.at.all<SendRequest>().size(), 1u);
  EXPECT_EQ(broker.at.all<SendRequest>()[0].lane, 1) << "the other still waits";
}

TEST(ReplicaFetcher, with_nothing_left_closes_its_connection) {
  Follower broker;
  broker.publish(led_by({kTwo, kThree}));
  broker.at.clear();
  broker.publish(led_by({kThree, kThree}, 2));
  auto closed = broker.at.all<Disconnect>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].to, kTwo);
  EXPECT_EQ(broker.at.marks().of(Mark::kIdleFetcherClosed), 1);
  // Back again, it does not wait for what was in flight there.
  broker.at.clear();
  broker.publish(led_by({kTwo, kThree}, 3));
  EXPECT_THAT(named(broker.request(kTwo)), ElementsAre(0));
  EXPECT_EQ(broker.request(kTwo).session_epoch, kInitialFetchEpoch);
}

}  // namespace
}  // namespace models
