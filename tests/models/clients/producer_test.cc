// SPDX-License-Identifier: Apache-2.0

#include "models/clients/producer.h"

#include "tests/models/clients/producer_fixture.h"

namespace models {
namespace {

ProducerConfig without_idempotence() {
  ProducerConfig config;
  config.enable_idempotence = false;
  return config;
}

// --- Batching ---

TEST(Producer, asks_for_metadata_and_an_id_and_sends_nothing_before_both) {
  ProducerBench b;
  b.producer.on_start(b.at.step());
  ASSERT_EQ(b.at.all<Connect>().size(), 1u);
  EXPECT_EQ(b.at.all<Connect>()[0].to, kOne);
  EXPECT_TRUE(b.at.all<SendRequest>().empty()) << "before it is connected";
  b.producer.on_connected(kOne, b.at.step());
  EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  EXPECT_EQ(b.at.sent<InitProducerIdRequest>().size(), 1u);
  b.know({kOne});
  b.load(10_ms);
  b.wake(10_ms);
  EXPECT_TRUE(b.sent().empty()) << "without an id";
  b.producer.on_init_producer_id_response(kOne, ProducerBench::id_reply(), {}, b.at.step());
  EXPECT_EQ(b.sent().size(), 1u);
}

TEST(Producer, without_idempotence_asks_for_no_id) {
  ProducerBench b(without_idempotence());
  b.begin();
  EXPECT_TRUE(b.at.sent<InitProducerIdRequest>().empty());
  b.know({kOne});
  b.load(5_ms);
  ASSERT_EQ(b.sent().size(), 0u);
  b.load(5_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_FALSE(ProducerBench::header(b.sent()[0].second).has_producer());
}

TEST(Producer, a_small_batch_leaves_when_it_has_lingered) {
  ProducerBench b;
  b.start();
  b.load(0_ms);
  EXPECT_TRUE(b.sent().empty());
  EXPECT_EQ(armed(b.at, Timer::kSenderWakeup), 5_ms);
  b.load(4_ms);
  EXPECT_TRUE(b.sent().empty());
  b.wake(1_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(b.sent()[0].first, kOne);
  ProduceRequest request = b.sent()[0].second;
  EXPECT_EQ(request.acks, -1);
  EXPECT_EQ(request.timeout_ms, 30000);
  EXPECT_EQ(ProducerBench::header(request).record_count, 5) << "at 0, 1, 2, 3 and 4 ms";
}

TEST(Producer, a_full_batch_leaves_at_once) {
  ProducerConfig config;
  config.linger_ms = 10_s;
  config.batch_size = 1000;
  ProducerBench b(config, 1000, 200);
  b.start();
  b.load(3_ms);  // Four records of about 220 bytes fit.
  EXPECT_TRUE(b.sent().empty());
  b.load(1_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).record_count, 4);
  EXPECT_LE(b.sent()[0].second.partitions[0].records.size(), 1000u);
  EXPECT_EQ(b.producer.records_queued(), 1) << "the fifth begins the next";
}

TEST(Producer, a_record_larger_than_a_batch_goes_alone) {
  ProducerConfig config;
  config.batch_size = 500;
  ProducerBench b(config, 1000, 2000);
  b.start();
  b.load(1_ms);
  auto sent = b.sent();
  ASSERT_GE(sent.size(), 1u);
  EXPECT_EQ(ProducerBench::header(sent[0].second).record_count, 1);
}

TEST(Producer, one_request_carries_batches_of_all_partitions_of_a_node) {
  ProducerBench b;
  b.start({kOne, kTwo, kOne});
  b.load(20_ms);
  b.wake(5_ms);
  auto sent = b.sent();
  ASSERT_EQ(sent.size(), 2u);
  for (const auto& [node, request] : sent) {
    EXPECT_EQ(request.partitions.size(), node == kOne ? 2u : 1u);
    for (const PartitionProduceData& data : request.partitions)
      EXPECT_EQ(node, data.partition.partition == 1 ? kTwo : kOne);
  }
}

TEST(Producer, the_end_of_the_load_sends_what_is_left) {
  ProducerConfig config;
  config.linger_ms = 10_s;
  ProducerBench b(config, 1000, 100, 3_ms);
  b.start();
  b.load(3_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).record_count, 3);
  EXPECT_FALSE(b.producer.idle());
  b.reply(kOne, b.sent()[0].second);
  EXPECT_TRUE(b.producer.idle());
}

TEST(Producer, a_stopped_load_sends_no_more_but_delivers) {
  ProducerBench b;
  b.start();
  b.load(2_ms);
  b.producer.stop_load(b.at.step());
  b.load(100_ms);
  EXPECT_EQ(events(b.at, ClientEventKind::kSend).size(), 3u) << "of 0, 1 and 2 ms";
  ASSERT_EQ(b.sent().size(), 1u);
  b.reply(kOne, b.sent()[0].second);
  EXPECT_TRUE(b.producer.idle());
}

// --- Acknowledgement ---

TEST(Producer, an_acknowledgement_names_every_record_with_its_offset) {
  ProducerBench b;
  b.start();
  b.load(1_ms);
  b.wake(5_ms);
  ProduceRequest request = b.take_sent().at(0).second;
  b.reply(kOne, request, ErrorCode::kNone, 40);
  auto acknowledged = events(b.at, ClientEventKind::kAcknowledged);
  ASSERT_EQ(acknowledged.size(), 1u);
  ASSERT_EQ(acknowledged[0].records.size(), 2u);
  EXPECT_EQ(acknowledged[0].partition, orders());
  EXPECT_EQ(acknowledged[0].records[1].offset, Offset(41));
  EXPECT_EQ(acknowledged[0].records[1].id, make_record_id(1, 1));
}

// --- In flight ---

// Records so large that each fills a batch; `count` of them are sent by the application.
struct Large : ProducerBench {
  explicit Large(ProducerConfig config = {}) : ProducerBench(small_batches(config), 1000, 1000) {
    start();
  }
  static ProducerConfig small_batches(ProducerConfig config) {
    config.batch_size = 100;
    config.linger_ms = 0_ms;
    return config;
  }
};

TEST(Producer, at_most_five_requests_are_in_flight_to_a_node) {
  Large b;
  for (int i = 0; i < 8; ++i) b.load(1_ms);
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 5u);
  b.reply(kOne, sent[0].second);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).base_sequence, Sequence(5));
}

