// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <iterator>

#include "models/checkers/history/audit.h"
#include "models/checkers/history/permissions.h"

namespace models {
namespace {

// In first_: never given, and reported as skipped.
constexpr uint32_t kSkippedMark = UINT32_MAX;

// `complete`: the plan was given something, and has come to the end of all.
Guarantee guarantee_of(bool missed, bool repeated, bool complete) {
  if (missed) return repeated ? Guarantee::kNone : Guarantee::kAtMostOnce;
  if (!complete) return Guarantee::kUnknown;
  return repeated ? Guarantee::kAtLeastOnce : Guarantee::kExactlyOnce;
}

// The assignment that moved the position over `offset`.
sim::EventId assignment_past(const PartitionReadings& view, Offset offset) {
  for (const PartitionReadings::Assignment& assignment : view.assignments())
    if (assignment.offset > offset) return assignment.event;
  return {};
}

}  // namespace

PlanJudgement Audit::judge_plan(int32_t reader, bool audited) {
  const ReaderView& plan = readers_[static_cast<size_t>(reader)];
  Outcome outcome;
  first_.clear();
  plan.partitions.for_each([&](PartitionKey key, const PartitionReadings& view) {
    std::vector<Reading> by_offset = view.by_offset();
    find_phantoms(reader, key, view, by_offset, outcome);
    compare_with_known(reader, key, view, by_offset);
    std::vector<Reading> in_order = view.in_order();
    find_repeats(reader, key, view, in_order, outcome);
    find_disorder(reader, key, view, in_order);
    find_skipped(reader, key, view, by_offset, outcome);
    find_removed_unread(reader, key, view, by_offset, outcome);
  });
  find_ungiven(plan, audited, outcome);
  bool complete = plan.given > 0 && outcome.unread == 0;
  return {guarantee_of(outcome.missed, outcome.repeated, complete), outcome.repeated,
          outcome.unread};
}

void Audit::find_phantoms(int32_t reader, PartitionKey key, const PartitionReadings& view,
                          const std::vector<Reading>& by_offset, Outcome& outcome) {
  for (const Reading& reading : by_offset) {
    if (find(reading.id, key) != nullptr) continue;
    findings_.add(AnomalyKind::kPhantom, reader, finding(view, key, reading));
    outcome.repeated = true;  // Given more often than it was sent.
  }
}

void Audit::compare_with_known(int32_t reader, PartitionKey key, const PartitionReadings& view,
                               const std::vector<Reading>& by_offset) {
  std::vector<KnownRecord>& known = known_.at(key);
  std::vector<KnownRecord> fresh;
  Offset told = kNoOffset;
  size_t next = 0;
  for (const Reading& reading : by_offset) {
    while (next < known.size() && known[next].offset < reading.offset) ++next;
    const KnownRecord* there = nullptr;
    if (next < known.size() && known[next].offset == reading.offset) there = &known[next];
    // The plan itself may have read two records there.
    if (!fresh.empty() && fresh.back().offset == reading.offset) there = &fresh.back();
    if (there == nullptr) {
      fresh.push_back({reading.offset, reading.id, false});
    } else if (there->id != reading.id && told != reading.offset) {
      told = reading.offset;
      Finding found = finding(view, key, reading);
      blame_replaced_log(found, reading.id, there->id);
      findings_.add(AnomalyKind::kInconsistentOffset, reader, found);
    }
  }
  if (fresh.empty()) return;
  auto old_size = static_cast<std::ptrdiff_t>(known.size());
  known.insert(known.end(), fresh.begin(), fresh.end());
  std::inplace_merge(
      known.begin(), known.begin() + old_size, known.end(),
      [](const KnownRecord& a, const KnownRecord& b) { return a.offset < b.offset; });
}

void Audit::find_repeats(int32_t reader, PartitionKey key, const PartitionReadings& view,
                         const std::vector<Reading>& in_order, Outcome& outcome) {
  std::vector<bool> told(in_order.size());  // By first reading.
  for (const Reading& reading : in_order) {
    const SentRecord* record = find(reading.id, key);
    if (record == nullptr) continue;
    uint32_t& first = first_.of(reading.id);
    if (first == 0) {
      first = reading.index + 1;
      continue;
    }
    outcome.repeated = true;
    const Reading& before = in_order[first - 1];
    bool same_place = before.offset == reading.offset;
    if (told[before.index] || (record->stored_twice && !same_place)) continue;
    told[before.index] = true;
    Finding found = finding(view, key, reading);
    found.other_offset = before.offset;
    if (same_place) {
      bool anew = view.assigned_between(before.index, reading.index);
      found.permitted_by = anew ? kResetToEarliest : std::string_view();
    } else {
      found.permitted_by = permits_stored_twice(found);
      if (found.permitted_by.empty())
        found.permitted_by = replaced_log(key, reading.id, reading.id);
    }
    findings_.add(AnomalyKind::kDuplicated, reader, found);
  }
}

// The log itself had them in this order, though the auditor found one of them gone: compaction and
// retention take the evidence along.
std::string_view Audit::permits_reordering_unseen(PartitionKey key, const Reading& early,
                                                  const Reading& late) const {
  const SentRecord &one = *records_.find(early.id), &other = *records_.find(late.id);
  if (one.stored && other.stored) return {};
  return permits_reordering(records_.producer(early.id).config,
                            other.state != RecordState::kAcknowledged, topics_.at(key.topic),
                            trouble_before(key, early));
}

void Audit::find_disorder(int32_t reader, PartitionKey key, const PartitionReadings& view,
                          const std::vector<Reading>& in_order) {
  for_each_too_early(key, in_order, [&](const Reading& early, const Reading& late) {
    if (records_.find(early.id)->stored_too_early) return;
    Finding found = finding(view, key, early);
    found.other_offset = late.offset;
    // Nothing lets a consumer go back without being assigned anew.
    bool went_back = late.offset <= early.offset;
    if (!went_back || view.assigned_between(early.index, late.index))
      found.permitted_by = replaced_log(key, early.id, late.id);
    if (!went_back && found.permitted_by.empty())
      found.permitted_by = permits_reordering_unseen(key, early, late);
    findings_.add(AnomalyKind::kReordered, reader, found);
  });
}

// Each replica cleans for itself: the one that was read may have been without a record that the
// auditor's still has.
std::string_view Audit::permits_cleaning(RecordId id) const {
  const SentRecord& record = *records_.find(id);
  if (newest_.may_be_superseded(id, record)) return kCompaction;
  bool expires = record.is_tombstone && topics_.at(record.topic).config.cleanup_policy.compacts;
  return expires ? kTombstoneExpired : std::string_view();
}

void Audit::find_skipped(int32_t reader, PartitionKey key, const PartitionReadings& view,
                         const std::vector<Reading>& by_offset, Outcome& outcome) {
  if (!view.started()) return;
  size_t next = 0;  // The first reading not before the known record.
  for (const KnownRecord& known : known_.at(key)) {
    if (!known.by_auditor || known.offset < view.start().offset) continue;
    if (known.offset >= view.passed()) break;
    while (next < by_offset.size() && by_offset[next].offset < known.offset) ++next;
    if (find(known.id, key) == nullptr || first_.of(known.id) != 0) continue;
    first_.of(known.id) = kSkippedMark;
    outcome.missed = true;
    bool read_other = next < by_offset.size() && by_offset[next].offset == known.offset;
    Finding found{key, known.offset, kNoOffset, known.id, {}, {}};
    found.event = next < by_offset.size() ? view.event_of(by_offset[next].index)
                                          : assignment_past(view, known.offset);
    if (read_other) {
      blame_replaced_log(found, known.id, by_offset[next].id);
    } else if (view.jump_over(known.offset) != nullptr) {
      found.permitted_by = kResetToLatest;
    } else {
      found.permitted_by = permits_cleaning(known.id);
    }
    findings_.add(AnomalyKind::kSkipped, reader, found);
  }
}

// It was no cleaner that took a record in whose place another was given. If that one was stored
// later, the record had been lost before, and may never have been readable: acks may excuse it.
std::string_view Audit::permits_replaced_removal(PartitionKey key, RecordId removed,
                                                 RecordId other) const {
  const SentRecord* successor = records_.find(other);
  bool went_first = successor != nullptr && successor->state == RecordState::kAcknowledged &&
                    successor->decided >= records_.find(removed)->decided;
  if (!went_first) return replaced_log(key, removed, other);
  return permits_loss(records_.producer(removed).config, topics_.at(key.topic),
                      facts_.trouble(key, sent_first(removed, other)));
}

void Audit::find_removed_unread(int32_t reader, PartitionKey key, const PartitionReadings& view,
                                const std::vector<Reading>& by_offset, Outcome& outcome) {
  if (!view.started()) return;
  size_t next = 0;  // The first reading not before the removed record.
  for (const Removal& removal : removals_.of(key)) {
    if (removal.offset < view.start().offset) continue;
    if (removal.offset >= view.passed()) break;
    while (next < by_offset.size() && by_offset[next].offset < removal.offset) ++next;
    if (first_.of(removal.id) != 0) continue;
    first_.of(removal.id) = kSkippedMark;
    outcome.missed = true;
    bool read_other = next < by_offset.size() && by_offset[next].offset == removal.offset;
    const PartitionReadings::Jump* jump = view.jump_over(removal.offset);
    Finding found{key, removal.offset, kNoOffset, removal.id, removal.event, {}};
    if (read_other) {
      found.permitted_by = permits_replaced_removal(key, removal.id, by_offset[next].id);
    } else if (removal.by == kCompaction || removal.by == kTombstoneExpired) {
      found.permitted_by = removal.by;
    } else if (jump != nullptr) {
      // Deleted before it jumped: that is why it had to.
      found.permitted_by = removal.at <= jump->at ? removal.by : kResetToLatest;
    } else {
      found.permitted_by = permits_cleaning(removal.id);  // Before the beginning of the log went.
    }
    if (found.event.value() == 0 || (jump != nullptr && removal.at > jump->at))
      found.event = next < by_offset.size() ? view.event_of(by_offset[next].index)
                                            : assignment_past(view, removal.offset);
    findings_.add(AnomalyKind::kSkipped, reader, found);
  }
}

void Audit::find_ungiven(const ReaderView& plan, bool audited, Outcome& outcome) {
  for (const RecordStore::Producer& producer : records_.producers()) {
    for (size_t count = 0; count < producer.records.size(); ++count) {
      const SentRecord& record = producer.records[count];
      if (record.state != RecordState::kAcknowledged) continue;
      RecordId id = make_record_id(producer.judged.number, static_cast<int64_t>(count));
      if (first_.of(id) != 0) continue;  // Given, or known to be skipped.
      const PartitionReadings* view = plan.partitions.find(record.key());
      if (view == nullptr || !view->started()) {
        outcome.unread += plan.reads(record.topic);
        continue;
      }
      bool its_business = record.offset == kNoOffset ? record.sent >= view->start().at
                                                     : record.offset >= view->start().offset;
      if (!its_business) continue;
      bool passed = record.offset != kNoOffset && record.offset < view->passed();
      if (audited ? record.is_lost() : passed) {
        outcome.missed = true;
      } else if (!passed) {
        ++outcome.unread;
      }
    }
  }
}

}  // namespace models
