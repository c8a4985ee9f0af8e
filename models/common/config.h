// SPDX-License-Identifier: Apache-2.0
//
// Settings of brokers, topics and clients as typed values. Member names are Kafka's keys with '_'
// for '.', less the unit; the keys themselves, their documentation, ranges and which of them this
// program honours are in models/common/config_keys.h, which also checks that each default here is
// Kafka 4.x's (server/config/*.java, storage LogConfig, ProducerConfig, ConsumerConfig).

#ifndef MODELS_COMMON_CONFIG_H_
#define MODELS_COMMON_CONFIG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace models {

// A number of Kafka's type double, exact to the millionth: 0.5 is 500,000.
struct Fraction {
  static constexpr int64_t kOne = 1'000'000;
  int64_t millionths = 0;
  bool operator==(const Fraction&) const = default;
};

// Of reads and writes, in whole bytes. Kafka's double; its largest value means no limit.
struct IoRate {
  static constexpr int64_t kUnlimited = INT64_MAX;
  int64_t bytes_per_second = kUnlimited;
  bool is_unlimited() const { return bytes_per_second == kUnlimited; }
  bool operator==(const IoRate&) const = default;
};

// What becomes of old segments (cleanup.policy); neither: nothing.
struct CleanupPolicy {
  bool deletes = true;
  bool compacts = false;
  bool operator==(const CleanupPolicy&) const = default;
};

// compression.type of a topic: as the producer did it, or one for all.
enum class TopicCompression : int8_t { kProducer, kUncompressed, kGzip, kSnappy, kLz4, kZstd };
// replica.selector.class: who tells a consumer to read from another replica than the leader.
enum class ReplicaSelector : int8_t { kNone, kLeader, kRackAware };

// compression.type of a producer.
enum class ProducerCompression : int8_t { kNone, kGzip, kSnappy, kLz4, kZstd };
enum class MessageTimestampType : int8_t { kCreateTime, kLogAppendTime };