TEST(Producer, a_backlog_of_full_batches_fills_the_limit_at_once) {
  Large b;
  b.know({kNoNode});
  for (int i = 0; i < 8; ++i) b.load(1_ms);
  EXPECT_TRUE(b.take_sent().empty());
  b.know({kOne}, 2);
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ProducerBench::header(sent[static_cast<size_t>(i)].second).base_sequence,
              Sequence(i));
  }
}

TEST(Producer, sequences_follow_each_other_by_records) {
  ProducerBench b;
  b.start();
  b.load(2_ms);  // Three records.
  b.wake(5_ms);
  b.load(1_ms);
  b.wake(10_ms);
  auto sent = b.sent();
  ASSERT_GE(sent.size(), 2u);
  BatchHeader first = ProducerBench::header(sent[0].second);
  EXPECT_EQ(first.producer_id, ProducerId(70));
  EXPECT_EQ(first.producer_epoch, ProducerEpoch(0));
  EXPECT_EQ(first.base_sequence, Sequence(0));
  EXPECT_EQ(ProducerBench::header(sent[1].second).base_sequence, Sequence(first.record_count));
}

// --- Retries ---

TEST(Producer, a_retry_sends_the_same_bytes_after_the_backoff) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  ProduceRequest request = b.take_sent().at(0).second;
  b.reply(kOne, request, ErrorCode::kNotEnoughReplicas);
  EXPECT_TRUE(b.sent().empty());
  sim::Duration backoff = armed(b.at, Timer::kSenderWakeup);
  EXPECT_GE(backoff, 80_ms);
  EXPECT_LE(backoff, 120_ms);
  EXPECT_TRUE(events(b.at, ClientEventKind::kFailed).empty());
  b.wake(backoff - 1_ms);
  EXPECT_TRUE(b.sent().empty());
  b.wake(1_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(b.sent()[0].second.partitions[0].records, request.partitions[0].records);
}

TEST(Producer, retries_keep_the_order_of_their_sequences) {
  Large b;
  for (int i = 0; i < 3; ++i) b.load(1_ms);
  b.producer.stop_load(b.at.step());
  auto first = b.take_sent();
  ASSERT_EQ(first.size(), 4u);
  b.reply(kOne, first[0].second, ErrorCode::kNotEnoughReplicas);
  for (size_t i = 1; i < first.size(); ++i)
    b.reply(kOne, first[i].second, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(events(b.at, ClientEventKind::kFailed).empty());
  std::vector<int32_t> sequences;
  b.at.clear();
  for (int i = 0; i < 40 && sequences.size() < 4; ++i) {
    b.wake(100_ms);
    for (const auto& [node, request] : b.take_sent()) {
      sequences.push_back(ProducerBench::header(request).base_sequence.value());
      EXPECT_EQ(ProducerBench::header(request).producer_epoch, ProducerEpoch(0));
      b.reply(node, request);
    }
  }
  EXPECT_EQ(sequences, (std::vector<int32_t>{0, 1, 2, 3}));
}

TEST(Producer, a_lost_request_is_sent_again_with_its_sequence_and_metadata_is_refreshed) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  ProduceRequest request = b.take_sent().at(0).second;
  b.at.advance(500_ms);
  b.disconnect(kOne, {request});
  EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  b.at.clear();
  b.wake(120_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).base_sequence, Sequence(0));
}

