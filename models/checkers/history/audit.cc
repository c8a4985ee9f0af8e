// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/audit.h"

#include <algorithm>

#include "models/checkers/history/permissions.h"

namespace models {

Audit::Audit(const TopicTable& topics, RecordStore& records, const std::vector<ReaderView>& readers,
             const PartitionFacts& facts, Findings& findings, Removals& removals)
    : topics_(topics),
      records_(records),
      readers_(readers),
      facts_(facts),
      findings_(findings),
      removals_(removals),
      first_(records) {}

SentRecord* Audit::find(RecordId id, PartitionKey key) {
  SentRecord* record = records_.find(id);
  return record != nullptr && record->key() == key ? record : nullptr;
}

Finding Audit::finding(const PartitionReadings& view, PartitionKey key, const Reading& reading) {
  return {key, reading.offset, kNoOffset, reading.id, view.event_of(reading.index), {}};
}

sim::SimTime Audit::sent_first(RecordId one, RecordId other) const {
  sim::SimTime first = sim::SimTime::at_nanos(INT64_MAX);
  for (RecordId id : {one, other}) {
    const SentRecord* record = records_.find(id);
    if (record != nullptr) first = std::min(first, record->sent);
  }
  return first;
}

std::string_view Audit::replaced_log(PartitionKey key, RecordId one, RecordId other) const {
  return permits_replaced_log(topics_.at(key.topic), facts_.trouble(key, sent_first(one, other)));
}

void Audit::blame_replaced_log(Finding& found, RecordId one, RecordId other) const {
  found.permitted_by = replaced_log(found.partition, one, other);
  sim::EventId cause = facts_.cause_of_loss(found.partition, found.offset, sent_first(one, other));
  if (cause.value() != 0) found.event = cause;
}

void Audit::read_log() {
  readers_[0].partitions.for_each(
      [&](PartitionKey key, const PartitionReadings& view) { read_partition(key, view); });
}

void Audit::read_partition(PartitionKey key, const PartitionReadings& view) {
  std::vector<Reading> by_offset = view.by_offset();
  std::vector<KnownRecord>& known = known_.at(key);
  known.reserve(by_offset.size());
  bool told = false;
  for (const Reading& reading : by_offset) {
    bool again = !known.empty() && known.back().offset == reading.offset;
    if (again && !told) {
      Finding found = finding(view, key, reading);
      blame_replaced_log(found, reading.id, known.back().id);
      findings_.add(AnomalyKind::kInconsistentOffset, 0, found);
    }
    told = again;
    if (!again) known.push_back({reading.offset, reading.id, true});
    if (find(reading.id, key) == nullptr)
      findings_.add(AnomalyKind::kPhantom, 0, finding(view, key, reading));
  }
  find_repeats_in_log(key, view, by_offset);
  find_disorder_in_log(key, view, by_offset);
}

void Audit::find_repeats_in_log(PartitionKey key, const PartitionReadings& view,
                                const std::vector<Reading>& by_offset) {
  for (const Reading& reading : by_offset) {
    SentRecord* record = find(reading.id, key);
    if (record == nullptr) continue;
    if (!record->stored) {
      record->stored = true;
      // With acks=0 nobody was told the offset.
      if (record->offset == kNoOffset) record->offset = reading.offset;
      first_.of(reading.id) = reading.index + 1;
    } else if (!record->stored_twice) {
      record->stored_twice = true;
      Finding found = finding(view, key, reading);
      found.other_offset = view.offset_of(first_.of(reading.id) - 1);
      found.permitted_by = permits_stored_twice(found);
      findings_.add(AnomalyKind::kDuplicated, 0, found);
    }
  }
}

void Audit::find_disorder_in_log(PartitionKey key, const PartitionReadings& view,
                                 const std::vector<Reading>& by_offset) {
  for_each_too_early(key, by_offset, [&](const Reading& early, const Reading& late) {
    records_.find(early.id)->stored_too_early = true;
    const SentRecord& overtaken = *records_.find(late.id);
    bool given_up = overtaken.state != RecordState::kAcknowledged;
    Finding found = finding(view, key, early);
    found.other_offset = late.offset;
    found.permitted_by = permits_reordering(records_.producer(early.id).config, given_up,
                                            topics_.at(key.topic), trouble_before(key, early));
    findings_.add(AnomalyKind::kReordered, 0, found);
  });
}

// What the brokers knew of the producer may have gone before it sent `early`, too. A leader that did
// not know it took `early`, or what stands before it; what was overtaken stands behind.
Trouble Audit::trouble_before(PartitionKey key, const Reading& early) const {
  Trouble trouble = facts_.trouble(key, PartitionFacts::kEver);
  trouble.unknown_producer = facts_.took_unknown_producer(key, producer_of(early.id), early.offset);
  return trouble;
}

std::string_view Audit::permits_stored_twice(const Finding& found) const {
  auto [first, again] = std::minmax(found.offset, found.other_offset);
  return permits_duplicate(records_.producer(found.record).config,
                           facts_.forgot_batch_between(found.partition, first, again));
}

// Did the auditor find a record there?
bool Audit::has_another(PartitionKey key, Offset offset) const {
  const std::vector<KnownRecord>* known = known_.find(key);
  if (known == nullptr) return false;
  auto there =
      std::lower_bound(known->begin(), known->end(), offset,
                       [](const KnownRecord& each, Offset at) { return each.offset < at; });
  return there != known->end() && there->offset == offset;
}

bool Audit::was_removed(RecordId id, const SentRecord& record) {
  const JudgedTopic& topic = topics_.at(record.topic);
  const PartitionReadings* log = readers_[0].partitions.find(record.key());
  bool looked = log != nullptr && log->has_looked_at(record.offset);
  Removal removal{record.offset, id, {}, {}, {}};
  if (record.offset == kNoOffset) {
    // Nobody was told where it is; what came before all that is left is taken to have gone with it.
    const LogStartMove* last = facts_.last_deletion(record.key());
    if (last == nullptr || record.sent >= kept_since(record.key())) return false;
    removal.by = last->was_asked ? kDeleteRecords : permits_deletion(topic);
  } else if (const LogStartMove* move = facts_.deletion_of(record.key(), record.offset);
             move != nullptr && !looked) {
    removal.by = move->was_asked ? kDeleteRecords : permits_deletion(topic, record.sent, move->at);
    removal.at = move->at;
    removal.event = move->event;
  } else if (has_another(record.key(), record.offset)) {
    return false;  // It went before that was written; a cleaner leaves places empty.
  } else if (looked && newest_.is_superseded(id, record)) {
    removal.by = kCompaction;
  } else if (looked && record.is_tombstone && topic.config.cleanup_policy.compacts) {
    removal.by = kTombstoneExpired;
  }
  if (removal.by.empty()) return false;
  removals_.add(record.key(), removal);
  return true;
}

// When the first record that is left was sent.
sim::SimTime Audit::kept_since(PartitionKey key) const {
  const std::vector<KnownRecord>* known = known_.find(key);
  for (size_t i = 0; known != nullptr && i < known->size(); ++i) {
    const SentRecord* record = records_.find((*known)[i].id);
    if (record != nullptr) return record->sent;
  }
  return sim::SimTime::at_nanos(INT64_MAX);
}

void Audit::find_lost() {
  newest_.learn(topics_, records_);
  for (const RecordStore::Producer& producer : records_.producers()) {
    for (size_t count = 0; count < producer.records.size(); ++count) {
      RecordId id = make_record_id(producer.judged.number, static_cast<int64_t>(count));
      SentRecord* record = records_.find(id);
      if (record == nullptr || !record->is_lost()) continue;
      record->removed = was_removed(id, *record);
      if (record->removed) continue;
      std::string_view permitted = permits_loss(producer.judged.config, topics_.at(record->topic),
                                                facts_.trouble(record->key(), record->sent));
      sim::EventId cause = facts_.cause_of_loss(record->key(), record->offset, record->sent);
      if (cause.value() == 0) cause = record->event;
      findings_.add(AnomalyKind::kLost, 0,
                    {record->key(), record->offset, kNoOffset, id, cause, permitted});
    }
  }
  removals_.sort();
}

}  // namespace models
