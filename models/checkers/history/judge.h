// SPDX-License-Identifier: Apache-2.0
//
// The streaming judge: sees only what clients saw - sends, acknowledgements, failures, polls - and
// decides like an auditor. At the end of a run one more consumer, the auditor, reads every
// partition from its beginning; what it finds is what is stored.
//
//   lost        acknowledged, and the auditor did not find it, nor was it time that it went
//   duplicated  the auditor found it at two offsets; or a consumer was given it twice
//   reordered   stored (or given) before a record that its producer sent earlier to the partition
//   phantom     read, and never sent
//   inconsistent offset   two readers found different records there
//   skipped     a consumer's position passed it, and it was never given
//
// An anomaly counts once a record and reader. reordered names the record that came too early. A
// consumer's duplicate or disorder counts only if the log does not have it too; its guarantee
// counts all that the plan was given. What came before the first position of a plan is not held
// against it. A record is missed when the position passed it, or when it is lost. What the plan had
// no time to read is not missed; but nobody can say then that all of it arrives, so the guarantee
// is unknown, as it is if the plan was given nothing.
//
// Settings decide what is a broken promise: each finding says which setting permits it, if one does
// (permissions.h).
// A value: copied with the run. Memory: a few words a record.
// Source of the rules: jepsen.tests.kafka.

#ifndef MODELS_CHECKERS_HISTORY_JUDGE_H_
#define MODELS_CHECKERS_HISTORY_JUDGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkers/history/availability.h"
#include "models/checkers/history/findings.h"
#include "models/checkers/history/judge_types.h"
#include "models/checkers/history/reader_view.h"
#include "models/checkers/history/record_store.h"
#include "models/checkers/history/removals.h"
#include "models/checkers/history/topic_table.h"
#include "models/common/client_event.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace models {

class Judge {
 public:
  explicit Judge(const JudgeOptions& options);

  void on_producer(int32_t number, const ClientEvent& event, sim::SimTime at, sim::EventId id);
  void on_consumer(int32_t number, const ClientEvent& event, sim::SimTime at, sim::EventId id);
  // A producer has died: it hears no more of what it sent.
  void on_producer_died(int32_t number, sim::SimTime at);
  // No more events come. `audited`: the auditor reached the end of every partition; if not, nothing
  // is called lost. Computes all that follows; called once.
  void finish(sim::SimTime end, bool audited, const RunFacts& facts = {});
  bool audited() const;

  // --- Counts; empty plan: all. May be asked while the run goes on ---
  int64_t produced(std::string_view plan = {}) const;
  int64_t acknowledged(std::string_view plan = {}) const;
  int64_t failed(std::string_view plan = {}) const;
  int64_t consumed(std::string_view plan = {}) const;  // Without the auditor.
  // Sent, and neither acknowledged nor failed yet, though their producer lives.
  int64_t undecided() const;

  // --- After finish ---
  // Number of anomalies of a kind. `reader`: a consumer plan; empty: what the auditor found.
  // `topic` empty: all; `partition` -1: all of the topic.
  int64_t count(AnomalyKind kind, std::string_view reader = {}, std::string_view topic = {},
                int32_t partition = -1) const;
  // All anomalies, in order of (kind, reader, partition, offset), at most `kKept` of a kind and
  // reader; broken promises are kept before what a setting permits.
  static constexpr size_t kKept = 1000;
  const std::vector<Anomaly>& anomalies() const;
  // How many there are in all, in order of (kind, reader, permission): broken promises first.
  const std::vector<AnomalyCount>& anomaly_counts() const;
  // What retention and compaction took, in order of (partition, setting), if the run was audited.
  const std::vector<RemovalCount>& removal_counts() const;
  int64_t removed(std::string_view topic = {}, int32_t partition = -1) const;
  // What the consumers of a plan got together.
  Guarantee guarantee(std::string_view plan) const { return judgement(plan).guarantee; }
  PlanJudgement judgement(std::string_view plan) const;
  // The longest window of a topic or partition; nothing if nothing ever waited.
  std::optional<UnavailableWindow> unavailable(std::string_view topic = {},
                                               int32_t partition = -1) const;
  // Of all acknowledged records the one that took longest; of equals the first. Null: none.
  const SentRecord* slowest(std::string_view producer_plan = {}) const;
  // The record that was the first to fail; null: none did.
  const SentRecord* first_failure(std::string_view producer_plan = {}) const;
  // Acknowledged records of a topic (empty: all) and partition (-1: all).
  int64_t acknowledged_in(std::string_view topic, int32_t partition) const;
  int64_t sent_in(std::string_view topic, int32_t partition) const;
  int64_t audited_records() const;  // That the auditor was given.
  TopicPartition partition_of(const SentRecord& record) const;
  // Of acknowledged records, from send() to the callback; exact. All 0 if there are none.
  Latencies latencies(std::string_view producer_plan = {}) const;

 private:
  int32_t reader_of(std::string_view plan) const;
  Offset older_below(const TopicPartition& partition);
  void on_acknowledged(const ClientEvent& event, sim::SimTime at, sim::EventId id);
  void on_failed(const ClientEvent& event, sim::SimTime at, sim::EventId id);
  template <class Counts>
  int64_t count_records(std::string_view topic, int32_t partition, const Counts& counts) const;

  TopicTable topics_;
  RecordStore records_;
  Availability availability_;
  std::vector<ReaderView> readers_;          // The auditor, then the plans by name.
  std::vector<int32_t> reader_of_consumer_;  // By the consumer's number; -1: none.
  Findings findings_;
  std::vector<Anomaly> anomalies_;
  std::vector<AnomalyCount> anomaly_counts_;
  Removals removals_;
  std::vector<RemovalCount> removal_counts_;
  std::vector<PlanJudgement> judgements_;  // By reader.
  bool finished_ = false;
  bool audited_ = false;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_JUDGE_H_