TEST(Producer, a_duplicate_counts_as_stored) {
  Large b;
  b.load(0_ms);
  ProduceRequest request = b.take_sent().at(0).second;
  b.reply(kOne, request, ErrorCode::kDuplicateSequenceNumber);
  EXPECT_EQ(events(b.at, ClientEventKind::kAcknowledged).size(), 1u);
}

TEST(Producer, an_error_that_no_retry_cures_fails_at_once) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kMessageTooLarge);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].error, ErrorCode::kMessageTooLarge);
  EXPECT_TRUE(b.producer.idle());
}

// Base sequence and records of each batch in `sent`.
std::vector<std::pair<int, int>> batches_of(
    const std::vector<std::pair<NodeId, ProduceRequest>>& sent) {
  std::vector<std::pair<int, int>> batches;
  for (const auto& [node, request] : sent) {
    BatchHeader header = ProducerBench::header(request);
    batches.emplace_back(header.base_sequence.value(), header.record_count);
  }
  return batches;
}

TEST(Producer, a_batch_that_is_too_large_goes_again_in_halves_with_its_sequences) {
  ProducerBench b({}, 1000, 100);
  b.start();
  b.load(7_ms);
  b.producer.stop_load(b.at.step());
  b.wake(0_ms);
  ProduceRequest whole = b.take_sent().at(0).second;
  EXPECT_EQ(ProducerBench::header(whole).record_count, 8);
  // First in pieces of batch.size, which is one; then that in halves.
  b.reply(kOne, whole, ErrorCode::kMessageTooLarge);
  ProduceRequest again = b.take_sent().at(0).second;
  EXPECT_EQ(again.partitions[0].records, whole.partitions[0].records);
  b.reply(kOne, again, ErrorCode::kMessageTooLarge);
  std::vector<std::pair<int, int>> pieces;
  for (int64_t base = 0; base < 8;) {
    auto sent = b.take_sent();
    ASSERT_EQ(sent.size(), 1u) << "one at a time, in order";
    pieces.push_back(batches_of(sent)[0]);
    b.reply(kOne, sent[0].second, ErrorCode::kNone, base);
    base += pieces.back().second;
  }
  EXPECT_THAT(pieces,
              testing::ElementsAre(testing::Pair(0, 3), testing::Pair(3, 3), testing::Pair(6, 2)));
  EXPECT_TRUE(b.producer.idle());
  EXPECT_EQ(b.at.marks().of(Mark::kBatchSplit), 2);
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 0);
}

TEST(Producer, of_a_batch_in_pieces_only_the_record_that_is_too_large_fails) {
  ProducerBench b(without_idempotence(), 1000, 100);
  b.start();
  b.load(1_ms);
  b.producer.stop_load(b.at.step());
  b.wake(0_ms);
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kMessageTooLarge);
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kMessageTooLarge);
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  b.reply(kOne, sent[0].second, ErrorCode::kMessageTooLarge);
  b.reply(kOne, sent[1].second, ErrorCode::kNone, 0);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].records.size(), 1u);
  EXPECT_EQ(events(b.at, ClientEventKind::kAcknowledged).at(0).records.size(), 1u);
  EXPECT_TRUE(b.producer.idle());
}

TEST(Producer, after_a_failure_the_next_batch_begins_a_new_epoch) {
  Large b;
  b.load(0_ms);
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kMessageTooLarge);
  b.load(1_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).base_sequence, Sequence(0));
}

TEST(Producer, out_of_order_for_the_next_sequence_begins_a_new_epoch_with_the_same_records) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kOutOfOrderSequenceNumber);
  b.wake(120_ms);
  ASSERT_EQ(b.sent().size(), 1u);
  BatchHeader header = ProducerBench::header(b.sent()[0].second);
  EXPECT_EQ(header.producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(header.base_sequence, Sequence(0));
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 1);
}

TEST(Producer, retries_end_at_their_number) {
  ProducerConfig config;
  config.retries = 1;
  Large b(config);
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kNotEnoughReplicas);
  b.wake(120_ms);
  b.reply(kOne, b.take_sent().at(0).second, ErrorCode::kNotEnoughReplicas);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].error, ErrorCode::kNotEnoughReplicas);
}

