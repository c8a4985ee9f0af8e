// SPDX-License-Identifier: Apache-2.0
//
// Opening a log, and mending it after an unclean stop. Source: storage/.../log/LogLoader.java.

#include <algorithm>
#include <utility>

#include "models/log/epoch_checkpoint.h"
#include "models/log/interrupted_swap.h"
#include "models/log/partition_log.h"

namespace models {

namespace {

// Base offsets of the segments in a directory, in order. Indexes without a log are removed. `others`
// gets the names of what is no segment's.
absl::StatusOr<std::vector<Offset>> segment_bases(const std::string& directory,
                                                  std::vector<std::string>& others, Step& step) {
  auto names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  std::vector<Offset> bases;
  for (const std::string& name : *names) {
    auto file = parse_log_file_name(name);
    if (file && file->kind == kLogSuffix && file->state.empty()) bases.push_back(file->base);
    if (!file) others.push_back(name);
  }
  for (const std::string& name : *names) {
    auto file = parse_log_file_name(name);
    if (!file || !file->state.empty() || file->kind == kSnapshotSuffix) continue;
    if (std::binary_search(bases.begin(), bases.end(), file->base)) continue;
    if (absl::Status status = step.disk.remove(directory + "/" + name); !status.ok()) return status;
  }
  return bases;  // The list is sorted, and the digits are of equal length.
}

}  // namespace

absl::StatusOr<PartitionLog> PartitionLog::open(const LogOpenOptions& options, Step& step,
                                                LogRecovery* recovery) {
  PartitionLog log;
  log.directory_ = options.directory;
  log.partition_ = options.partition;
  log.config_ = options.config;
  log.producer_id_expiration_ = options.producer_id_expiration;
  LogRecovery found;
  if (absl::Status status = log.load(options, found, step); !status.ok()) return status;
  if (recovery != nullptr) *recovery = found;
  return log;
}

absl::Status PartitionLog::load(const LogOpenOptions& options, LogRecovery& found, Step& step) {
  if (!step.disk.exists(directory_)) {
    if (absl::Status status = step.disk.create_directory(directory_); !status.ok()) return status;
  }
  auto epochs = read_epoch_checkpoint(directory_, step);
  if (!epochs.ok()) return epochs.status();
  EpochCache saved = *epochs;
  epochs_ = *std::move(epochs);
  log_start_ = options.log_start_offset;
  if (absl::Status status = settle_leftovers(directory_, config_, step); !status.ok())
    return status;
  if (absl::Status status = load_segments(options, found, step); !status.ok()) return status;
  if (!options.clean_shutdown) {
    if (absl::Status status = recover_unflushed(options, found, step); !status.ok()) return status;
  }
  if (absl::Status status = settle(options, step); !status.ok()) return status;
  found.end = log_end_;
  if (epochs_ != saved) save_epochs(step);
  return absl::OkStatus();
}

absl::Status PartitionLog::load_segments(const LogOpenOptions& options, LogRecovery& found,
                                         Step& step) {
  auto bases = segment_bases(directory_, found.other_files, step);
  if (!bases.ok()) return bases.status();
  for (size_t i = 0; i < bases->size(); ++i) {
    auto segment = Segment::open(directory_, (*bases)[i], config_, step);
    if (!segment.ok()) return segment.status();
    // Others are recovered in any case, when what lies before them is right.
    bool trusted = options.clean_shutdown ||
                   (i + 1 < bases->size() && (*bases)[i + 1] <= options.recovery_point);
    if (trusted && segment->must_recover()) {
      auto cut = recover_segment(*segment, options, found, step);
      if (!cut.ok()) return cut.status();
      found.bytes_cut += *cut;
    }
    segments_.push_back(*std::move(segment));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PartitionLog::recover_segment(Segment& segment,
                                                      const LogOpenOptions& options,
                                                      LogRecovery& found, Step& step) {
  ++found.indexes_rebuilt;
  // Of its own: what is kept of producers is rebuilt when all segments are right.
  ProducerStates producers;
  if (absl::Status status = producers.list_snapshots(directory_, step); !status.ok()) return status;
  absl::Status rebuilt = rebuild_producers(producers, segment.base_offset(), false, step);
  if (!rebuilt.ok()) return rebuilt;
  auto cut = segment.recover(
      options.config,
      [&](const BatchHeader& header, const absl::Cord& log, int64_t position) {
        // As LogSegment.recover: what the checkpoint knows already is left as it is.
        if (header.leader_epoch > epochs_.latest())
          epochs_.assign(header.leader_epoch, header.base_offset);
        return take_in(producers, header, log, position, &segment, step);
      },
      step);
  if (!cut.ok()) return cut;
  if (absl::Status status = take_durable_snapshot(producers, step); !status.ok()) return status;
  return cut;
}

// From the segment that holds the recovery point on: what was not flushed may be torn.
absl::Status PartitionLog::recover_unflushed(const LogOpenOptions& options, LogRecovery& found,
                                             Step& step) {
  for (size_t i = 0; i < segments_.size(); ++i) {
    bool flushed =
        i + 1 < segments_.size() && segments_[i + 1].base_offset() <= options.recovery_point;
    if (flushed) continue;
    auto cut = recover_segment(segments_[i], options, found, step);
    if (!cut.ok()) return cut.status();
    if (*cut == 0) continue;
    step.mark(Mark::kLogCutAtRecovery);
    found.bytes_cut += *cut;
    // What follows a torn segment cannot be trusted to follow its log.
    for (size_t rest = i + 1; rest < segments_.size(); ++rest)
      found.bytes_cut += segments_[rest].size_bytes();
    return delete_segments(i + 1, segments_.size() - i - 1, step);
  }
  return absl::OkStatus();
}

absl::Status PartitionLog::settle(const LogOpenOptions& options, Step& step) {
  log_end_ = options.log_start_offset;
  if (!segments_.empty()) {
    auto end = segments_.back().next_offset(step);
    if (!end.ok()) return end.status();
    log_end_ = *end;
  }
  if (log_end_ < options.log_start_offset) {
    // All that was left lies below what was deleted on request: start over there.
    if (absl::Status status = delete_segments(0, segments_.size(), step); !status.ok())
      return status;
    epochs_.clear();
    log_end_ = options.log_start_offset;
  }
  if (segments_.empty()) {
    auto fresh = Segment::create(directory_, log_end_, config_, step);
    if (!fresh.ok()) return fresh.status();
    segments_.push_back(*std::move(fresh));
  }
  log_start_ = std::max(options.log_start_offset, segments_.front().base_offset());
  recovery_point_ = options.clean_shutdown ? log_end_ : std::min(options.recovery_point, log_end_);
  recovery_point_ = std::max(recovery_point_, log_start_);
  epochs_.truncate_from_end(log_end_);
  epochs_.truncate_from_start(log_start_);
  if (absl::Status status = producers_.list_snapshots(directory_, step); !status.ok())
    return status;
  std::vector<Offset> bases;
  for (const Segment& segment : segments_) bases.push_back(segment.base_offset());
  absl::Status status = producers_.remove_stray_snapshots(directory_, bases, step);
  if (status.ok()) status = rebuild_producers(producers_, log_end_, options.clean_shutdown, step);
  high_watermark_ = std::clamp(options.high_watermark, log_start_, log_end_);
  producers_.on_high_watermark(high_watermark_);
  if (status.ok()) status = find_start_batch(step);
  return status;
}

}  // namespace models
