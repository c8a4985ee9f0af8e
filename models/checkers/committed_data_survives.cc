// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/committed_data_survives.h"

namespace models {
namespace {

// Must this replica hold the whole history? A leader that restarted after a power loss may believe
// for a moment in the epoch of its former life; the next epoch tells whether the loss was legal.
bool is_bound(const ReplicaChange& change) {
  const ReplicaView& view = change.view;
  const PartitionMemory& partition = change.partition;
  if (!view.is_leader || partition.awaits_release()) return false;
  if (view.leader_epoch < partition.floor()) return false;
  if (view.leader_epoch < partition.commit_epoch()) return false;
  bool lost_power = partition.replicas().at(view.broker).lost_power;
  return view.leader_epoch > partition.commit_epoch() || !lost_power;
}

}  // namespace

std::optional<Violation> CommittedDataSurvives::on_replica(const ReplicaChange& change) {
  if (!is_bound(change)) return std::nullopt;
  std::optional<Departure> departure = change.partition.departure_of(change.view.broker);
  if (!departure) return std::nullopt;
  std::string text = to_string(change.partition.partition()) + ": " +
                     to_string(departure->committed) + " was committed, but broker " +
                     std::to_string(change.view.broker.value()) + ", leader of epoch " +
                     std::to_string(change.view.leader_epoch.value());
  if (!departure->found) {
    text += ", has nothing there; its log ends at " +
            std::to_string(change.view.log->log_end_offset().value());
    return violation("lost", std::move(text));
  }
  return violation("replaced", text + ", has " + to_string(*departure->found));
}

}  // namespace models
