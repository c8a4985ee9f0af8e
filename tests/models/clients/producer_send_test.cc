// SPDX-License-Identifier: Apache-2.0
//
// The application's side of a producer: when send() blocks, what it refuses, where records go.

#include "models/clients/producer.h"
#include "tests/models/clients/producer_fixture.h"

namespace models {
namespace {

TEST(ProducerSend, send_blocks_without_metadata_and_fails_after_max_block) {
  ProducerConfig config;
  config.max_block_ms = 10_s;
  ProducerBench b(config, 1);
  b.begin();
  b.load(0_ms);
  EXPECT_EQ(armed(b.at, Timer::kWorkload), 10_s);
  EXPECT_TRUE(events(b.at, ClientEventKind::kSend).empty());
  b.load(10_s - 1_ms);
  EXPECT_TRUE(events(b.at, ClientEventKind::kFailed).empty());
  b.load(1_ms);
  auto failed = events(b.at, ClientEventKind::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].error, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(events(b.at, ClientEventKind::kSend).size(), 1u);
}

TEST(ProducerSend, send_blocks_while_the_buffer_is_full_and_goes_on_when_it_is_not) {
  ProducerConfig config;
  config.buffer_memory = 3000;
  config.batch_size = 100;
  config.linger_ms = 0_ms;
  ProducerBench b(config, 1000, 1000);
  b.start();
  for (int i = 0; i < 6; ++i) b.load(1_ms);
  size_t before = events(b.at, ClientEventKind::kSend).size();
  EXPECT_EQ(before, 2u) << "of 1000 bytes and their headers";
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  b.reply(kOne, sent[0].second);
  EXPECT_EQ(events(b.at, ClientEventKind::kSend).size(), 1u);
}

TEST(ProducerSend, a_record_larger_than_a_request_or_the_buffer_is_refused) {
  for (bool of_request : {true, false}) {
    ProducerConfig config;
    if (of_request) config.max_request_size = 1000;
    if (!of_request) config.buffer_memory = 1000;
    config.batch_size = 500;
    ProducerBench b(config, 1000, 1000);
    b.start();
    b.load(1_ms);
    auto failed = events(b.at, ClientEventKind::kFailed);
    ASSERT_EQ(failed.size(), 2u);
    EXPECT_EQ(failed[0].error, ErrorCode::kMessageTooLarge);
    EXPECT_EQ(events(b.at, ClientEventKind::kSend).size(), 2u);
    b.wake(5_ms);
    EXPECT_TRUE(b.sent().empty());
    EXPECT_EQ(b.producer.records_queued(), 0);
  }
}

TEST(ProducerSend, a_record_that_fits_into_an_open_batch_needs_no_memory) {
  ProducerConfig config;
  config.batch_size = 1500;
  config.buffer_memory = 2000;  // One batch.
  config.linger_ms = 1_s;
  ProducerBench b(config, 1000, 100);
  b.start();
  b.load(5_ms);
  EXPECT_EQ(b.producer.records_queued(), 6);
}

TEST(ProducerSend, records_without_key_go_to_partitions_that_have_a_leader) {
  ProducerConfig config;
  config.batch_size = 500;
  ProducerBench b(config, 1000, 100, 1000_s, KeySkew::kNone);
  b.start({kNoNode, kOne, kNoNode});
  b.load(50_ms);
  b.wake(5_ms);
  size_t batches = 0;
  for (const auto& [node, request] : b.take_sent()) {
    for (const PartitionProduceData& data : request.partitions) {
      EXPECT_EQ(data.partition.partition, 1);
      ++batches;
    }
  }
  EXPECT_GE(batches, 2u);
  EXPECT_TRUE(b.at.sent<ProduceRequest>().empty());
}

}  // namespace
}  // namespace models
