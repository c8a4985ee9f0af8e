// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/isr_holds_committed.h"

#include "models/checkers/words.h"

namespace models {

std::optional<Violation> IsrHoldsCommitted::on_commit(const ReplicaChange& change) {
  const PartitionMemory& partition = change.partition;
  const std::optional<PartitionRegistration>& registration = partition.registration();
  if (!registration || partition.awaits_release()) return std::nullopt;
  if (registration->leader != change.view.broker ||
      registration->leader_epoch != change.view.leader_epoch) {
    return std::nullopt;
  }
  Offset watermark = change.view.log->high_watermark();
  for (NodeId member : registration->isr) {
    auto entry = partition.replicas().find(member);
    if (member == change.view.broker || entry == partition.replicas().end()) continue;
    const ReplicaMemory& replica = entry->second;
    if (!replica.known || replica.lost_power || replica.matched >= watermark) continue;
    std::string text = to_string(partition.partition()) + ": " + broker_text(change.view.broker) +
                       ", leader of " + epoch_text(change.view.leader_epoch) +
                       ", has the high watermark " + text_of(watermark) + ", but " +
                       broker_text(member) + " in the ISR ";
    if (replica.log_end < watermark)
      return violation("behind", text + "ends at " + text_of(replica.log_end));
    std::optional<Departure> departure = partition.departure_of(member);
    if (!departure || departure->offset >= watermark) continue;
    text +=
        found_text(*departure, replica.log_end) + " in place of " + to_string(departure->committed);
    return violation("different", std::move(text));
  }
  return std::nullopt;
}

}  // namespace models
