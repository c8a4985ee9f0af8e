// SPDX-License-Identifier: Apache-2.0
//
// A producer sends only over a connection that is up; what it has for others stays where it is.

#include "models/clients/producer.h"
#include "tests/models/clients/producer_fixture.h"

namespace models {
namespace {

ProducerConfig without_reply() {
  ProducerConfig config;
  config.enable_idempotence = false;
  config.acks = Acks::kNone;
  return config;
}

TEST(ProducerConnections, acks_0_is_acknowledged_when_the_request_has_left) {
  ProducerConfig config = without_reply();
  ProducerBench b(config);
  b.start();
  b.load(0_ms);
  b.wake(5_ms);
  ASSERT_EQ(b.at.all<SendRequest>().size(), 1u);
  EXPECT_FALSE(b.at.all<SendRequest>()[0].expects_reply);
  EXPECT_EQ(b.sent()[0].second.acks, 0);
  EXPECT_TRUE(events(b.at, ClientEventKind::kAcknowledged).empty());
  b.producer.on_produce_sent(kOne, b.sent()[0].second, b.at.step());
  auto acknowledged = events(b.at, ClientEventKind::kAcknowledged);
  ASSERT_EQ(acknowledged.size(), 1u);
  EXPECT_EQ(acknowledged[0].records[0].offset, kNoOffset);
}

TEST(ProducerConnections, acks_0_fails_when_the_connection_breaks_before_the_request_has_left) {
  ProducerConfig config = without_reply();
  config.retries = 0;
  ProducerBench b(config);
  b.start();
  b.load(0_ms);
  b.producer.stop_load(b.at.step());
  b.wake(5_ms);
  b.disconnect(kOne, {b.take_sent().at(0).second});
  EXPECT_EQ(events(b.at, ClientEventKind::kFailed).size(), 1u);
  EXPECT_TRUE(events(b.at, ClientEventKind::kAcknowledged).empty());
}

TEST(ProducerConnections, a_batch_stays_and_grows_while_its_node_is_not_connected) {
  ProducerBench b;
  b.start();
  b.producer.on_disconnected(kOne, 50_ms, b.at.step());
  b.at.clear();
  b.load(20_ms);
  b.wake(0_ms);
  EXPECT_TRUE(b.sent().empty());
  EXPECT_TRUE(b.at.all<Connect>().empty()) << "the reconnect backoff";
  b.wake(30_ms);
  ASSERT_EQ(b.at.all<Connect>().size(), 1u);
  b.load(10_ms);
  EXPECT_TRUE(b.sent().empty());
  b.producer.on_connected(kOne, b.at.step());
  ASSERT_EQ(b.sent().size(), 1u);
  EXPECT_EQ(ProducerBench::header(b.sent()[0].second).record_count, 61);
}

TEST(ProducerConnections, a_batch_for_a_node_without_connection_follows_the_leader) {
  ProducerConfig config;
  config.retries = 0;
  ProducerBench b(config);
  b.start();
  b.producer.on_disconnected(kOne, 50_ms, b.at.step());
  b.load(20_ms);
  b.wake(5_ms);
  b.know({kTwo}, 2);
  auto sent = b.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].first, kTwo);
  EXPECT_TRUE(events(b.at, ClientEventKind::kFailed).empty());
}

TEST(ProducerConnections, a_lost_connection_asks_for_metadata_from_a_broker_that_is_up) {
  ProducerBench b;
  b.start();
  b.at.advance(1_s);
  b.producer.on_disconnected(kOne, 50_ms, b.at.step());
  auto asked = b.at.sent<MetadataRequest>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_NE(asked[0].first, kOne);
}

}  // namespace
}  // namespace models
