// SPDX-License-Identifier: Apache-2.0
//
// What the log answers, against what the model knows.

#include <algorithm>

#include "tests/models/log/crash/log_audit.h"
#include "tests/models/log/crash/log_machine.h"

namespace models {

namespace {

std::string to_string(const EpochCache& epochs) {
  std::string text;
  for (const EpochStart& start : epochs.entries())
    text += std::to_string(start.epoch.value()) + "@" + std::to_string(start.start.value()) + " ";
  return text;
}

}  // namespace

std::vector<StoredBatch> LogMachine::read_all(int64_t from) {
  std::vector<StoredBatch> all;
  with(
      [&](Step& step) {
        Offset end = log_->log_end_offset();
        for (Offset next(from); next < end;) {
          ReadResult result = log_->read(next, 1000, end, true, step);
          require(result.error == ErrorCode::kNone, "a read fails");
          std::vector<StoredBatch> some = batches_in(result.records);
          if (some.empty()) break;  // Compacted away, or a cut inside a batch: up to the end.
          require(some.front().header.last_offset() >= next, "a read begins too early");
          next = some.back().header.next_offset();
          all.insert(all.end(), some.begin(), some.end());
        }
      },
      true);
  return all;
}

std::vector<StoredRecord> LogMachine::records_of(const std::vector<StoredBatch>& batches) const {
  std::vector<StoredRecord> records;
  for (const StoredBatch& batch : batches) {
    for (const StoredRecord& record : batch.records) {
      if (record.offset >= log_->log_start_offset().value()) records.push_back(record);
    }
  }
  return records;
}

void LogMachine::read(int64_t from, int64_t max_bytes) {
  note("read", from, max_bytes);
  if (!is_up()) return;
  bool inside = from >= model_.start() && from <= model_.end();
  with(
      [&](Step& step) {
        ReadResult result = log_->read(Offset(from), max_bytes, log_->log_end_offset(), true, step);
        require((result.error == ErrorCode::kNone) == inside, "a read in or out of range");
        if (!inside) return;
        std::vector<StoredBatch> some = batches_in(result.records);
        auto wanted =
            std::find_if(model_.records().begin(), model_.records().end(),
                         [&](const StoredRecord& record) { return record.offset >= from; });
        for (const StoredBatch& batch : some) {
          for (const StoredRecord& record : batch.records) {
            if (record.offset < from || model_.was_cleaned()) continue;
            require(wanted != model_.records().end() && *wanted == record,
                    "a read gives another record");
            ++wanted;
          }
        }
        if (wanted != model_.records().end() && !model_.was_cleaned())
          require(!some.empty(), "a read gives nothing");
      },
      true);
}

void LogMachine::look_up(int64_t timestamp_ms) {
  note("look up", timestamp_ms - kStartMs);
  if (!is_up()) return;
  with(
      [&](Step& step) {
        auto found = log_->offset_for_timestamp(timestamp_ms, step);
        require(found.ok(), "a lookup fails");
        // The list does not know which of the records that may go are there.
        if (model_.was_cleaned()) return;
        const StoredRecord* wanted = model_.at_timestamp(timestamp_ms);
        // As Kafka, the log looks into the first segment that may hold it, and no further: what it
        // finds there may lie below the log start, and a segment without batches goes by its age. So
        // does one whose last entry of the time index went with the power: the roll of a segment that
        // was flushed does not flush it again.
        const std::vector<Segment>& segments = log_->segments();
        bool misleads = lost_power_ || log_->log_start_offset() > segments.front().base_offset() ||
                        std::any_of(segments.begin(), segments.end() - 1,
                                    [](const Segment& s) { return s.size_bytes() == 0; });
        if (misleads && (!*found || lost_power_)) return;
        require(found->has_value() == (wanted != nullptr),
                found->has_value() ? "a lookup finds " + std::to_string((*found)->offset.value())
                                   : "a lookup finds nothing");
        if (wanted == nullptr) return;
        require((*found)->offset.value() == wanted->offset, "a lookup finds another offset");
        require((*found)->timestamp_ms == wanted->timestamp_ms, "a lookup finds another time");
      },
      true);
}

void LogMachine::check() {
  if (!is_up()) return;
  require(log_->log_end_offset().value() == model_.end(), "another log end");
  require(log_->log_start_offset().value() == model_.start(), "another log start");
  require(log_->recovery_point() <= log_->log_end_offset(), "a recovery point past the end");
  require(log_->high_watermark() >= log_->log_start_offset() &&
              log_->high_watermark() <= log_->log_end_offset(),
          "a high watermark outside the log");
  std::vector<StoredBatch> found = read_all(model_.start());
  model_.check_all(records_of(found));
  require(log_->epochs() == model_.epochs(), "other epochs");
  check_epochs(found);
  check_producers(found);
  check_transactions();
  with([&](Step& step) { audit_indexes(*log_, step.disk); }, true);
}

void LogMachine::check_epochs(const std::vector<StoredBatch>& found) const {
  const std::vector<EpochStart>& starts = log_->epochs().entries();
  for (const StoredBatch& batch : found) {
    Offset at = std::max(batch.header.base_offset, log_->log_start_offset());
    if (model_.start_came_back() && !starts.empty()) at = std::max(at, starts.front().start);
    if (at > batch.header.last_offset() || (model_.start_came_back() && starts.empty())) continue;
    auto after = std::find_if(starts.begin(), starts.end(),
                              [&](const EpochStart& start) { return start.start > at; });
    require(after != starts.begin() && std::prev(after)->epoch == batch.header.leader_epoch,
            "the epoch of " + std::to_string(at.value()) + ", " +
                std::to_string(batch.header.leader_epoch.value()) + ", is not in the cache, " +
                to_string(log_->epochs()));
  }
}

void LogMachine::check_producers(const std::vector<StoredBatch>& found) const {
  std::map<int64_t, Offset> there;  // The last batch of each.
  for (const StoredBatch& batch : found) {
    if (batch.header.has_producer() && !batch.header.is_control())
      there[batch.header.producer_id.value()] = batch.header.last_offset();
  }
  // A snapshot may know more than the log: what a crash or the cleaner took.
  bool may_differ = model_.was_cleaned() || model_.has_holes();
  for (const auto& [id, wanted] : model_.producers()) {
    // Those whose batches retention took may be forgotten with them.
    if (!there.contains(id)) continue;
    auto known = log_->producers().producers().find(ProducerId(id));
    require(known != log_->producers().producers().end(), "a forgotten producer");
    const ProducerEntry& entry = known->second;
    require(!entry.batches.empty(), "a producer without batches");
    Offset last = entry.batches.back().last_offset;
    require(may_differ ? last >= there[id] : last == wanted.last_offset,
            "the last batch of producer " + std::to_string(id) + " ends at " +
                std::to_string(last.value()) + ", not " +
                std::to_string(wanted.last_offset.value()));
    if (may_differ) continue;
    require(entry.batches.back().last_sequence.value() + 1 == wanted.next_sequence,
            "another sequence");
    // As Kafka's, a restart takes the first batch of it that it finds.
    if (wanted.txn_first_offset == kNoOffset || wanted.txn_first_offset >= log_->log_start_offset())
      require(entry.txn_first_offset == wanted.txn_first_offset, "another transaction");
  }
}

void LogMachine::check_transactions() const {
  Offset stable = log_->last_stable_offset();
  require(stable <= log_->high_watermark(), "stable beyond the watermark");
  if (model_.was_cleaned() || model_.has_holes()) return;
  std::map<Offset, Offset> aborted;  // By marker: where it began.
  std::map<int64_t, Offset> open;
  for (const StoredBatch& batch : model_.batches()) {
    const BatchHeader& header = batch.header;
    if (!header.is_transactional()) continue;
    if (!header.is_control()) {
      open.emplace(header.producer_id.value(), header.base_offset);
      continue;
    }
    auto ended = open.extract(header.producer_id.value());
    if (!ended.empty() && batch.is_abort) aborted[header.base_offset] = ended.mapped();
  }
  // Of those that begin below the log start a restart knows only a part.
  Offset start = log_->log_start_offset();
  for (const auto& [producer, first] : open)
    if (first >= start) require(stable <= first, "stable beyond an open transaction");
  std::map<Offset, Offset> found;
  for (const AbortedTxn& txn : log_->aborted_txns(Offset(0), log_->log_end_offset())) {
    require(aborted.contains(txn.last_offset), "an aborted transaction that was not");
    found[txn.last_offset] = txn.first_offset;
  }
  for (const auto& [marker, first] : aborted)
    if (first >= start) require(found[marker] == first, "an aborted transaction is not known");
}

}  // namespace models
