// SPDX-License-Identifier: Apache-2.0
//
// Idempotence after expiry, sequence errors and epoch bumps: what keeps its sequence, and what
// waits.

#include "models/clients/producer.h"
#include "tests/models/clients/producer_fixture.h"

namespace models {
namespace {

constexpr sim::Duration kDeliveryTimeout = sim::Duration::millis(10000);

// Each record fills a batch; a batch lives ten seconds.
struct Sequenced : ProducerBench {
  explicit Sequenced(const std::vector<NodeId>& leaders = {kOne})
      : ProducerBench(config(), 1000, 1000) {
    start(leaders);
  }
  static ProducerConfig config() {
    ProducerConfig config;
    config.batch_size = 100;
    config.linger_ms = 0_ms;
    config.request_timeout_ms = 5_s;
    config.delivery_timeout_ms = kDeliveryTimeout;
    return config;
  }
  // The application sends `count` records, one a millisecond, and then no more.
  std::vector<std::pair<NodeId, ProduceRequest>> send(int count) {
    for (int i = 0; i < count; ++i) load(i == 0 ? 0_ms : 1_ms);
    return take_sent();
  }
  // What is sent until `passes` from now, in steps of 10 ms.
  std::vector<std::pair<NodeId, ProduceRequest>> sent_within(sim::Duration passes) {
    for (; passes > 0_ms; passes = passes - 10_ms) wake(10_ms);
    return take_sent();
  }
  // "p0 e0 s3": partition, epoch and base sequence of a request's first batch.
  static std::string text(const ProduceRequest& request) {
    BatchHeader batch = header(request);
    return "p" + std::to_string(request.partitions[0].partition.partition) + " e" +
           std::to_string(batch.producer_epoch.value()) + " s" +
           std::to_string(batch.base_sequence.value());
  }
  size_t failures() const { return events(at, ClientEventKind::kFailed).size(); }
};

std::vector<std::string> texts(const std::vector<std::pair<NodeId, ProduceRequest>>& sent) {
  std::vector<std::string> all;
  for (const auto& [node, request] : sent) all.push_back(Sequenced::text(request));
  return all;
}

using testing::ElementsAre;
using testing::IsEmpty;

// Two batches, the older of which expires in a retry. The younger is queued for its retry, or on
// its way, when that happens.
struct OneExpired : Sequenced {
  OneExpired() {
    load(0_ms);
    auto first = take_sent();
    load(3_s);  // Thousands of records are due, and the in-flight limit lets four more out.
    producer.stop_load(at.step());
    auto rest = take_sent();
    std::vector<ProduceRequest> lost = {first.at(0).second};
    for (const auto& [node, request] : rest) lost.push_back(request);
    disconnect(kOne, lost);
    at.clear();
    // The oldest is sent again, alone, and is not answered before its time is over.
    EXPECT_THAT(texts(sent_within(200_ms)), ElementsAre("p0 e0 s0"));
    younger = rest.at(0).second;
    oldest = first.at(0).second;
    wake(kDeliveryTimeout - 3200_ms);
    EXPECT_EQ(failures(), 1u);
  }
  ProduceRequest oldest, younger;
};

TEST(ProducerSequences, what_was_sent_keeps_its_sequence_when_an_older_batch_has_expired) {
  OneExpired b;
  auto sent = b.take_sent();
  ASSERT_THAT(texts(sent), ElementsAre("p0 e0 s1")) << "the next retry, not a new epoch";
  EXPECT_EQ(sent[0].second.partitions[0].records, b.younger.partitions[0].records);
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 0);
}

TEST(ProducerSequences, the_batch_after_one_that_expired_was_stored_so_there_is_no_doubt) {
  OneExpired b;
  auto sent = b.take_sent();
  b.reply(kOne, b.oldest);  // Late; its batch has failed already.
  int stored = 1;
  while (!sent.empty()) {
    b.reply(sent[0].first, sent[0].second);
    sent = b.take_sent();
    if (++stored == 5) break;
  }
  ASSERT_FALSE(sent.empty()) << "new batches go on";
  EXPECT_THAT(texts(sent)[0], "p0 e0 s5");
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 0);
}

TEST(ProducerSequences, a_gap_right_after_the_expired_batch_begins_a_new_epoch) {
  OneExpired b;
  auto sent = b.take_sent();
  b.reply(kOne, b.oldest, ErrorCode::kNotEnoughReplicas);  // Late.
  b.reply(kOne, sent.at(0).second, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 1);
  auto again = b.sent_within(300_ms);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(texts(again)[0], "p0 e1 s0");
}

