// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/metadata_agrees.h"

#include "models/checkers/words.h"

namespace models {

std::optional<Violation> MetadataAgrees::on_quorum(const QuorumChange& change) {
  const QuorumView& view = change.view;
  Offset log_end = view.log->log_end_offset();
  std::string who = "controller " + std::to_string(view.node.value()) +
                    (view.is_leader ? ", leader of " : ", in ") + epoch_text(view.epoch);
  if (view.high_watermark > log_end) {
    return violation("watermark past the log",
                     who + ": the high watermark is " + text_of(view.high_watermark) +
                         ", the metadata log ends at " + text_of(log_end));
  }
  const std::optional<QuorumFacts>& before = change.news.before;
  if (before && view.high_watermark < before->high_watermark) {
    return violation("watermark went back", who + ": the high watermark of the metadata log is " +
                                                text_of(view.high_watermark) + "; before it was " +
                                                text_of(before->high_watermark));
  }
  if (!change.news.missing) return std::nullopt;
  std::string text = who + ": " + to_string(*change.news.missing) +
                     " of the metadata log was committed, and there ";
  if (change.news.found)
    return violation("replaced", text + "it has " + to_string(*change.news.found));
  return violation("lost", text + "it has nothing; its log ends at " + text_of(log_end));
}

}  // namespace models
