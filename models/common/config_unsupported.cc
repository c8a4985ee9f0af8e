// SPDX-License-Identifier: Apache-2.0
//
// Keys of Kafka 4.x that Faultline does not honour yet: "not supported" tells more than "unknown".

#include <algorithm>
#include <span>
#include <string_view>

#include "models/common/config_keys.h"

namespace models {
namespace {

constexpr std::string_view kBroker[] = {
    "advertised.listeners",
    "alter.config.policy.class.name",
    "alter.log.dirs.replication.quota.window.num",
    "alter.log.dirs.replication.quota.window.size.seconds",
    "authorizer.class.name",
    "auto.create.topics.enable",
    "background.threads",
    "broker.id",
    "broker.rack",
    "client.quota.callback.class",
    "connection.failed.authentication.delay.ms",
    "connections.max.idle.ms",
    "connections.max.reauth.ms",
    "controlled.shutdown.max.retries",
    "controlled.shutdown.retry.backoff.ms",
    "controller.listener.names",
    "controller.quorum.bootstrap.servers",
    "controller.quorum.voters",
    "controller.quota.window.num",
    "controller.quota.window.size.seconds",
    "controller.socket.timeout.ms",
    "create.topic.policy.class.name",
    "default.replication.factor",
    "delete.records.purgatory.purge.interval.requests",
    "delete.topic.enable",
    "early.start.listeners",
    "eligible.leader.replicas.enable",
    "fetch.purgatory.purge.interval.requests",
    "follower.replication.throttled.rate",
    "group.consumer.assignors",
    "group.consumer.heartbeat.interval.ms",
    "group.consumer.max.heartbeat.interval.ms",
    "group.consumer.max.session.timeout.ms",
    "group.consumer.max.size",
    "group.consumer.migration.policy",
    "group.consumer.min.heartbeat.interval.ms",
    "group.consumer.min.session.timeout.ms",
    "group.consumer.session.timeout.ms",
    "group.coordinator.append.linger.ms",
    "group.coordinator.rebalance.protocols",
    "group.coordinator.threads",
    "group.initial.rebalance.delay.ms",
    "group.max.session.timeout.ms",
    "group.max.size",
    "group.min.session.timeout.ms",
    "inter.broker.listener.name",
    "kafka.metrics.polling.interval.secs",
    "kafka.metrics.reporters",
    "leader.imbalance.per.broker.percentage",
    "leader.replication.throttled.rate",
    "listener.security.protocol.map",
    "listeners",
    "log.cleaner.enable",
    "log.dir",
    "log.flush.interval.ms",
    "log.flush.scheduler.interval.ms",
    "log.flush.start.offset.checkpoint.interval.ms",
    "log.local.retention.bytes",
    "log.local.retention.ms",
    "log.preallocate",
    "log.retention.hours",
    "log.retention.minutes",
    "log.roll.hours",
    "log.roll.jitter.hours",
    "max.connection.creation.rate",
    "max.connections",
    "max.connections.per.ip",
    "max.connections.per.ip.overrides",
    "max.request.partition.size.limit",
    "metadata.log.segment.min.bytes",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "node.id",
    "num.partitions",
    "num.recovery.threads.per.data.dir",
    "num.replica.alter.log.dirs.threads",
    "offset.metadata.max.bytes",
    "offsets.commit.timeout.ms",
    "offsets.load.buffer.size",
    "offsets.retention.check.interval.ms",
    "offsets.retention.minutes",
    "offsets.topic.compression.codec",
    "offsets.topic.num.partitions",
    "offsets.topic.replication.factor",
    "offsets.topic.segment.bytes",
    "principal.builder.class",
    "process.roles",
    "producer.purgatory.purge.interval.requests",
    "queued.max.request.bytes",
    "quota.window.num",
    "quota.window.size.seconds",
    "remote.fetch.max.wait.ms",
    "remote.list.offsets.request.timeout.ms",
    "replica.alter.log.dirs.io.max.bytes.per.second",
    "replica.socket.receive.buffer.bytes",
    "replication.quota.window.num",
    "replication.quota.window.size.seconds",
    "request.timeout.ms",
    "security.inter.broker.protocol",
    "security.providers",
    "socket.connection.setup.timeout.max.ms",
    "socket.connection.setup.timeout.ms",
    "socket.listen.backlog.size",
    "socket.receive.buffer.bytes",
    "socket.request.max.bytes",
    "socket.send.buffer.bytes",
    "telemetry.max.bytes",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms",
    "transaction.max.timeout.ms",
    "transaction.partition.verification.enable",
    "transaction.remove.expired.transaction.cleanup.interval.ms",
    "transaction.state.log.load.buffer.size",
    "transaction.state.log.min.isr",
    "transaction.state.log.num.partitions",
    "transaction.state.log.replication.factor",
    "transaction.state.log.segment.bytes",
    "transactional.id.expiration.ms",
    "unstable.api.versions.enable",
    "unstable.feature.versions.enable",
};

constexpr std::string_view kTopic[] = {
    "flush.ms",
    "follower.replication.throttled.replicas",
    "leader.replication.throttled.replicas",
    "local.retention.bytes",
    "local.retention.ms",
    "preallocate",
    "remote.storage.enable",
};

constexpr std::string_view kProducer[] = {
    "bootstrap.servers",
    "client.dns.lookup",
    "client.id",
    "connections.max.idle.ms",
    "enable.metrics.push",
    "interceptor.classes",
    "key.serializer",
    "metadata.max.idle.ms",
    "metadata.recovery.strategy",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.availability.timeout.ms",
    "partitioner.class",
    "partitioner.ignore.keys",
    "receive.buffer.bytes",
    "security.protocol",
    "security.providers",
    "send.buffer.bytes",
    "transaction.timeout.ms",
    "transactional.id",
    "value.serializer",
};

constexpr std::string_view kConsumer[] = {
    "allow.auto.create.topics",   "auto.commit.interval.ms",
    "bootstrap.servers",          "check.crcs",
    "client.dns.lookup",          "client.id",
    "connections.max.idle.ms",    "default.api.timeout.ms",
    "enable.auto.commit",         "enable.metrics.push",
    "exclude.internal.topics",    "group.id",
    "group.instance.id",          "group.protocol",
    "group.remote.assignor",      "heartbeat.interval.ms",
    "interceptor.classes",        "isolation.level",
    "key.deserializer",           "max.poll.interval.ms",
    "metadata.recovery.strategy", "metric.reporters",
    "metrics.num.samples",        "metrics.recording.level",
    "metrics.sample.window.ms",   "partition.assignment.strategy",
    "receive.buffer.bytes",       "security.protocol",
    "security.providers",         "send.buffer.bytes",
    "session.timeout.ms",         "value.deserializer",
};

// Whole families that no scenario of this program has a use for yet.
constexpr std::string_view kClientFamilies[] = {"sasl.", "ssl."};
constexpr std::string_view kBrokerFamilies[] = {
    "delegation.token.", "group.share.", "remote.log.", "sasl.", "share.", "ssl.",
};

bool in_family(std::span<const std::string_view> families, std::string_view name) {
  return std::any_of(families.begin(), families.end(), [name](std::string_view family) {
    return name.size() > family.size() && name.starts_with(family);
  });
}

bool listed(std::span<const std::string_view> names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

}  // namespace

bool is_known_unsupported(ConfigScope scope, std::string_view name) {
  switch (scope) {
    case ConfigScope::kBroker:
      return listed(kBroker, name) || in_family(kBrokerFamilies, name);
    case ConfigScope::kTopic:
      return listed(kTopic, name);
    case ConfigScope::kProducer:
      return listed(kProducer, name) || in_family(kClientFamilies, name);
    case ConfigScope::kConsumer:
      return listed(kConsumer, name) || in_family(kClientFamilies, name);
  }
  return false;
}

}  // namespace models
