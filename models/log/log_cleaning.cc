// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_cleaning.h"

#include <algorithm>
#include <utility>

namespace models {

namespace {

const Segment* segment_at(const PartitionLog& log, Offset base) {
  const std::vector<Segment>& segments = log.segments();
  auto found =
      std::lower_bound(segments.begin(), segments.end(), base,
                       [](const Segment& s, Offset wanted) { return s.base_offset() < wanted; });
  return found != segments.end() && found->base_offset() == base ? &*found : nullptr;
}

// Bases of the segments from the one that holds `from` on, that begin below `to`.
std::vector<Offset> bases_between(const PartitionLog& log, Offset from, Offset to) {
  std::vector<Offset> bases;
  const std::vector<Segment>& segments = log.segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].base_offset() >= to) break;
    if (i + 1 < segments.size() && segments[i + 1].base_offset() <= from) continue;
    bases.push_back(segments[i].base_offset());
  }
  return bases;
}

// Whole batches from `position` on, about `most` bytes, one at least; visits each.
template <class Visit>
absl::StatusOr<int64_t> read_batches(const Segment& segment, int64_t position, int64_t most,
                                     Step& step, const Visit& visit) {
  int64_t length = std::min(most, segment.size_bytes() - position);
  auto bytes = segment.read(position, length, step);
  if (!bytes.ok()) return bytes.status();
  auto first = read_batch_header(*bytes);
  if (first && first->total_bytes() > length &&
      first->total_bytes() <= segment.size_bytes() - position) {
    bytes = segment.read(position, first->total_bytes(), step);
    if (!bytes.ok()) return bytes.status();
  }
  int64_t done = 0;
  int64_t size = static_cast<int64_t>(bytes->size());
  while (auto header = read_batch_header(*bytes, done)) {
    int64_t total = header->total_bytes();
    if (total < kBatchHeaderBytes || total > size - done) break;
    absl::Cord batch = bytes->Subcord(static_cast<size_t>(done), static_cast<size_t>(total));
    if (absl::Status status = visit(batch, *header); !status.ok()) return status;
    done += total;
  }
  if (done == 0) return absl::DataLossError("a batch that cannot be read");
  return done;
}

}  // namespace

CleanerLimits cleaner_limits(const BrokerConfig& config) {
  int64_t threads = config.log_cleaner_threads;
  return {
      .map_bytes = std::min<int64_t>(config.log_cleaner_dedupe_buffer_size / threads, INT32_MAX),
      .map_load = config.log_cleaner_io_buffer_load_factor,
      // A buffer that holds no batch grows in Kafka; here it must hold a header.
      .buffer_bytes = std::max(config.log_cleaner_io_buffer_size / threads / 2, kBatchHeaderBytes)};
}

LogCleaning::LogCleaning(const LogToClean& what, const CleanerLimits& limits,
                         const PartitionLog& log)
    : what_(what),
      buffer_bytes_(limits.buffer_bytes),
      cuts_(log.cuts()),
      keys_(limits.map_bytes, limits.map_load),
      map_end_(what.first_dirty) {
  groups_.push_back({bases_between(log, what.first_dirty, what.first_uncleanable)});
  transactions_.add(log.aborted_txns(what.first_dirty, what.first_uncleanable));
  begin_segment(log);
}

// The one at `in_group_` of `group_`, from its beginning.
void LogCleaning::begin_segment(const PartitionLog& log) {
  position_ = 0;
  if (group_ == groups_.size() || in_group_ == groups_[group_].bases.size()) return;
  segment_ = groups_[group_].bases[in_group_];
  const Segment* segment = segment_at(log, segment_);
  if (!copies_ && segment != nullptr) position_ = segment->index_position(what_.first_dirty);
}

absl::StatusOr<LogCleaning::Progress> LogCleaning::advance(PartitionLog& log, Step& step) {
  if (log.cuts() != cuts_) {
    abandon(log, step);
    return Progress::kAborted;
  }
  if (!copies_) {
    auto mapped = map_some(log, step);
    if (!mapped.ok()) return mapped.status();
    if (*mapped) begin_copy(log);
    return groups_.empty() ? Progress::kDone : Progress::kWorking;
  }
  auto copied = copy_some(log, step);
  if (!copied.ok()) return copied.status();
  return *copied ? Progress::kDone : Progress::kWorking;
}

