// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace models::tests {
namespace {

constexpr ConfigScope kScopes[] = {ConfigScope::kBroker, ConfigScope::kTopic,
                                   ConfigScope::kProducer, ConfigScope::kConsumer};

using Defaults = std::map<std::string, std::string, std::less<>>;

Defaults defaults_in(ConfigScope scope) {
  Defaults defaults;
  for (const ConfigKey& key : config_keys(scope)) {
    defaults[std::string(key.name)] = default_of(key);
  }
  return defaults;
}

// Written down from Kafka's sources, 4.0 where KIP-1030 changed a default: an independent copy.
// The second half of the alphabet.
Defaults defaults_from_m_on() {
  return {
      {"max.incremental.fetch.session.cache.slots", "1000"},
      {"message.max.bytes", "1048588"},
      {"metadata.log.dir", ""},  // null: the first of log.dirs.
      {"metadata.log.max.record.bytes.between.snapshots", "20971520"},
      {"metadata.log.max.snapshot.interval.ms", "3600000"},
      {"metadata.log.segment.bytes", "1073741824"},
      {"metadata.log.segment.ms", "604800000"},
      {"metadata.max.idle.interval.ms", "500"},
      {"metadata.max.retention.bytes", "104857600"},
      {"metadata.max.retention.ms", "604800000"},
      {"min.insync.replicas", "1"},
      {"num.io.threads", "8"},
      {"num.network.threads", "3"},
      {"num.replica.fetchers", "1"},
      {"producer.id.expiration.check.interval.ms", "600000"},
      {"producer.id.expiration.ms", "86400000"},
      {"queued.max.requests", "500"},
      {"replica.fetch.backoff.ms", "1000"},
      {"replica.fetch.max.bytes", "1048576"},
      {"replica.fetch.min.bytes", "1"},
      {"replica.fetch.response.max.bytes", "10485760"},
      {"replica.fetch.wait.max.ms", "500"},
      {"replica.high.watermark.checkpoint.interval.ms", "5000"},
      {"replica.lag.time.max.ms", "30000"},
      {"replica.selector.class", ""},
      {"replica.socket.timeout.ms", "30000"},
      {"unclean.leader.election.enable", "false"},
      {"unclean.leader.election.interval.ms", "300000"},
  };
}

TEST(ConfigKeys, BrokerDefaultsAreKafkas) {
  Defaults expected = {
      {"auto.leader.rebalance.enable", "true"},
      {"broker.heartbeat.interval.ms", "2000"},
      {"broker.session.timeout.ms", "9000"},
      {"compression.gzip.level", "-1"},
      {"compression.lz4.level", "9"},
      {"compression.type", "producer"},
      {"compression.zstd.level", "3"},
      {"controlled.shutdown.enable", "true"},
      {"controller.quorum.append.linger.ms", "25"},
      {"controller.quorum.election.backoff.max.ms", "1000"},
      {"controller.quorum.election.timeout.ms", "1000"},
      {"controller.quorum.fetch.timeout.ms", "2000"},
      {"controller.quorum.request.timeout.ms", "2000"},
      {"controller.quorum.retry.backoff.ms", "20"},
      {"fetch.max.bytes", "57671680"},
      {"initial.broker.registration.timeout.ms", "60000"},
      {"internal.metadata.log.segment.bytes", "0"},
      {"leader.imbalance.check.interval.seconds", "300"},
      {"log.cleaner.backoff.ms", "15000"},
      {"log.cleaner.dedupe.buffer.size", "134217728"},
      {"log.cleaner.delete.retention.ms", "86400000"},
      {"log.cleaner.io.buffer.load.factor", "0.9"},
      {"log.cleaner.io.buffer.size", "524288"},
      {"log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308"},
      {"log.cleaner.max.compaction.lag.ms", "9223372036854775807"},
      {"log.cleaner.min.cleanable.ratio", "0.5"},
      {"log.cleaner.min.compaction.lag.ms", "0"},
      {"log.cleaner.threads", "1"},
      {"log.cleanup.policy", "delete"},
      {"log.dir.failure.timeout.ms", "30000"},
      {"log.dirs", ""},  // null: log.dir counts.
      {"log.flush.interval.messages", "9223372036854775807"},
      {"log.flush.offset.checkpoint.interval.ms", "60000"},
      {"log.index.interval.bytes", "4096"},
      {"log.index.size.max.bytes", "10485760"},
      {"log.message.timestamp.after.max.ms", "3600000"},
      {"log.message.timestamp.before.max.ms", "9223372036854775807"},
      {"log.message.timestamp.type", "CreateTime"},
      {"log.retention.bytes", "-1"},
      {"log.retention.check.interval.ms", "300000"},
      {"log.retention.ms", "604800000"},
      {"log.roll.jitter.ms", "0"},
      {"log.roll.ms", "604800000"},
      {"log.segment.bytes", "1073741824"},
      {"log.segment.delete.delay.ms", "60000"},
  };
  expected.merge(defaults_from_m_on());
  EXPECT_EQ(defaults_in(ConfigScope::kBroker), expected);
}

TEST(ConfigKeys, TopicDefaultsAreKafkas) {
  const Defaults expected = {
      {"cleanup.policy", "delete"},
      {"compression.gzip.level", "-1"},
      {"compression.lz4.level", "9"},
      {"compression.type", "producer"},
      {"compression.zstd.level", "3"},
      {"delete.retention.ms", "86400000"},
      {"max.compaction.lag.ms", "9223372036854775807"},
      {"message.timestamp.before.max.ms", "9223372036854775807"},
      {"message.timestamp.type", "CreateTime"},
      {"min.cleanable.dirty.ratio", "0.5"},
      {"min.compaction.lag.ms", "0"},
      {"file.delete.delay.ms", "60000"},
      {"flush.messages", "9223372036854775807"},
      {"index.interval.bytes", "4096"},
      {"internal.segment.bytes", "0"},
      {"max.message.bytes", "1048588"},
      {"message.timestamp.after.max.ms", "3600000"},
      {"min.insync.replicas", "1"},
      {"retention.bytes", "-1"},
      {"retention.ms", "604800000"},
      {"segment.bytes", "1073741824"},
      {"segment.index.bytes", "10485760"},
      {"segment.jitter.ms", "0"},
      {"segment.ms", "604800000"},
      {"unclean.leader.election.enable", "false"},
  };
  EXPECT_EQ(defaults_in(ConfigScope::kTopic), expected);
}

TEST(ConfigKeys, ProducerDefaultsAreKafkas) {
  const Defaults expected = {
      {"acks", "all"},
      {"batch.size", "16384"},
      {"buffer.memory", "33554432"},
      {"compression.gzip.level", "-1"},
      {"compression.lz4.level", "9"},
      {"compression.type", "none"},
      {"compression.zstd.level", "3"},
      {"delivery.timeout.ms", "120000"},
      {"enable.idempotence", "true"},
      {"linger.ms", "5"},
      {"max.block.ms", "60000"},
      {"max.in.flight.requests.per.connection", "5"},
      {"max.request.size", "1048576"},
      {"metadata.max.age.ms", "300000"},
      {"reconnect.backoff.max.ms", "1000"},
      {"reconnect.backoff.ms", "50"},
      {"request.timeout.ms", "30000"},
      {"retries", "2147483647"},
      {"retry.backoff.max.ms", "1000"},
      {"retry.backoff.ms", "100"},
      {"socket.connection.setup.timeout.max.ms", "30000"},
      {"socket.connection.setup.timeout.ms", "10000"},
  };
  EXPECT_EQ(defaults_in(ConfigScope::kProducer), expected);
}

TEST(ConfigKeys, ConsumerDefaultsAreKafkas) {
  const Defaults expected = {
      {"auto.offset.reset", "latest"},
      {"client.rack", ""},
      {"fetch.max.bytes", "52428800"},
      {"fetch.max.wait.ms", "500"},
      {"fetch.min.bytes", "1"},
      {"max.partition.fetch.bytes", "1048576"},
      {"max.poll.records", "500"},
      {"metadata.max.age.ms", "300000"},
      {"reconnect.backoff.max.ms", "1000"},
      {"reconnect.backoff.ms", "50"},
      {"request.timeout.ms", "30000"},
      {"retry.backoff.max.ms", "1000"},
      {"retry.backoff.ms", "100"},
      {"socket.connection.setup.timeout.max.ms", "30000"},
      {"socket.connection.setup.timeout.ms", "10000"},
  };
  EXPECT_EQ(defaults_in(ConfigScope::kConsumer), expected);
}

// find_config_key searches by halves, so an unsorted table would lose keys.
TEST(ConfigKeys, EveryKeyIsFoundAndIsNotAlsoUnsupported) {
  for (ConfigScope scope : kScopes) {
    for (const ConfigKey& key : config_keys(scope)) {
      EXPECT_EQ(find_config_key(scope, key.name), &key) << key.name;
      EXPECT_EQ(key.scope, scope) << key.name;
      EXPECT_FALSE(is_known_unsupported(scope, key.name)) << key.name;
      EXPECT_FALSE(key.about.empty()) << key.name;
    }
  }
}

TEST(ConfigKeys, NoTwoKeysOfAScopeShareAPlace) {
  BrokerConfig broker;
  ProducerConfig producer;
  ConsumerConfig consumer;
  const ConfigTarget target{&broker, &broker.topic, &producer, &consumer};
  for (ConfigScope scope : kScopes) {
    std::vector<ConfigSlot> slots;
    for (const ConfigKey& key : config_keys(scope)) slots.push_back(key.slot(target));
    std::sort(slots.begin(), slots.end());
    EXPECT_EQ(std::adjacent_find(slots.begin(), slots.end()), slots.end()) << name_of(scope);
  }
}

TEST(ConfigKeys, TheDefaultTextSetsTheDefault) {
  BrokerConfig broker;
  for (const ConfigKey& key : config_keys(ConfigScope::kBroker)) {
    ASSERT_TRUE(set_broker_config(broker, key.name, default_of(key)).ok()) << key.name;
  }
  EXPECT_EQ(broker, BrokerConfig{});
  ConsumerConfig consumer;
  for (const ConfigKey& key : config_keys(ConfigScope::kConsumer)) {
    ASSERT_TRUE(set_consumer_config(consumer, key.name, default_of(key)).ok()) << key.name;
  }
  EXPECT_EQ(consumer, ConsumerConfig{});
}

TEST(ConfigKeys, TakesDirectoriesOfTheRootEachOnce) {
  BrokerConfig broker;
  ASSERT_TRUE(set_broker_config(broker, "log.dirs", "/disk1, /disk2").ok());
  EXPECT_EQ(broker.log_dirs, (std::vector<std::string>{"disk1", "disk2"}));
  EXPECT_EQ(broker_config_value(broker, *find_config_key(ConfigScope::kBroker, "log.dirs")),
            "/disk1,/disk2");
  for (const char* bad : {"disk1", "/disk1,/disk1", "/a/b", "/..", "/", "/a b"}) {
    EXPECT_EQ(set_broker_config(broker, "log.dirs", bad).message(),
              "log.dirs: found \"" + std::string(bad) +
                  "\", must be directories as \"/disk1,/disk2\", each named once");
  }
  EXPECT_FALSE(set_broker_config(broker, "metadata.log.dir", "/disk1,/disk2").ok());
  EXPECT_EQ(broker.log_dirs.size(), 2u);
}

TEST(ConfigKeys, SetsEachTypeOfValue) {
  ProducerConfig producer;
  EXPECT_TRUE(set_producer_config(producer, "acks", "1").ok());
  EXPECT_TRUE(set_producer_config(producer, "enable.idempotence", "False").ok());
  EXPECT_TRUE(set_producer_config(producer, "linger.ms", " 20 ").ok());
  EXPECT_TRUE(set_producer_config(producer, "batch.size", "0").ok());
  EXPECT_TRUE(set_producer_config(producer, "buffer.memory", "68719476736").ok());
  ProducerConfig expected;
  expected.acks = Acks::kLeader;
  expected.enable_idempotence = false;
  expected.linger_ms = sim::Duration::millis(20);
  expected.batch_size = 0;
  expected.buffer_memory = int64_t{64} << 30;
  EXPECT_EQ(producer, expected);

  ConsumerConfig consumer;
  EXPECT_TRUE(set_consumer_config(consumer, "auto.offset.reset", "earliest").ok());
  EXPECT_EQ(consumer.auto_offset_reset, AutoOffsetReset::kEarliest);
  BrokerConfig broker;
  EXPECT_TRUE(set_broker_config(broker, "leader.imbalance.check.interval.seconds", "7").ok());
  EXPECT_EQ(broker.leader_imbalance_check_interval_seconds, sim::Duration::seconds(7));
}

TEST(ConfigKeys, ARateIsAWholeNumberOfBytesAsJavaWritesDoubles) {
  constexpr const char* kKey = "log.cleaner.io.max.bytes.per.second";
  BrokerConfig broker;
  auto rate = [&](const char* text) -> int64_t {
    return set_broker_config(broker, kKey, text).ok()
               ? broker.log_cleaner_io_max_bytes_per_second.bytes_per_second
               : -1;
  };
  EXPECT_EQ(rate("1048576"), 1048576);
  EXPECT_EQ(rate("1048576.0"), 1048576);
  EXPECT_EQ(rate("1.5E7"), 15'000'000);
  EXPECT_EQ(rate("2500e-1"), 250);
  EXPECT_EQ(broker_config_value(broker, *find_config_key(ConfigScope::kBroker, kKey)), "250.0");
  EXPECT_EQ(rate("1.7976931348623157E308"), IoRate::kUnlimited);
  for (const char* bad : {"0", "-1", "0.5", "", ".", "E5", "1e", "1e9999", "1.2.3", "fast"})
    EXPECT_EQ(rate(bad), -1) << bad;
}

TEST(ConfigKeys, AllAndMinusOneAreTheSameAcks) {
  ProducerConfig producer{.acks = Acks::kNone};
  EXPECT_TRUE(set_producer_config(producer, "acks", "-1").ok());
  EXPECT_EQ(producer.acks, Acks::kAll);
  EXPECT_EQ(producer_config_value(producer, *find_config_key(ConfigScope::kProducer, "acks")),
            "all");
}

TEST(ConfigKeys, BrokerKeysOfTopicsSetTheDefaultsOfTopics) {
  BrokerConfig broker;
  EXPECT_TRUE(set_broker_config(broker, "log.segment.bytes", "1048576").ok());
  EXPECT_TRUE(set_broker_config(broker, "min.insync.replicas", "2").ok());
  EXPECT_TRUE(set_broker_config(broker, "log.roll.ms", "5000").ok());
  EXPECT_TRUE(set_broker_config(broker, "unclean.leader.election.enable", "true").ok());
  TopicConfig expected;
  expected.segment_bytes = 1 << 20;
  expected.min_insync_replicas = 2;
  expected.segment_ms = sim::Duration::millis(5000);
  expected.unclean_leader_election_enable = true;
  EXPECT_EQ(broker.topic, expected);
}

// "Never" in Kafka is Long.MAX_VALUE; a deadline made from it must not lie in the past.
TEST(ConfigKeys, ForeverStaysInTheClocksRange) {
  ProducerConfig producer;
  ASSERT_TRUE(set_producer_config(producer, "max.block.ms", "9223372036854775807").ok());
  EXPECT_GT(producer.max_block_ms, sim::Duration::seconds(70LL * 365 * 24 * 3600));
  sim::SimTime late = sim::SimTime::at_millis(1'800'000'000'000);
  EXPECT_GT(late + producer.max_block_ms, late);
}

struct BadValue {
  const char* key;
  const char* value;
};

class BadProducerValue : public testing::TestWithParam<BadValue> {};

TEST_P(BadProducerValue, IsRefusedAndChangesNothing) {
  ProducerConfig producer;
  absl::Status status = set_producer_config(producer, GetParam().key, GetParam().value);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find(GetParam().key), std::string::npos);
  EXPECT_EQ(producer, ProducerConfig{});
}

