// SPDX-License-Identifier: Apache-2.0

#include "models/replication/replica_manager.h"

#include <optional>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/replication/partition_metadata.h"
#include "sim/check.h"

namespace models {
namespace {

// log.initial.task.delay.ms
constexpr sim::Duration kInitialTaskDelay = sim::Duration::seconds(30);

// "orders-0/", as a directory listing has it.
std::optional<LogDirectoryName> parse_directory(std::string_view name) {
  if (name.empty() || name.back() != '/') return std::nullopt;
  name.remove_suffix(1);
  return parse_log_directory_name(name);
}

Offset offset_or_zero(const OffsetMap& offsets, const TopicPartition& partition) {
  auto it = offsets.find(partition);
  return it == offsets.end() ? Offset(0) : it->second;
}

}  // namespace

absl::Status ReplicaManager::on_start(Step& step) {
  const std::string& directory = options_.log_directory;
  if (!step.disk.exists(directory)) {
    if (absl::Status made = step.disk.create_directory(directory); !made.ok()) return made;
  }
  absl::StatusOr<std::optional<BrokerEpoch>> marker =
      take_clean_shutdown_marker(directory, step.disk);
  if (!marker.ok()) return marker.status();
  was_clean_ = marker->has_value();
  previous_epoch_ = marker->value_or(kNoBrokerEpoch);
  if (absl::Status opened = open_logs(step); !opened.ok()) return opened;
  arm_isr_check(step);
  step.effects.arm({Timer::kHighWatermarkCheckpoint, 0},
                   options_.config.replica_high_watermark_checkpoint_interval_ms);
  step.effects.arm({Timer::kLogFlush, 0}, kInitialTaskDelay);
  step.effects.arm({Timer::kLogRetention, 0}, kInitialTaskDelay);
  arm_removal(step);
  started_ = step.mono;
  start_cleaner(step);
  return absl::OkStatus();
}

absl::Status ReplicaManager::open_logs(Step& step) {
  const std::string& directory = options_.log_directory;
  OffsetMap recovery_points = read_checkpoint(directory, kRecoveryPointFile, step.disk);
  OffsetMap log_starts = read_checkpoint(directory, kLogStartFile, step.disk);
  OffsetMap watermarks = read_checkpoint(directory, kHighWatermarkFile, step.disk);
  if (step.mutated(Mutation::kKafka769)) watermarks.clear();
  cleaner_.cleaned_to = read_checkpoint(directory, kCleanerFile, step.disk);
  absl::StatusOr<std::vector<std::string>> names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::optional<LogDirectoryName> found = parse_directory(name);
    if (!found) continue;
    if (found->state == LogDirectoryState::kDelete)
      remove_later(directory + '/' + name.substr(0, name.size() - 1), step);
    if (found->state != LogDirectoryState::kInUse) continue;
    const TopicPartition* partition = &found->partition;
    LogOpenOptions options{.directory = directory + '/' + to_string(*partition),
                           .partition = *partition,
                           .config = options_.config.topic,
                           .producer_id_expiration = options_.config.producer_id_expiration_ms,
                           .clean_shutdown = was_clean_,
                           .recovery_point = offset_or_zero(recovery_points, *partition),
                           .log_start_offset = offset_or_zero(log_starts, *partition),
                           .high_watermark = offset_or_zero(watermarks, *partition)};
    if (absl::Status opened = open_log(options, step); !opened.ok()) return opened;
  }
  return absl::OkStatus();
}

absl::Status ReplicaManager::open_log(const LogOpenOptions& options, Step& step) {
  LogRecovery recovery;
  absl::StatusOr<PartitionLog> log = PartitionLog::open(options, step, &recovery);
  if (!log.ok()) return log.status();
  if (recovery.bytes_cut > 0) {
    step.effects.note("log_cut_at_recovery",
                      {{"partition", to_string(options.partition)},
                       {"bytes", std::to_string(recovery.bytes_cut)},
                       {"end", std::to_string(log->log_end_offset().value())}});
  }
  int32_t number = static_cast<int32_t>(hosted_.size());
  hosted_.push_back(HostedPartition{.log = *std::move(log),
                                    .topic_id = read_topic_id(options.directory, step.disk)});
  changed_.push_back(number);
  add_entry(options.partition).hosted = number;
  return absl::OkStatus();
}

void ReplicaManager::on_shutdown(Step& step) {
  checkpoint(kHighWatermarkFile, step);
  for (HostedPartition& replica : hosted_) {
    if (replica.deleted) continue;
    replica.log.close(step);
    if (replica.log.has_failed()) fail_log_directory("close", step);
  }
  checkpoint(kRecoveryPointFile, step);
  checkpoint(kLogStartFile, step);
  if (failed_) return;
  absl::Status marked =
      write_clean_shutdown_marker(options_.log_directory, broker_epoch_, step.disk);
  if (!marked.ok()) fail_log_directory(kCleanShutdownFile, step);
}

