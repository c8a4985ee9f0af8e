// SPDX-License-Identifier: Apache-2.0

#include "models/clients/consumer.h"

#include <algorithm>

#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

// Records [first, last] of producer 1 in one batch; their ids count like their offsets.
absl::Cord records(int64_t first, int64_t last) {
  BatchBuilder builder({.base_offset = Offset(first), .leader_epoch = LeaderEpoch(1)});
  for (int64_t offset = first; offset <= last; ++offset) {
    std::string value(8, '\0');
    store_big_endian<int64_t>(value.data(), make_record_id(1, offset).value());
    builder.add(1000, std::nullopt, value);
  }
  return builder.build();
}

struct Bench {
  explicit Bench(ConsumerConfig config = from_earliest(), int partitions = 1,
                 sim::Duration processing = {})
      : consumer(options(config, partitions, processing)) {}

  static ConsumerConfig from_earliest() {
    ConsumerConfig config;
    config.auto_offset_reset = AutoOffsetReset::kEarliest;
    return config;
  }
  static ConsumerOptions options(const ConsumerConfig& config, int partitions,
                                 sim::Duration processing) {
    ConsumerOptions options;
    for (int i = 0; i < partitions; ++i) options.assignment.push_back(orders(i));
    options.config = config;
    options.processing = processing;
    options.bootstrap = {kOne};
    return options;
  }
  // Started, with leaders and, for all partitions, position `from`.
  void start(const std::vector<NodeId>& leaders = {kOne}, int64_t from = 0) {
    begin();
    know(leaders);
    list_offsets(from);
  }
  void begin() {
    consumer.on_start(at.step());
    for (NodeId node : {kOne, kTwo, kThree}) consumer.on_connected(node, at.step());
  }
  void disconnect(NodeId node, const Message& in_flight) {
    consumer.on_disconnected(node, 50_ms, at.step());
    consumer.on_request_failed(node, in_flight, RequestFailure::kDisconnected, at.step());
    consumer.on_connected(node, at.step());
  }
  void know(const std::vector<NodeId>& leaders, int epoch = 1) {
    consumer.on_metadata_response(kOne, metadata(leaders, epoch), {}, at.step());
  }
  // Answers all ListOffsets requests; drops the effects before.
  void list_offsets(int64_t offset, ErrorCode error = ErrorCode::kNone) {
    auto requests = at.sent<ListOffsetsRequest>();
    at.clear();
    for (const auto& [node, request] : requests) {
      ListOffsetsResponse response;
      for (const ListOffsetsPartition& asked : request.partitions) {
        response.partitions.push_back({asked.partition, error, Offset(offset), LeaderEpoch(1)});
      }
      consumer.on_list_offsets_response(node, response, request, at.step());
    }
  }
  std::vector<std::pair<NodeId, FetchRequest>> fetches() const { return at.sent<FetchRequest>(); }
  // Answers the one fetch that is out; drops the effects before.
  void fetched(const absl::Cord& bytes, int64_t watermark, ErrorCode error = ErrorCode::kNone,
               NodeId leader = kNoNode, int leader_epoch = -1) {
    ASSERT_EQ(fetches().size(), 1u);
    auto [node, request] = fetches()[0];
    at.clear();
    answer(node, request, bytes, watermark, error, leader, leader_epoch);
  }
  void answer(NodeId node, const FetchRequest& request, const absl::Cord& bytes, int64_t watermark,
              ErrorCode error = ErrorCode::kNone, NodeId leader = kNoNode, int leader_epoch = -1) {
    FetchResponse response;
    for (const FetchPartition& asked : request.partitions) {
      FetchPartitionData data;
      data.partition = asked.partition;
      data.error = error;
      data.high_watermark = Offset(watermark);
      data.current_leader = leader;
      data.current_leader_epoch = LeaderEpoch(leader_epoch);
      data.records = bytes;
      response.partitions.push_back(data);
    }
    consumer.on_fetch_response(node, response, request, at.step());
  }
  // Offsets that poll() gave, in order.
  std::vector<int64_t> polled() const {
    std::vector<int64_t> offsets;
    for (const ClientEvent& event : events(at, ClientEventKind::kPolled)) {
      for (const RecordSeen& record : event.records) {
        EXPECT_EQ(count_of(record.id), record.offset.value());
        offsets.push_back(record.offset.value());
      }
    }
    return offsets;
  }
  int64_t position(int32_t partition = 0) const {
    return consumer.position(orders(partition)).value();
  }
  int64_t next_fetch() const {
    return fetches().empty() ? -1 : fetches().back().second.partitions[0].fetch_offset.value();
  }

  StepFixture at;
  Consumer consumer;
};

using testing::ElementsAre;

