// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_log.h"

#include <algorithm>
#include <utility>

#include "models/controller/metadata_batches.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr int16_t kControlAttribute = 0x20;

TopicPartition metadata_partition() { return {std::string(kMetadataTopic), 0}; }

}  // namespace

MetadataLog::MetadataLog(PartitionLog log, sim::Duration linger)
    : log_(std::move(log)), linger_(linger), next_(log_.log_end_offset()) {}

absl::StatusOr<MetadataLog> MetadataLog::open(const std::string& directory, sim::Duration linger,
                                              Step& step) {
  if (!step.disk.exists(directory)) {
    absl::Status created = step.disk.create_directory(directory);
    if (!created.ok()) return created;
  }
  LogOpenOptions options;
  options.partition = metadata_partition();
  options.directory = directory + "/" + to_string(options.partition);
  absl::StatusOr<PartitionLog> log = PartitionLog::open(options, step);
  if (!log.ok()) return log.status();
  return MetadataLog(*std::move(log), linger);
}

absl::Status MetadataLog::visit_all(absl::FunctionRef<void(const MetadataRecord&, Offset)> visit,
                                    Step& step) {
  MetadataPosition from{log_.log_start_offset()};
  while (from.next < log_.log_end_offset()) {
    ReadResult read =
        log_.read(from.next, kMetadataFetchMaxBytes, log_.log_end_offset(), true, step);
    if (read.error != ErrorCode::kNone) return absl::UnavailableError("metadata log is unreadable");
    absl::StatusOr<MetadataPosition> next =
        visit_metadata_records(read.records, from, log_.log_end_offset(), visit);
    if (!next.ok()) return next.status();
    if (next->next == from.next) return absl::DataLossError("metadata log has a gap");
    from = *next;
  }
  return absl::OkStatus();
}

absl::Status MetadataLog::begin_epoch(NodeId leader, Step& step) {
  epoch_ = LeaderEpoch(std::max(log_.latest_epoch().value(), int32_t{0}) + 1);
  BatchBuilder::Options options;
  options.base_offset = next_;
  options.leader_epoch = epoch_;
  options.attributes = kControlAttribute;
  BatchBuilder control(options);
  control.add(step.wall.millis(), encode_leader_change_key(), encode_leader_change(leader));
  ++next_;
  return write(control.build(), step);
}

Offset MetadataLog::append(const std::vector<MetadataRecord>& records, Step& step) {
  SIM_CHECK(epoch_ != kNoLeaderEpoch && !records.empty());
  if (!gathering_) {
    BatchBuilder::Options options;
    options.base_offset = next_;
    options.leader_epoch = epoch_;
    gathering_.emplace(options);
    gathering_since_ms_ = step.wall.millis();
    if (!write_is_due_) step.effects.arm({Timer::kControllerAppend}, linger_);
  }
  for (const MetadataRecord& record : records) {
    gathering_->add(gathering_since_ms_, std::nullopt, encode(record));
  }
  next_ += static_cast<int64_t>(records.size());
  return next_ - 1;
}

absl::Status MetadataLog::on_append_timer(Step& step) {
  write_is_due_ = flush_in_flight_;
  if (write_is_due_ || !gathering_) return absl::OkStatus();
  absl::Cord batch = gathering_->build();
  gathering_.reset();
  return write(std::move(batch), step);
}

absl::Status MetadataLog::write(absl::Cord batch, Step& step) {
  // A raft leader writes batches whose offsets and epoch it has chosen, as a follower copies them.
  AppendResult appended = log_.append_as_follower(std::move(batch), epoch_, step);
  if (appended.error != ErrorCode::kNone) {
    return absl::UnavailableError("metadata log cannot be written");
  }
  flush_in_flight_ = true;
  step.effects.flush(log_.log_end_offset().value(), log_.unflushed_files());
  return absl::OkStatus();
}

absl::Status MetadataLog::on_flushed(int64_t key, Step& step) {
  flush_in_flight_ = false;
  log_.on_flushed(Offset(key), step);
  committed_ = std::max(committed_, Offset(key));
  log_.set_high_watermark(committed_);
  return write_is_due_ ? on_append_timer(step) : absl::OkStatus();
}

std::optional<EpochEndOffset> MetadataLog::divergence(const FetchPartition& wanted) const {
  if (wanted.last_fetched_epoch == kNoLeaderEpoch) return std::nullopt;
  std::optional<EpochEndOffset> end =
      log_.epochs().end_of(wanted.last_fetched_epoch, log_.log_end_offset());
  if (!end) return EpochEndOffset{};
  bool same = end->epoch == wanted.last_fetched_epoch && end->end_offset >= wanted.fetch_offset;
  return same ? std::nullopt : end;
}

bool MetadataLog::has_news(const FetchPartition& wanted) const {
  return wanted.fetch_offset < committed_ || divergence(wanted);
}

FetchPartitionData MetadataLog::read(const FetchPartition& wanted, int32_t max_bytes, Step& step) {
  FetchPartitionData data;
  data.partition = wanted.partition;
  data.high_watermark = committed_;
  data.last_stable_offset = committed_;
  data.log_start_offset = log_.log_start_offset();
  data.current_leader_epoch = epoch_;
  data.diverging_epoch = divergence(wanted);
  if (data.diverging_epoch || wanted.fetch_offset >= committed_) return data;
  int64_t bytes = std::min(wanted.partition_max_bytes, max_bytes);
  ReadResult read = log_.read(wanted.fetch_offset, bytes, committed_, true, step);
  data.error = read.error;
  data.records = std::move(read.records);
  return data;
}

}  // namespace models
