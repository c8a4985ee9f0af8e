// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_rules.h"

#include <gtest/gtest.h>

namespace models::tests {
namespace {

using Messages = std::vector<std::string>;
using sim::Duration;

TEST(ConfigRules, DefaultsNeedNoChange) {
  EXPECT_TRUE(check_broker_config({}).errors.empty());
  ProducerConfig producer;
  ConfigFindings found = settle_producer_config(producer, {});
  EXPECT_EQ(found.errors, Messages{});
  EXPECT_EQ(found.changes, Messages{});
  EXPECT_EQ(producer, ProducerConfig{});
}

TEST(ConfigRules, ABrokersFetchWaitFitsItsTimeouts) {
  BrokerConfig broker;
  broker.replica_fetch_wait_max_ms = Duration::millis(30000);
  EXPECT_TRUE(check_broker_config(broker).errors.empty());
  broker.replica_fetch_wait_max_ms = Duration::millis(30001);
  EXPECT_EQ(check_broker_config(broker).errors,
            (Messages{"replica.socket.timeout.ms must be at least replica.fetch.wait.max.ms = "
                      "30001, found 30000",
                      "replica.lag.time.max.ms must be at least replica.fetch.wait.max.ms = 30001, "
                      "found 30000"}));
}

TEST(ConfigRules, EachCleanerThreadNeedsMoreThanAMebibyteForKeys) {
  BrokerConfig broker{.log_cleaner_dedupe_buffer_size = 4 << 20, .log_cleaner_threads = 3};
  EXPECT_TRUE(check_broker_config(broker).errors.empty());
  broker.log_cleaner_threads = 4;
  EXPECT_EQ(check_broker_config(broker).errors,
            Messages{"log.cleaner.dedupe.buffer.size must be more than 1048576 for each of 4 "
                     "log.cleaner.threads, found 4194304"});
}

TEST(ConfigRules, IdempotenceThatNobodyAskedForGivesWay) {
  ProducerConfig producer{.acks = Acks::kLeader};
  ConfigFindings found = settle_producer_config(producer, {"acks"});
  EXPECT_TRUE(found.errors.empty());
  EXPECT_EQ(found.changes, Messages{"enable.idempotence is off because of acks=1"});
  EXPECT_FALSE(producer.enable_idempotence);
}

TEST(ConfigRules, EachConflictTurnsIdempotenceOff) {
  ProducerConfig no_retries{.retries = 0};
  settle_producer_config(no_retries, {"retries"});
  EXPECT_FALSE(no_retries.enable_idempotence);
  ProducerConfig six_in_flight{.max_in_flight_requests_per_connection = 6};
  settle_producer_config(six_in_flight, {"max.in.flight.requests.per.connection"});
  EXPECT_FALSE(six_in_flight.enable_idempotence);
  ProducerConfig five_in_flight{.max_in_flight_requests_per_connection = 5};
  settle_producer_config(five_in_flight, {"max.in.flight.requests.per.connection"});
  EXPECT_TRUE(five_in_flight.enable_idempotence);
}

TEST(ConfigRules, IdempotenceThatWasAskedForMustBePossible) {
  ProducerConfig producer{
      .acks = Acks::kNone, .max_in_flight_requests_per_connection = 6, .retries = 0};
  ProducerConfig before = producer;
  ConfigFindings found = settle_producer_config(producer, {"acks", "enable.idempotence"});
  EXPECT_EQ(found.errors,
            (Messages{"enable.idempotence=true needs retries > 0, found retries=0",
                      "enable.idempotence=true needs acks=all, found acks=0",
                      "enable.idempotence=true needs max.in.flight.requests.per.connection <= 5, "
                      "found max.in.flight.requests.per.connection=6"}));
  EXPECT_EQ(producer, before);
}

TEST(ConfigRules, IdempotenceThatIsOffHasNoConflicts) {
  ProducerConfig producer{.acks = Acks::kNone, .enable_idempotence = false};
  ConfigFindings found = settle_producer_config(producer, {"acks", "enable.idempotence"});
  EXPECT_TRUE(found.errors.empty());
  EXPECT_TRUE(found.changes.empty());
}

TEST(ConfigRules, AWrittenDeliveryTimeoutMustHoldLingerAndOneRequest) {
  ProducerConfig producer{.linger_ms = Duration::millis(10),
                          .request_timeout_ms = Duration::millis(1000),
                          .delivery_timeout_ms = Duration::millis(1010)};
  const ConfigNames written = {"delivery.timeout.ms"};
  EXPECT_TRUE(settle_producer_config(producer, written).errors.empty());
  producer.delivery_timeout_ms = Duration::millis(1009);
  EXPECT_EQ(settle_producer_config(producer, written).errors,
            Messages{"delivery.timeout.ms must be at least linger.ms + request.timeout.ms = 1010, "
                     "found 1009"});
}

TEST(ConfigRules, ADefaultDeliveryTimeoutIsRaised) {
  ProducerConfig producer{.request_timeout_ms = Duration::millis(200000)};
  ConfigFindings found = settle_producer_config(producer, {"request.timeout.ms"});
  EXPECT_TRUE(found.errors.empty());
  EXPECT_EQ(found.changes.size(), 1u);
  EXPECT_EQ(producer.delivery_timeout_ms, Duration::millis(200005));
}

TEST(ConfigRules, AnEndlessLingerCountsAsKafkasLongestInt) {
  ProducerConfig producer{.linger_ms = Duration::nanos(INT64_MAX / 4)};
  EXPECT_TRUE(settle_producer_config(producer, {"linger.ms"}).errors.empty());
  EXPECT_EQ(producer.delivery_timeout_ms, Duration::millis(INT32_MAX));
}

TEST(ConfigRules, AReconnectBackoffSetAloneIsConstant) {
  ConsumerConfig consumer{.reconnect_backoff_ms = Duration::millis(200)};
  ConsumerConfig both = consumer;
  EXPECT_EQ(settle_consumer_config(consumer, {"reconnect.backoff.ms"}).changes,
            Messages{"reconnect.backoff.max.ms is 200 because reconnect.backoff.ms is set alone"});
  EXPECT_EQ(consumer.reconnect_backoff_max_ms, Duration::millis(200));
  settle_consumer_config(both, {"reconnect.backoff.ms", "reconnect.backoff.max.ms"});
  EXPECT_EQ(both.reconnect_backoff_max_ms, Duration::millis(1000));
}

TEST(ConfigRules, ABackoffOverItsMaximumIsReported) {
  ConsumerConfig consumer{.retry_backoff_ms = Duration::millis(5000)};
  EXPECT_EQ(settle_consumer_config(consumer, {"retry.backoff.ms"}).changes,
            Messages{"retry.backoff.ms is always 1000 because retry.backoff.max.ms is less than "
                     "its 5000"});
}

}  // namespace
}  // namespace models::tests