// --- Positions ---

TEST(Consumer, asks_for_the_offset_that_auto_offset_reset_names) {
  for (auto [reset, timestamp] : {std::pair(AutoOffsetReset::kEarliest, kEarliestTimestamp),
                                  std::pair(AutoOffsetReset::kLatest, kLatestTimestamp)}) {
    ConsumerConfig config;
    config.auto_offset_reset = reset;
    Bench b(config);
    b.begin();
    b.know({kTwo}, 3);
    auto requests = b.at.sent<ListOffsetsRequest>();
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_EQ(requests[0].first, kTwo);
    EXPECT_EQ(requests[0].second.partitions[0].timestamp, timestamp);
    EXPECT_EQ(requests[0].second.partitions[0].current_leader_epoch, LeaderEpoch(3));
    EXPECT_TRUE(b.fetches().empty());
    EXPECT_EQ(b.position(), -1);
    b.list_offsets(17);
    EXPECT_EQ(b.position(), 17);
    EXPECT_EQ(b.next_fetch(), 17);
    auto assigned = events(b.at, ClientEventKind::kAssigned);
    ASSERT_EQ(assigned.size(), 1u);
    EXPECT_EQ(assigned[0].records[0].offset, Offset(17));
  }
}

TEST(Consumer, asks_again_for_an_offset_after_an_error_and_a_backoff) {
  Bench b;
  b.begin();
  b.know({kOne});
  b.list_offsets(0, ErrorCode::kNotLeaderOrFollower);
  EXPECT_TRUE(b.at.sent<ListOffsetsRequest>().empty());
  EXPECT_EQ(armed(b.at, Timer::kConsumerFetch), 100_ms);
  b.at.advance(100_ms);
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_EQ(b.at.sent<ListOffsetsRequest>().size(), 1u);
}

