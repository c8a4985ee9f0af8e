// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/one_quorum_leader.h"

#include "models/checkers/words.h"

namespace models {

std::optional<Violation> OneQuorumLeader::on_quorum(const QuorumChange& change) {
  const QuorumView& view = change.view;
  std::string who = "controller " + std::to_string(view.node.value());
  const std::optional<QuorumFacts>& before = change.news.before;
  LeaderEpoch last = before ? before->epoch : change.news.epoch_of_former_life;
  // A process that has not read its files yet knows no epoch.
  if (view.epoch < last && (before || view.epoch != kNoLeaderEpoch)) {
    return violation("epoch went back", who + " is in " + epoch_text(view.epoch) +
                                            " of the quorum; before it was in " + epoch_text(last));
  }
  if (!view.is_leader) return std::nullopt;
  auto [entry, first] = leaders_.try_emplace(view.epoch, view.node);
  if (entry->second == view.node) return std::nullopt;
  return violation("two leaders",
                   "in " + epoch_text(view.epoch) + " of the quorum both controller " +
                       std::to_string(entry->second.value()) + " and " + who + " lead");
}

}  // namespace models
