// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_rules.h"

#include <algorithm>

namespace models {
namespace {

constexpr int64_t kLeastMapBytes = 1 << 20;
constexpr int32_t kMaxInFlightForIdempotence = 5;

std::string in_millis(sim::Duration span) { return std::to_string(span.millis()); }

// One reason why an idempotent producer cannot work with the other settings.
struct Conflict {
  std::string found;
  std::string needed;
};

std::vector<Conflict> conflicts_with_idempotence(const ProducerConfig& config) {
  std::vector<Conflict> conflicts;
  if (config.retries == 0) conflicts.push_back({"retries=0", "retries > 0"});
  if (config.acks != Acks::kAll) {
    conflicts.push_back({"acks=" + std::to_string(static_cast<int>(config.acks)), "acks=all"});
  }
  if (config.max_in_flight_requests_per_connection > kMaxInFlightForIdempotence) {
    conflicts.push_back({"max.in.flight.requests.per.connection=" +
                             std::to_string(config.max_in_flight_requests_per_connection),
                         "max.in.flight.requests.per.connection <= 5"});
  }
  return conflicts;
}

// Idempotence that nobody asked for gives way; idempotence that was asked for is a contradiction.
void settle_idempotence(ProducerConfig& config, const ConfigNames& written, ConfigFindings& out) {
  if (!config.enable_idempotence) return;
  for (const Conflict& conflict : conflicts_with_idempotence(config)) {
    if (written.contains("enable.idempotence")) {
      out.errors.push_back("enable.idempotence=true needs " + conflict.needed + ", found " +
                           conflict.found);
    } else {
      out.changes.push_back("enable.idempotence is off because of " + conflict.found);
      config.enable_idempotence = false;
    }
  }
}

// Both are ints in Kafka: a longer linger counts as the longest int, and so does the sum.
void settle_delivery_timeout(ProducerConfig& config, const ConfigNames& written,
                             ConfigFindings& out) {
  constexpr sim::Duration kLongest = sim::Duration::millis(INT32_MAX);
  sim::Duration linger = std::min(config.linger_ms, kLongest);
  sim::Duration needed = std::min(linger + config.request_timeout_ms, kLongest);
  if (config.delivery_timeout_ms >= needed) return;
  if (written.contains("delivery.timeout.ms")) {
    out.errors.push_back("delivery.timeout.ms must be at least linger.ms + request.timeout.ms = " +
                         in_millis(needed) + ", found " + in_millis(config.delivery_timeout_ms));
    return;
  }
  out.changes.push_back("delivery.timeout.ms is raised to linger.ms + request.timeout.ms = " +
                        in_millis(needed));
  config.delivery_timeout_ms = needed;
}

// Who sets the first backoff alone means a constant one.
template <class ClientConfig>
void settle_reconnect_backoff(ClientConfig& config, const ConfigNames& written,
                              ConfigFindings& out) {
  if (!written.contains("reconnect.backoff.ms")) return;
  if (written.contains("reconnect.backoff.max.ms")) return;
  if (config.reconnect_backoff_max_ms == config.reconnect_backoff_ms) return;
  config.reconnect_backoff_max_ms = config.reconnect_backoff_ms;
  out.changes.push_back("reconnect.backoff.max.ms is " + in_millis(config.reconnect_backoff_ms) +
                        " because reconnect.backoff.ms is set alone");
}

void note_static(std::string_view first, sim::Duration value, std::string_view limit,
                 sim::Duration most, ConfigFindings& out) {
  if (value <= most) return;
  out.changes.push_back(std::string(first) + " is always " + in_millis(most) + " because " +
                        std::string(limit) + " is less than its " + in_millis(value));
}

// The typed values stay; ExponentialBackoff itself never goes past its maximum.
template <class ClientConfig>
void note_static_backoffs(const ClientConfig& config, ConfigFindings& out) {
  note_static("retry.backoff.ms", config.retry_backoff_ms, "retry.backoff.max.ms",
              config.retry_backoff_max_ms, out);
  note_static("socket.connection.setup.timeout.ms", config.socket_connection_setup_timeout_ms,
              "socket.connection.setup.timeout.max.ms",
              config.socket_connection_setup_timeout_max_ms, out);
}

}  // namespace

ConfigFindings check_broker_config(const BrokerConfig& config) {
  ConfigFindings out;
  std::string wait = in_millis(config.replica_fetch_wait_max_ms);
  if (config.replica_fetch_wait_max_ms > config.replica_socket_timeout_ms) {
    out.errors.push_back("replica.socket.timeout.ms must be at least replica.fetch.wait.max.ms = " +
                         wait + ", found " + in_millis(config.replica_socket_timeout_ms));
  }
  if (config.replica_fetch_wait_max_ms > config.replica_lag_time_max_ms) {
    out.errors.push_back("replica.lag.time.max.ms must be at least replica.fetch.wait.max.ms = " +
                         wait + ", found " + in_millis(config.replica_lag_time_max_ms));
  }
  if (config.log_cleaner_dedupe_buffer_size / config.log_cleaner_threads <= kLeastMapBytes) {
    out.errors.push_back("log.cleaner.dedupe.buffer.size must be more than 1048576 for each of " +
                         std::to_string(config.log_cleaner_threads) +
                         " log.cleaner.threads, found " +
                         std::to_string(config.log_cleaner_dedupe_buffer_size));
  }
  // Kafka starts with this, and its brokers are fenced between two heartbeats.
  if (config.broker_session_timeout_ms <= config.broker_heartbeat_interval_ms) {
    out.changes.push_back(
        "broker.session.timeout.ms = " + in_millis(config.broker_session_timeout_ms) +
        " leaves no time for a heartbeat each broker.heartbeat.interval.ms = " +
        in_millis(config.broker_heartbeat_interval_ms) + ": brokers will be fenced");
  }
  return out;
}

ConfigFindings settle_producer_config(ProducerConfig& config, const ConfigNames& written) {
  ConfigFindings out;
  ProducerConfig settled = config;
  note_static_backoffs(settled, out);
  settle_reconnect_backoff(settled, written, out);
  settle_idempotence(settled, written, out);
  settle_delivery_timeout(settled, written, out);
  if (out.errors.empty()) config = settled;
  return out;
}

ConfigFindings settle_consumer_config(ConsumerConfig& config, const ConfigNames& written) {
  ConfigFindings out;
  note_static_backoffs(config, out);
  settle_reconnect_backoff(config, written, out);
  return out;
}

}  // namespace models
