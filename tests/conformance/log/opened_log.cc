// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/opened_log.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "models/log/control_records.h"
#include "models/log/log_file_name.h"
#include "models/log/partition_log.h"
#include "scenarios/log_files.h"
#include "tests/conformance/log/canonical.h"
#include "tests/conformance/log/script_log.h"

namespace conformance {

using models::AbortedTxn;
using models::BatchHeader;
using models::Offset;
using models::PartitionLog;
using nlohmann::json;

namespace {

std::optional<Offset> checkpointed(models::Step& step, const std::string& file,
                                   const models::TopicPartition& partition) {
  if (!step.disk.exists(file)) return std::nullopt;
  auto text = scenarios::read_whole_file(step.disk, file, scenarios::kMostSmallFileBytes);
  auto lines = text.ok() ? scenarios::parse_offset_checkpoint(*text)
                         : absl::StatusOr<scenarios::CheckpointLines>(text.status());
  if (!lines.ok()) return std::nullopt;
  for (const auto& [known, offset] : *lines) {
    if (known == partition) return offset;
  }
  return std::nullopt;
}

json segments_of(const PartitionLog& log) {
  json list = json::array();
  for (const models::Segment& segment : log.segments()) {
    list.push_back(
        {{"base", segment.base_offset().value()},
         {"bytes", segment.size_bytes()},
         {"index_entries", segment.index_bytes() / models::OffsetIndexEntry::kBytes},
         {"time_index_entries", segment.time_index_bytes() / models::TimeIndexEntry::kBytes},
         {"largest_timestamp", segment.max_timestamp().timestamp_ms}});
  }
  return list;
}

json epochs_of(const PartitionLog& log) {
  json list = json::array();
  for (const models::EpochStart& entry : log.epochs().entries())
    list.push_back({{"epoch", entry.epoch.value()}, {"start", entry.start.value()}});
  return list;
}

json producers_of(const PartitionLog& log) {
  json list = json::array();
  for (const auto& [id, entry] : log.producers().producers()) {
    json batches = json::array();
    for (const models::ProducerBatch& batch : entry.batches) {
      batches.push_back({{"last_sequence", batch.last_sequence.value()},
                         {"last_offset", batch.last_offset.value()},
                         {"offset_delta", batch.last_offset - batch.first_offset},
                         {"timestamp", batch.timestamp_ms}});
    }
    list.push_back({{"id", id.value()},
                    {"epoch", entry.epoch.value()},
                    {"coordinator_epoch", entry.coordinator_epoch},
                    {"last_timestamp", entry.last_timestamp_ms},
                    {"transaction_start", entry.txn_first_offset.value()},
                    {"batches", batches}});
  }
  return list;
}

std::vector<AbortedTxn> aborted_of(const PartitionLog& log) {
  std::vector<AbortedTxn> all;
  for (const models::Segment& segment : log.segments()) {
    const std::vector<AbortedTxn>& some = segment.aborted_txns();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// All records from the log start on, and among them what a read_committed consumer gets.
class Reading {
 public:
  explicit Reading(const PartitionLog& log) : log_(log), aborted_(aborted_of(log)) {
    std::stable_sort(
        aborted_.begin(), aborted_.end(),
        [](const AbortedTxn& a, const AbortedTxn& b) { return a.first_offset < b.first_offset; });
  }

  void take(const absl::Cord& batch, const BatchHeader& header) {
    ++batches_;
    bool visible = header.last_offset() < log_.last_stable_offset();
    visible = is_committed(batch, header) && visible;
    absl::Status read = for_each_record(batch, header, [&](const models::RecordView& record) {
      if (record.offset < log_.log_start_offset()) return;
      all_.add(record);
      if (header.is_control()) return;
      data_.add(record);
      if (visible) committed_.add(record);
    });
    if (!read.ok()) error_ = read.ToString();
  }

  void report(json& answer) const {
    answer["batches"] = batches_;
    answer["all"] = all_.report();
    answer["data"] = data_.report();
    answer["committed"] = committed_.report();
    if (!error_.empty()) answer["error"] = error_;
  }

 private:
  // As the consumer's CompletedFetch decides.
  bool is_committed(const absl::Cord& batch, const BatchHeader& header) {
    if (!header.has_producer()) return true;
    for (; begun_ < aborted_.size() && aborted_[begun_].first_offset <= header.last_offset();
         ++begun_) {
      aborting_.insert(aborted_[begun_].producer_id.value());
    }
    if (header.is_control()) {
      auto marker = end_txn_marker_of(batch, header);
      if (marker && marker->is_abort) aborting_.erase(header.producer_id.value());
      return false;
    }
    return !(header.is_transactional() && aborting_.contains(header.producer_id.value()));
  }

  const PartitionLog& log_;
  std::vector<AbortedTxn> aborted_;
  size_t begun_ = 0;
  std::set<int64_t> aborting_;
  Canonical all_, data_, committed_;
  int64_t batches_ = 0;
  std::string error_;
};

void read_all(const PartitionLog& log, models::Step& step, json& answer) {
  Reading reading(log);
  for (const models::Segment& segment : log.segments()) {
    absl::Status walked = segment.for_each_batch(
        0,
        [&](const BatchHeader& header, int64_t position) {
          if (header.last_offset() < log.log_start_offset()) return true;
          auto batch = segment.read(position, header.total_bytes(), step);
          if (batch.ok()) reading.take(*batch, header);
          return batch.ok();
        },
        step);
    if (!walked.ok()) answer["error"] = walked.ToString();
  }
  reading.report(answer);
}

json aborted_list(const PartitionLog& log) {
  json list = json::array();
  for (const AbortedTxn& txn : aborted_of(log)) {
    list.push_back({{"producer_id", txn.producer_id.value()},
                    {"first", txn.first_offset.value()},
                    {"last", txn.last_offset.value()},
                    {"last_stable", txn.last_stable_offset.value()}});
  }
  return list;
}

}  // namespace

json open_ours(const std::string& folder, const std::string& name, const OpenSettings& settings) {
  RealStep at(folder, settings.now_ms);
  models::Step& step = at.now();
  json answer{{"log", name}, {"clean", step.disk.exists(".kafka_cleanshutdown")}};
  models::TopicPartition partition = models::parse_log_directory_name(name)->partition;
  auto high_watermark = checkpointed(step, "replication-offset-checkpoint", partition);
  models::LogOpenOptions options{
      .directory = name,
      .partition = partition,
      .config = topic_config(settings.config),
      .producer_id_expiration = sim::Duration::millis(settings.producer_id_expiration_ms),
      .clean_shutdown = answer["clean"].get<bool>(),
      .recovery_point =
          checkpointed(step, "recovery-point-offset-checkpoint", partition).value_or(Offset(0)),
      .log_start_offset =
          checkpointed(step, "log-start-offset-checkpoint", partition).value_or(Offset(0)),
      .high_watermark = high_watermark.value_or(Offset(0))};
  auto log = PartitionLog::open(options, step);
  if (!log.ok()) {
    answer["error"] = log.status().ToString();
    return answer;
  }
  if (high_watermark) {
    answer["high_watermark"] = log->high_watermark().value();
    answer["last_stable_at_high_watermark"] = log->last_stable_offset().value();
  }
  log->set_high_watermark(log->log_end_offset());
  answer["log_start"] = log->log_start_offset().value();
  answer["log_end"] = log->log_end_offset().value();
  answer["last_stable"] = log->last_stable_offset().value();
  answer["recovery_point"] = log->recovery_point().value();
  answer["segments"] = segments_of(*log);
  answer["epochs"] = epochs_of(*log);
  answer["producers"] = producers_of(*log);
  answer["aborted"] = aborted_list(*log);
  read_all(*log, step, answer);
  return answer;
}

std::vector<json> open_all_ours(const std::string& folder, const OpenSettings& settings) {
  std::vector<json> answers;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    auto parsed = models::parse_log_directory_name(name);
    bool is_log = entry.is_directory() && parsed &&
                  parsed->state == models::LogDirectoryState::kInUse &&
                  parsed->partition.topic != "__cluster_metadata";
    if (is_log) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) answers.push_back(open_ours(folder, name, settings));
  return answers;
}

}  // namespace conformance
