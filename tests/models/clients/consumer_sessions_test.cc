// SPDX-License-Identifier: Apache-2.0
//
// A consumer's fetch sessions, and how it reads from a replica near it.

#include "models/clients/consumer.h"
#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

absl::Cord records(int64_t first, int64_t last) {
  BatchBuilder builder({.base_offset = Offset(first), .leader_epoch = LeaderEpoch(1)});
  for (int64_t offset = first; offset <= last; ++offset)
    builder.add(1000, std::nullopt, "12345678");
  return builder.build();
}

// In rack b; partitions of "orders", led by broker 1, positions known to be 0.
struct Bench {
  explicit Bench(int partitions = 1, sim::Duration processing = {})
      : consumer(options(partitions, processing)) {
    consumer.on_start(at.step());
    for (NodeId node : {kOne, kTwo, kThree}) consumer.on_connected(node, at.step());
    know(std::vector<NodeId>(static_cast<size_t>(partitions), kOne));
    auto [node, asked] = at.sent<ListOffsetsRequest>().at(0);
    ListOffsetsResponse response;
    for (const ListOffsetsPartition& each : asked.partitions) {
      response.partitions.push_back({each.partition, ErrorCode::kNone, Offset(0), LeaderEpoch(1)});
    }
    at.clear();
    consumer.on_list_offsets_response(node, response, asked, at.step());
  }
  static ConsumerOptions options(int partitions, sim::Duration processing) {
    ConsumerOptions options;
    for (int i = 0; i < partitions; ++i) options.assignment.push_back(orders(i));
    options.config.auto_offset_reset = AutoOffsetReset::kEarliest;
    options.config.client_rack = "b";
    options.processing = processing;
    options.bootstrap = {kOne};
    return options;
  }
  void know(const std::vector<NodeId>& leaders, int epoch = 1) {
    consumer.on_metadata_response(kOne, metadata(leaders, epoch), {}, at.step());
  }
  // The one fetch that is out.
  std::pair<NodeId, FetchRequest> fetch() const {
    auto requests = at.sent<FetchRequest>();
    EXPECT_EQ(requests.size(), 1u);
    return requests.empty() ? std::pair(kNoNode, FetchRequest()) : requests.back();
  }
  void answer(std::vector<FetchPartitionData> parts, int32_t session = 9) {
    auto [node, request] = fetch();
    at.clear();
    FetchResponse response{.session_id = session, .partitions = std::move(parts)};
    consumer.on_fetch_response(node, response, request, at.step());
  }
  void send_to(NodeId replica) {
    answer({{.partition = orders(), .preferred_read_replica = replica}});
  }

  StepFixture at;
  Consumer consumer;
};

FetchPartitionData data_of(int32_t partition, const absl::Cord& bytes = {}) {
  return {.partition = orders(partition), .high_watermark = Offset(0), .records = bytes};
}
FetchPartitionData error_of(ErrorCode error) { return {.partition = orders(), .error = error}; }

TEST(ConsumerSession, later_requests_name_what_changed) {
  Bench b(2);
  EXPECT_EQ(b.fetch().second.session_epoch, kInitialFetchEpoch);
  EXPECT_EQ(b.fetch().second.partitions.size(), 2u);
  b.answer({data_of(0), data_of(1, records(0, 2))});
  FetchRequest next = b.fetch().second;
  EXPECT_EQ(next.session_id, 9);
  EXPECT_EQ(next.session_epoch, 1);
  ASSERT_EQ(next.partitions.size(), 1u);
  EXPECT_EQ(next.partitions[0].fetch_offset, Offset(3));
  b.answer({});
  EXPECT_TRUE(b.fetch().second.partitions.empty());
}