void LogCleaning::abandon(PartitionLog& log, Step& step) {
  if (!cleaned_) return;
  cleaned_->close_files(step);
  (void)Segment::remove(log.directory(), cleaned_->base_offset(), kCleanedSuffix, step);
  cleaned_.reset();
}

// ---- The map ----

// False when the map is full.
bool LogCleaning::map_batch(const absl::Cord& batch, const BatchHeader& header,
                            absl::Status& status) {
  CleanedTransactions::Verdict verdict = transactions_.on_batch(batch, header);
  bool full = false;
  if (!header.is_control() && !verdict.may_drop) {
    status = for_each_record(batch, header, [&](const RecordView& record) {
      if (full || !record.key || record.offset < what_.first_dirty) return;
      full = keys_.is_full();
      if (!full) keys_.put(*record.key, record.offset);
    });
  }
  if (full) return false;
  if (header.last_offset() >= what_.first_dirty) keys_.set_latest(header.last_offset());
  return true;
}

absl::StatusOr<bool> LogCleaning::map_some(const PartitionLog& log, Step& step) {
  const std::vector<Offset>& bases = groups_[0].bases;
  if (in_group_ == bases.size()) return true;
  const Segment* segment = segment_at(log, segment_);
  if (segment == nullptr) return absl::InternalError("a segment that is not there any more");
  bool full = false;
  if (position_ < segment->size_bytes()) {
    auto done = read_batches(*segment, position_, buffer_bytes_, step,
                             [&](const absl::Cord& batch, const BatchHeader& header) {
                               absl::Status status;
                               if (!full) full = !map_batch(batch, header, status);
                               return status;
                             });
    if (!done.ok()) return done.status();
    position_ += *done;
    totals_.bytes_read += *done;
  }
  if (!full && position_ < segment->size_bytes()) return false;
  if (!full) {
    ++in_group_;
    Offset next = in_group_ < bases.size() ? bases[in_group_] : what_.first_uncleanable;
    keys_.set_latest(next - 1);
    begin_segment(log);
  }
  return full || in_group_ == bases.size();
}

// ---- The copy ----

// Neighbours that fit into one segment, with their indexes.
void LogCleaning::begin_copy(const PartitionLog& log) {
  copies_ = true;
  map_end_ = keys_.latest() + 1;
  groups_.clear();
  group_ = in_group_ = 0;
  transactions_ = CleanedTransactions();
  std::vector<Offset> bases = bases_between(log, Offset(0), map_end_);
  const TopicConfig& config = log.config();
  int64_t bytes = 0;
  int64_t index = 0;
  int64_t times = 0;
  for (size_t i = 0; i < bases.size(); ++i) {
    const Segment& segment = *segment_at(log, bases[i]);
    Offset last = (i + 1 < bases.size() ? bases[i + 1] : what_.first_uncleanable) - 1;
    bool joins = i > 0 && bytes + segment.size_bytes() <= config.segment_size() &&
                 index + segment.index_bytes() <= config.segment_index_bytes &&
                 times + segment.time_index_bytes() <= config.segment_index_bytes &&
                 (segment.size_bytes() == 0 || last - groups_.back().bases.front() <= INT32_MAX);
    if (!joins) {
      groups_.emplace_back();
      bytes = index = times = 0;
    }
    groups_.back().bases.push_back(bases[i]);
    bytes += segment.size_bytes();
    index += segment.index_bytes();
    times += segment.time_index_bytes();
  }
  begin_segment(log);
}

absl::Status LogCleaning::begin_group(const PartitionLog& log, Step& step) {
  auto cleaned = Segment::create(log.directory(), groups_[group_].bases.front(), log.config(), step,
                                 kCleanedSuffix);
  if (!cleaned.ok()) return cleaned.status();
  cleaned_ = *std::move(cleaned);
  last_batches_.clear();
  for (const auto& [id, producer] : log.producers().producers()) {
    LastBatch last{kNoOffset, producer.epoch};
    if (!producer.batches.empty()) last.last_offset = producer.batches.back().last_offset;
    last_batches_.emplace(id, last);
  }
  return absl::OkStatus();
}

