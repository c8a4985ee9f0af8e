// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/durable_vote.h"

#include "models/checkers/words.h"

namespace models {

std::optional<Violation> DurableVote::on_quorum(const QuorumChange& change) {
  const QuorumView& view = change.view;
  if (view.vote == kNoNode) return std::nullopt;
  std::string text = "controller " + std::to_string(view.node.value()) + " has voted for " +
                     std::to_string(view.vote.value()) + " in " + epoch_text(view.epoch);
  auto [entry, first] = votes_.try_emplace({view.node, view.epoch}, view.vote);
  if (entry->second != view.vote)
    return violation("voted twice", text + " and for " + std::to_string(entry->second.value()));
  // Once a later epoch is on disk, the vote cannot be given again.
  bool is_kept = view.durable_epoch > view.epoch ||
                 (view.durable_epoch == view.epoch && view.durable_vote == view.vote);
  if (is_kept) return std::nullopt;
  return violation("not flushed", text + ", but what is flushed says " +
                                      epoch_text(view.durable_epoch) + ", vote " +
                                      std::to_string(view.durable_vote.value()));
}

}  // namespace models
