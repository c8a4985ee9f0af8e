// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/cuts_spare_committed.h"

#include "models/checkers/words.h"

namespace models {

std::optional<Violation> CutsSpareCommitted::on_replica(const ReplicaChange& change) {
  const PartitionMemory& partition = change.partition;
  if (!change.news.held_before || partition.awaits_release()) return std::nullopt;
  const ReplicaMemory& replica = partition.replicas().at(change.view.broker);
  // What it has lost may be what the cluster has just been released from.
  if (replica.matched >= partition.committed().end()) return std::nullopt;
  std::optional<Departure> departure = partition.departure_of(change.view.broker);
  if (!departure || departure->offset >= *change.news.held_before) return std::nullopt;
  return violation(
      "cut below the watermark",
      to_string(partition.partition()) + ": " + broker_text(change.view.broker) + ", " +
          (change.view.is_leader ? "leader" : "follower") + " in " +
          epoch_text(change.view.leader_epoch) + ", held the committed history up to " +
          text_of(*change.news.held_before) + ", below its high watermark, and now, in place of " +
          to_string(departure->committed) + ", " + found_text(*departure, replica.log_end));
}

}  // namespace models
