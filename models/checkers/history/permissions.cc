// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/permissions.h"

namespace models {

std::string_view permits_loss(const ProducerConfig& producer, const JudgedTopic& topic) {
  if (producer.acks == Acks::kNone) return "acks=0";
  if (producer.acks == Acks::kLeader) return "acks=1";
  return permits_replaced_log(topic);
}

std::string_view permits_replaced_log(const JudgedTopic& topic) {
  if (topic.replication_factor <= 1) return "replication.factor=1";
  if (topic.config.min_insync_replicas <= 1) return "min.insync.replicas=1";
  if (topic.config.unclean_leader_election_enable) return "unclean.leader.election.enable=true";
  return {};
}

std::string_view permits_duplicate(const ProducerConfig& producer) {
  if (producer.enable_idempotence || producer.retries <= 0) return {};
  return "enable.idempotence=false";
}

std::string_view permits_reordering(const ProducerConfig& producer, bool overtaken_was_given_up) {
  if (producer.enable_idempotence) return {};
  bool several = producer.max_in_flight_requests_per_connection > 1;
  return several || overtaken_was_given_up ? "enable.idempotence=false" : "";
}

}  // namespace models
