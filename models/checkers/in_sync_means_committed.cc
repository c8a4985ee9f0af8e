// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/in_sync_means_committed.h"

namespace models {

std::optional<Violation> InSyncMeansCommitted::on_registration(const RegistrationChange& change) {
  if (change.before == nullptr || change.memory.awaits_release()) return std::nullopt;
  for (NodeId member : change.after.isr) {
    if (change.before->in_isr(member)) continue;
    auto replica = change.memory.replicas().find(member);
    if (replica == change.memory.replicas().end() || replica->second.lost_power) continue;
    std::optional<Departure> departure = change.memory.departure_of(member);
    if (!departure) continue;
    return violation("joined behind",
                     to_string(change.partition) + ": broker " + std::to_string(member.value()) +
                         " joined the ISR in epoch " +
                         std::to_string(change.after.leader_epoch.value()) +
                         " without the committed " + to_string(departure->committed));
  }
  return std::nullopt;
}

}  // namespace models