INSTANTIATE_TEST_SUITE_P(
    ConfigKeys, BadProducerValue,
    testing::Values(BadValue{"acks", "2"}, BadValue{"acks", "ALL"}, BadValue{"acks", ""},
                    BadValue{"enable.idempotence", "yes"}, BadValue{"enable.idempotence", "1"},
                    BadValue{"linger.ms", "-1"}, BadValue{"linger.ms", "5ms"},
                    BadValue{"linger.ms", "1.5"}, BadValue{"linger.ms", ""},
                    BadValue{"batch.size", "2147483648"}, BadValue{"compression.type", "producer"},
                    BadValue{"compression.type", "GZIP"}, BadValue{"compression.gzip.level", "0"},
                    BadValue{"compression.gzip.level", "10"},
                    BadValue{"compression.lz4.level", "0"},
                    BadValue{"compression.zstd.level", "23"},
                    BadValue{"request.timeout.ms", "2147483648"},
                    BadValue{"max.in.flight.requests.per.connection", "0"},
                    BadValue{"buffer.memory", "9223372036854775808"}));

TEST(ConfigKeys, RangesAreInclusive) {
  BrokerConfig broker;
  EXPECT_TRUE(set_broker_config(broker, "fetch.max.bytes", "1024").ok());
  EXPECT_FALSE(set_broker_config(broker, "fetch.max.bytes", "1023").ok());
  EXPECT_TRUE(set_broker_config(broker, "log.segment.bytes", "1048576").ok());
  EXPECT_FALSE(set_broker_config(broker, "log.segment.bytes", "1048575").ok());
  EXPECT_TRUE(set_broker_config(broker, "num.io.threads", "10000").ok());
  EXPECT_FALSE(set_broker_config(broker, "num.io.threads", "10001").ok());
  EXPECT_TRUE(set_broker_config(broker, "queued.max.requests", "2147483647").ok());
  EXPECT_FALSE(set_broker_config(broker, "queued.max.requests", "2147483648").ok());
  EXPECT_EQ(broker.fetch_max_bytes, 1024);
  EXPECT_EQ(broker.queued_max_requests, INT32_MAX);
}

