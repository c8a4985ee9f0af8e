// SPDX-License-Identifier: Apache-2.0

#include "tests/models/log/crash/log_machine.h"

#include <algorithm>
#include <utility>

#include "models/log/control_records.h"
#include "models/log/log_cleaning.h"
#include "models/log/log_to_clean.h"
#include "models/replication/offset_checkpoint.h"
#include "tests/models/log/crash/log_audit.h"

namespace models {

namespace {

const std::string kRoot = "kafka-logs";
const TopicPartition kPartition{"orders", 0};

Offset offset_in(const OffsetMap& offsets) {
  auto found = offsets.find(kPartition);
  return found == offsets.end() ? Offset(0) : found->second;
}

}  // namespace

LogMachine::LogMachine(const TopicConfig& config, uint64_t seed) : rng_(seed), config_(config) {
  with([&](Step& step) {
    require(step.disk.create_directory(kRoot).ok(), "no root");
    require(step.disk.sync_directory("").ok(), "no durable root");
  });
}

void LogMachine::with(absl::FunctionRef<void(Step&)> call, bool observes) {
  sim::DiskView view =
      observes ? sim::DiskView::observer(disk_, now_, rng_) : sim::DiskView(disk_, now_, rng_);
  Effects effects;
  Step step{sim::MonoTime::at_nanos(now_.nanos()),
            sim::WallTime::at_millis(wall_ms()),
            rng_,
            view,
            effects,
            mutations_,
            marks_};
  call(step);
  now_ += view.spent();
}

// --- The process ---

// As ReplicaManager: a broker exits when its disk fails, and a crash point is the end of it.
bool LogMachine::may_go_on(const absl::Status& status) {
  if (status.ok() && !disk_.hit_crash_point()) return true;
  if (!status.ok())
    require(disk_.has_failed_operation() || disk_.hit_crash_point(),
            "an error of a sound disk: " + std::string(status.message()));
  kill();
  return false;
}

bool LogMachine::may_go_on(ErrorCode error) {
  bool stored = error != ErrorCode::kKafkaStorageError;
  return may_go_on(stored ? absl::OkStatus() : absl::UnavailableError("storage error"));
}

absl::Status LogMachine::state() const {
  return log_->has_failed() ? absl::UnavailableError("the log has failed") : absl::OkStatus();
}

void LogMachine::start() {
  bool was_clean = false;
  with([&](Step& step) {
    LogOpenOptions options{.directory = kRoot + "/orders-0", .partition = kPartition};
    options.config = config_;
    auto marker = take_clean_shutdown_marker(kRoot, step.disk);
    if (!may_go_on(marker.status())) return;
    options.clean_shutdown = was_clean = marker->has_value();
    options.recovery_point = offset_in(read_checkpoint(kRoot, kRecoveryPointFile, step.disk));
    options.log_start_offset = offset_in(read_checkpoint(kRoot, kLogStartFile, step.disk));
    options.high_watermark = offset_in(read_checkpoint(kRoot, kHighWatermarkFile, step.disk));
    auto opened = PartitionLog::open(options, step);
    if (may_go_on(opened.status())) log_ = *std::move(opened);
  });
  // As Kafka's, the removal of the marker is not made durable: a power loss soon after brings it
  // back, and it vouches for what is torn. Nor does a recovery flush the indexes that it has built
  // anew, or a later flush, if their segment lies below the recovery point: a transaction index
  // would come back empty.
  if (is_up()) now_ += was_clean ? kJournalCommits : kWriteBack;
}

void LogMachine::stop() {
  if (!is_up()) return;
  checkpoint();
  if (!is_up()) return;
  with([&](Step& step) { log_->close(step); });
  if (!may_go_on(state())) return;
  if (log_->recovery_point() == log_->log_end_offset()) model_.flushed_to(model_.end());
  checkpoint();
  if (!is_up()) return;
  with([&](Step& step) {
    (void)may_go_on(write_clean_shutdown_marker(kRoot, BrokerEpoch(1), step.disk));
  });
  kill();
}

void LogMachine::kill() {
  if (loss_ == Loss::kNone) loss_ = Loss::kProcess;
  log_.reset();
  disk_.close_all();
}

void LogMachine::restart(bool clean) {
  note("restart", clean);
  bool is_sound = !disk_.has_failed_operation();
  clean ? stop() : kill();
  if (is_hurt()) return;
  start();
  if (!is_up()) return;
  loss_ = Loss::kNone;
  EpochCache epochs = model_.epochs();
  epochs.truncate_from_end(log_->log_end_offset());
  // A log that ends below its checkpointed start begins anew, without any.
  bool is_anew = log_->log_start_offset() == log_->log_end_offset();
  if (is_sound && !is_anew) require(log_->epochs() == epochs, "other epochs after a restart");
  take_stock(model_.end());
}

void LogMachine::pass(sim::Duration time) {
  note("pass", time.millis());
  now_ += time;
}

void LogMachine::lose_power(uint64_t seed) {
  note("lose power", seed);
  kill();
  loss_ = Loss::kPower;
  lost_power_ = true;
  sim::Rng rng(seed);
  disk_.power_loss(now_, rng);
}

void LogMachine::lose_all_unsynced() {
  note("lose all unsynced");
  kill();
  loss_ = Loss::kPower;
  lost_power_ = true;
  disk_.lose_all_unsynced(now_);
}

// What is there is what the log is from now on: what was let go may be back, as its checkpoint is
// written in its time, and a cut inside a batch is only known to memory.
void LogMachine::take_stock(int64_t durable) {
  std::vector<StoredBatch> found = read_all(log_->log_start_offset().value());
  model_.check_durable(records_of(found), durable);
  model_.adopt(found, log_->log_start_offset().value(), log_->log_end_offset().value(),
               log_->epochs());
}

void LogMachine::recover() {
  note("recover");
  kill();
  disk_.clear_crash_point();
  disk_.clear_failing_operation();
  start();
  require(is_up(), "the log does not open");
  bool by_power = std::exchange(loss_, Loss::kNone) == Loss::kPower;
  take_stock(by_power ? model_.flushed() : model_.end());
  epoch_ = std::max(epoch_, log_->latest_epoch().value());
  check();
}

// --- Commands ---

absl::Cord LogMachine::build(const Append& what, int64_t base, int epoch) {
  BatchBuilder builder({.base_offset = Offset(base),
                        .leader_epoch = LeaderEpoch(epoch),
                        .attributes = static_cast<int16_t>(
                            what.is_transactional ? BatchHeader::kTransactionalFlag : 0)});
  if (what.producer >= 0) {
    const auto& known = log_->producers().producers();
    auto entry = known.find(ProducerId(what.producer));
    Sequence next(0);
    if (entry != known.end() && !entry->second.batches.empty())
      next = advance(entry->second.batches.back().last_sequence, 1);
    builder.set_producer(ProducerId(what.producer), ProducerEpoch(0), next);
  }
  for (int i = 0; i < what.records; ++i) {
    std::string value = std::to_string(++values_) + ":";
    if (value.size() < what.value_bytes) value.resize(what.value_bytes, 'v');
    std::string key = "key-" + std::to_string(what.first_key + i);
    builder.add(wall_ms() - what.delay_ms + i, key,
                what.is_tombstone ? std::nullopt : std::optional<std::string_view>(value));
  }
  return builder.build();
}

void LogMachine::write(absl::Cord batch, AppendOrigin origin) {
  StoredBatch stored =
      batches_in(stamp_batch(batch, log_->log_end_offset(), LeaderEpoch(epoch_))).front();
  model_.attempt(stored);
  with([&](Step& step) {
    AppendResult result =
        log_->append_as_leader(std::move(batch), LeaderEpoch(epoch_), step, origin);
    if (!may_go_on(result.error)) return;
    require(result.error == ErrorCode::kNone, "an append is refused");
    require(!result.duplicate, "a first try is taken for a retry");
    require(result.first_offset == Offset(model_.end()), "an append goes to another offset");
    model_.append(stored);
    require(result.last_offset == Offset(model_.end() - 1), "an append ends at another offset");
  });
  flush_sealed();
}

void LogMachine::append(const Append& what) {
  note("append", what.records, what.first_key, what.producer, what.is_transactional,
       what.is_tombstone, what.value_bytes, what.delay_ms);
  if (!is_up()) return;
  write(build(what, 0, -1), AppendOrigin::kClient);
}

void LogMachine::copy(const Append& what, int batches, int epoch, int gap) {
  note("copy", what.records, what.first_key, what.value_bytes, what.delay_ms, batches, epoch, gap);
  if (!is_up()) return;
  epoch_ = std::max(epoch_, epoch);
  absl::Cord all;
  int64_t base = model_.end() + gap;
  for (int i = 0; i < batches; ++i) {
    absl::Cord one = build(what, base, epoch_);
    base = read_batch_header(one)->next_offset().value();
    all.Append(one);
  }
  std::vector<StoredBatch> stored = batches_in(all);
  for (const StoredBatch& batch : stored) model_.attempt(batch);
  with([&](Step& step) {
    AppendResult result = log_->append_as_follower(all, LeaderEpoch(epoch_), step);
    if (!may_go_on(result.error)) return;
    require(result.error == ErrorCode::kNone,
            "a copy is refused: " + std::string(name_of(result.error)));
    for (const StoredBatch& batch : stored) model_.append(batch);
    require(result.last_offset == Offset(model_.end() - 1), "a copy ends at another offset");
  });
  flush_sealed();
}

void LogMachine::end_transaction(int64_t producer, bool commits) {
  note("end transaction", producer, commits);
  if (!is_up()) return;
  write(end_txn_batch({!commits, 0}, ProducerId(producer), ProducerEpoch(0), wall_ms()),
        AppendOrigin::kCoordinator);
}

void LogMachine::repeat_last_batch(int64_t producer) {
  note("repeat", producer);
  if (!is_up()) return;
  Offset last = model_.producers()[producer].last_offset;
  if (last < log_->log_start_offset()) return;
  for (const StoredBatch& batch : read_all(last.value())) {
    if (batch.header.last_offset() != last || batch.records.empty()) continue;
    // Only what the header says counts.
    BatchBuilder builder({.attributes = static_cast<int16_t>(batch.header.attributes)});
    builder.set_producer(ProducerId(producer), ProducerEpoch(0), batch.header.base_sequence);
    for (int32_t i = 0; i <= batch.header.last_offset_delta; ++i) builder.add(wall_ms(), "k", "v");
    // As Kafka, the log takes note of the epoch before it sees that it knows the batch.
    model_.begin_epoch(LeaderEpoch(epoch_));
    with([&](Step& step) {
      AppendResult result = log_->append_as_leader(builder.build(), LeaderEpoch(epoch_), step);
      if (!may_go_on(result.error)) return;
      require(result.error == ErrorCode::kNone && result.duplicate, "a retry is not recognised");
      require(result.last_offset == last, "a retry gets another offset");
    });
    return;
  }
}

void LogMachine::roll() {
  note("roll");
  if (!is_up()) return;
  with([&](Step& step) { (void)may_go_on(log_->roll(log_->log_end_offset(), step)); });
  flush_sealed();
}

// In the background, as the broker does; here, at once.
void LogMachine::flush_sealed() {
  if (!is_up()) return;
  auto sealed = log_->take_sealed();
  if (!sealed) return;
  with([&](Step& step) {
    absl::Status status;
    for (sim::FileId file : sealed->files) {
      if (status.ok()) status = step.disk.sync(file);
    }
    if (status.ok()) status = step.disk.sync_directory(sealed->directory);
    if (!may_go_on(status)) return;
    log_->on_flushed(sealed->end, step);
    model_.flushed_to(std::max(model_.flushed(), std::min(sealed->end.value(), model_.end())));
  });
}

void LogMachine::truncate(int64_t at) {
  note("truncate", at);
  if (!is_up()) return;
  int64_t wanted = std::max<int64_t>(0, model_.end() - at);
  if (at < model_.start()) wanted = std::min(wanted, model_.end() - at);
  bool starts_over = at < log_->segments().front().base_offset().value();
  int64_t length = model_.end() - model_.start();
  starts_over ? model_.start_over(at) : model_.cut(at);
  with([&](Step& step) {
    int64_t removed = log_->truncate_to(Offset(at), step);
    if (may_go_on(state()))
      require(removed == (starts_over ? length : wanted), "a cut removes another number");
  });
  if (cleaned_to_) cleaned_to_ = std::min(*cleaned_to_, Offset(at));
  // The disk forgets a cut or a rename as it likes, where a journal would keep their order.
  now_ += kJournalCommits;
  checkpoint();
}

void LogMachine::truncate_fully(int64_t at) {
  note("truncate fully", at);
  if (!is_up()) return;
  model_.start_over(at);
  with([&](Step& step) { log_->truncate_fully_and_start_at(Offset(at), step); });
  cleaned_to_.reset();
  now_ += kJournalCommits;
  if (may_go_on(state())) checkpoint();
}

void LogMachine::lead(int epoch) {
  note("lead", epoch);
  if (!is_up() || epoch <= epoch_) return;
  epoch_ = epoch;
  model_.begin_epoch(LeaderEpoch(epoch_));
  with([&](Step& step) { log_->assign_epoch_start(LeaderEpoch(epoch_), step); });
  (void)may_go_on(state());
}

void LogMachine::advance_watermark(int64_t to) {
  note("watermark", to);
  if (is_up()) log_->set_high_watermark(std::max(log_->high_watermark(), Offset(to)));
}

void LogMachine::flush() {
  note("flush");
  if (!is_up()) return;
  with([&](Step& step) { log_->flush(step); });
  if (may_go_on(state()) && log_->recovery_point() == log_->log_end_offset())
    model_.flushed_to(model_.end());
}

void LogMachine::write_checkpoint_file(std::string_view file, Offset offset) {
  if (!is_up()) return;
  with([&](Step& step) {
    (void)may_go_on(write_checkpoint(kRoot, file, {{kPartition, offset}}, step.disk));
  });
}

void LogMachine::checkpoint() {
  note("checkpoint");
  if (!is_up()) return;
  Offset start = log_->log_start_offset();
  Offset watermark = log_->high_watermark();
  write_checkpoint_file(kRecoveryPointFile, log_->recovery_point());
  write_checkpoint_file(kLogStartFile, start);
  write_checkpoint_file(kHighWatermarkFile, watermark);
}

void LogMachine::delete_below(int64_t start) {
  note("delete below", start);
  if (!is_up()) return;
  start = std::min(start, log_->high_watermark().value());
  model_.let_go_below(start);
  with([&](Step& step) {
    ErrorCode moved = log_->increment_log_start(Offset(start), step);
    require(moved == ErrorCode::kNone, "the log start does not move");
    if (!may_go_on(state())) return;
    (void)may_go_on(log_->delete_old_segments(step).status());
  });
}

// The base of the first segment that stays when those that are too many go.
int64_t LogMachine::kept_by_retention(int64_t bytes) const {
  const std::vector<Segment>& segments = log_->segments();
  int64_t excess = log_->size_bytes() - bytes;
  for (size_t i = 0; i < segments.size(); ++i) {
    bool is_last = i + 1 == segments.size();
    Offset end = is_last ? log_->log_end_offset() : segments[i + 1].base_offset();
    bool is_empty = is_last && segments[i].size_bytes() == 0;
    excess -= segments[i].size_bytes();
    bool goes = end <= log_->high_watermark() && !is_empty && excess >= 0;
    if (!goes) return segments[i].base_offset().value();
  }
  return log_->log_end_offset().value();
}

void LogMachine::retain(int64_t bytes) {
  note("retain", bytes);
  if (!is_up()) return;
  model_.let_go_below(kept_by_retention(bytes));
  TopicConfig tight = config_;
  tight.retention_bytes = bytes;
  log_->set_config(tight);
  with([&](Step& step) {
    if (may_go_on(log_->delete_old_segments(step).status())) log_->set_config(config_);
  });
  if (is_up()) require(log_->log_start_offset().value() == model_.start(), "retention took more");
}

void LogMachine::clean() {
  note("clean");
  if (!is_up()) return;
  with([&](Step& step) {
    auto what = log_to_clean(*log_, cleaned_to_, step);
    if (!may_go_on(what.status())) return;
    if (what->first_uncleanable <= what->first_dirty) return;
    model_.clean_below(what->first_uncleanable.value());
    LogCleaning round(*what, {.map_bytes = 4096, .buffer_bytes = 1024}, *log_);
    while (true) {
      auto progress = round.advance(*log_, step);
      if (!progress.ok() && !disk_.hit_crash_point()) {
        round.abandon(*log_, step);
        // As ReplicaManager: a log that cannot be read is left alone, and lives on.
        bool lives_on = absl::IsDataLoss(progress.status()) && !log_->has_failed();
        (void)(lives_on || may_go_on(progress.status()));
        return;
      }
      if (!may_go_on(progress.status())) return;
      if (*progress == LogCleaning::Progress::kDone) break;
    }
    cleaned_to_ = round.clean_end();
  });
  if (is_up() && cleaned_to_) write_checkpoint_file(kCleanerFile, *cleaned_to_);
}

void LogMachine::remove_deleted() {
  note("remove deleted");
  if (!is_up()) return;
  with([&](Step& step) { (void)may_go_on(log_->remove_deleted(step)); });
}

}  // namespace models
