// SPDX-License-Identifier: Apache-2.0
//
// One segment: every batch of its .log, with its indexes beside it.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/log/log_file_name.h"
#include "scenarios/format.h"
#include "scenarios/log_verify_parts.h"

namespace scenarios {

using models::Offset;

namespace {

constexpr size_t kMostGapsKept = 1000;
constexpr int16_t kKnownAttributes = 0x7f;

// What the records of a batch come to, held against its header.
struct RecordSums {
  int64_t count = 0;
  int64_t latest_ms = -1;
  Offset previous = models::kNoOffset;
  std::string wrong;  // The first thing that is.
  std::optional<ControlRecord> control;
  int64_t control_timestamp_ms = -1;

  void take(const models::BatchHeader& header, const models::RecordView& record);
};

void RecordSums::take(const models::BatchHeader& header, const models::RecordView& record) {
  bool grows = count == 0 ? record.offset >= header.base_offset : record.offset > previous;
  if (wrong.empty() && (!grows || record.offset > header.last_offset())) {
    wrong = fmt::format("record {} has offset {}, out of order or outside the batch", count,
                        record.offset.value());
  }
  if (header.is_control() && count == 0) {
    control = decode_control(record);
    control_timestamp_ms = record.timestamp_ms;
    if (!control && wrong.empty()) wrong = "a control record whose key or value is too short";
  }
  previous = record.offset;
  latest_ms = std::max(latest_ms, record.timestamp_ms);
  ++count;
}

class SegmentCheck {
 public:
  SegmentCheck(sim::FileSystem& files, const SegmentTask& task, const PartitionContext& context,
               LogWalk& walk, FindingSink& sink)
      : files_(files), task_(task), context_(context), walk_(walk), sink_(sink) {}

  void run();

 private:
  std::string path_of(std::string_view suffix) const {
    return task_.directory.empty()
               ? models::segment_file_name(task_.base, suffix)
               : task_.directory + "/" + models::segment_file_name(task_.base, suffix);
  }
  FindingSink::Place here(const StoredBatch& batch) const {
    return {log_path_, batch.position, batch.header.base_offset};
  }
  // A problem that is damage: says what Kafka will do about it.
  void damage(const FindingSink::Place& place, const std::string& text) {
    damaged_ = true;
    bool said = std::exchange(walk_.cut, walk_.cut || !context_.is_trusted(task_.next_base));
    sink_.problem(place, said ? text : text + context_.consequence(task_.next_base));
  }
  std::optional<std::string> load(std::string_view suffix, bool there);

  void begin_segment();
  void walk_batches(BatchScanner& scanner);
  // False: there is nothing more to read.
  bool skip_unreadable(BatchScanner& scanner, int64_t bytes);
  // What is wrong with its bytes; empty: they are as they were written.
  std::string flaw_of(const StoredBatch& batch) const;
  void on_flawed(const StoredBatch& batch, const std::string& flaw, BatchScanner& scanner);
  void on_batch(StoredBatch batch, BatchScanner& scanner);
  void check_place(StoredBatch& batch, BatchScanner& scanner);
  bool is_out_of_place(const StoredBatch& batch, BatchScanner& scanner) const;
  void check_epoch(const StoredBatch& batch);
  RecordSums check_records(const StoredBatch& batch);