TEST(ProducerSequences, without_success_until_all_have_expired_the_epoch_is_bumped_once) {
  OneExpired b;
  b.wake(kDeliveryTimeout);
  EXPECT_TRUE(b.producer.records_queued() == 0);
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 1);
}

TEST(ProducerSequences, new_batches_wait_until_what_was_sent_is_resolved) {
  OneExpired b;
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_THAT(texts(b.sent_within(500_ms)), IsEmpty())
      << "four are outstanding, and the rest is new";
}

TEST(ProducerSequences, a_batch_that_expires_in_its_first_attempt_leaves_no_doubt) {
  Sequenced b;
  auto first = b.send(1);
  ASSERT_THAT(texts(first), ElementsAre("p0 e0 s0"));
  b.at.advance(kDeliveryTimeout - 1_ms);
  b.fire(Timer::kWorkload);
  b.producer.stop_load(b.at.step());
  b.at.clear();
  b.wake(1_ms);
  EXPECT_EQ(b.failures(), 1u);
  EXPECT_EQ(b.at.marks().of(Mark::kProducerEpochBumped), 0);
}

TEST(ProducerSequences, a_reply_after_the_delivery_timeout_fails_with_its_own_error) {
  Sequenced b;
  ProduceRequest request = b.send(1).at(0).second;
  b.producer.stop_load(b.at.step());
  b.at.advance(kDeliveryTimeout);
  b.reply(kOne, request, ErrorCode::kNotEnoughReplicas);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].error, ErrorCode::kNotEnoughReplicas);
}

// --- Two partitions ---

// A batch each to partition 0 on broker 1 and partition 1 on broker 2; more records for both
// queued.
struct TwoPartitions : Sequenced {
  TwoPartitions() : Sequenced({kOne, kTwo}) {
    while (a.partitions.empty() || b.partitions.empty()) {
      load(1_ms);
      for (auto& [node, request] : take_sent()) {
        ProduceRequest& mine = request.partitions[0].partition.partition == 0 ? a : b;
        if (!mine.partitions.empty()) reply(node, mine);
        mine = request;
      }
    }
  }
  ProduceRequest a, b;
};

TEST(ProducerSequences, an_epoch_bump_leaves_other_partitions_their_sequences) {
  TwoPartitions p;
  p.producer.stop_load(p.at.step());
  p.reply(kOne, p.a, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(p.at.marks().of(Mark::kProducerEpochBumped), 1);
  p.disconnect(kTwo, {p.b});
  std::vector<std::string> sent = texts(p.sent_within(300_ms));
  EXPECT_THAT(sent, testing::UnorderedElementsAre("p0 e1 s0", Sequenced::text(p.b)));
}

TEST(ProducerSequences, a_partition_goes_over_to_the_new_epoch_when_nothing_is_outstanding) {
  TwoPartitions p;
  p.reply(kOne, p.a, ErrorCode::kOutOfOrderSequenceNumber);
  p.disconnect(kTwo, {p.b});
  p.at.clear();
  p.load(20_ms);  // New records for both.
  p.producer.stop_load(p.at.step());
  std::string retry = Sequenced::text(p.b);
  std::vector<std::pair<NodeId, ProduceRequest>> to_two;
  for (auto& each : p.sent_within(300_ms)) {
    if (each.first == kTwo) to_two.push_back(each);
  }
  ASSERT_THAT(texts(to_two), ElementsAre(retry)) << "new batches of its partition are held back";
  p.reply(kTwo, to_two[0].second);
  to_two.clear();
  for (auto& each : p.take_sent()) {
    if (each.first == kTwo) to_two.push_back(each);
  }
  ASSERT_FALSE(to_two.empty());
  EXPECT_EQ(texts(to_two)[0], "p1 e1 s0");
}

TEST(ProducerSequences, a_partition_that_must_wait_ends_the_drain_of_its_node) {
  TwoPartitions p;
  p.know({kTwo, kTwo}, 2);  // Both now on one node; partition 1 has a batch on its way there.
  p.reply(kOne, p.a, ErrorCode::kOutOfOrderSequenceNumber);
  p.at.clear();
  p.load(20_ms);
  p.producer.stop_load(p.at.step());
  for (const std::string& sent : texts(p.sent_within(300_ms)))
    EXPECT_NE(sent.substr(0, 2), "p1") << "its outstanding batch is of the former epoch";
}

}  // namespace
}  // namespace models
