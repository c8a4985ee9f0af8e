// SPDX-License-Identifier: Apache-2.0
//
// The judgement at the end of a run, from what was kept while it went on. Linear in records (plus a
// sort where a reader went back). Lives only while `Judge::finish` runs.
//
//   read_log     what the auditor found: phantom, inconsistent offset, duplicated, reordered
//   find_lost    acknowledged, and not found: lost, or removed as a setting says (removals.h)
//   judge_plan   the same for a plan, where the log does not explain it; skipped; its guarantee
//
// The log is known by the union of all readings: the auditor's first, then those of the plans at
// offsets that nobody had read before.

#ifndef MODELS_CHECKERS_HISTORY_AUDIT_H_
#define MODELS_CHECKERS_HISTORY_AUDIT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/checkers/history/findings.h"
#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/partition_facts.h"
#include "models/checkers/history/reader_view.h"
#include "models/checkers/history/record_store.h"
#include "models/checkers/history/removals.h"
#include "models/checkers/history/topic_table.h"

namespace models {

class Audit {
 public:
  // All outlive this. `readers[0]` is the auditor.
  Audit(const TopicTable& topics, RecordStore& records, const std::vector<ReaderView>& readers,
        const PartitionFacts& facts, Findings& findings, Removals& removals);

  void read_log();
  // Only if the auditor reached every end.
  void find_lost();
  // After read_log. `audited`: what was acknowledged and not found counts as missed.
  PlanJudgement judge_plan(int32_t reader, bool audited);

 private:
  struct KnownRecord {
    Offset offset;
    RecordId id;
    bool by_auditor = false;
  };
  // What a plan got, its anomalies aside.
  struct Outcome {
    bool missed = false;
    bool repeated = false;
    int64_t unread = 0;
  };

  // A record that its producer sent to this partition; null for a phantom.
  SentRecord* find(RecordId id, PartitionKey key);
  static Finding finding(const PartitionReadings& view, PartitionKey key, const Reading& reading);

  // --- Of the auditor ---
  void read_partition(PartitionKey key, const PartitionReadings& view);
  void find_repeats_in_log(PartitionKey key, const PartitionReadings& view,
                           const std::vector<Reading>& by_offset);
  // Of a record at two offsets.
  std::string_view permits_stored_twice(const Finding& found) const;
  // Whether a record that the auditor did not find was removed, and not lost; then it is noted.
  bool has_another(PartitionKey key, Offset offset) const;
  bool was_removed(RecordId id, const SentRecord& record);
  sim::SimTime kept_since(PartitionKey key) const;
  void find_disorder_in_log(PartitionKey key, const PartitionReadings& view,
                            const std::vector<Reading>& by_offset);

  // --- Of a plan ---
  void find_phantoms(int32_t reader, PartitionKey key, const PartitionReadings& view,
                     const std::vector<Reading>& by_offset, Outcome& outcome);
  void compare_with_known(int32_t reader, PartitionKey key, const PartitionReadings& view,
                          const std::vector<Reading>& by_offset);
  void find_repeats(int32_t reader, PartitionKey key, const PartitionReadings& view,
                    const std::vector<Reading>& in_order, Outcome& outcome);
  std::string_view permits_reordering_unseen(PartitionKey key, const Reading& early,
                                             const Reading& late) const;
  std::string_view permits_cleaning(RecordId id) const;
  Trouble trouble_before(PartitionKey key, const Reading& early) const;
  void find_disorder(int32_t reader, PartitionKey key, const PartitionReadings& view,
                     const std::vector<Reading>& in_order);
  void find_skipped(int32_t reader, PartitionKey key, const PartitionReadings& view,
                    const std::vector<Reading>& by_offset, Outcome& outcome);
  std::string_view permits_replaced_removal(PartitionKey key, RecordId removed,
                                            RecordId other) const;
  // What a setting removed before the plan came to it.
  void find_removed_unread(int32_t reader, PartitionKey key, const PartitionReadings& view,
                           const std::vector<Reading>& by_offset, Outcome& outcome);
  // What was acknowledged and not given: missed, or not read yet.
  void find_ungiven(const ReaderView& plan, bool audited, Outcome& outcome);
  // The setting that lets one of two records vanish, and the other take its place.
  std::string_view replaced_log(PartitionKey key, RecordId one, RecordId other) const;
  // The same of a finding, with what took the record from the log as its event, if that is known.
  void blame_replaced_log(Finding& found, RecordId one, RecordId other) const;
  sim::SimTime sent_first(RecordId one, RecordId other) const;

  // Calls visit(early, late) for each reading of which a record that the same producer sent before
  // stands behind it in `readings`; `late` is the one of these that was sent first. Only the first
  // place of a record counts, which first_ must tell as index + 1.
  template <class Visit>
  void for_each_too_early(PartitionKey key, const std::vector<Reading>& readings, Visit visit);

  const TopicTable& topics_;
  RecordStore& records_;
  const std::vector<ReaderView>& readers_;
  const PartitionFacts& facts_;
  Findings& findings_;
  Removals& removals_;
  PartitionTable<std::vector<KnownRecord>> known_;
  NewestOfKeys newest_;
  RecordNumbers first_;  // Of the reader under judgement: index of the first reading + 1; 0: none.
  std::vector<const Reading*> sent_first_;  // Scratch, by producer.
};

template <class Visit>
void Audit::for_each_too_early(PartitionKey key, const std::vector<Reading>& readings,
                               Visit visit) {
  sent_first_.assign(records_.producers().size(), nullptr);
  for (size_t i = readings.size(); i-- > 0;) {
    const Reading& reading = readings[i];
    if (find(reading.id, key) == nullptr || first_.of(reading.id) != reading.index + 1) continue;
    const Reading*& first = sent_first_[records_.producer_index(reading.id)];
    if (first != nullptr && count_of(first->id) < count_of(reading.id)) {
      visit(reading, *first);
    } else {
      first = &reading;
    }
  }
}

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_AUDIT_H_
