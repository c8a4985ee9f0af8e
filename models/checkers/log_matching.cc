// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/log_matching.h"

#include <algorithm>

namespace models {
namespace {

const BatchPrint* starting_at(const std::vector<BatchPrint>& tail, Offset base) {
  auto found = std::lower_bound(tail.begin(), tail.end(), base,
                                [](const BatchPrint& print, Offset b) { return print.base < b; });
  return found != tail.end() && found->base == base ? &*found : nullptr;
}

std::string name_of(NodeId broker) { return "broker " + std::to_string(broker.value()); }

}  // namespace

std::optional<Violation> LogMatching::check_names(const ReplicaChange& change) const {
  const PartitionMemory& partition = change.partition;
  auto clash = [&](const BatchPrint& batch, const BatchPrint* other) {
    return other != nullptr && other->base == batch.base && other->epoch == batch.epoch &&
           !partition.is_same(*other, batch);
  };
  auto report = [&](const BatchPrint& batch, const BatchPrint& other, const std::string& where) {
    return violation("same epoch and offset, other batch",
                     to_string(partition.partition()) + ": " + name_of(change.view.broker) +
                         " has " + to_string(batch) + ", " + where + " has " + to_string(other));
  };
  for (const BatchPrint& batch : change.news.appended) {
    const BatchPrint* committed = partition.committed().holding(batch.base);
    if (clash(batch, committed)) return report(batch, *committed, "the committed history");
    for (const auto& [broker, replica] : partition.replicas()) {
      if (broker == change.view.broker) continue;
      const BatchPrint* other = starting_at(replica.tail, batch.base);
      if (clash(batch, other)) return report(batch, *other, name_of(broker));
    }
  }
  return std::nullopt;
}

std::optional<Violation> LogMatching::check_below_watermark(const ReplicaChange& change) const {
  const PartitionMemory& partition = change.partition;
  const ReplicaMemory& replica = partition.replicas().at(change.view.broker);
  if (!replica.known || replica.tail.empty() || partition.awaits_release()) return std::nullopt;
  // The tail begins with the first batch that is not the committed one of its place.
  const BatchPrint& batch = replica.tail.front();
  const BatchPrint* committed = partition.committed().holding(batch.base);
  if (committed == nullptr || batch.next() > replica.facts.high_watermark) return std::nullopt;
  if (batch.epoch < partition.floor()) return std::nullopt;
  return violation("diverges below the watermark",
                   to_string(partition.partition()) + ": below its high watermark " +
                       std::to_string(replica.facts.high_watermark.value()) + " " +
                       name_of(change.view.broker) + " has " + to_string(batch) +
                       ", the committed history has " + to_string(*committed));
}

std::optional<Violation> LogMatching::on_replica(const ReplicaChange& change) {
  std::optional<Violation> found = check_names(change);
  return found ? found : check_below_watermark(change);
}

}  // namespace models