// Per topic; a broker's settings give the defaults.
struct TopicConfig {
  int64_t segment_bytes = 1 << 30;
  int64_t internal_segment_bytes = 0;  // In place of segment_bytes, unless 0.
  sim::Duration segment_ms = sim::Duration::seconds(7 * 24 * 3600);
  int32_t segment_index_bytes = 10 << 20;
  int32_t index_interval_bytes = 4096;
  int32_t max_message_bytes = 1048588;
  int32_t min_insync_replicas = 1;
  bool unclean_leader_election_enable = false;
  int64_t flush_messages = INT64_MAX;
  sim::Duration segment_jitter_ms;
  CleanupPolicy cleanup_policy;
  int64_t retention_ms = int64_t{7} * 24 * 3600 * 1000;  // -1: for ever.
  int64_t retention_bytes = -1;                          // -1: no limit.
  sim::Duration file_delete_delay_ms = sim::Duration::seconds(60);
  sim::Duration delete_retention_ms = sim::Duration::seconds(24 * 3600);
  Fraction min_cleanable_dirty_ratio{500'000};
  sim::Duration min_compaction_lag_ms;
  int64_t max_compaction_lag_ms = INT64_MAX;
  // A compacted log rolls early enough to be cleaned in time.
  sim::Duration longest_segment_ms() const {
    bool bounds = cleanup_policy.compacts && max_compaction_lag_ms > 0 &&
                  max_compaction_lag_ms < segment_ms.millis();
    return bounds ? sim::Duration::millis(max_compaction_lag_ms) : segment_ms;
  }
  int64_t segment_size() const {
    return internal_segment_bytes > 0 ? internal_segment_bytes : segment_bytes;
  }
  MessageTimestampType message_timestamp_type = MessageTimestampType::kCreateTime;
  int64_t message_timestamp_before_max_ms = INT64_MAX;
  int64_t message_timestamp_after_max_ms = 3'600'000;
  TopicCompression compression_type = TopicCompression::kProducer;
  int32_t compression_gzip_level = -1;
  int32_t compression_lz4_level = 9;
  int32_t compression_zstd_level = 3;
  bool operator==(const TopicConfig&) const = default;
};

struct BrokerConfig {
  sim::Duration replica_lag_time_max_ms = sim::Duration::millis(30000);
  sim::Duration replica_fetch_wait_max_ms = sim::Duration::millis(500);
  int32_t replica_fetch_min_bytes = 1;
  int32_t replica_fetch_max_bytes = 1 << 20;
  int32_t replica_fetch_response_max_bytes = 10 << 20;
  sim::Duration replica_fetch_backoff_ms = sim::Duration::millis(1000);
  int32_t num_replica_fetchers = 1;
  int32_t max_incremental_fetch_session_cache_slots = 1000;
  ReplicaSelector replica_selector_class = ReplicaSelector::kNone;
  sim::Duration replica_socket_timeout_ms = sim::Duration::millis(30000);
  sim::Duration replica_high_watermark_checkpoint_interval_ms = sim::Duration::millis(5000);
  sim::Duration log_flush_offset_checkpoint_interval_ms = sim::Duration::millis(60000);
  sim::Duration log_retention_check_interval_ms = sim::Duration::millis(300000);
  // Directories of the broker's disk, each a device of its own; none: one, "kafka-logs".
  std::vector<std::string> log_dirs;
  std::vector<std::string> metadata_log_dir;  // None: the first of log.dirs.
  sim::Duration log_dir_failure_timeout_ms = sim::Duration::millis(30000);
  sim::Duration log_cleaner_backoff_ms = sim::Duration::millis(15000);
  int64_t log_cleaner_dedupe_buffer_size = 128 << 20;
  int32_t log_cleaner_io_buffer_size = 512 << 10;
  Fraction log_cleaner_io_buffer_load_factor{900'000};
  IoRate log_cleaner_io_max_bytes_per_second;
  int32_t log_cleaner_threads = 1;
  int32_t num_io_threads = 8;
  int32_t num_network_threads = 3;
  int32_t queued_max_requests = 500;
  int32_t fetch_max_bytes = 55 << 20;
  sim::Duration producer_id_expiration_ms = sim::Duration::seconds(24 * 3600);
  sim::Duration producer_id_expiration_check_interval_ms = sim::Duration::seconds(600);
  sim::Duration broker_heartbeat_interval_ms = sim::Duration::millis(2000);
  sim::Duration broker_session_timeout_ms = sim::Duration::millis(9000);
  sim::Duration initial_broker_registration_timeout_ms = sim::Duration::millis(60000);
  bool controlled_shutdown_enable = true;
  sim::Duration controller_quorum_append_linger_ms = sim::Duration::millis(25);
  sim::Duration controller_quorum_election_timeout_ms = sim::Duration::millis(1000);
  sim::Duration controller_quorum_fetch_timeout_ms = sim::Duration::millis(2000);
  sim::Duration controller_quorum_election_backoff_max_ms = sim::Duration::millis(1000);
  sim::Duration controller_quorum_request_timeout_ms = sim::Duration::millis(2000);
  sim::Duration controller_quorum_retry_backoff_ms = sim::Duration::millis(20);
  int64_t metadata_log_max_record_bytes_between_snapshots = 20 << 20;
  sim::Duration metadata_log_max_snapshot_interval_ms = sim::Duration::seconds(3600);  // 0: never.
  int32_t metadata_log_segment_bytes = 1 << 30;
  int32_t internal_metadata_log_segment_bytes = 0;  // In place of the former, unless 0.
  sim::Duration metadata_log_segment_ms = sim::Duration::seconds(7 * 24 * 3600);
  sim::Duration metadata_max_idle_interval_ms = sim::Duration::millis(500);
  int64_t metadata_max_retention_bytes = 100 << 20;                   // < 0: no limit.
  int64_t metadata_max_retention_ms = int64_t{7} * 24 * 3600 * 1000;  // < 0: for ever.
  bool auto_leader_rebalance_enable = true;
  sim::Duration leader_imbalance_check_interval_seconds = sim::Duration::seconds(300);
  sim::Duration unclean_leader_election_interval_ms = sim::Duration::seconds(300);
  TopicConfig topic;  // Defaults of topics: min.insync.replicas, log.segment.bytes, ...
  bool operator==(const BrokerConfig&) const = default;
};

enum class Acks : int8_t { kNone = 0, kLeader = 1, kAll = -1 };

struct ProducerConfig {
  Acks acks = Acks::kAll;
  bool enable_idempotence = true;
  sim::Duration linger_ms = sim::Duration::millis(5);
  int32_t batch_size = 16384;
  int64_t buffer_memory = 32 << 20;
  ProducerCompression compression_type = ProducerCompression::kNone;
  int32_t compression_gzip_level = -1;
  int32_t compression_lz4_level = 9;
  int32_t compression_zstd_level = 3;
  int32_t max_request_size = 1 << 20;
  int32_t max_in_flight_requests_per_connection = 5;
  int32_t retries = INT32_MAX;
  sim::Duration max_block_ms = sim::Duration::millis(60000);
  sim::Duration request_timeout_ms = sim::Duration::millis(30000);
  sim::Duration delivery_timeout_ms = sim::Duration::millis(120000);
  sim::Duration retry_backoff_ms = sim::Duration::millis(100);
  sim::Duration retry_backoff_max_ms = sim::Duration::millis(1000);
  sim::Duration metadata_max_age_ms = sim::Duration::seconds(300);
  sim::Duration reconnect_backoff_ms = sim::Duration::millis(50);
  sim::Duration reconnect_backoff_max_ms = sim::Duration::millis(1000);
  sim::Duration socket_connection_setup_timeout_ms = sim::Duration::millis(10000);
  sim::Duration socket_connection_setup_timeout_max_ms = sim::Duration::millis(30000);
  bool operator==(const ProducerConfig&) const = default;
};

enum class AutoOffsetReset : int8_t { kLatest, kEarliest, kNone };

struct ConsumerConfig {
  AutoOffsetReset auto_offset_reset = AutoOffsetReset::kLatest;
  std::string client_rack;  // Empty: none.
  int32_t fetch_min_bytes = 1;
  int32_t fetch_max_bytes = 50 << 20;
  sim::Duration fetch_max_wait_ms = sim::Duration::millis(500);
  int32_t max_partition_fetch_bytes = 1 << 20;
  int32_t max_poll_records = 500;
  sim::Duration request_timeout_ms = sim::Duration::millis(30000);
  sim::Duration retry_backoff_ms = sim::Duration::millis(100);
  sim::Duration retry_backoff_max_ms = sim::Duration::millis(1000);
  sim::Duration metadata_max_age_ms = sim::Duration::seconds(300);
  sim::Duration reconnect_backoff_ms = sim::Duration::millis(50);
  sim::Duration reconnect_backoff_max_ms = sim::Duration::millis(1000);
  sim::Duration socket_connection_setup_timeout_ms = sim::Duration::millis(10000);
  sim::Duration socket_connection_setup_timeout_max_ms = sim::Duration::millis(30000);
  bool operator==(const ConsumerConfig&) const = default;
};

}  // namespace models

#endif  // MODELS_COMMON_CONFIG_H_
