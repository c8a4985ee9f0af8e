// SPDX-License-Identifier: Apache-2.0

#include "models/replication/replica_manager.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/check.h"

namespace models {
namespace {

// log.initial.task.delay.ms
constexpr sim::Duration kInitialTaskDelay = sim::Duration::seconds(30);

// A task at a fixed rate comes late if it takes longer than its period, and never twice at once
// (ScheduledThreadPoolExecutor).
void arm_again(TimerKey key, sim::Duration period, Step& step) {
  step.effects.arm(key, std::max(period, step.disk.spent()));
}

}  // namespace

absl::Status ReplicaManager::on_start(Step& step) {
  started_ = step.mono;
  if (absl::Status prepared = prepare_directories(step); !prepared.ok()) return prepared;
  absl::StatusOr<BrokerEpoch> epoch = read_common_broker_epoch(directories_, step);
  if (epoch.ok()) previous_epoch_ = *epoch;
  return epoch.status();
}

void ReplicaManager::begin_background_work(Step& step) {
  arm_isr_check(step);
  step.effects.arm({Timer::kHighWatermarkCheckpoint, 0},
                   options_.config.replica_high_watermark_checkpoint_interval_ms);
  step.effects.arm({Timer::kLogFlush, 0}, kInitialTaskDelay);
  step.effects.arm({Timer::kLogRetention, 0}, kInitialTaskDelay);
  step.effects.arm({Timer::kProducerExpiration, 0},
                   options_.config.producer_id_expiration_check_interval_ms);
  arm_removal(step);
  started_ = step.mono;
  start_cleaner(step);
}

// A life that ends before its logs were opened leaves all as the one before left it.
void ReplicaManager::on_shutdown(Step& step) {
  if (!logs_open_) return;
  checkpoint(kHighWatermarkFile, step);
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (!hosted_[i].has_log()) continue;
    hosted_[i].log.close(step);
    if (hosted_[i].log.has_failed()) fail_directory_of(static_cast<int32_t>(i), "close", step);
  }
  checkpoint(kRecoveryPointFile, step);
  checkpoint(kLogStartFile, step);
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (!directories_[i].is_online || failed_) continue;
    absl::Status marked =
        write_clean_shutdown_marker(directories_[i].path, broker_epoch_, step.disk);
    if (!marked.ok()) fail_log_directory(static_cast<int32_t>(i), kCleanShutdownFile, step);
  }
}

void ReplicaManager::checkpoint(std::string_view file, Step& step) {
  for (size_t i = 0; i < directories_.size(); ++i) {
    checkpoint(file, static_cast<int32_t>(i), step);
  }
}

void ReplicaManager::checkpoint(std::string_view file, int32_t directory, Step& step) {
  const LogDirectory& root = directories_[static_cast<size_t>(directory)];
  if (!root.is_online || failed_) return;
  OffsetMap offsets;
  for (const HostedPartition& replica : hosted_) {
    if (replica.deleted || replica.directory != directory) continue;
    Offset offset = replica.log.high_watermark();
    if (file == kRecoveryPointFile) offset = replica.log.recovery_point();
    if (file == kLogStartFile) offset = replica.log.log_start_offset();
    offsets.emplace(replica.partition(), offset);
  }
  if (!write_checkpoint(root.path, file, offsets, step.disk).ok()) {
    fail_log_directory(directory, file, step);
  }
}

void ReplicaManager::on_timer(TimerKey key, Step& step) {
  switch (key.kind) {
    case Timer::kDelayedProduce:
      return on_produce_timeout(key.id, step);
    case Timer::kDelayedFetch: {
      if (delayed_.find_fetch(key.id) == nullptr) return;
      return answer_waiting(delayed_.take_fetch(key.id, /*cancel_timer=*/false, step), step);
    }
    case Timer::kDelayedDeleteRecords:
      return on_delete_records_timeout(key.id, step);
    case Timer::kFetchBackoff: {
      NodeId leader(static_cast<int32_t>(key.id & INT32_MAX));
      ReplicaFetcher* fetcher = fetcher_of({leader, static_cast<int32_t>(key.id >> 32)});
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
      return arm_again(key, options_.config.replica_high_watermark_checkpoint_interval_ms, step);
    case Timer::kLogFlush:
      checkpoint(kRecoveryPointFile, step);
      checkpoint(kLogStartFile, step);
      return arm_again(key, options_.config.log_flush_offset_checkpoint_interval_ms, step);
    case Timer::kLogRetention:
      apply_retention(step);
      return arm_again(key, options_.config.log_retention_check_interval_ms, step);
    case Timer::kProducerExpiration:
      for (HostedPartition& replica : hosted_) replica.log.expire_producers(step);
      return step.effects.arm(key, options_.config.producer_id_expiration_check_interval_ms);
    case Timer::kLogFileRemoval:
      return remove_deleted(step);
    case Timer::kLogCleaner:
      return on_cleaner_timer(key.id, step);
    default:
      SIM_CHECK(false, "not a timer of the replica manager:", name_of(key.kind));
  }
}

// A log has one "flush-log" task at work: a disk that is behind gets no more of them, and the next one
// does for all that was sealed meanwhile. (Kafka's wait for a thread of background.threads.)
void ReplicaManager::flush_sealed(int32_t number, Step& step) {
  auto is_at_work = [number](const auto& flush) { return flush.second.number == number; };
  if (std::any_of(flushes_.begin(), flushes_.end(), is_at_work)) return;
  auto sealed = at(number).log.take_sealed();
  if (!sealed) return;
  flushes_[next_flush_] = {number, sealed->end};
  step.effects.flush(next_flush_++, std::move(sealed->files), std::move(sealed->directory));
}

void ReplicaManager::on_flushed(int64_t key, Step& step) {
  auto flush = flushes_.find(key);
  SIM_CHECK(flush != flushes_.end(), "no such flush", key);
  HostedPartition& replica = at(flush->second.number);
  int32_t number = flush->second.number;
  if (replica.has_log()) replica.log.on_flushed(flush->second.end, step);
  flushes_.erase(flush);
  if (replica.has_log()) flush_sealed(number, step);
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
  wake_sessions(number);
  HostedPartition& replica = at(number);
  if (ReplicaFetcher* fetcher = fetcher_of(number)) fetcher->note_changed(number);
  if (replica.changed) return;
  replica.changed = true;
  changed_.push_back(number);
}

}  // namespace models
