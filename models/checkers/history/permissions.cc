// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/permissions.h"

namespace models {
namespace {

// The setting that lets unflushed records be acknowledged; empty: each is flushed first.
std::string_view permits_unflushed(const JudgedTopic& topic) {
  if (topic.config.flush_messages <= 1) return {};
  return topic.config.flush_messages == INT64_MAX
             ? "flush.messages not set (acks=all does not wait for the disk)"
             : "flush.messages>1 (acks=all does not wait for the disk)";
}

// Replicas, of which each had the record, are without it.
std::string_view permits_lost_tails(const JudgedTopic& topic, const Trouble& trouble,
                                    int32_t had_to_have_it) {
  if (trouble.tails_lost < had_to_have_it) return {};
  std::string_view setting = permits_unflushed(topic);
  if (!setting.empty()) return setting;
  return trouble.disk_lied ? "a disk that lied about flushes; no setting helps" : "";
}

}  // namespace

std::string_view permits_deletion(const JudgedTopic& topic, sim::SimTime sent,
                                  sim::SimTime deleted) {
  const TopicConfig& config = topic.config;
  if (!config.cleanup_policy.deletes) return {};
  bool by_size = config.retention_bytes >= 0, by_age = config.retention_ms >= 0;
  // Only where both may have: the clocks of clients and brokers need not agree.
  bool young = (deleted - sent).millis() < config.retention_ms;
  if (by_size && (!by_age || young)) return "retention.bytes";
  return by_age ? "retention.ms" : "";
}

std::string_view permits_loss(const ProducerConfig& producer, const JudgedTopic& topic,
                              const Trouble& trouble) {
  if (producer.acks == Acks::kNone) return "acks=0";
  if (producer.acks == Acks::kLeader) return "acks=1";
  return permits_replaced_log(topic, trouble);
}

std::string_view permits_replaced_log(const JudgedTopic& topic, const Trouble& trouble) {
  // No larger ISR would have helped where all replicas lost their tails.
  std::string_view all = permits_lost_tails(topic, trouble, topic.replication_factor);
  if (!all.empty()) return all;
  if (trouble.unclean_election && topic.config.unclean_leader_election_enable)
    return "unclean.leader.election.enable=true";
  if (topic.replication_factor <= 1) return "replication.factor=1";
  if (topic.config.min_insync_replicas <= 1) return "min.insync.replicas=1";
  std::string_view some = permits_lost_tails(topic, trouble, topic.config.min_insync_replicas);
  if (!some.empty()) return some;
  // One that was asked for, or of the last known leader, needs no setting.
  if (trouble.unclean_election) return "an unclean election";
  return trouble.bit_rot ? "bit rot on a replica; no setting helps" : "";
}

std::string_view permits_duplicate(const ProducerConfig& producer, bool forgotten) {
  if (producer.retries <= 0) return {};
  if (!producer.enable_idempotence) return "enable.idempotence=false";
  bool several = producer.max_in_flight_requests_per_connection > 1;
  return forgotten && several
             ? "max.in.flight.requests.per.connection>1 (a leader that starts anew "
               "knows only the last batch of each producer)"
             : "";
}

std::string_view permits_reordering(const ProducerConfig& producer, bool overtaken_was_given_up,
                                    const JudgedTopic& topic, const Trouble& trouble) {
  if (producer.enable_idempotence) {
    std::string_view tails = permits_lost_tails(topic, trouble, topic.config.min_insync_replicas);
    if (!tails.empty()) return tails;
    bool overtakes = producer.max_in_flight_requests_per_connection > 1;
    return overtakes && trouble.unknown_producer
               ? "max.in.flight.requests.per.connection>1 (a leader that does not know a producer "
                 "takes any first sequence)"
               : "";
  }
  if (producer.max_in_flight_requests_per_connection > 1)
    return "enable.idempotence=false with max.in.flight.requests.per.connection>1";
  return overtaken_was_given_up ? "enable.idempotence=false" : "";
}

}  // namespace models
