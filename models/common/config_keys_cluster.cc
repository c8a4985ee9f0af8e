// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_tables.h"

namespace models {
namespace {

using enum ConfigType;
using enum ConfigUnit;

constexpr ConfigScope kBroker = ConfigScope::kBroker;

constexpr ConfigKey kBrokerKeys[] = {
    config_row<&BrokerConfig::auto_leader_rebalance_enable>(
        kBroker, "auto.leader.rebalance.enable", kBoolean, kNone, kTrueOrFalse,
        "The controller gives leadership back to preferred replicas by itself."),
    config_row<&BrokerConfig::broker_heartbeat_interval_ms>(
        kBroker, "broker.heartbeat.interval.ms", kInt, kMillis, kAtLeast1,
        "How often a broker tells the controller that it lives."),
    config_row<&BrokerConfig::broker_session_timeout_ms>(
        kBroker, "broker.session.timeout.ms", kInt, kMillis, kAtLeast1,
        "Silence after which the controller fences a broker."),
    config_row<&TopicConfig::compression_gzip_level>(
        kBroker, "compression.gzip.level", kInt, kNone, kGzipLevels,
        "How hard gzip tries, where the broker compresses."),
    config_row<&TopicConfig::compression_lz4_level>(
        kBroker, "compression.lz4.level", kInt, kNone, kLz4Levels,
        "How hard lz4 tries, where the broker compresses."),
    config_row<&TopicConfig::compression_type>(
        kBroker, "compression.type", kWord, kNone, kTopicCodecs,
        "Codec of what is stored; producer: as the producer sent it."),
    config_row<&TopicConfig::compression_zstd_level>(
        kBroker, "compression.zstd.level", kInt, kNone, kZstdLevels,
        "How hard zstd tries, where the broker compresses."),
    config_row<&BrokerConfig::controlled_shutdown_enable>(
        kBroker, "controlled.shutdown.enable", kBoolean, kNone, kTrueOrFalse,
        "A broker told to stop first hands its leaderships over."),
    config_row<&BrokerConfig::controller_quorum_append_linger_ms>(
        kBroker, "controller.quorum.append.linger.ms", kInt, kMillis, kAtLeast0,
        "How long the active controller gathers records before it writes them."),
    config_row<&BrokerConfig::controller_quorum_election_backoff_max_ms>(
        kBroker, "controller.quorum.election.backoff.max.ms", kInt, kMillis, kAtLeast0,
        "Longest wait of a controller for its turn to be elected after the active one resigned."),
    config_row<&BrokerConfig::controller_quorum_election_timeout_ms>(
        kBroker, "controller.quorum.election.timeout.ms", kInt, kMillis, kAtLeast1,
        "How long controllers wait for an election's outcome; up to as much again at random."),
    config_row<&BrokerConfig::controller_quorum_fetch_timeout_ms>(
        kBroker, "controller.quorum.fetch.timeout.ms", kInt, kMillis, kAtLeast1,
        "Silence of the active controller after which the others elect anew; half as much again "
        "without them, and it resigns."),
    config_row<&BrokerConfig::controller_quorum_request_timeout_ms>(
        kBroker, "controller.quorum.request.timeout.ms", kInt, kMillis, kAtLeast1,
        "How long the quorum's requests wait for an answer."),
    config_row<&BrokerConfig::controller_quorum_retry_backoff_ms>(
        kBroker, "controller.quorum.retry.backoff.ms", kInt, kMillis, kAtLeast0,
        "Pause before the quorum's requests are repeated."),
    config_row<&BrokerConfig::fetch_max_bytes>(
        kBroker, "fetch.max.bytes", kInt, kBytes, kAtLeast1024,
        "Most bytes in one fetch response of a broker, whatever the fetcher asks."),
    config_row<&BrokerConfig::initial_broker_registration_timeout_ms>(
        kBroker, "initial.broker.registration.timeout.ms", kInt, kMillis, kAtLeast1,
        "How long a starting broker tries to register before it gives up."),
    config_row<&BrokerConfig::internal_metadata_log_segment_bytes>(
        kBroker, "internal.metadata.log.segment.bytes", kInt, kBytes, kAtLeast0,
        "Segments of the metadata log smaller than metadata.log.segment.bytes allows, to see them "
        "go; 0: that counts."),
    config_row<&BrokerConfig::leader_imbalance_check_interval_seconds>(
        kBroker, "leader.imbalance.check.interval.seconds", kLong, kSeconds, kAtLeast1,
        "How often the controller looks for leaders that are not the preferred ones."),
    config_row<&BrokerConfig::log_cleaner_backoff_ms>(
        kBroker, "log.cleaner.backoff.ms", kLong, kMillis, kAtLeast1,
        "Pause of the cleaner when no log is worth a round."),
    config_row<&BrokerConfig::log_cleaner_dedupe_buffer_size>(
        kBroker, "log.cleaner.dedupe.buffer.size", kLong, kBytes, kAtLeast1024,
        "Memory for keys, 24 bytes each, divided among the cleaner threads; what does not fit "
        "waits "
        "for the next round."),
    config_row<&TopicConfig::delete_retention_ms>(
        kBroker, "log.cleaner.delete.retention.ms", kLong, kMillis, kAtLeast0,
        "How long tombstones and markers stay after the cleaner first saw them."),
    config_row<&BrokerConfig::log_cleaner_io_buffer_load_factor>(
        kBroker, "log.cleaner.io.buffer.load.factor", kDouble, kNone, kZeroToOne,
        "Share of the cleaner's memory for keys that may be used."),
    config_row<&BrokerConfig::log_cleaner_io_buffer_size>(
        kBroker, "log.cleaner.io.buffer.size", kInt, kBytes, kAtLeast1024,
        "Bytes of the buffers of all cleaner threads; half is for reading, half for writing."),
    config_row<&BrokerConfig::log_cleaner_io_max_bytes_per_second>(
        kBroker, "log.cleaner.io.max.bytes.per.second", kDouble, kNone, kByteRates,
        "Bytes that all cleaner threads together read and write in a second, on average."),
    config_row<&TopicConfig::max_compaction_lag_ms>(
        kBroker, "log.cleaner.max.compaction.lag.ms", kLong, kMillis, kAtLeast1,
        "Age of a dirty record above which its log is cleaned whatever its dirty ratio."),
    config_row<&TopicConfig::min_cleanable_dirty_ratio>(
        kBroker, "log.cleaner.min.cleanable.ratio", kDouble, kNone, kZeroToOne,
        "Share of dirty bytes above which a log is worth a round of the cleaner."),
    config_row<&TopicConfig::min_compaction_lag_ms>(
        kBroker, "log.cleaner.min.compaction.lag.ms", kLong, kMillis, kAtLeast0,
        "How long a record stays before the cleaner may drop it."),
    config_row<&BrokerConfig::log_cleaner_threads>(kBroker, "log.cleaner.threads", kInt, kNone,
                                                   kThreads,
                                                   "Threads that clean logs, each another one."),
    config_row<&TopicConfig::cleanup_policy>(
        kBroker, "log.cleanup.policy", kList, kNone, kPolicyWords,
        "What becomes of old segments: deleted, or compacted to the last record of each key."),
    config_row<&BrokerConfig::log_dir_failure_timeout_ms>(
        kBroker, "log.dir.failure.timeout.ms", kLong, kMillis, kAtLeast1,
        "How long a broker may fail to tell the controller of a failed directory before it stops."),
    config_row<&BrokerConfig::log_dirs>(
        kBroker, "log.dirs", kList, kNone, kDirectories,
        "Directories for logs, each on a disk of its own; unset: one, /kafka-logs."),
    config_row<&TopicConfig::flush_messages>(kBroker, "log.flush.interval.messages", kLong, kNone,
                                             kAtLeast1,
                                             "Messages after which a log is forced to disk."),
    config_row<&BrokerConfig::log_flush_offset_checkpoint_interval_ms>(
        kBroker, "log.flush.offset.checkpoint.interval.ms", kInt, kMillis, kAtLeast1,
        "How often recovery points are written to their checkpoint."),
    config_row<&TopicConfig::index_interval_bytes>(
        kBroker, "log.index.interval.bytes", kInt, kBytes, kAtLeast0,
        "Log bytes between two entries of an offset index."),
    config_row<&TopicConfig::segment_index_bytes>(
        kBroker, "log.index.size.max.bytes", kInt, kBytes, kAtLeast4,
        "Most bytes of an offset index; a full index rolls the segment."),
    config_row<&TopicConfig::message_timestamp_after_max_ms>(
        kBroker, "log.message.timestamp.after.max.ms", kLong, kMillis, kAtLeast0,
        "How far ahead of the broker's clock a record's time may be."),
    config_row<&TopicConfig::message_timestamp_before_max_ms>(
        kBroker, "log.message.timestamp.before.max.ms", kLong, kMillis, kAtLeast0,
        "How far behind the broker's clock a record's time may be."),
    config_row<&TopicConfig::message_timestamp_type>(
        kBroker, "log.message.timestamp.type", kWord, kNone, kTimestampTypes,
        "Whose time a record has: its producer's, or the leader's when it was appended."),
    config_row<&TopicConfig::retention_bytes>(
        kBroker, "log.retention.bytes", kLong, kBytes, kAtLeastMinus1,
        "Size of a log above which its oldest segments are deleted; -1: no limit."),
    config_row<&BrokerConfig::log_retention_check_interval_ms>(
        kBroker, "log.retention.check.interval.ms", kLong, kMillis, kAtLeast1,
        "Time between two searches for segments to delete."),
    config_row<&TopicConfig::retention_ms>(kBroker, "log.retention.ms", kLong, kMillis,
                                           kAtLeastMinus1,
                                           "Age above which a segment is deleted; -1: it stays."),
    config_row<&TopicConfig::segment_jitter_ms>(
        kBroker, "log.roll.jitter.ms", kLong, kMillis, kAtLeast0,
        "Up to how much earlier than log.roll.ms a segment is rolled, at random."),
    config_row<&TopicConfig::segment_ms>(kBroker, "log.roll.ms", kLong, kMillis, kAtLeast1,
                                         "Age at which a segment is rolled though it is not full."),
    config_row<&TopicConfig::segment_bytes>(kBroker, "log.segment.bytes", kInt, kBytes,
                                            kAtLeast1MiB, "Size at which a segment is rolled."),
    config_row<&TopicConfig::file_delete_delay_ms>(
        kBroker, "log.segment.delete.delay.ms", kLong, kMillis, kAtLeast0,
        "How long the files of a deleted segment stay before they are removed."),
    config_row<&BrokerConfig::max_incremental_fetch_session_cache_slots>(
        kBroker, "max.incremental.fetch.session.cache.slots", kInt, kNone, kAtLeast0,
        "Fetch sessions a broker keeps, an eighth of them in each of eight shards."),
    config_row<&TopicConfig::max_message_bytes>(kBroker, "message.max.bytes", kInt, kBytes,
                                                kAtLeast0,
                                                "Largest record batch a broker accepts."),
    config_row<&BrokerConfig::metadata_log_dir>(
        kBroker, "metadata.log.dir", kWord, kNone, kDirectory,
        "Directory without which a broker stops; unset: the first of log.dirs."),
    config_row<&BrokerConfig::metadata_log_max_record_bytes_between_snapshots>(
        kBroker, "metadata.log.max.record.bytes.between.snapshots", kLong, kBytes, kAtLeast1,
        "Bytes of the metadata log after which a node writes a new snapshot."),
    config_row<&BrokerConfig::metadata_log_max_snapshot_interval_ms>(
        kBroker, "metadata.log.max.snapshot.interval.ms", kLong, kMillis, kAtLeast0,
        "Time after which a node writes a new snapshot of the metadata; 0: no matter how long."),
    config_row<&BrokerConfig::metadata_log_segment_bytes>(
        kBroker, "metadata.log.segment.bytes", kInt, kBytes, kAtLeast8MiB,
        "Size at which a segment of the metadata log is rolled."),
    config_row<&BrokerConfig::metadata_log_segment_ms>(
        kBroker, "metadata.log.segment.ms", kLong, kMillis, kAtLeast1,
        "Age at which a segment of the metadata log is rolled though it is not full."),
    config_row<&BrokerConfig::metadata_max_idle_interval_ms>(
        kBroker, "metadata.max.idle.interval.ms", kInt, kMillis, kAtLeast0,
        "How often the active controller writes a no-op record when nothing else happens; 0: "
        "never."),
    config_row<&BrokerConfig::metadata_max_retention_bytes>(
        kBroker, "metadata.max.retention.bytes", kLong, kBytes, kAtLeastMinus1,
        "Size of metadata log and snapshots above which the oldest snapshot goes, with the log that "
        "the next one stands for; -1: no limit."),
    config_row<&BrokerConfig::metadata_max_retention_ms>(
        kBroker, "metadata.max.retention.ms", kLong, kMillis, kAtLeastMinus1,
        "Age above which a snapshot of the metadata goes, if it is not the last; -1: it stays."),
    config_row<&TopicConfig::min_insync_replicas>(
        kBroker, "min.insync.replicas", kInt, kNone, kAtLeast1,
        "Replicas that must be in sync for a write with acks=all to be accepted."),
    config_row<&BrokerConfig::num_io_threads>(kBroker, "num.io.threads", kInt, kNone, kThreads,
                                              "Threads that handle requests."),
    config_row<&BrokerConfig::num_network_threads>(
        kBroker, "num.network.threads", kInt, kNone, kThreads,
        "Threads that read requests from and write responses to sockets."),
    config_row<&BrokerConfig::num_replica_fetchers>(
        kBroker, "num.replica.fetchers", kInt, kNone, kAtLeast1,
        "Fetchers, each with a connection, from one broker to each that it follows."),
    config_row<&BrokerConfig::producer_id_expiration_check_interval_ms>(
        kBroker, "producer.id.expiration.check.interval.ms", kInt, kMillis, kAtLeast1,
        "How often partitions look for idempotent producers to forget."),
    config_row<&BrokerConfig::producer_id_expiration_ms>(
        kBroker, "producer.id.expiration.ms", kInt, kMillis, kAtLeast1,
        "Silence after which a partition forgets an idempotent producer."),
    config_row<&BrokerConfig::queued_max_requests>(
        kBroker, "queued.max.requests", kInt, kNone, kAtLeast1,
        "Requests that may wait for a thread before sockets are no longer read."),
    config_row<&BrokerConfig::replica_fetch_backoff_ms>(
        kBroker, "replica.fetch.backoff.ms", kInt, kMillis, kAtLeast0,
        "Pause of a follower after a failed fetch."),
    config_row<&BrokerConfig::replica_fetch_max_bytes>(
        kBroker, "replica.fetch.max.bytes", kInt, kBytes, kAtLeast0,
        "Bytes a follower asks for from one partition in one fetch."),
    config_row<&BrokerConfig::replica_fetch_min_bytes>(
        kBroker, "replica.fetch.min.bytes", kInt, kBytes, kAtLeast0,
        "Bytes a leader gathers before it answers a follower, unless the wait is over."),
    config_row<&BrokerConfig::replica_fetch_response_max_bytes>(
        kBroker, "replica.fetch.response.max.bytes", kInt, kBytes, kAtLeast0,
        "Bytes a follower asks for in one fetch, all partitions together."),
    config_row<&BrokerConfig::replica_fetch_wait_max_ms>(
        kBroker, "replica.fetch.wait.max.ms", kInt, kMillis, kAtLeast0,
        "Longest a leader holds a follower's fetch for new data."),
    config_row<&BrokerConfig::replica_high_watermark_checkpoint_interval_ms>(
        kBroker, "replica.high.watermark.checkpoint.interval.ms", kLong, kMillis, kAtLeast1,
        "How often high watermarks are written to disk."),
    config_row<&BrokerConfig::replica_lag_time_max_ms>(
        kBroker, "replica.lag.time.max.ms", kLong, kMillis, kAtLeast1,
        "A follower that has not caught up for this long leaves the ISR."),
    config_row<&BrokerConfig::replica_selector_class>(
        kBroker, "replica.selector.class", kWord, kNone, kSelectorWords,
        "Who sends a consumer with client.rack to a replica near it."),
    config_row<&BrokerConfig::replica_socket_timeout_ms>(
        kBroker, "replica.socket.timeout.ms", kInt, kMillis, kAtLeast1,
        "How long a follower waits for the answer to a fetch."),
    config_row<&TopicConfig::unclean_leader_election_enable>(
        kBroker, "unclean.leader.election.enable", kBoolean, kNone, kTrueOrFalse,
        "A replica out of sync may become leader when no other is left; data may be lost."),
    config_row<&BrokerConfig::unclean_leader_election_interval_ms>(
        kBroker, "unclean.leader.election.interval.ms", kLong, kMillis, kAtLeast1,
        "How often the controller looks for partitions without leader that may have an unclean "
        "one."),
};

constexpr ConfigScope kTopic = ConfigScope::kTopic;

constexpr ConfigKey kTopicKeys[] = {
    config_row<&TopicConfig::cleanup_policy>(
        kTopic, "cleanup.policy", kList, kNone, kPolicyWords,
        "What becomes of old segments: deleted, or compacted to the last record of each key."),
    config_row<&TopicConfig::compression_gzip_level>(
        kTopic, "compression.gzip.level", kInt, kNone, kGzipLevels,
        "How hard gzip tries, where the broker compresses."),
    config_row<&TopicConfig::compression_lz4_level>(
        kTopic, "compression.lz4.level", kInt, kNone, kLz4Levels,
        "How hard lz4 tries, where the broker compresses."),
    config_row<&TopicConfig::compression_type>(
        kTopic, "compression.type", kWord, kNone, kTopicCodecs,
        "Codec of what is stored; producer: as the producer sent it."),
    config_row<&TopicConfig::compression_zstd_level>(
        kTopic, "compression.zstd.level", kInt, kNone, kZstdLevels,
        "How hard zstd tries, where the broker compresses."),
    config_row<&TopicConfig::delete_retention_ms>(
        kTopic, "delete.retention.ms", kLong, kMillis, kAtLeast0,
        "How long tombstones and markers stay after the cleaner first saw them."),
    config_row<&TopicConfig::file_delete_delay_ms>(
        kTopic, "file.delete.delay.ms", kLong, kMillis, kAtLeast0,
        "How long the files of a deleted segment stay before they are removed."),
    config_row<&TopicConfig::flush_messages>(kTopic, "flush.messages", kLong, kNone, kAtLeast1,
                                             "Messages after which the log is forced to disk."),
    config_row<&TopicConfig::index_interval_bytes>(
        kTopic, "index.interval.bytes", kInt, kBytes, kAtLeast0,
        "Log bytes between two entries of the offset index."),
    config_row<&TopicConfig::internal_segment_bytes>(
        kTopic, "internal.segment.bytes", kInt, kBytes, kAtLeast0,
        "Segments smaller than segment.bytes allows, to see them roll; 0: segment.bytes counts."),
    config_row<&TopicConfig::max_compaction_lag_ms>(
        kTopic, "max.compaction.lag.ms", kLong, kMillis, kAtLeast1,
        "Age of a dirty record above which its log is cleaned whatever its dirty ratio."),
    config_row<&TopicConfig::max_message_bytes>(kTopic, "max.message.bytes", kInt, kBytes,
                                                kAtLeast0,
                                                "Largest record batch the topic accepts."),
    config_row<&TopicConfig::message_timestamp_after_max_ms>(
        kTopic, "message.timestamp.after.max.ms", kLong, kMillis, kAtLeast0,
        "How far ahead of the broker's clock a record's time may be."),
    config_row<&TopicConfig::message_timestamp_before_max_ms>(
        kTopic, "message.timestamp.before.max.ms", kLong, kMillis, kAtLeast0,
        "How far behind the broker's clock a record's time may be."),
    config_row<&TopicConfig::message_timestamp_type>(
        kTopic, "message.timestamp.type", kWord, kNone, kTimestampTypes,
        "Whose time a record has: its producer's, or the leader's when it was appended."),
    config_row<&TopicConfig::min_cleanable_dirty_ratio>(
        kTopic, "min.cleanable.dirty.ratio", kDouble, kNone, kZeroToOne,
        "Share of dirty bytes above which a log is worth a round of the cleaner."),
    config_row<&TopicConfig::min_compaction_lag_ms>(
        kTopic, "min.compaction.lag.ms", kLong, kMillis, kAtLeast0,
        "How long a record stays before the cleaner may drop it."),
    config_row<&TopicConfig::min_insync_replicas>(
        kTopic, "min.insync.replicas", kInt, kNone, kAtLeast1,
        "Replicas that must be in sync for a write with acks=all to be accepted."),
    config_row<&TopicConfig::retention_bytes>(
        kTopic, "retention.bytes", kLong, kBytes, kAtLeastMinus1,
        "Size of a log above which its oldest segments are deleted; -1: no limit."),
    config_row<&TopicConfig::retention_ms>(kTopic, "retention.ms", kLong, kMillis, kAtLeastMinus1,
                                           "Age above which a segment is deleted; -1: it stays."),
    config_row<&TopicConfig::segment_bytes>(kTopic, "segment.bytes", kInt, kBytes, kAtLeast1MiB,
                                            "Size at which a segment is rolled."),
    config_row<&TopicConfig::segment_index_bytes>(
        kTopic, "segment.index.bytes", kInt, kBytes, kAtLeast4,
        "Most bytes of an offset index; a full index rolls the segment."),
    config_row<&TopicConfig::segment_jitter_ms>(
        kTopic, "segment.jitter.ms", kLong, kMillis, kAtLeast0,
        "Up to how much earlier than segment.ms a segment is rolled, at random."),
    config_row<&TopicConfig::segment_ms>(kTopic, "segment.ms", kLong, kMillis, kAtLeast1,
                                         "Age at which a segment is rolled though it is not full."),
    config_row<&TopicConfig::unclean_leader_election_enable>(
        kTopic, "unclean.leader.election.enable", kBoolean, kNone, kTrueOrFalse,
        "A replica out of sync may become leader when no other is left; data may be lost."),
};

}  // namespace

std::span<const ConfigKey> broker_config_keys() { return kBrokerKeys; }
std::span<const ConfigKey> topic_config_keys() { return kTopicKeys; }

}  // namespace models