TEST(ConfigKeys, TheMessageTellsWhatWasFoundAndWhatIsAllowed) {
  BrokerConfig broker;
  EXPECT_EQ(set_broker_config(broker, "broker.session.timeout.ms", "soon").message(),
            "broker.session.timeout.ms: found \"soon\", must be a whole number of milliseconds "
            ">= 1 and <= 2147483647");
  ConsumerConfig consumer;
  EXPECT_EQ(set_consumer_config(consumer, "auto.offset.reset", "first").message(),
            "auto.offset.reset: found \"first\", must be latest, earliest or none");
}

TEST(ConfigKeys, FractionsAndListsAreReadAndPrintedAsKafkas) {
  TopicConfig topic;
  const ConfigKey& ratio = *find_config_key(ConfigScope::kTopic, "min.cleanable.dirty.ratio");
  for (auto [text, printed] : {std::pair{"0", "0.0"},
                               {"1", "1.0"},
                               {"0.25", "0.25"},
                               {".1", "0.1"},
                               {"0.5000000", "0.5"}}) {
    ASSERT_TRUE(set_topic_config(topic, "min.cleanable.dirty.ratio", text).ok()) << text;
    EXPECT_EQ(topic_config_value(topic, ratio), printed);
  }
  for (const char* text : {"1.000001", "-0.5", "half", "", ".", "0.5.5", "1e-3"}) {
    EXPECT_EQ(set_topic_config(topic, "min.cleanable.dirty.ratio", text).message(),
              "min.cleanable.dirty.ratio: found \"" + std::string(text) +
                  "\", must be a number from 0 to 1");
  }
  ASSERT_TRUE(set_topic_config(topic, "cleanup.policy", "delete , compact").ok());
  EXPECT_EQ(topic.cleanup_policy, (CleanupPolicy{true, true}));
  ASSERT_TRUE(set_topic_config(topic, "cleanup.policy", "").ok()) << "4.1 takes an empty list";
  EXPECT_EQ(topic.cleanup_policy, (CleanupPolicy{false, false}));
  EXPECT_EQ(set_topic_config(topic, "cleanup.policy", "compress").message(),
            "cleanup.policy: found \"compress\", must be delete, compact, or both with a comma "
            "between");
  EXPECT_TRUE(set_topic_config(topic, "compression.gzip.level", "-1").ok());
  EXPECT_FALSE(set_topic_config(topic, "compression.gzip.level", "0").ok());
  EXPECT_FALSE(set_topic_config(topic, "compression.gzip.level", "10").ok());
}

