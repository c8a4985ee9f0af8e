// SPDX-License-Identifier: Apache-2.0

#include "models/replication/replica_selector.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

using Views = std::vector<ReadableReplica>;

ReadableReplica view(NodeId id, std::string_view rack, int64_t log_end = 10,
                     sim::Duration behind = {}) {
  return {id, rack, Offset(log_end), behind};
}

TEST(ReplicaSelector, leader_if_nobody_is_in_the_rack_or_it_is_itself) {
  EXPECT_EQ(replica_in_rack("c", Views{view(kOne, "a"), view(kTwo, "b")}), kOne);
  EXPECT_EQ(replica_in_rack("a", Views{view(kOne, "a"), view(kTwo, "a", 20)}), kOne);
  EXPECT_EQ(replica_in_rack("", Views{view(kOne, "a"), view(kTwo, "")}), kOne)
      << "no rack asked for";
}

TEST(ReplicaSelector, most_caught_up_of_the_rack) {
  ReadableReplica leader = view(kOne, "a", 30);
  EXPECT_EQ(replica_in_rack("b", Views{leader, view(kTwo, "b", 10), view(kThree, "b", 20)}),
            kThree);
  EXPECT_EQ(
      replica_in_rack("b", Views{leader, view(kTwo, "b", 10, 1_s), view(kThree, "b", 10, 2_s)}),
      kTwo);
  EXPECT_EQ(replica_in_rack("b", Views{leader, view(kTwo, "b"), view(kThree, "b")}), kThree);
}

constexpr RequestToken kToken{7};

// Broker 1 in rack a leads with ISR {1,2}: 2 in rack b has all three records, 3 in rack c none.
struct Leader : OneBroker {
  explicit Leader(ReplicaSelector selector = ReplicaSelector::kRackAware)
      : OneBroker(BrokerConfig{.replica_selector_class = selector}),
        image(image_of(kOne, 1, {kOne, kTwo}, 1)) {
    image.brokers[kOne].rack = "a";
    image.brokers[kTwo].rack = "b";
    image.brokers[kThree].rack = "c";
    publish(image);
    for (int i = 0; i < 3; ++i) manager.on_produce(RequestToken(1), produce_request(1), at.step());
    manager.on_fetch(RequestToken(1), fetch_request(kTwo, 3, 1, 1), at.step());
    at.clear();
  }
  FetchPartitionData consume(std::string rack, int64_t from = 0) {
    FetchRequest request = fetch_request(kNoNode, from, 1);
    request.rack_id = std::move(rack);
    request.max_wait_ms = 0;
    at.clear();
    manager.on_fetch(kToken, request, at.step());
    return fetched();
  }
  MetadataImage image;
};

TEST(PreferredReadReplica, is_named_in_place_of_records) {
  Leader broker;
  FetchPartitionData data = broker.consume("b");
  EXPECT_EQ(data.error, ErrorCode::kNone);
  EXPECT_EQ(data.preferred_read_replica, kTwo);
  EXPECT_TRUE(data.records.empty());
  EXPECT_EQ(data.high_watermark, Offset(3));
}

TEST(PreferredReadReplica, does_not_let_the_fetch_wait) {
  Leader broker;
  FetchRequest request = fetch_request(kNoNode, 3, 1);
  request.rack_id = "b";
  broker.manager.on_fetch(kToken, request, broker.at.step());
  EXPECT_EQ(broker.fetched().preferred_read_replica, kTwo);
}

TEST(PreferredReadReplica, only_a_member_of_the_isr_that_has_the_offset) {
  Leader broker;
  EXPECT_EQ(broker.consume("c").preferred_read_replica, kNoNode) << "not in the ISR";
  broker.manager.on_produce(RequestToken(1), produce_request(1), broker.at.step());
  EXPECT_EQ(broker.consume("b", 4).preferred_read_replica, kNoNode) << "2 ends at 3";
  EXPECT_EQ(broker.consume("b", 3).preferred_read_replica, kTwo);
}

TEST(PreferredReadReplica, not_without_rack_selector_or_a_broker_alive) {
  Leader broker;
  EXPECT_EQ(broker.consume("").preferred_read_replica, kNoNode);
  EXPECT_EQ(broker.consume("a").preferred_read_replica, kNoNode);
  broker.image.brokers[kTwo].fenced = true;
  broker.publish(broker.image);
  EXPECT_EQ(broker.consume("b").preferred_read_replica, kNoNode);
  Leader plain(ReplicaSelector::kNone);
  EXPECT_EQ(plain.consume("b").preferred_read_replica, kNoNode);
  EXPECT_FALSE(plain.consume("b").records.empty());
}

TEST(PreferredReadReplica, follower_serves_committed_records_and_names_nobody) {
  Leader broker;
  broker.image.topics["orders"].partitions[0].leader = kTwo;
  broker.image.topics["orders"].partitions[0].leader_epoch = LeaderEpoch(2);
  broker.image.topics["orders"].partitions[0].partition_epoch = PartitionEpoch(2);
  broker.publish(broker.image);
  FetchRequest request = fetch_request(kNoNode, 0, 2);
  request.rack_id = "c";
  broker.at.clear();
  broker.manager.on_fetch(kToken, request, broker.at.step());
  EXPECT_FALSE(broker.fetched().records.empty());
  EXPECT_EQ(broker.fetched().preferred_read_replica, kNoNode);
}

}  // namespace
}  // namespace models