  sim::FileSystem& files_;
  const SegmentTask& task_;
  const PartitionContext& context_;
  LogWalk& walk_;
  FindingSink& sink_;
  std::string log_path_;
  bool damaged_ = false;
  std::optional<OffsetIndexCheck> index_;
  std::optional<TimeIndexCheck> time_index_;
  std::optional<TxnIndexCheck> txn_index_;
};

std::optional<std::string> SegmentCheck::load(std::string_view suffix, bool there) {
  if (!there) return std::nullopt;
  auto bytes = read_whole_file(files_, path_of(suffix), kMostSmallFileBytes);
  if (bytes.ok()) return *std::move(bytes);
  sink_.problem({path_of(suffix)}, std::string(bytes.status().message()));
  return std::nullopt;
}

void SegmentCheck::run() {
  log_path_ = path_of(models::kLogSuffix);
  ++sink_.totals().segments;
  begin_segment();
  if (auto bytes = load(models::kOffsetIndexSuffix, task_.has_index))
    index_.emplace(path_of(models::kOffsetIndexSuffix), *std::move(bytes), task_.base);
  if (auto bytes = load(models::kTimeIndexSuffix, task_.has_time_index))
    time_index_.emplace(path_of(models::kTimeIndexSuffix), *std::move(bytes), task_.base);
  txn_index_.emplace(path_of(models::kTxnIndexSuffix),
                     load(models::kTxnIndexSuffix, task_.has_txn_index), task_.base);
  auto file = files_.open(log_path_, false);
  auto size = file.ok() ? files_.size(*file) : absl::StatusOr<int64_t>(file.status());
  if (!size.ok()) {
    walk_.sure = false;
    walk_.producers.lose_track();
    sink_.problem({log_path_}, std::string(size.status().message()));
    if (file.ok()) (void)files_.close(*file);
    return;
  }
  sink_.totals().bytes += *size;
  BatchScanner scanner(files_, *file, *size);
  do {
    walk_batches(scanner);
  } while (skip_unreadable(scanner, *size));
  (void)files_.close(*file);
  if (index_) index_->on_end(task_.next_base, context_, sink_);
  if (time_index_) time_index_->on_end(task_.next_base, context_, sink_);
  txn_index_->on_end(task_.next_base, !damaged_ && !walk_.compacted, sink_);
}

// Where the segment begins, after the one before it.
void SegmentCheck::begin_segment() {
  Offset base = task_.base;
  if (walk_.sure && !walk_.compacted && base > walk_.least) {
    walk_.gaps.push_back({{log_path_, -1, base},
                          fmt::format("offsets {}..{} are missing: no segment has them",
                                      walk_.least.value(), base.value() - 1)});
  } else if (base < walk_.least) {
    sink_.problem(
        {log_path_, -1, base},
        fmt::format("the segment before this one has offsets up to {}", walk_.least.value() - 1));
  }
  walk_.least = base;
}

void SegmentCheck::walk_batches(BatchScanner& scanner) {
  for (;;) {
    auto batch = scanner.next();
    if (!batch.ok()) {
      damaged_ = true;
      walk_.sure = false;
      sink_.problem({log_path_, scanner.position()}, std::string(batch.status().message()));
      return;
    }
    if (!*batch) return;
    std::string flaw = flaw_of(**batch);
    if (flaw.empty()) {
      on_batch(**std::move(batch), scanner);
    } else {
      on_flawed(**batch, flaw, scanner);
    }
    if (!scanner.trouble().empty()) return;
  }
}

bool SegmentCheck::skip_unreadable(BatchScanner& scanner, int64_t bytes) {
  if (scanner.trouble().empty()) return false;
  int64_t begin = scanner.position();
  std::string trouble = scanner.trouble();
  auto resumed = scanner.resume(walk_.least);
  bool goes_on = resumed.ok() && *resumed;
  int64_t end = goes_on ? scanner.position() : bytes;
  if (goes_on) trouble += fmt::format("; batches go on at byte {}", end);
  damage({log_path_, begin, walk_.least}, trouble);
  if (index_) index_->on_unreadable(begin, end);
  if (time_index_) time_index_->on_unreadable();
  walk_.sure = false;
  walk_.producers.lose_track();
  return goes_on;
}

// --- One batch ---

std::string SegmentCheck::flaw_of(const StoredBatch& batch) const {
  const models::BatchHeader& header = batch.header;
  if (header.magic != 2) return fmt::format("magic {}, expected 2", header.magic);
  uint32_t crc = batch.computed_crc();
  if (crc != header.crc)
    return fmt::format("the CRC of the batch is {:08x}, its header says {:08x}", crc, header.crc);
  bool sane = header.last_offset_delta >= 0 && header.record_count >= 0 &&
              header.record_count <= header.last_offset_delta + int64_t{1};
  if (sane) return "";
  return fmt::format("{} records up to {} offsets above the first cannot be", header.record_count,
                     header.last_offset_delta);
}

// Nothing in it can be believed, and its length only if another batch follows where it leads.
void SegmentCheck::on_flawed(const StoredBatch& batch, const std::string& flaw,
                             BatchScanner& scanner) {
  ++sink_.totals().batches;
  walk_.sure = false;
  walk_.producers.lose_track();
  auto next = scanner.peek();
  bool leads_on = next.ok() && *next && (*next)->magic == 2 && has_sane_offsets(**next) &&
                  (*next)->base_offset >= walk_.least &&
                  (*next)->base_offset - walk_.least <= INT32_MAX;
  if (!leads_on && !scanner.at_end()) return scanner.reject(batch, flaw);
  damage(here(batch), flaw);
  if (index_) index_->on_batch(batch, false, sink_);
  if (time_index_) time_index_->on_unreadable();
}

void SegmentCheck::on_batch(StoredBatch batch, BatchScanner& scanner) {
  ++sink_.totals().batches;
  sink_.totals().records += batch.header.record_count;
  // Only the cleaner takes records out of a batch.
  if (batch.header.record_count <= batch.header.last_offset_delta) walk_.compacted = true;
  check_place(batch, scanner);
  walk_.on_reached(batch.header.base_offset);
  if (index_) index_->on_batch(batch, true, sink_);
  if (time_index_) time_index_->on_batch(batch, sink_);
  check_epoch(batch);
  RecordSums sums = check_records(batch);
  auto ended = walk_.producers.on_batch(batch.header, sums.control, sums.control_timestamp_ms);
  if (ended) txn_index_->on_ended(*ended);
}

// Base offsets are under no checksum: they must follow one another. One that does not is reported,
// and if it is out of place put right, so that the rest is judged as if it were.
void SegmentCheck::check_place(StoredBatch& batch, BatchScanner& scanner) {
  models::BatchHeader& header = batch.header;
  if (header.base_offset != walk_.least) {
    bool out_of_place = is_out_of_place(batch, scanner);
    int64_t base = header.base_offset.value(), least = walk_.least.value();
    if (out_of_place) {
      damage(here(batch), fmt::format("the base offset is {}, expected {}{}", base,
                                      walk_.sure && !walk_.compacted ? "" : "at least ", least));
      header.base_offset = walk_.least;
    } else if (walk_.sure && !walk_.compacted && walk_.gaps.size() < kMostGapsKept) {
      walk_.gaps.push_back(
          {here(batch), fmt::format("begins at offset {}, expected {}: the offsets "
                                    "between are missing",
                                    base, least)});
    }
  }
  walk_.least = header.next_offset();
  walk_.sure = true;
}

bool SegmentCheck::is_out_of_place(const StoredBatch& batch, BatchScanner& scanner) const {
  const models::BatchHeader& header = batch.header;
  if (!has_sane_offsets(header) || header.base_offset < walk_.least) return true;
  Offset last = header.last_offset();
  if (last - task_.base > INT32_MAX || (task_.next_base && last >= *task_.next_base)) return true;
  // What follows tells whether offsets are missing or this one is wrong.
  auto next = scanner.peek();
  if (!next.ok() || walk_.compacted || !walk_.sure) return false;
  std::optional<Offset> follows = *next ? std::optional((*next)->base_offset) : task_.next_base;
  return !follows || *follows == walk_.least + header.last_offset_delta + 1;
}

void SegmentCheck::check_epoch(const StoredBatch& batch) {
  models::LeaderEpoch epoch = batch.header.leader_epoch;
  if (task_.epochs != nullptr) {
    auto after = std::upper_bound(
        task_.epochs->begin(), task_.epochs->end(), batch.header.base_offset,
        [](Offset offset, const models::EpochStart& entry) { return offset < entry.start; });
    if (after != task_.epochs->begin() && (after - 1)->epoch != epoch) {
      std::pair wrong(epoch, (after - 1)->epoch);
      if (std::exchange(walk_.wrong_epoch, wrong) == wrong) return;
      sink_.problem(here(batch), fmt::format("leader epoch {}, but leader-epoch-checkpoint says {}",
                                             epoch.value(), (after - 1)->epoch.value()));
      return;
    }
    walk_.wrong_epoch = {models::kNoLeaderEpoch, models::kNoLeaderEpoch};
    if (after != task_.epochs->begin() && after != task_.epochs->end() &&
        after->start <= batch.header.last_offset()) {
      sink_.problem(here(batch), fmt::format("epoch {} begins at offset {} inside the batch, says "
                                             "leader-epoch-checkpoint",
                                             after->epoch.value(), after->start.value()));
    }
  }
  if (epoch < walk_.epoch) {
    sink_.problem(here(batch), fmt::format("leader epoch {} after epoch {}", epoch.value(),
                                           walk_.epoch.value()));
  }
  walk_.epoch = epoch;
}

RecordSums SegmentCheck::check_records(const StoredBatch& batch) {
  const models::BatchHeader& header = batch.header;
  RecordSums sums;
  bool known = (header.attributes & ~kKnownAttributes) == 0 && has_known_codec(header);
  if (!known) {
    sink_.problem(here(batch), fmt::format("attributes {:#06x} have bits that mean nothing",
                                           static_cast<uint16_t>(header.attributes)));
  }
  absl::Status read = for_each_stored_record(
      batch, [&](const models::RecordView& record) { sums.take(header, record); });
  if (absl::IsFailedPrecondition(read)) return sums;  // Compressed: its CRC must do.
  if (!read.ok()) sums.wrong = std::string(read.message());
  bool has_time = !has_log_append_time(header) && sums.count > 0;
  if (sums.wrong.empty() && has_time && sums.latest_ms != header.max_timestamp_ms) {
    sums.wrong = fmt::format("the latest of its records is of {}, its header says {}",
                             sums.latest_ms, header.max_timestamp_ms);
  }
  if (!sums.wrong.empty()) damage(here(batch), sums.wrong);
  return sums;
}

}  // namespace

void verify_segment(sim::FileSystem& files, const SegmentTask& task,
                    const PartitionContext& context, LogWalk& walk, FindingSink& sink) {
  SegmentCheck(files, task, context, walk, sink).run();
}

void verify_metadata_snapshot(sim::FileSystem& files, const std::string& path, FindingSink& sink) {
  auto file = files.open(path, false);
  auto size = file.ok() ? files.size(*file) : absl::StatusOr<int64_t>(file.status());
  if (!size.ok()) {
    sink.problem({path}, std::string(size.status().message()));
    return;
  }
  BatchScanner scanner(files, *file, *size);
  for (;;) {
    auto batch = scanner.next();
    if (!batch.ok()) sink.problem({path}, std::string(batch.status().message()));
    if (!batch.ok() || !*batch) break;
    bool valid = (*batch)->header.magic == 2 && (*batch)->computed_crc() == (*batch)->header.crc;
    if (!valid) sink.problem({path, (*batch)->position}, "the batch is not valid");
  }
  if (!scanner.trouble().empty()) sink.problem({path, scanner.position()}, scanner.trouble());
  (void)files.close(*file);
}

}  // namespace scenarios
