// SPDX-License-Identifier: Apache-2.0
//
// A partition log on a simulated disk, with an owner that does what a broker does around it
// (checkpoints, the marker of a clean stop, background flushes of sealed segments, exit when the disk
// fails), and beside it the model that says what must be in the log. Every command does the same to
// both and compares what it gets; `check` compares all.
//
// Used by scripts (log_sweep_test) and by random commands (log_property_test).

#ifndef TESTS_MODELS_LOG_CRASH_LOG_MACHINE_H_
#define TESTS_MODELS_LOG_CRASH_LOG_MACHINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "models/log/partition_log.h"
#include "sim/disk.h"
#include "tests/models/log/crash/log_model.h"

namespace models {

class LogMachine {
 public:
  struct Append {
    int records = 1;
    int first_key = 0;  // The next ones have the next keys.
    int64_t producer = -1;
    bool is_transactional = false;
    bool is_tombstone = false;
    size_t value_bytes = 20;
    int64_t delay_ms = 0;  // By which its timestamps are behind the clock.
  };

  explicit LogMachine(const TopicConfig& config, uint64_t seed = 1);

  // --- The process ---
  bool is_up() const { return log_.has_value(); }
  void start();
  void stop();  // In good order.
  void kill();
  void restart(bool clean);
  // A fault that was armed has ended it.
  bool is_hurt() const {
    return disk_.hit_crash_point() || (disk_.has_failed_operation() && !is_up());
  }
  // --- The machine it runs on; the process is gone, too ---
  void lose_power(uint64_t seed);
  void lose_all_unsynced();
  // After any of these: starts, and checks that the disk has kept what it had to. Disarms faults.
  void recover();
  sim::SimDisk& disk() { return disk_; }
  void pass(sim::Duration time);

  // --- Commands; they do nothing if the process is down ---
  void append(const Append& what);
  // As a follower, of `batches` batches of epoch `epoch`, with `gap` offsets left out before them.
  void copy(const Append& what, int batches, int epoch, int gap = 0);
  void end_transaction(int64_t producer, bool commits);
  void repeat_last_batch(int64_t producer);  // A retry: nothing may be written.
  void roll();
  void truncate(int64_t at);
  void truncate_fully(int64_t at);
  void lead(int epoch);
  void advance_watermark(int64_t to);
  void flush();
  void checkpoint();
  void delete_below(int64_t start);
  void retain(int64_t bytes);
  void clean();
  void remove_deleted();
  void look_up(int64_t timestamp_ms);
  void read(int64_t from, int64_t max_bytes);
  // The whole log, its epochs, producers, transactions, index files.
  void check();

  // The commands so far.
  const std::string& trail() const { return trail_; }
  const LogModel& model() const { return model_; }
  const PartitionLog& log() const { return *log_; }
  int64_t wall_ms() const { return kStartMs + now_.nanos() / 1'000'000; }

 private:
  enum class Loss { kNone, kProcess, kPower };
  static constexpr int64_t kStartMs = 1'700'000'000'000;
  static constexpr sim::Duration kJournalCommits = sim::Duration::seconds(6);
  static constexpr sim::Duration kWriteBack = sim::Duration::seconds(31);

  template <class... Number>
  void note(const char* command, Number... numbers) {
    trail_ += command;
    ((trail_ += " " + std::to_string(numbers)), ...);
    trail_ += "; ";
  }
  void with(absl::FunctionRef<void(Step&)> call, bool observes = false);
  bool may_go_on(const absl::Status& status);  // Else the process is gone.
  bool may_go_on(ErrorCode error);
  absl::Status state() const;
  absl::Cord build(const Append& what, int64_t base, int epoch);
  void write(absl::Cord batch, AppendOrigin origin);
  void flush_sealed();
  void write_checkpoint_file(std::string_view file, Offset offset);
  int64_t kept_by_retention(int64_t bytes) const;
  std::vector<StoredBatch> read_all(int64_t from);
  void take_stock(int64_t durable);
  std::vector<StoredRecord> records_of(const std::vector<StoredBatch>& batches) const;
  void check_epochs(const std::vector<StoredBatch>& found) const;
  void check_producers(const std::vector<StoredBatch>& found) const;
  void check_transactions() const;

  sim::SimDisk disk_;
  sim::Rng rng_;
  sim::SimTime now_;
  MutationSet mutations_;
  Marks marks_;
  TopicConfig config_;
  std::optional<PartitionLog> log_;
  LogModel model_;
  Loss loss_ = Loss::kNone;
  bool lost_power_ = false;  // Once.
  int epoch_ = 0;
  int64_t values_ = 0;  // Each record has a value of its own.
  std::optional<Offset> cleaned_to_;
  std::string trail_;
};

}  // namespace models

#endif  // TESTS_MODELS_LOG_CRASH_LOG_MACHINE_H_
