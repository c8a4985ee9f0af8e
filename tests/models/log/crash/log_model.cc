// SPDX-License-Identifier: Apache-2.0

#include "tests/models/log/crash/log_model.h"

#include <algorithm>

#include "models/log/control_records.h"

namespace models {

std::string to_string(const StoredRecord& record) {
  return std::to_string(record.offset) + " (epoch " + std::to_string(record.epoch) + ", producer " +
         std::to_string(record.producer) + ", " + record.key.value_or("no key").substr(0, 8) +
         " = " + record.value.value_or("no value").substr(0, 8) + ")";
}

std::vector<StoredBatch> batches_in(const absl::Cord& bytes) {
  std::vector<StoredBatch> found;
  int64_t at = 0;
  while (auto header = read_batch_header(bytes, at)) {
    int64_t total = header->total_bytes();
    if (at + total > static_cast<int64_t>(bytes.size())) break;
    absl::Cord batch = bytes.Subcord(static_cast<size_t>(at), static_cast<size_t>(total));
    require(is_valid_batch(batch, *header), "a batch that is not valid");
    StoredBatch stored{*header, {}, false};
    if (auto marker = end_txn_marker_of(batch, *header)) stored.is_abort = marker->is_abort;
    absl::Status status = for_each_record(batch, *header, [&](const RecordView& record) {
      StoredRecord copy{record.offset.value(),
                        record.timestamp_ms,
                        header->leader_epoch.value(),
                        header->producer_id.value(),
                        header->is_control(),
                        header->is_transactional(),
                        std::nullopt,
                        std::nullopt};
      if (record.key) copy.key = std::string(*record.key);
      if (record.value) copy.value = std::string(*record.value);
      stored.records.push_back(std::move(copy));
    });
    require(status.ok(), "a batch whose records cannot be read");
    found.push_back(std::move(stored));
    at += total;
  }
  return found;
}

// --- What happens ---

void LogModel::attempt(const StoredBatch& batch) {
  ever_.insert(batch.records.begin(), batch.records.end());
}

void LogModel::begin_epoch(LeaderEpoch epoch) { epochs_.assign(epoch, Offset(end_)); }

void LogModel::append(const StoredBatch& batch) {
  attempt(batch);
  epochs_.assign(batch.header.leader_epoch, batch.header.base_offset);
  records_.insert(records_.end(), batch.records.begin(), batch.records.end());
  batches_.push_back({batch.header, {}, batch.is_abort});
  end_ = batch.header.next_offset().value();
}

void LogModel::cut(int64_t at) {
  if (at >= end_) {
    epochs_.truncate_from_end(Offset(end_));
    return;
  }
  // The batch that holds the cut goes as a whole.
  int64_t from = at;
  while (!batches_.empty() && batches_.back().header.last_offset().value() >= at) {
    from = std::min(from, batches_.back().header.base_offset.value());
    batches_.pop_back();
  }
  std::erase_if(records_, [&](const StoredRecord& record) { return record.offset >= from; });
  may_go_.erase(may_go_.lower_bound(from), may_go_.end());
  epochs_.truncate_from_end(Offset(at));
  end_ = at;
  start_ = std::min(start_, at);
  flushed_ = std::min(flushed_, from);
}

void LogModel::start_over(int64_t at) {
  records_.clear();
  batches_.clear();
  may_go_.clear();
  has_holes_ = start_came_back_ = false;
  epochs_.clear();
  start_ = end_ = flushed_ = at;
}

void LogModel::let_go_below(int64_t start) {
  if (start <= start_) return;
  start_ = start;
  epochs_.truncate_from_start(Offset(start));
}

void LogModel::clean_below(int64_t end) {
  was_cleaned_ = true;
  std::set<std::optional<std::string>> later;
  std::set<int64_t> aborted;  // Producers whose transaction is, seen from its end.
  for (auto batch = batches_.rbegin(); batch != batches_.rend(); ++batch) {
    const BatchHeader& header = batch->header;
    int64_t producer = header.producer_id.value();
    if (header.is_control() && batch->is_abort) aborted.insert(producer);
    if (header.is_control() && !batch->is_abort) aborted.erase(producer);
    bool drops = header.is_control() || (header.is_transactional() && aborted.contains(producer));
    if (header.base_offset.value() >= end) continue;
    for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
      if (record->offset > header.last_offset().value()) continue;
      if (record->offset < header.base_offset.value()) break;
      bool is_superseded = !drops && !later.insert(record->key).second;
      if (drops || is_superseded || !record->value || !record->key) may_go_.insert(record->offset);
    }
  }
}

void LogModel::adopt(const std::vector<StoredBatch>& found, int64_t start, int64_t end,
                     const EpochCache& epochs) {
  std::erase_if(batches_, [&](const StoredBatch& batch) {
    return batch.header.last_offset().value() >= std::min(flushed_, end);
  });
  records_.clear();
  int64_t known = batches_.empty() ? 0 : batches_.back().header.next_offset().value();
  for (const StoredBatch& batch : found) {
    records_.insert(records_.end(), batch.records.begin(), batch.records.end());
    if (batch.header.base_offset.value() < known) continue;
    batches_.push_back({batch.header, {}, batch.is_abort});
  }
  epochs_ = epochs;
  int64_t next = found.empty() ? start : found.front().header.base_offset.value();
  for (const StoredBatch& batch : found) {
    if (batch.header.base_offset.value() != next) has_holes_ = true;
    next = batch.header.next_offset().value();
  }
  if (next != end) has_holes_ = true;
  if (start < start_) start_came_back_ = true;
  start_ = start;
  end_ = end;
  flushed_ = std::min(flushed_, end);
}

// --- What is ---

std::map<int64_t, KnownProducer> LogModel::producers() const {
  std::map<int64_t, KnownProducer> known;
  for (const StoredBatch& batch : batches_) {
    const BatchHeader& header = batch.header;
    if (!header.has_producer()) continue;
    KnownProducer& producer = known[header.producer_id.value()];
    if (header.is_control()) {
      producer.txn_first_offset = kNoOffset;
      continue;
    }
    producer.next_sequence = header.last_sequence().value() + 1;
    producer.last_offset = header.last_offset();
    if (header.is_transactional() && producer.txn_first_offset == kNoOffset)
      producer.txn_first_offset = header.base_offset;
  }
  return known;
}

const StoredRecord* LogModel::at_timestamp(int64_t timestamp_ms) const {
  for (const StoredRecord& record : records_) {
    if (record.offset >= start_ && record.timestamp_ms >= timestamp_ms) return &record;
  }
  return nullptr;
}

// --- What must be ---

void LogModel::check_all(const std::vector<StoredRecord>& found) const {
  check_durable(found, end_);
  std::set<StoredRecord> known(records_.begin(), records_.end());
  for (const StoredRecord& record : found)
    require(known.contains(record), "what should be gone: " + to_string(record));
}

void LogModel::check_durable(const std::vector<StoredRecord>& found, int64_t durable) const {
  std::set<StoredRecord> there(found.begin(), found.end());
  for (size_t i = 1; i < found.size(); ++i)
    require(found[i - 1].offset < found[i].offset, "records out of order");
  for (const StoredRecord& record : found)
    require(ever_.contains(record), "what nobody wrote: " + to_string(record));
  for (const StoredRecord& record : records_) {
    if (record.offset >= durable || !must_be(record)) continue;
    require(there.contains(record), "lost: " + to_string(record));
  }
}

}  // namespace models