TEST(Consumer, out_of_range_resets_to_the_policys_offset) {
  Bench b;
  b.start({kOne}, 5);
  b.fetched({}, 9, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(b.at.marks().of(Mark::kOutOfRangeFetchReset), 1);
  ASSERT_EQ(b.at.sent<ListOffsetsRequest>().size(), 1u);
  EXPECT_EQ(b.position(), -1) << "not known until the reply";
  EXPECT_FALSE(b.consumer.caught_up());
  b.list_offsets(7);
  EXPECT_EQ(b.next_fetch(), 7);
  EXPECT_EQ(b.position(), 7);
}

TEST(Consumer, out_of_range_without_a_policy_stops_the_partition) {
  ConsumerConfig config;
  config.auto_offset_reset = AutoOffsetReset::kNone;
  Bench b(config);
  b.start({kOne}, 5);
  b.fetched({}, 9, ErrorCode::kOffsetOutOfRange);
  EXPECT_TRUE(b.at.sent<ListOffsetsRequest>().empty());
  EXPECT_TRUE(b.fetches().empty());
  ASSERT_EQ(b.at.all<Note>().size(), 1u);
  EXPECT_EQ(b.at.all<Note>()[0].what, "consumer_stopped");
  EXPECT_EQ(b.position(), 5);
  b.at.advance(10_s);
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_TRUE(b.fetches().empty());
  EXPECT_TRUE(b.consumer.caught_up()) << "nothing more will come";
}

// The partition moved while a fetch was at its former leader, and the new one has answered first.
TEST(Consumer, an_out_of_range_reply_to_a_stale_fetch_is_ignored) {
  Bench b;
  b.start({kOne});
  FetchRequest old_fetch = b.fetches().at(0).second;
  b.at.clear();
  b.know({kTwo}, 2);
  ASSERT_EQ(b.fetches().size(), 1u);
  EXPECT_EQ(b.fetches()[0].first, kTwo);
  b.fetched(records(0, 4), 5);
  EXPECT_EQ(b.position(), 5);
  b.at.clear();
  b.answer(kOne, old_fetch, {}, -1, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(b.position(), 5);
  EXPECT_TRUE(b.at.sent<ListOffsetsRequest>().empty());
  EXPECT_EQ(b.at.marks().of(Mark::kOutOfRangeFetchReset), 0);
}

TEST(Consumer, records_of_a_stale_fetch_are_dropped) {
  Bench b;
  b.start({kOne});
  FetchRequest old_fetch = b.fetches().at(0).second;
  b.at.clear();
  b.know({kTwo}, 2);
  b.fetched(records(0, 4), 5);
  b.at.clear();
  b.answer(kOne, old_fetch, records(0, 6), 9);
  EXPECT_TRUE(b.polled().empty()) << "even if there are more of them";
  EXPECT_EQ(b.position(), 5);
  EXPECT_TRUE(b.consumer.caught_up()) << "nor does its high watermark count";
}

TEST(Consumer, records_that_come_while_the_position_is_reset_are_dropped) {
  Bench b;
  b.start({kOne}, 9);
  FetchRequest old_fetch = b.fetches().at(0).second;
  b.at.clear();
  b.know({kTwo}, 2);
  b.fetched({}, 5, ErrorCode::kOffsetOutOfRange);
  ASSERT_EQ(b.at.sent<ListOffsetsRequest>().size(), 1u);
  b.answer(kOne, old_fetch, records(9, 12), 13);
  EXPECT_TRUE(b.polled().empty());
  b.list_offsets(3);
  EXPECT_EQ(b.position(), 3);
  EXPECT_EQ(b.next_fetch(), 3);
}

// --- Fetching ---

TEST(Consumer, one_fetch_a_node_is_out_with_all_its_partitions) {
  Bench b(Bench::from_earliest(), 3);
  b.start({kOne, kTwo, kOne});
  // The reply of the node that answered first let its fetch go; the other's came with its own.
  std::vector<NodeId> nodes;
  size_t partitions = 0;
  for (const auto& [node, request] : b.fetches()) {
    nodes.push_back(node);
    partitions += request.partitions.size();
  }
  std::sort(nodes.begin(), nodes.end());
  EXPECT_EQ(nodes, (std::vector<NodeId>{kOne, kTwo}));
  EXPECT_EQ(partitions, 3u);
  b.at.clear();
  b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  EXPECT_TRUE(b.fetches().empty()) << "both are out";
}

TEST(Consumer, a_fetch_carries_its_settings) {
  ConsumerConfig config = Bench::from_earliest();
  config.fetch_max_wait_ms = 70_ms;
  config.fetch_min_bytes = 11;
  config.fetch_max_bytes = 12;
  config.max_partition_fetch_bytes = 13;
  Bench b(config);
  b.start();
  FetchRequest request = b.fetches().at(0).second;
  EXPECT_EQ(request.replica_id, kNoNode);
  EXPECT_EQ(request.max_wait_ms, 70);
  EXPECT_EQ(request.min_bytes, 11);
  EXPECT_EQ(request.max_bytes, 12);
  EXPECT_EQ(request.partitions[0].partition_max_bytes, 13);
  EXPECT_EQ(request.partitions[0].current_leader_epoch, LeaderEpoch(1));
}

TEST(Consumer, gives_whole_batches_from_the_asked_offset_on_and_drops_a_cut_one) {
  Bench b;
  b.start({kOne}, 2);
  absl::Cord bytes = records(0, 3);
  bytes.Append(records(4, 5));
  absl::Cord cut = records(6, 9);
  bytes.Append(cut.Subcord(0, cut.size() - 1));
  b.fetched(bytes, 10);
  EXPECT_THAT(b.polled(), ElementsAre(2, 3, 4, 5));
  EXPECT_EQ(b.position(), 6);
  EXPECT_EQ(b.next_fetch(), 6);
}

// --- The application ---

TEST(Consumer, a_poll_gives_at_most_max_poll_records) {
  ConsumerConfig config = Bench::from_earliest();
  config.max_poll_records = 3;
  Bench b(config, 1, 10_ms);
  b.start();
  b.fetched(records(0, 6), 7);
  EXPECT_THAT(b.polled(), ElementsAre(0, 1, 2));
  EXPECT_EQ(armed(b.at, Timer::kPoll), 30_ms) << "the work on three records";
  EXPECT_EQ(b.position(), 3);
  EXPECT_TRUE(b.fetches().empty()) << "its buffer is not empty";
  EXPECT_FALSE(b.consumer.caught_up());
  b.at.clear();
  b.at.advance(29_ms);
  b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  EXPECT_TRUE(b.polled().empty()) << "it works still";
  b.at.clear();
  b.at.advance(1_ms);
  b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  EXPECT_THAT(b.polled(), ElementsAre(3, 4, 5));
  b.at.clear();
  b.at.advance(30_ms);
  b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  EXPECT_THAT(b.polled(), ElementsAre(6));
  EXPECT_EQ(b.next_fetch(), 7) << "while it works, the next fetch is on its way";
  EXPECT_TRUE(b.consumer.caught_up());
}

TEST(Consumer, polls_partitions_in_turn) {
  ConsumerConfig config = Bench::from_earliest();
  config.max_poll_records = 2;
  Bench b(config, 2, 1_ms);
  b.start({kOne, kTwo});
  auto requests = b.fetches();
  ASSERT_EQ(requests.size(), 2u);
  b.at.clear();
  for (const auto& [node, request] : requests) b.answer(node, request, records(0, 5), 6);
  std::vector<int32_t> turns;
  for (int i = 0; i < 4; ++i) {
    for (const ClientEvent& event : events(b.at, ClientEventKind::kPolled))
      turns.push_back(event.partition.partition);
    b.at.clear();
    b.at.advance(2_ms);
    b.consumer.on_timer({Timer::kPoll, 0}, b.at.step());
  }
  EXPECT_THAT(turns, ElementsAre(0, 1, 0, 1));
}

TEST(Consumer, is_caught_up_when_it_has_been_given_all_of_every_partition) {
  Bench b(Bench::from_earliest(), 2);
  EXPECT_FALSE(b.consumer.caught_up());
  b.start({kOne, kTwo});
  EXPECT_FALSE(b.consumer.caught_up()) << "no reply says how much there is";
  auto requests = b.fetches();
  ASSERT_EQ(requests.size(), 2u);
  b.at.clear();
  b.answer(requests[0].first, requests[0].second, {}, 0);
  EXPECT_FALSE(b.consumer.caught_up());
  b.answer(requests[1].first, requests[1].second, records(0, 1), 4);
  EXPECT_FALSE(b.consumer.caught_up()) << "two of four";
  auto again = b.fetches().back();
  b.answer(again.first, again.second, records(2, 3), 4);
  EXPECT_TRUE(b.consumer.caught_up());
}

// --- Errors ---

TEST(Consumer, without_a_named_leader_it_asks_for_metadata_and_backs_off) {
  Bench b;
  b.start();
  b.at.advance(1_s);
  b.fetched({}, -1, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  EXPECT_TRUE(b.fetches().empty());
  EXPECT_EQ(armed(b.at, Timer::kConsumerFetch), 100_ms);
  b.know({kTwo}, 2);
  EXPECT_TRUE(b.fetches().empty()) << "the backoff holds";
  b.at.advance(100_ms);
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  ASSERT_EQ(b.fetches().size(), 1u);
  EXPECT_EQ(b.fetches()[0].first, kTwo);
  EXPECT_EQ(b.next_fetch(), 0);
}

TEST(Consumer, a_named_leader_is_followed_at_once) {
  Bench b;
  b.start();
  b.fetched({}, -1, ErrorCode::kNotLeaderOrFollower, kThree, 2);
  EXPECT_TRUE(b.at.sent<MetadataRequest>().empty());
  ASSERT_EQ(b.fetches().size(), 1u);
  EXPECT_EQ(b.fetches()[0].first, kThree);
  EXPECT_EQ(b.fetches()[0].second.partitions[0].current_leader_epoch, LeaderEpoch(2));
}

TEST(Consumer, a_lost_fetch_is_sent_again_after_the_backoff) {
  Bench b;
  b.start();
  FetchRequest request = b.fetches().at(0).second;
  b.at.clear();
  b.at.advance(1_s);
  b.disconnect(kOne, request);
  EXPECT_TRUE(b.fetches().empty());
  EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  b.at.advance(100_ms);
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_EQ(b.next_fetch(), 0);
}

TEST(Consumer, fetches_only_over_a_connection) {
  Bench b;
  b.start({kOne});
  b.at.clear();
  b.know({kTwo}, 2);
  b.consumer.on_disconnected(kThree, 50_ms, b.at.step());
  b.at.clear();
  b.know({kThree}, 3);
  EXPECT_TRUE(b.fetches().empty());
  b.at.advance(50_ms);
  b.consumer.on_timer({Timer::kConsumerFetch, 3}, b.at.step());
  ASSERT_EQ(b.at.all<Connect>().size(), 1u);
  b.consumer.on_connected(kThree, b.at.step());
  ASSERT_EQ(b.fetches().size(), 1u);
  EXPECT_EQ(b.fetches()[0].first, kThree);
}

TEST(Consumer, a_lost_question_for_the_offset_is_asked_again) {
  Bench b;
  b.begin();
  b.know({kOne});
  ListOffsetsRequest request = b.at.sent<ListOffsetsRequest>().at(0).second;
  b.at.clear();
  b.disconnect(kOne, request);
  EXPECT_TRUE(b.at.sent<ListOffsetsRequest>().empty());
  b.at.advance(100_ms);
  b.consumer.on_timer({Timer::kConsumerFetch, 0}, b.at.step());
  EXPECT_EQ(b.at.sent<ListOffsetsRequest>().size(), 1u);
}

TEST(Consumer, without_partitions_does_nothing) {
  Bench b(Bench::from_earliest(), 0);
  b.consumer.on_start(b.at.step());
  EXPECT_TRUE(b.at.effects().empty());
  EXPECT_TRUE(b.consumer.caught_up());
}

}  // namespace
}  // namespace models