// --- Leaders ---

TEST(Producer, a_reply_that_names_the_new_leader_is_followed_at_once) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  ProduceRequest request = b.take_sent().at(0).second;
  b.reply(kOne, request, ErrorCode::kNotLeaderOrFollower, 0, kTwo, 2);
  ASSERT_EQ(b.sent().size(), 1u) << "no backoff";
  EXPECT_EQ(b.sent()[0].first, kTwo);
  EXPECT_EQ(b.sent()[0].second.partitions[0].records, request.partitions[0].records);
  EXPECT_GE(armed(b.at, Timer::kMetadataRefresh), 0_ms) << "metadata is asked for all the same";
}

TEST(Producer, a_reply_without_the_new_leader_asks_for_metadata_and_follows_what_it_says) {
  for (int epoch : {-1, 1}) {  // Not named; named with an epoch that is not news.
    Large b;
    b.load(0_ms);
    b.producer.stop_load(b.at.step());
    ProduceRequest request = b.take_sent().at(0).second;
    b.at.advance(1_s);
    b.reply(kOne, request, ErrorCode::kNotLeaderOrFollower, 0, epoch < 0 ? kNoNode : kTwo, epoch);
    EXPECT_TRUE(b.sent().empty());
    EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
    b.know({kOne}, 1);
    EXPECT_TRUE(b.sent().empty()) << "the backoff holds";
    b.know({kTwo}, 2);
    ASSERT_EQ(b.sent().size(), 1u) << "without backoff, for the leader has changed";
    EXPECT_EQ(b.sent()[0].first, kTwo);
  }
}

TEST(Producer, a_leader_change_while_the_request_is_out_spares_the_backoff_once) {
  Large b;
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  ProduceRequest request = b.take_sent().at(0).second;
  b.know({kTwo}, 2);
  b.reply(kOne, request, ErrorCode::kNotLeaderOrFollower);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(b.take_sent()[0].first, kTwo);
  b.reply(kTwo, request, ErrorCode::kNotLeaderOrFollower);
  EXPECT_TRUE(b.sent().empty()) << "the second time nothing has changed";
}

TEST(Producer, batches_wait_for_a_leader) {
  ProducerBench b;
  b.start({kNoNode});
  b.load(1_ms);
  b.wake(10_ms);
  EXPECT_TRUE(b.sent().empty());
  b.know({kThree}, 2);
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(b.sent()[0].first, kThree);
}

// --- Limits ---

TEST(Producer, delivery_timeout_fails_what_is_queued) {
  ProducerConfig config;
  config.delivery_timeout_ms = 40_s;
  ProducerBench b(config);
  b.start({kNoNode});
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  b.wake(40_s - 1_ms);
  EXPECT_TRUE(events(b.at, ClientEventKind::kFailed).empty());
  b.wake(1_ms);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].error, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(b.at.marks().of(Mark::kBatchExpired), 1);
  EXPECT_TRUE(b.producer.idle());
}

TEST(Producer, delivery_timeout_fails_what_is_in_flight_once) {
  ProducerConfig config;
  config.delivery_timeout_ms = 40_s;
  Large b(config);
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  ProduceRequest request = b.take_sent().at(0).second;
  b.wake(40_s);
  EXPECT_EQ(events(b.at, ClientEventKind::kFailed).size(), 1u);
  EXPECT_FALSE(b.producer.idle()) << "the request is still out";
  b.reply(kOne, request);
  EXPECT_EQ(events(b.at, ClientEventKind::kFailed).size(), 1u);
  EXPECT_TRUE(events(b.at, ClientEventKind::kAcknowledged).empty()) << "one outcome each";
  EXPECT_TRUE(b.producer.idle());
}

TEST(Producer, an_id_that_is_not_given_is_asked_for_again) {
  ProducerBench b;
  b.begin();
  b.know({kOne});
  b.at.clear();
  b.producer.on_init_producer_id_response(kOne, {ErrorCode::kCoordinatorLoadInProgress, {}, {}}, {},
                                          b.at.step());
  EXPECT_EQ(armed(b.at, Timer::kInitProducerIdRetry), 100_ms);
  b.at.advance(100_ms);
  b.fire(Timer::kInitProducerIdRetry);
  EXPECT_EQ(b.at.sent<InitProducerIdRequest>().size(), 1u);
  b.at.clear();
  b.producer.on_request_failed(kOne, InitProducerIdRequest{}, RequestFailure::kTimedOut,
                               b.at.step());
  EXPECT_EQ(armed(b.at, Timer::kInitProducerIdRetry), 100_ms) << "always the same";
}

}  // namespace
}  // namespace models
