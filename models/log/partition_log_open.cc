// SPDX-License-Identifier: Apache-2.0
//
// Opening a log, and mending it after an unclean stop. Source: storage/.../log/LogLoader.java.

#include <algorithm>
#include <utility>

#include "models/log/epoch_checkpoint.h"
#include "models/log/partition_log.h"

namespace models {

namespace {

// Base offsets of the segments in a directory, in order.
absl::StatusOr<std::vector<Offset>> segment_bases(const std::string& directory, Step& step) {
  auto names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  std::vector<Offset> bases;
  for (const std::string& name : *names) {
    auto file = parse_log_file_name(name);
    if (file && file->kind == kLogSuffix && file->state.empty()) bases.push_back(file->base);
  }
  return bases;  // The list is sorted, and the digits are of equal length.
}

absl::Status drop_indexes_without_log(const std::string& directory, const std::vector<Offset>& bases,
                                      Step& step) {
  auto names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    auto file = parse_log_file_name(name);
    if (!file || file->kind != kOffsetIndexSuffix || !file->state.empty()) continue;
    if (std::binary_search(bases.begin(), bases.end(), file->base)) continue;
    if (absl::Status status = step.disk.remove(directory + "/" + name); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PartitionLog> PartitionLog::open(const LogOpenOptions& options, Step& step,
                                                LogRecovery* recovery) {
  PartitionLog log;
  log.directory_ = options.directory;
  log.partition_ = options.partition;
  log.config_ = options.config;
  if (!step.disk.exists(options.directory)) {
    if (absl::Status status = step.disk.create_directory(options.directory); !status.ok()) return status;
  }
  auto epochs = read_epoch_checkpoint(options.directory, step);
  if (!epochs.ok()) return epochs.status();
  EpochCache saved = *epochs;
  log.epochs_ = std::move(*epochs);
  LogRecovery found;
  if (absl::Status status = log.load_segments(options, found, step); !status.ok()) return status;
  log.settle(options, saved, step);
  if (recovery != nullptr) *recovery = found;
  return log;
}

absl::Status PartitionLog::load_segments(const LogOpenOptions& options, LogRecovery& found, Step& step) {
  auto bases = segment_bases(directory_, step);
  if (!bases.ok()) return bases.status();
  if (absl::Status status = drop_indexes_without_log(directory_, *bases, step); !status.ok()) return status;
  log_end_ = bases->empty() ? options.log_start_offset : bases->front();
  bool cut = false;
  for (size_t i = 0; i < bases->size(); ++i) {
    auto segment = Segment::open(directory_, (*bases)[i], step);
    if (!segment.ok()) return segment.status();
    if (cut) {  // What follows a torn segment cannot be trusted to follow its log.
      found.bytes_cut += segment->size_bytes();
      if (absl::Status status = segment->remove(directory_, step); !status.ok()) return status;
      continue;
    }
    // Sealed segments below the recovery point were flushed; a segment without index is rebuilt.
    bool is_below = i + 1 < bases->size() && (*bases)[i + 1] <= options.recovery_point;
    bool verify = (!options.clean_shutdown && !is_below) || !segment->has_index_file();
    auto scanned = segment->scan(verify, config_, [&](const BatchHeader& header) {
      // As LogSegment.recover: what the checkpoint knows already is left as it is.
      if (header.leader_epoch > epochs_.latest()) epochs_.assign(header.leader_epoch, header.base_offset);
      if (header.has_producer() && !header.is_control()) producers_.update(header);
    }, step);
    if (!scanned.ok()) return scanned.status();
    if (scanned->index_rebuilt) ++found.indexes_rebuilt;
    if (scanned->bytes_cut > 0) {
      cut = true;
      found.bytes_cut += scanned->bytes_cut;
      step.mark(Mark::kLogCutAtRecovery);
    }
    log_end_ = scanned->next_offset;
    segments_.push_back(std::move(*segment));
  }
  found.end = log_end_;
  if (segments_.empty()) {
    auto fresh = Segment::create(directory_, log_end_, step);
    if (!fresh.ok()) return fresh.status();
    segments_.push_back(std::move(*fresh));
  }
  return absl::OkStatus();
}

void PartitionLog::settle(const LogOpenOptions& options, const EpochCache& saved_epochs, Step& step) {
  if (log_end_ < options.log_start_offset) {
    // All that was left lies below what was deleted on request: start over there.
    truncate_fully_and_start_at(options.log_start_offset, step);
    return;
  }
  log_start_ = std::max(options.log_start_offset, segments_.front().base_offset());
  recovery_point_ = options.clean_shutdown ? log_end_ : std::min(options.recovery_point, log_end_);
  high_watermark_ = std::clamp(options.high_watermark, log_start_, log_end_);
  epochs_.truncate_from_end(log_end_);
  epochs_.truncate_from_start(log_start_);
  if (epochs_ != saved_epochs) save_epochs(step);
  producers_.expire(step.wall.millis(), options.producer_id_expiration.millis());
}

}  // namespace models