void ReplicaManager::checkpoint(std::string_view file, Step& step) {
  OffsetMap offsets;
  for (const HostedPartition& replica : hosted_) {
    if (replica.deleted) continue;
    Offset offset = replica.log.high_watermark();
    if (file == kRecoveryPointFile) offset = replica.log.recovery_point();
    if (file == kLogStartFile) offset = replica.log.log_start_offset();
    offsets.emplace(replica.partition(), offset);
  }
  if (!write_checkpoint(options_.log_directory, file, offsets, step.disk).ok()) {
    fail_log_directory(file, step);
  }
}

void ReplicaManager::on_timer(TimerKey key, Step& step) {
  switch (key.kind) {
    case Timer::kDelayedProduce:
      return on_produce_timeout(key.id, step);
    case Timer::kDelayedFetch: {
      if (delayed_.find_fetch(key.id) == nullptr) return;
      DelayedFetch request = delayed_.take_fetch(key.id, /*cancel_timer=*/false, step);
      return step.effects.reply(request.token, read_again(request, step));
    }
    case Timer::kFetchBackoff: {
      ReplicaFetcher* fetcher = fetcher_of(NodeId(static_cast<int32_t>(key.id)));
      if (fetcher == nullptr) return;
      fetcher->on_backoff_timer();
      return fetcher->poll(local(), options_.config, hosted_, step);
    }
    case Timer::kAlterPartitionRetry:
      return alter_partitions_.on_retry_timer(local(), step);
    case Timer::kIsrCheck:
      check_isrs(step);
      return arm_isr_check(step);
    case Timer::kHighWatermarkCheckpoint:
      checkpoint(kHighWatermarkFile, step);
      return step.effects.arm(key, options_.config.replica_high_watermark_checkpoint_interval_ms);
    case Timer::kLogFlush:
      checkpoint(kRecoveryPointFile, step);
      checkpoint(kLogStartFile, step);
      return step.effects.arm(key, options_.config.log_flush_offset_checkpoint_interval_ms);
    case Timer::kLogRetention:
      apply_retention(step);
      return step.effects.arm(key, options_.config.log_retention_check_interval_ms);
    case Timer::kLogFileRemoval:
      return remove_deleted(step);
    case Timer::kLogCleaner:
      return on_cleaner_timer(key.id, step);
    case Timer::kReplicaRemoval:
      return on_replica_removal(step);
    default:
      SIM_CHECK(false, "not a timer of the replica manager:", name_of(key.kind));
  }
}

void ReplicaManager::flush_sealed(int32_t number, Step& step) {
  auto sealed = at(number).log.take_sealed();
  if (!sealed) return;
  flushes_[next_flush_] = {number, sealed->end};
  step.effects.flush(next_flush_++, std::move(sealed->files), std::move(sealed->directory));
}

void ReplicaManager::on_flushed(int64_t key, Step& step) {
  auto flush = flushes_.find(key);
  SIM_CHECK(flush != flushes_.end(), "no such flush", key);
  HostedPartition& replica = at(flush->second.number);
  if (!replica.deleted) replica.log.on_flushed(flush->second.end, step);
  flushes_.erase(flush);
}

const ReplicaManager::Known* ReplicaManager::entry_of(const TopicPartition& partition) const {
  auto topic = known_.find(partition.topic);
  if (topic == known_.end()) return nullptr;
  auto entry = topic->second.find(partition.partition);
  return entry == topic->second.end() ? nullptr : &entry->second;
}

const ReplicaManager::Known* ReplicaManager::known(const TopicPartition& partition) const {
  const Known* entry = entry_of(partition);
  return entry == nullptr || !entry->in_metadata ? nullptr : entry;
}

const HostedPartition* ReplicaManager::find(const TopicPartition& partition) const {
  const Known* entry = entry_of(partition);
  return entry == nullptr || entry->hosted == kNotHosted ? nullptr : &at(entry->hosted);
}

void ReplicaManager::touch(int32_t number) {
  HostedPartition& replica = at(number);
  if (replica.changed) return;
  replica.changed = true;
  changed_.push_back(number);
}

void ReplicaManager::fail_log_directory(std::string_view during, Step& step) {
  if (failed_) return;
  failed_ = true;
  step.effects.note("log_directory_failed", {{"during", std::string(during)}});
  step.effects.exit();
}

}  // namespace models
