// SPDX-License-Identifier: Apache-2.0
//
// The broker's log cleaner: picks the compacted log with the largest dirty share, works on it a
// buffer at a time, checkpoints how far it came, and sleeps log.cleaner.backoff.ms when nothing is
// worth a round. Source: storage/.../log/{LogCleaner,LogCleanerManager}.java.

#include <optional>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

// Wakes at whole backoffs since the start, as the cleaner's thread does, once a log is compacted.
void ReplicaManager::arm_cleaner(Step& step) {
  if (cleaner_.is_armed) return;
  bool any = false;
  for (const HostedPartition& replica : hosted_)
    any |= !replica.deleted && replica.log.config().cleanup_policy.compacts;
  if (!any) return;
  cleaner_.is_armed = true;
  int64_t period = options_.config.log_cleaner_backoff_ms.nanos();
  int64_t waited = (step.mono - started_).nanos() % period;
  step.effects.arm({Timer::kLogCleaner, 0},
                   sim::Duration::nanos(waited == 0 ? 0 : period - waited));
}

void ReplicaManager::on_cleaner_timer(Step& step) {
  sim::Duration pause;
  if (!cleaner_.round && !begin_cleaning(step)) pause = options_.config.log_cleaner_backoff_ms;
  if (cleaner_.round) clean_some(step);
  if (!cleaner_.round) delete_from_compacted(step);
  // Its thread waits for the disk before it goes on.
  if (!failed_) step.effects.arm({Timer::kLogCleaner, 0}, pause + step.disk.spent());
}

bool ReplicaManager::begin_cleaning(Step& step) {
  std::optional<LogToClean> dirtiest;
  for (size_t i = 0; i < hosted_.size(); ++i) {
    PartitionLog& log = hosted_[i].log;
    if (!hosted_[i].has_log() || !log.config().cleanup_policy.compacts) continue;
    if (cleaner_.uncleanable.contains(log.partition())) continue;
    auto checkpoint = cleaner_.cleaned_to.find(log.partition());
    std::optional<Offset> cleaned_to;
    if (checkpoint != cleaner_.cleaned_to.end()) cleaned_to = checkpoint->second;
    absl::StatusOr<LogToClean> what = log_to_clean(log, cleaned_to, step);
    if (!what.ok()) {
      cannot_clean(static_cast<int32_t>(i), what.status(), step);
      if (failed_) return false;
      continue;
    }
    if (what->was_reset) save_cleaned_to(static_cast<int32_t>(i), what->first_dirty, step);
    if (!is_worth_cleaning(*what, log)) continue;
    if (dirtiest && dirtiest->ratio_millionths() >= what->ratio_millionths()) continue;
    dirtiest = *what;
    cleaner_.number = static_cast<int32_t>(i);
  }
  if (!dirtiest) return false;
  const BrokerConfig& config = options_.config;
  CleanerLimits limits{.map_bytes = config.log_cleaner_dedupe_buffer_size,
                       .map_load = config.log_cleaner_io_buffer_load_factor,
                       .buffer_bytes = config.log_cleaner_io_buffer_size / 2};
  cleaner_.round.emplace(*dirtiest, limits, at(cleaner_.number).log);
  return true;
}

void ReplicaManager::clean_some(Step& step) {
  PartitionLog& log = at(cleaner_.number).log;
  auto progress = cleaner_.round->advance(log, step);
  if (!progress.ok()) {
    cleaner_.round->abandon(log, step);
    cannot_clean(cleaner_.number, progress.status(), step);
  } else if (*progress == LogCleaning::Progress::kWorking) {
    return;
  } else if (*progress == LogCleaning::Progress::kDone) {
    const CleaningTotals& totals = cleaner_.round->totals();
    Offset end = cleaner_.round->clean_end();
    step.mark(Mark::kLogCleaned);
    step.effects.note("log_cleaned", {{"partition", to_string(log.partition())},
                                      {"records_before", std::to_string(totals.records_before)},
                                      {"records_after", std::to_string(totals.records_after)},
                                      {"bytes_before", std::to_string(totals.bytes_before)},
                                      {"bytes_after", std::to_string(totals.bytes_after)},
                                      {"clean_end", std::to_string(end.value())}});
    save_cleaned_to(cleaner_.number, end, step);
    touch(cleaner_.number);
    arm_removal(step);
  }
  cleaner_.round.reset();
}

// A log whose batches cannot be read is left alone from now on; a disk that fails is the
// directory's trouble.
void ReplicaManager::cannot_clean(int32_t number, const absl::Status& status, Step& step) {
  if (!absl::IsDataLoss(status)) return fail_directory_of(number, "log cleaner", step);
  const TopicPartition& partition = at(number).partition();
  cleaner_.uncleanable.insert(partition);
  step.effects.note("log_uncleanable",
                    {{"partition", to_string(partition)}, {"why", std::string(status.message())}});
}

void ReplicaManager::save_cleaned_to(int32_t number, Offset end, Step& step) {
  cleaner_.cleaned_to.insert_or_assign(at(number).partition(), end);
  int32_t directory = at(number).directory;
  OffsetMap of_directory;
  for (const HostedPartition& replica : hosted_) {
    auto cleaned = cleaner_.cleaned_to.find(replica.partition());
    bool here = !replica.deleted && replica.directory == directory;
    if (here && cleaned != cleaner_.cleaned_to.end()) of_directory.insert(*cleaned);
  }
  absl::Status written = write_checkpoint(directories_[static_cast<size_t>(directory)].path,
                                          kCleanerFile, of_directory, step.disk);
  if (!written.ok()) fail_log_directory(directory, kCleanerFile, step);
}

// A cut below what was cleaned makes it dirty again.
void ReplicaManager::cut_cleaned_to(int32_t number, Step& step) {
  const PartitionLog& log = at(number).log;
  if (!log.config().cleanup_policy.compacts) return;
  auto cleaned = cleaner_.cleaned_to.find(log.partition());
  if (cleaned == cleaner_.cleaned_to.end() || cleaned->second <= log.log_end_offset()) return;
  save_cleaned_to(number, log.log_end_offset(), step);
}

// The cleaner also does the retention of logs that it cleans.
void ReplicaManager::delete_from_compacted(Step& step) {
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (!hosted_[i].has_log()) continue;
    const CleanupPolicy& policy = hosted_[i].log.config().cleanup_policy;
    if (policy.compacts) delete_old_segments(static_cast<int32_t>(i), step);
  }
  arm_removal(step);
}

}  // namespace models
