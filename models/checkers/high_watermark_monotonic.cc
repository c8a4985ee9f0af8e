// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/high_watermark_monotonic.h"

#include <algorithm>

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

std::optional<Violation> HighWatermarkMonotonic::check_restart(const ReplicaChange& change) const {
  if (!change.news.clean_stop) return std::nullopt;
  const ReplicaFacts& left = *change.news.clean_stop;
  Offset expected = std::min(left.high_watermark, change.view.log->log_end_offset());
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
    // An unclean leader may have lost its own watermark with its log.
    bool unclean = change.partition.floor() == view.leader_epoch;
    if (first || entry->second != view.leader_epoch || unclean) {
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
  return check_step(change);
}

void HighWatermarkMonotonic::on_broker_down(NodeId broker) {
  for (auto entry = lowered_.begin(); entry != lowered_.end();) {
    entry = entry->first.first == broker ? lowered_.erase(entry) : std::next(entry);
  }
}

}  // namespace models
