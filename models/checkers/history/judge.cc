// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/judge.h"

#include <algorithm>
#include <utility>

#include "models/checkers/history/audit.h"
#include "models/checkers/history/partition_facts.h"
#include "sim/check.h"

namespace models {
namespace {

std::vector<ReaderView> readers_of(const std::vector<JudgedConsumer>& consumers) {
  std::vector<std::string> plans;
  for (const JudgedConsumer& consumer : consumers)
    if (!consumer.auditor) plans.push_back(consumer.plan);
  std::sort(plans.begin(), plans.end());
  plans.erase(std::unique(plans.begin(), plans.end()), plans.end());
  std::vector<ReaderView> readers(1);  // The auditor, even if there is none.
  for (std::string& plan : plans) {
    SIM_CHECK(!plan.empty());
    readers.push_back({std::move(plan), {}, 0, {}});
  }
  return readers;
}

// Sum of a member of all producers of a plan; empty: of all.
int64_t sum(const RecordStore& records, std::string_view plan,
            int64_t RecordStore::Producer::*member) {
  int64_t total = 0;
  for (const RecordStore::Producer& producer : records.producers())
    if (plan.empty() || producer.judged.plan == plan) total += producer.*member;
  return total;
}

int64_t kept_of(const AnomalyCount& count, const std::vector<Anomaly>& anomalies) {
  return std::count_if(anomalies.begin(), anomalies.end(), [&](const Anomaly& anomaly) {
    return anomaly.kind == count.kind && anomaly.reader == count.reader &&
           anomaly.permitted_by == count.permitted_by;
  });
}

}  // namespace

Judge::Judge(const JudgeOptions& options)
    : topics_(options.topics),
      records_(options.producers),
      readers_(readers_of(options.consumers)) {
  for (const JudgedConsumer& consumer : options.consumers) {
    SIM_CHECK(consumer.number >= 0, consumer.number);
    auto number = static_cast<size_t>(consumer.number);
    if (reader_of_consumer_.size() <= number) reader_of_consumer_.resize(number + 1, -1);
    SIM_CHECK(reader_of_consumer_[number] < 0, consumer.number);
    reader_of_consumer_[number] = consumer.auditor ? 0 : reader_of(consumer.plan);
    std::vector<bool>& reads = readers_[static_cast<size_t>(reader_of_consumer_[number])].topics;
    for (const std::string& topic : consumer.topics) {
      auto place = static_cast<size_t>(topics_.number_of(topic));
      if (reads.size() <= place) reads.resize(place + 1);
      reads[place] = true;
    }
  }
}

// The empty name is the auditor's.
int32_t Judge::reader_of(std::string_view plan) const {
  auto found = std::lower_bound(
      readers_.begin(), readers_.end(), plan,
      [](const ReaderView& reader, std::string_view wanted) { return reader.plan < wanted; });
  SIM_CHECK(found != readers_.end() && found->plan == plan, plan);
  return static_cast<int32_t>(found - readers_.begin());
}

void Judge::on_producer(int32_t number, const ClientEvent& event, sim::SimTime at,
                        sim::EventId id) {
  SIM_CHECK(!finished_);
  if (event.records.empty()) return;
  for (const RecordSeen& record : event.records)
    SIM_CHECK(producer_of(record.id) == number, number, record.id.value());
  switch (event.kind) {
    case ClientEventKind::kSend: {
      PartitionKey key = topics_.key_of(event.partition);
      for (const RecordSeen& record : event.records) {
        records_.sent(record.id, key, at, event.key, event.is_tombstone);
        availability_.sent(key, at);
      }
      return;
    }
    case ClientEventKind::kAcknowledged:
      return on_acknowledged(event, at, id);
    case ClientEventKind::kFailed:
      return on_failed(event, at, id);
    case ClientEventKind::kAssigned:
    case ClientEventKind::kPolled:
      break;
  }
  SIM_CHECK(false, number, name_of(event.kind));
}

void Judge::on_acknowledged(const ClientEvent& event, sim::SimTime at, sim::EventId id) {
  PartitionKey key = topics_.key_of(event.partition);
  for (const RecordSeen& seen : event.records) {
    const SentRecord& record = records_.acknowledged(seen.id, seen.offset, at, id);
    SIM_CHECK(record.key() == key, seen.id.value());
  }
  availability_.acknowledged(key, static_cast<int64_t>(event.records.size()), at);
}

void Judge::on_failed(const ClientEvent& event, sim::SimTime at, sim::EventId id) {
  PartitionKey key = topics_.key_of(event.partition);
  for (const RecordSeen& seen : event.records)
    SIM_CHECK(records_.failed(seen.id, at, id).key() == key, seen.id.value());
  availability_.failed(key, static_cast<int64_t>(event.records.size()), at);
}

void Judge::on_producer_died(int32_t number, sim::SimTime at) {
  records_.abandon(number, [&](PartitionKey key) { availability_.failed(key, 1, at); });
}

void Judge::on_consumer(int32_t number, const ClientEvent& event, sim::SimTime at,
                        sim::EventId id) {
  SIM_CHECK(!finished_);
  auto place = static_cast<size_t>(number);
  SIM_CHECK(number >= 0 && place < reader_of_consumer_.size() && reader_of_consumer_[place] >= 0,
            number);
  if (event.records.empty()) return;
  ReaderView& reader = readers_[static_cast<size_t>(reader_of_consumer_[place])];
  PartitionReadings& view = reader.partitions.at(topics_.key_of(event.partition));
  if (event.kind == ClientEventKind::kAssigned)
    return view.assigned(event.records[0].offset, at, id);
  SIM_CHECK(event.kind == ClientEventKind::kPolled, number, name_of(event.kind));
  Offset older = older_below(event.partition);
  if (event.records.front().offset >= older) {
    view.polled(event.records, at, id);
    reader.given += static_cast<int64_t>(event.records.size());
    return;
  }
  auto seen = event.records;
  seen.erase(std::remove_if(seen.begin(), seen.end(),
                            [older](const RecordSeen& record) { return record.offset < older; }),
             seen.end());
  if (seen.empty()) return;
  view.polled(seen, at, id);
  reader.given += static_cast<int64_t>(seen.size());
}

Offset Judge::older_below(const TopicPartition& partition) {
  const std::vector<Offset>& ends = topics_.at(topics_.number_of(partition.topic)).older_below;
  auto index = static_cast<size_t>(partition.partition);
  return index < ends.size() ? ends[index] : Offset(0);
}

void Judge::finish(sim::SimTime end, bool audited, const RunFacts& run_facts) {
  SIM_CHECK(!finished_);
  finished_ = true;
  audited_ = audited;
  availability_.finish(end);
  PartitionFacts facts(run_facts, topics_);
  Audit audit(topics_, records_, readers_, facts, findings_, removals_);
  audit.read_log();
  if (audited) audit.find_lost();
  judgements_.resize(readers_.size());
  for (size_t reader = 1; reader < readers_.size(); ++reader)
    judgements_[reader] = audit.judge_plan(static_cast<int32_t>(reader), audited);
  removal_counts_ = removals_.counts(topics_);
  anomaly_counts_ = findings_.counts(readers_);
  anomalies_ = findings_.take(kKept, readers_, records_, topics_);
  for (AnomalyCount& count : anomaly_counts_) count.kept = kept_of(count, anomalies_);
}

bool Judge::audited() const { return audited_; }

int64_t Judge::produced(std::string_view plan) const {
  return sum(records_, plan, &RecordStore::Producer::sent);
}

int64_t Judge::acknowledged(std::string_view plan) const {
  return sum(records_, plan, &RecordStore::Producer::acknowledged);
}

int64_t Judge::failed(std::string_view plan) const {
  return sum(records_, plan, &RecordStore::Producer::failed);
}

int64_t Judge::consumed(std::string_view plan) const {
  int64_t total = 0;
  for (size_t reader = 1; reader < readers_.size(); ++reader)
    if (plan.empty() || readers_[reader].plan == plan) total += readers_[reader].given;
  return total;
}

int64_t Judge::undecided() const {
  return produced() - acknowledged() - failed() -
         sum(records_, {}, &RecordStore::Producer::abandoned);
}

int64_t Judge::count(AnomalyKind kind, std::string_view reader, std::string_view topic,
                     int32_t partition) const {
  SIM_CHECK(finished_);
  return findings_.count(kind, reader_of(reader), topic.empty() ? -1 : topics_.number_of(topic),
                         partition);
}

const std::vector<Anomaly>& Judge::anomalies() const {
  SIM_CHECK(finished_);
  return anomalies_;
}

const std::vector<AnomalyCount>& Judge::anomaly_counts() const {
  SIM_CHECK(finished_);
  return anomaly_counts_;
}

const std::vector<RemovalCount>& Judge::removal_counts() const {
  SIM_CHECK(finished_);
  return removal_counts_;
}

int64_t Judge::removed(std::string_view topic, int32_t partition) const {
  SIM_CHECK(finished_);
  return removals_.count(topic.empty() ? -1 : topics_.number_of(topic), partition);
}

PlanJudgement Judge::judgement(std::string_view plan) const {
  SIM_CHECK(finished_ && !plan.empty());
  return judgements_[static_cast<size_t>(reader_of(plan))];
}

std::string_view name_of(AnomalyKind kind) {
  switch (kind) {
    case AnomalyKind::kLost:
      return "lost";
    case AnomalyKind::kDuplicated:
      return "duplicated";
    case AnomalyKind::kReordered:
      return "reordered";
    case AnomalyKind::kPhantom:
      return "phantom";
    case AnomalyKind::kInconsistentOffset:
      return "inconsistent offset";
    case AnomalyKind::kSkipped:
      return "skipped";
  }
  return "?";
}

std::string_view name_of(Guarantee guarantee) {
  switch (guarantee) {
    case Guarantee::kUnknown:
      return "unknown";
    case Guarantee::kNone:
      return "none";
    case Guarantee::kAtMostOnce:
      return "at-most-once";
    case Guarantee::kAtLeastOnce:
      return "at-least-once";
    case Guarantee::kExactlyOnce:
      return "exactly-once";
  }
  return "?";
}

}  // namespace models
