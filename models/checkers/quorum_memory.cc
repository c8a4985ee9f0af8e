// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/quorum_memory.h"

#include <algorithm>
#include <utility>

#include "models/checkers/batch_reader.h"

namespace models {

QuorumNews QuorumMemory::observe(const QuorumView& view) {
  QuorumMember& member = members_[view.node];
  QuorumNews news;
  QuorumFacts now{view.epoch, view.is_leader,     view.high_watermark, view.log->log_end_offset(),
                  view.vote,  view.durable_epoch, view.durable_vote};
  if (member.seen && member.facts == now) return news;
  news.changed = true;
  if (member.seen) {
    news.before = member.facts;
  } else {
    news.epoch_of_former_life = member.facts.epoch;
    member.compared = Offset(0);  // The disk may have lost what the former life held.
  }
  member.seen = true;
  member.facts = now;
  compare(view, member, news);
  return news;
}

// Reads what the member's watermark has passed since; of a leader all that it should hold.
void QuorumMemory::compare(const QuorumView& view, QuorumMember& member, QuorumNews& news) {
  const PartitionLog& log = *view.log;
  Offset end = std::min(view.high_watermark, log.log_end_offset());
  // One that was deposed without knowing it does not hold what its successors have committed.
  Offset led = view.is_leader ? committed_.end_of(view.epoch) : Offset(0);
  end = std::max(end, std::min(led, log.log_end_offset()));
  member.compared =
      std::max(member.compared, log.log_start_offset());  // A snapshot holds the rest.
  bool agrees = true;
  read_batches(log, member.compared, end, *view.observer,
               [&](const BatchHeader& header, const absl::Cord& bytes, int64_t position) {
                 BatchPrint print = BatchPrint::of(header);
                 if (!agrees || print.next() > end) return;
                 if (print.base >= committed_.end() && print.next() <= view.high_watermark) {
                   committed_.push(print);
                   news.committed.Append(bytes.Subcord(static_cast<size_t>(position),
                                                       static_cast<size_t>(header.total_bytes())));
                 }
                 const BatchPrint* kept = committed_.holding(print.base);
                 agrees = kept != nullptr && *kept == print;
                 if (agrees) {
                   member.compared = print.next();
                 } else if (kept != nullptr) {
                   news.missing = *kept;
                   news.found = print;
                 }
               });
  Offset should_hold = view.is_leader ? led : std::min(committed_.end(), end);
  if (agrees && log.log_end_offset() < std::max(should_hold, member.compared)) {
    const BatchPrint* lost = committed_.first_ending_after(log.log_end_offset());
    if (lost != nullptr) news.missing = *lost;
  }
}

void QuorumMemory::on_down(NodeId node) { members_[node].seen = false; }

}  // namespace models