TEST(ConfigKeys, UnknownAndUnsupportedKeysAreToldApart) {
  TopicConfig topic;
  EXPECT_EQ(set_topic_config(topic, "min.insync.replica", "2").message(),
            "unknown topic setting \"min.insync.replica\"");
  EXPECT_EQ(set_topic_config(topic, "remote.storage.enable", "true").message(),
            "topic setting \"remote.storage.enable\" is Kafka's, but not supported yet");
  EXPECT_EQ(topic, TopicConfig{});
}

TEST(ConfigKeys, KeysOfOtherScopesAreUnknown) {
  EXPECT_EQ(find_config_key(ConfigScope::kTopic, "acks"), nullptr);
  EXPECT_FALSE(is_known_unsupported(ConfigScope::kTopic, "acks"));
  EXPECT_EQ(find_config_key(ConfigScope::kTopic, "log.segment.bytes"), nullptr);
  EXPECT_EQ(find_config_key(ConfigScope::kBroker, "segment.bytes"), nullptr);
}

TEST(ConfigKeys, KnowsKafkasOtherKeys) {
  for (const char* key : {"log.retention.hours", "group.max.size", "offsets.topic.num.partitions",
                          "ssl.keystore.location"}) {
    EXPECT_TRUE(is_known_unsupported(ConfigScope::kBroker, key)) << key;
  }
  EXPECT_FALSE(is_known_unsupported(ConfigScope::kBroker, "zookeeper.connect"));  // Gone in 4.0.
  for (const char* key : {"remote.storage.enable", "leader.replication.throttled.replicas"}) {
    EXPECT_TRUE(is_known_unsupported(ConfigScope::kTopic, key)) << key;
  }
  for (const char* key : {"interceptor.classes", "transactional.id", "partitioner.class"}) {
    EXPECT_TRUE(is_known_unsupported(ConfigScope::kProducer, key)) << key;
  }
  for (const char* key : {"group.id", "isolation.level", "enable.auto.commit", "session.timeout.ms",
                          "partition.assignment.strategy"}) {
    EXPECT_TRUE(is_known_unsupported(ConfigScope::kConsumer, key)) << key;
  }
  EXPECT_FALSE(is_known_unsupported(ConfigScope::kProducer, "ack"));
  EXPECT_FALSE(is_known_unsupported(ConfigScope::kProducer, "ssl."));
}

}  // namespace
}  // namespace models::tests
