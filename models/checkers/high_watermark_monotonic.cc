// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/high_watermark_monotonic.h"

#include <algorithm>

#include "models/checkers/words.h"

namespace models {
namespace {

std::string describe(const ReplicaChange& change) {
  return to_string(change.partition.partition()) + ": the high watermark of broker " +
         std::to_string(change.view.broker.value()) + " is " +
         std::to_string(change.view.log->high_watermark().value());
}

}  // namespace

std::optional<Violation> HighWatermarkMonotonic::check_in_log(const ReplicaChange& change) const {
  const PartitionLog& log = *change.view.log;
  Offset watermark = log.high_watermark();
  if (watermark <= log.log_end_offset() && watermark >= log.log_start_offset()) return std::nullopt;
  return violation("outside the log", describe(change) + ", its log is " +
                                          std::to_string(log.log_start_offset().value()) + ".." +
                                          std::to_string(log.log_end_offset().value()));
}

std::optional<Violation> HighWatermarkMonotonic::check_leader(const ReplicaChange& change) const {
  const ReplicaFacts& now = change.partition.replicas().at(change.view.broker).facts;
  const std::optional<ReplicaFacts>& before = change.news.before;
  std::string who = to_string(change.partition.partition()) + ": leader " +
                    broker_text(change.view.broker) + ": ";
  auto went_back = [&](const std::string& what, Offset from, Offset to) {
    return violation(what + " went back on a leader",
                     who + what + " went back from " + text_of(from) + " to " + text_of(to));
  };
  if (now.last_stable > now.high_watermark) {
    return violation("last stable offset above the watermark",
                     who + "the last stable offset is " + text_of(now.last_stable) +
                         ", the high watermark " + text_of(now.high_watermark));
  }
  if (!before || !before->is_leader) return std::nullopt;
  if (now.log_start < before->log_start)
    return went_back("the log start", before->log_start, now.log_start);
  if (now.last_stable < before->last_stable && !change.news.cut_to)
    return went_back("the last stable offset", before->last_stable, now.last_stable);
  return std::nullopt;
}

std::optional<Violation> HighWatermarkMonotonic::check_restart(const ReplicaChange& change) const {
  if (!change.news.clean_stop) return std::nullopt;
  const ReplicaFacts& left = *change.news.clean_stop;
  Offset expected = std::min(left.high_watermark, change.view.log->log_end_offset());
  if (change.view.log->log_start_offset() < left.log_start) {
    return violation("log start forgotten over a clean restart",
                     to_string(change.partition.partition()) +
                         ": after a clean restart the log of " + broker_text(change.view.broker) +
                         " starts at " + text_of(change.view.log->log_start_offset()) +
                         ", before at " + text_of(left.log_start));
  }
  if (change.view.log->high_watermark() >= expected) return std::nullopt;
  return violation("forgotten over a clean restart",
                   describe(change) + " after a clean restart, before it was " +
                       std::to_string(left.high_watermark.value()));
}

std::optional<Violation> HighWatermarkMonotonic::check_step(const ReplicaChange& change) {
  if (!change.news.before || change.news.cut_to) return std::nullopt;
  const ReplicaView& view = change.view;
  const ReplicaFacts& before = *change.news.before;
  if (view.log->high_watermark() >= before.high_watermark) return std::nullopt;
  std::string role = view.is_leader ? "leader" : "follower";
  if (!view.is_leader) {
    auto [entry, first] =
        lowered_.try_emplace({view.broker, change.partition.partition()}, view.leader_epoch);
    if (first || entry->second != view.leader_epoch) {
      entry->second = view.leader_epoch;
      return std::nullopt;
    }
  }
  return violation("went back on a " + role, describe(change) + ", a " + role + " in epoch " +
                                                 std::to_string(view.leader_epoch.value()) +
                                                 "; before it was " +
                                                 std::to_string(before.high_watermark.value()));
}

std::optional<Violation> HighWatermarkMonotonic::on_replica(const ReplicaChange& change) {
  if (std::optional<Violation> found = check_in_log(change)) return found;
  if (std::optional<Violation> found = check_restart(change)) return found;
  if (std::optional<Violation> found = check_step(change)) return found;
  return change.view.is_leader ? check_leader(change) : std::nullopt;
}

void HighWatermarkMonotonic::on_topic_gone(const std::string& topic) {
  for (auto entry = lowered_.begin(); entry != lowered_.end();) {
    entry = entry->first.second.topic == topic ? lowered_.erase(entry) : std::next(entry);
  }
}

void HighWatermarkMonotonic::on_broker_down(NodeId broker) {
  for (auto entry = lowered_.begin(); entry != lowered_.end();) {
    entry = entry->first.first == broker ? lowered_.erase(entry) : std::next(entry);
  }
}

}  // namespace models
