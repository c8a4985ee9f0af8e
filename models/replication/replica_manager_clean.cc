// SPDX-License-Identifier: Apache-2.0
//
// The broker's log cleaner: each of log.cleaner.threads picks the compacted log with the largest
// dirty share that no other works on, cleans it a buffer at a time, checkpoints how far it came,
// and sleeps log.cleaner.backoff.ms when nothing is worth a round. A buffer takes the time that its
// reads and writes take, and what the throttler adds.
// Source: storage/.../log/{LogCleaner,LogCleanerManager}.java.

#include <algorithm>
#include <optional>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::start_cleaner(Step& step) {
  cleaner_.threads.resize(static_cast<size_t>(options_.config.log_cleaner_threads));
  cleaner_.throttler = IoThrottler(options_.config.log_cleaner_io_max_bytes_per_second);
  cleaner_.throttler.begin(step.mono);
  arm_cleaner(step);
}

// Wakes at whole backoffs since the start, as the cleaner's threads do, once a log is compacted.
void ReplicaManager::arm_cleaner(Step& step) {
  if (cleaner_.is_armed) return;
  bool any = false;
  for (const HostedPartition& replica : hosted_)
    any |= !replica.deleted && replica.log.config().cleanup_policy.compacts;
  if (!any) return;
  cleaner_.is_armed = true;
  int64_t period = options_.config.log_cleaner_backoff_ms.nanos();
  int64_t waited = (step.mono - started_).nanos() % period;
  for (size_t id = 0; id < cleaner_.threads.size(); ++id) {
    step.effects.arm({Timer::kLogCleaner, static_cast<int64_t>(id)},
                     sim::Duration::nanos(waited == 0 ? 0 : period - waited));
  }
}

void ReplicaManager::on_cleaner_timer(int64_t id, Step& step) {
  CleanerThread& thread = cleaner_.threads[static_cast<size_t>(id)];
  sim::Duration pause = throttle(thread, step);
  if (pause == sim::Duration()) {
    if (!thread.round && !begin_cleaning(thread, step))
      pause = options_.config.log_cleaner_backoff_ms;
    if (thread.round && !clean_some(thread, step)) pause = options_.config.log_cleaner_backoff_ms;
    if (!thread.round) delete_from_compacted(step);
  }
  if (!failed_) step.effects.arm({Timer::kLogCleaner, id}, pause + step.disk.spent());
}

// Told when the buffer's time is over, so that its reads and writes count as having taken it.
sim::Duration ReplicaManager::throttle(CleanerThread& thread, Step& step) {
  IoThrottler& throttler = cleaner_.throttler;
  sim::Duration wait = throttler.observe(std::exchange(thread.read, 0), step.mono);
  return wait + throttler.observe(std::exchange(thread.written, 0), step.mono + wait);
}

bool ReplicaManager::is_being_cleaned(int32_t number) const {
  return std::any_of(
      cleaner_.threads.begin(), cleaner_.threads.end(),
      [number](const CleanerThread& thread) { return thread.round && thread.number == number; });
}

bool ReplicaManager::begin_cleaning(CleanerThread& thread, Step& step) {
  std::optional<LogToClean> dirtiest;
  for (size_t i = 0; i < hosted_.size(); ++i) {
    PartitionLog& log = hosted_[i].log;
    if (!hosted_[i].has_log() || !log.config().cleanup_policy.compacts) continue;
    if (cleaner_.uncleanable.contains(log.partition())) continue;
    if (is_being_cleaned(static_cast<int32_t>(i))) continue;
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
    thread.number = static_cast<int32_t>(i);
  }
  if (!dirtiest) return false;
  thread.round.emplace(*dirtiest, cleaner_limits(options_.config), at(thread.number).log);
  return true;
}

// False if a round ended where it began: Kafka's thread then turns without a pause.
bool ReplicaManager::clean_some(CleanerThread& thread, Step& step) {
  PartitionLog& log = at(thread.number).log;
  CleaningTotals before = thread.round->totals();
  auto progress = thread.round->advance(log, step);
  const CleaningTotals& totals = thread.round->totals();
  thread.read += totals.bytes_read - before.bytes_read;
  thread.written += totals.bytes_written - before.bytes_written;
  bool goes_on = true;
  if (!progress.ok()) {
    thread.round->abandon(log, step);
    cannot_clean(thread.number, progress.status(), step);
  } else if (*progress == LogCleaning::Progress::kWorking) {
    return true;
  } else if (*progress == LogCleaning::Progress::kDone) {
    Offset end = thread.round->clean_end();
    goes_on = thread.round->has_progressed();
    step.mark(Mark::kLogCleaned);
    step.effects.note("log_cleaned", {{"partition", to_string(log.partition())},
                                      {"records_before", std::to_string(totals.records_before)},
                                      {"records_after", std::to_string(totals.records_after)},
                                      {"bytes_before", std::to_string(totals.bytes_before)},
                                      {"bytes_after", std::to_string(totals.bytes_after)},
                                      {"clean_end", std::to_string(end.value())}});
    save_cleaned_to(thread.number, end, step);
    touch(thread.number);
    arm_removal(step);
  }
  thread.round.reset();
  return goes_on;
}

// The replica goes.
void ReplicaManager::stop_cleaning(int32_t number, Step& step) {
  for (CleanerThread& thread : cleaner_.threads) {
    if (!thread.round || thread.number != number) continue;
    thread.round->abandon(at(number).log, step);
    thread.round.reset();
  }
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

// The cleaner also does the retention of logs that it cleans, of those that nobody works on.
void ReplicaManager::delete_from_compacted(Step& step) {
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (!hosted_[i].has_log()) continue;
    const PartitionLog& log = hosted_[i].log;
    if (!log.config().cleanup_policy.compacts) continue;
    if (is_being_cleaned(static_cast<int32_t>(i))) continue;
    if (cleaner_.uncleanable.contains(log.partition())) continue;
    delete_old_segments(static_cast<int32_t>(i), step);
  }
  arm_removal(step);
}

}  // namespace models
