// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_tables.h"

namespace models {
namespace {

using enum ConfigType;
using enum ConfigUnit;

constexpr ConfigScope kProducer = ConfigScope::kProducer;

constexpr ConfigKey kProducerKeys[] = {
    config_row<&ProducerConfig::acks>(
        kProducer, "acks", kWord, kNone, kAcksWords,
        "Who must have a record before it counts as sent: nobody, the leader, or all in sync."),
    config_row<&ProducerConfig::batch_size>(
        kProducer, "batch.size", kInt, kBytes, kAtLeast0,
        "Bytes at which a batch is full; 0: one record a batch."),
    config_row<&ProducerConfig::buffer_memory>(kProducer, "buffer.memory", kLong, kBytes, kAtLeast0,
                                               "Bytes of records that may wait to be sent."),
    config_row<&ProducerConfig::compression_gzip_level>(
        kProducer, "compression.gzip.level", kInt, kNone, kGzipLevels,
        "How hard gzip tries, if the producer compresses with it."),
    config_row<&ProducerConfig::compression_lz4_level>(
        kProducer, "compression.lz4.level", kInt, kNone, kLz4Levels,
        "How hard lz4 tries, if the producer compresses with it."),
    config_row<&ProducerConfig::compression_type>(kProducer, "compression.type", kWord, kNone,
                                                  kProducerCodecs,
                                                  "Codec of the batches that the producer sends."),
    config_row<&ProducerConfig::compression_zstd_level>(
        kProducer, "compression.zstd.level", kInt, kNone, kZstdLevels,
        "How hard zstd tries, if the producer compresses with it."),
    config_row<&ProducerConfig::delivery_timeout_ms>(
        kProducer, "delivery.timeout.ms", kInt, kMillis, kAtLeast0,
        "Time after send() within which a record is delivered or failed."),
    config_row<&ProducerConfig::enable_idempotence>(
        kProducer, "enable.idempotence", kBoolean, kNone, kTrueOrFalse,
        "Brokers drop the repeats that retries cause, and keep the order."),
    config_row<&ProducerConfig::linger_ms>(
        kProducer, "linger.ms", kLong, kMillis, kAtLeast0,
        "How long a batch that is not full waits for more records."),
    config_row<&ProducerConfig::max_block_ms>(
        kProducer, "max.block.ms", kLong, kMillis, kAtLeast0,
        "How long send() may wait for metadata or for buffer memory."),
    config_row<&ProducerConfig::max_in_flight_requests_per_connection>(
        kProducer, "max.in.flight.requests.per.connection", kInt, kNone, kAtLeast1,
        "Requests sent to one broker and not answered yet."),
    config_row<&ProducerConfig::max_request_size>(
        kProducer, "max.request.size", kInt, kBytes, kAtLeast0,
        "Most bytes of one produce request, and of one record."),
    config_row<&ProducerConfig::metadata_max_age_ms>(
        kProducer, "metadata.max.age.ms", kLong, kMillis, kAtLeast0,
        "Age at which metadata is fetched anew though nothing went wrong."),
    config_row<&ProducerConfig::reconnect_backoff_max_ms>(
        kProducer, "reconnect.backoff.max.ms", kLong, kMillis, kAtLeast0,
        "Longest pause before a broker that cannot be reached is tried again."),
    config_row<&ProducerConfig::reconnect_backoff_ms>(
        kProducer, "reconnect.backoff.ms", kLong, kMillis, kAtLeast0,
        "First pause before a broker that cannot be reached is tried again; it doubles."),
    config_row<&ProducerConfig::request_timeout_ms>(
        kProducer, "request.timeout.ms", kInt, kMillis, kAtLeast0,
        "How long the client waits for the answer to one request."),
    config_row<&ProducerConfig::retries>(
        kProducer, "retries", kInt, kNone, kAtLeast0,
        "How often a batch may be sent again; delivery.timeout.ms usually ends it first."),
    config_row<&ProducerConfig::retry_backoff_max_ms>(
        kProducer, "retry.backoff.max.ms", kLong, kMillis, kAtLeast0,
        "Longest pause before a failed request is sent again."),
    config_row<&ProducerConfig::retry_backoff_ms>(
        kProducer, "retry.backoff.ms", kLong, kMillis, kAtLeast0,
        "First pause before a failed request is sent again; it doubles."),
    config_row<&ProducerConfig::socket_connection_setup_timeout_max_ms>(
        kProducer, "socket.connection.setup.timeout.max.ms", kLong, kMillis, kAtLeast1,
        "Longest wait for a connection to be established."),
    config_row<&ProducerConfig::socket_connection_setup_timeout_ms>(
        kProducer, "socket.connection.setup.timeout.ms", kLong, kMillis, kAtLeast1,
        "First wait for a connection to be established; it doubles."),
};

constexpr ConfigScope kConsumer = ConfigScope::kConsumer;

constexpr ConfigKey kConsumerKeys[] = {
    config_row<&ConsumerConfig::auto_offset_reset>(
        kConsumer, "auto.offset.reset", kWord, kNone, kResetWords,
        "Where to start when no valid position is known."),
    config_row<&ConsumerConfig::client_rack>(
        kConsumer, "client.rack", kWord, kNone, kAnyText,
        "Where the consumer is: a rack of the cluster's brokers, to read near it."),
    config_row<&ConsumerConfig::fetch_max_bytes>(kConsumer, "fetch.max.bytes", kInt, kBytes,
                                                 kAtLeast0, "Bytes asked for in one fetch."),
    config_row<&ConsumerConfig::fetch_max_wait_ms>(
        kConsumer, "fetch.max.wait.ms", kInt, kMillis, kAtLeast0,
        "Longest a broker holds a fetch for fetch.min.bytes to gather."),
    config_row<&ConsumerConfig::fetch_min_bytes>(
        kConsumer, "fetch.min.bytes", kInt, kBytes, kAtLeast0,
        "Bytes a broker gathers before it answers a fetch, unless the wait is over."),
    config_row<&ConsumerConfig::max_partition_fetch_bytes>(
        kConsumer, "max.partition.fetch.bytes", kInt, kBytes, kAtLeast0,
        "Bytes asked for from one partition in one fetch."),
    config_row<&ConsumerConfig::max_poll_records>(kConsumer, "max.poll.records", kInt, kNone,
                                                  kAtLeast1, "Most records one poll() returns."),
    config_row<&ConsumerConfig::metadata_max_age_ms>(
        kConsumer, "metadata.max.age.ms", kLong, kMillis, kAtLeast0,
        "Age at which metadata is fetched anew though nothing went wrong."),
    config_row<&ConsumerConfig::reconnect_backoff_max_ms>(
        kConsumer, "reconnect.backoff.max.ms", kLong, kMillis, kAtLeast0,
        "Longest pause before a broker that cannot be reached is tried again."),
    config_row<&ConsumerConfig::reconnect_backoff_ms>(
        kConsumer, "reconnect.backoff.ms", kLong, kMillis, kAtLeast0,
        "First pause before a broker that cannot be reached is tried again; it doubles."),
    config_row<&ConsumerConfig::request_timeout_ms>(
        kConsumer, "request.timeout.ms", kInt, kMillis, kAtLeast0,
        "How long the client waits for the answer to one request."),
    config_row<&ConsumerConfig::retry_backoff_max_ms>(
        kConsumer, "retry.backoff.max.ms", kLong, kMillis, kAtLeast0,
        "Longest pause before a failed request is sent again."),
    config_row<&ConsumerConfig::retry_backoff_ms>(
        kConsumer, "retry.backoff.ms", kLong, kMillis, kAtLeast0,
        "First pause before a failed request is sent again; it doubles."),
    config_row<&ConsumerConfig::socket_connection_setup_timeout_max_ms>(
        kConsumer, "socket.connection.setup.timeout.max.ms", kLong, kMillis, kAtLeast1,
        "Longest wait for a connection to be established."),
    config_row<&ConsumerConfig::socket_connection_setup_timeout_ms>(
        kConsumer, "socket.connection.setup.timeout.ms", kLong, kMillis, kAtLeast1,
        "First wait for a connection to be established; it doubles."),
};

}  // namespace

std::span<const ConfigKey> producer_config_keys() { return kProducerKeys; }
std::span<const ConfigKey> consumer_config_keys() { return kConsumerKeys; }

}  // namespace models