bool LogCleaning::is_last_of_producer(const BatchHeader& header) const {
  if (!header.has_producer()) return false;
  auto last = last_batches_.find(header.producer_id);
  if (last == last_batches_.end()) return false;
  if (last->second.last_offset != kNoOffset)
    return header.last_offset() == last->second.last_offset;
  return header.is_control() && header.producer_epoch == last->second.epoch;
}

absl::Status LogCleaning::copy_batch(const absl::Cord& batch, const BatchHeader& header,
                                     const PartitionLog& log, Step& step) {
  int64_t now = step.wall.millis();
  CleanedTransactions::Verdict verdict = transactions_.on_batch(batch, header);
  if (verdict.keep_in_index) {
    absl::Status status = cleaned_->append_aborted(*verdict.keep_in_index, step);
    if (!status.ok()) return status;
  }
  std::optional<int64_t> horizon = header.delete_horizon_ms();
  bool has_expired = horizon && *horizon <= now;
  bool drops = verdict.may_drop && (!header.is_control() || has_expired);
  bool keep_empty = is_last_of_producer(header) || header.next_offset() == what_.first_uncleanable;
  totals_.bytes_before += header.total_bytes();
  totals_.records_before += header.record_count;
  if (drops && !keep_empty) return absl::OkStatus();
  int64_t kept = 0;
  auto keeps = [&](const RecordView& record) {
    bool stays = !drops;
    if (stays && !header.is_control() && record.offset <= keys_.latest()) {
      bool is_latest = record.key && record.offset >= keys_.of(*record.key);
      stays = is_latest && (record.value || !has_expired);
    }
    kept += stays ? 1 : 0;
    return stays;
  };
  auto left = filter_batch(batch, header,
                           {.keeps = keeps,
                            .keep_empty = keep_empty,
                            .is_empty_marker = verdict.may_drop && header.is_control(),
                            .new_horizon_ms = now + log.config().delete_retention_ms.millis()});
  if (!left.ok()) return absl::DataLossError(left.status().message());
  if (left->empty()) return absl::OkStatus();
  totals_.records_after += kept;
  std::optional<BatchHeader> shorter = read_batch_header(*left);
  totals_.bytes_written += static_cast<int64_t>(left->size());
  return cleaned_->append(*std::move(left), *shorter, log.config(), step);
}

absl::Status LogCleaning::end_group(PartitionLog& log, Step& step) {
  const std::vector<Offset>& bases = groups_[group_].bases;
  if (absl::Status status = cleaned_->seal(step); !status.ok()) return status;
  if (absl::Status status = cleaned_->flush(step); !status.ok()) return status;
  cleaned_->set_modified_ms(segment_at(log, bases.back())->modified_ms());
  totals_.bytes_after += cleaned_->size_bytes();
  Segment cleaned = *std::exchange(cleaned_, std::nullopt);
  return log.replace_segments(std::move(cleaned), bases.front(), bases.size(), step);
}

absl::StatusOr<bool> LogCleaning::copy_some(PartitionLog& log, Step& step) {
  const Segment* segment = segment_at(log, segment_);
  if (segment == nullptr) return absl::InternalError("a segment that is not there any more");
  const std::vector<Offset>& bases = groups_[group_].bases;
  if (in_group_ == 0 && position_ == 0) {
    if (absl::Status status = begin_group(log, step); !status.ok()) return status;
  }
  if (position_ == 0) {
    auto end = segment->next_offset(step);
    if (!end.ok()) return end.status();
    Offset upper = in_group_ + 1 < bases.size() ? bases[in_group_ + 1] : *end;
    transactions_.add(log.aborted_txns(segment_, upper));
  }
  if (position_ < segment->size_bytes()) {
    auto done = read_batches(*segment, position_, buffer_bytes_, step,
                             [&](const absl::Cord& batch, const BatchHeader& header) {
                               return copy_batch(batch, header, log, step);
                             });
    if (!done.ok()) return done.status();
    position_ += *done;
    totals_.bytes_read += *done;
    if (position_ < segment->size_bytes()) return false;
  }
  if (++in_group_ == bases.size()) {
    if (absl::Status status = end_group(log, step); !status.ok()) return status;
    ++group_;
    in_group_ = 0;
  }
  begin_segment(log);
  return group_ == groups_.size();
}

}  // namespace models