TEST(ConsumerSession, lost_one_begins_anew_at_once) {
  Bench b;
  b.answer({data_of(0)});
  auto [node, request] = b.fetch();
  b.at.clear();
  b.consumer.on_fetch_response(node, {.error = ErrorCode::kFetchSessionIdNotFound}, request,
                               b.at.step());
  EXPECT_EQ(b.fetch().second.session_epoch, kInitialFetchEpoch);
  EXPECT_EQ(b.fetch().second.session_id, kNoFetchSession);
  EXPECT_EQ(b.fetch().second.partitions.size(), 1u);
}

TEST(ConsumerSession, node_with_records_not_polled_yet_is_not_fetched_from) {
  Bench b(2, 1_s);
  b.answer({data_of(0, records(0, 0)), data_of(1)});  // Polled; the application is busy.
  b.answer({data_of(0, records(1, 1))});              // Waits for it.
  EXPECT_TRUE(b.at.sent<FetchRequest>().empty())
      << "orders-1 alone would push orders-0 out of the session";
  b.at.clear();
  b.at.advance(1_s);
  b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  EXPECT_TRUE(b.fetch().second.forgotten.empty());
}

TEST(ConsumerRack, goes_where_the_leader_sends_it) {
  Bench b;
  EXPECT_EQ(b.fetch().first, kOne);
  EXPECT_EQ(b.fetch().second.rack_id, "b");
  b.send_to(kTwo);
  EXPECT_EQ(b.fetch().first, kTwo);
  EXPECT_EQ(b.fetch().second.session_epoch, kInitialFetchEpoch) << "a session of its own there";
}

TEST(ConsumerRack, asks_the_leader_again_after_metadata_max_age) {
  Bench b;
  b.send_to(kTwo);
  b.at.advance(300_s);
  b.know({kOne});
  b.answer({data_of(0)});
  EXPECT_EQ(b.fetch().first, kTwo) << "not before";
  b.at.advance(1_ms);
  b.answer({});
  EXPECT_EQ(b.fetch().first, kOne);
  EXPECT_EQ(b.at.marks().of(Mark::kPreferredReplicaExpired), 1);
}

TEST(ConsumerRack, out_of_range_there_is_no_reason_to_reset) {
  Bench b;
  b.send_to(kTwo);
  b.answer({error_of(ErrorCode::kOffsetOutOfRange)});
  EXPECT_EQ(b.fetch().first, kOne);
  EXPECT_TRUE(b.at.sent<ListOffsetsRequest>().empty());
  EXPECT_EQ(b.at.marks().of(Mark::kPreferredReplicaDropped), 1);
  b.answer({error_of(ErrorCode::kOffsetOutOfRange)});
  EXPECT_EQ(b.at.sent<ListOffsetsRequest>().size(), 1u) << "of the leader's it is";
}

TEST(ConsumerRack, one_that_has_not_heard_of_the_leader_epoch_is_asked_again) {
  Bench b;
  b.send_to(kTwo);
  b.at.advance(1_s);
  b.answer({error_of(ErrorCode::kUnknownLeaderEpoch)});
  EXPECT_TRUE(b.at.sent<MetadataRequest>().empty());
  EXPECT_EQ(b.at.marks().of(Mark::kPreferredReplicaDropped), 0);
  b.at.advance(100_ms);
  b.at.clear();
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_EQ(b.fetch().first, kTwo);
}

TEST(ConsumerRack, failure_there_sends_it_back) {
  Bench b;
  b.send_to(kTwo);
  FetchRequest request = b.fetch().second;
  b.at.clear();
  b.consumer.on_disconnected(kTwo, 50_ms, b.at.step());
  b.consumer.on_request_failed(kTwo, request, RequestFailure::kDisconnected, b.at.step());
  b.at.advance(100_ms);
  b.at.clear();
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_EQ(b.fetch().first, kOne);
}

TEST(ConsumerRack, new_leader_decides_anew) {
  Bench b;
  b.send_to(kTwo);
  b.at.clear();
  b.know({kThree}, 2);
  EXPECT_EQ(b.fetch().first, kThree);
}

}  // namespace
}  // namespace models
