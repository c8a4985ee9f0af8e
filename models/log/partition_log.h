// SPDX-License-Identifier: Apache-2.0
//
// One replica's log of one partition: a directory `topic-N` of segments with their indexes, its
// leader epochs and its producers' state. Files are Kafka's, byte for byte, as far as they go.
//
//   log start       last stable offset   high watermark     log end (next offset)
//   v               v                    v                  v
//   [0..99][100..199][200..260     261..299]               .
//    sealed segments  active segment
//
// A value: it names its files by id and holds no reference, so that a world can be copied; each
// call gets the file system. What Kafka keeps only in memory (high watermark, producers, epochs) is
// kept here too and is rebuilt by `open` after a crash. The high watermark is moved by its owner
// (leader or follower replica); this class keeps it inside [log start, log end].
//
// A segment that goes (retention, a cut) is renamed to `.deleted` at once, and its files are
// removed after file.delete.delay.ms, by `remove_deleted`.
//
// Errors: ErrorCode for what a client is told; an I/O failure is KAFKA_STORAGE_ERROR. Once a change
// of the log has failed, memory and files may differ, and all that follows fails too, as in a log
// directory that Kafka has taken offline; the owner is to stop, and to open the log again.
// Source: storage/.../internals/log/{UnifiedLog,LocalLog,LogLoader}.java (4.1).

#ifndef MODELS_LOG_PARTITION_LOG_H_
#define MODELS_LOG_PARTITION_LOG_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/config.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"
#include "models/common/step.h"
#include "models/log/epoch_cache.h"
#include "models/log/producer_state.h"
#include "models/log/segment.h"

namespace models {

struct LogOpenOptions {
  std::string directory;  // "kafka-logs/orders-0"; created if it does not exist.
  TopicPartition partition;
  TopicConfig config;
  sim::Duration producer_id_expiration = sim::Duration::seconds(24 * 3600);
  bool clean_shutdown = false;  // The broker found its clean shutdown marker.
  Offset recovery_point{0};     // From recovery-point-offset-checkpoint; 0 if unknown.
  Offset log_start_offset{0};   // From log-start-offset-checkpoint; 0 if unknown.
  Offset high_watermark{0};     // From replication-offset-checkpoint; 0 if unknown.
};

// What `open` found and mended.
struct LogRecovery {
  int64_t bytes_cut = 0;  // Behind the last valid batch.
  Offset end;             // Where the log ends after the cut.
  int32_t indexes_rebuilt = 0;
  std::vector<std::string> other_files;  // Names in the directory that are no segment's.
};

// Who appends: what a client may write is checked most strictly.
enum class AppendOrigin : uint8_t { kClient, kCoordinator, kReplication };

struct AppendResult {
  ErrorCode error = ErrorCode::kNone;
  Offset first_offset = kNoOffset;
  Offset last_offset = kNoOffset;
  int64_t records = 0;
  bool duplicate = false;  // A retry of one of the producer's last five batches: not written.
};

// What a timestamp was looked up to: the first record at or after it.
struct TimestampedOffset {
  int64_t timestamp_ms = -1;
  Offset offset;
  LeaderEpoch epoch = kNoLeaderEpoch;
};

// Segments that a roll has sealed and that are to be flushed in the background.
struct SealedSegments {
  std::vector<sim::FileId> files;
  std::string directory;
  Offset end;  // Of the last of them; the recovery point once they are durable.
};

struct ReadResult {
  absl::Cord records;  // Starts with the batch that holds the asked offset.
  ErrorCode error = ErrorCode::kNone;
};

// A batch as it is in the log.
struct WrittenBatch {
  BatchHeader header;
  absl::Cord bytes;
};

class PartitionLog {
 public:
  // Opens or creates the log and recovers it: after an unclean stop, scans from the segment that
  // holds the recovery point, cuts at the first torn or corrupt batch, rebuilds indexes, epochs and
  // producers. Unavailable or DataLoss when the disk does not answer.
  static absl::StatusOr<PartitionLog> open(const LogOpenOptions& options, Step& step,
                                           LogRecovery* recovery = nullptr);

  const TopicPartition& partition() const { return partition_; }
  const std::string& directory() const { return directory_; }
  Offset log_start_offset() const { return log_start_; }
  Offset log_end_offset() const { return log_end_; }
  Offset high_watermark() const { return high_watermark_; }
  Offset recovery_point() const { return recovery_point_; }
  // What read_committed consumers may read up to: the high watermark, or the first offset of a
  // transaction that is open, or whose marker the high watermark has not passed.
  Offset last_stable_offset() const;
  const EpochCache& epochs() const { return epochs_; }
  // Epoch of the last batch; -1 for an empty log.
  LeaderEpoch latest_epoch() const { return epochs_.latest(); }
  int64_t size_bytes() const;
  const TopicConfig& config() const { return config_; }
  void set_config(const TopicConfig& config) { config_ = config; }
  // A change of the log has failed on the disk.
  bool has_failed() const { return failed_; }

  // Leader's append of one batch: validates it as one of `origin`, gives it offsets from the log
  // end and `epoch`, and writes it. On an error nothing was written.
  AppendResult append_as_leader(absl::Cord batch, LeaderEpoch epoch, Step& step,
                                AppendOrigin origin = AppendOrigin::kClient);

  // Follower's append of batches copied from the leader: offsets and epochs are kept, and must grow
  // (the error of those below the log end names them). A cut last batch is ignored; batches from
  // the first with an epoch above `fetch_epoch` on are dropped (KAFKA-18723).
  AppendResult append_as_follower(absl::Cord batches, LeaderEpoch fetch_epoch, Step& step);

  // Batches from the one that holds `from` on, up to `max_bytes` (the last one may be cut), none
  // starting at or beyond `limit`. With `at_least_one_batch` the first batch is returned whole even
  // if larger. OFFSET_OUT_OF_RANGE outside [log start, log end]; empty at the log end.
  ReadResult read(Offset from, int64_t max_bytes, Offset limit, bool at_least_one_batch,
                  Step& step) const;

  // Where `offset` lies, or would be written: the base of its segment, and the position of its batch
  // there (-1: the disk does not answer). Kafka: LogOffsetMetadata.
  Offset segment_base_of(Offset offset) const {
    return segments_[segment_of(offset)].base_offset();
  }
  int64_t position_in_segment(Offset offset, Step& step) const;

  // The first record at or after `timestamp_ms`; nothing if there is none.
  absl::StatusOr<std::optional<TimestampedOffset>> offset_for_timestamp(int64_t timestamp_ms,
                                                                        Step& step) const;
  // The largest timestamp in the log and the first record that has it; nothing if there is none.
  absl::StatusOr<std::optional<TimestampedOffset>> offset_of_max_timestamp(Step& step) const;
  // Aborted transactions that a read_committed fetch of [from, upper) must know.
  std::vector<AbortedTxn> aborted_txns(Offset from, Offset upper) const;

  // Moves the high watermark, clamped to [log start, log end]. Returns true if it changed. Falls
  // only when the log is cut, which `truncate_to` does by itself.
  bool set_high_watermark(Offset to);

  // Records that `epoch` begins at the log end (a new leader does).
  void assign_epoch_start(LeaderEpoch epoch, Step& step);

  // Cuts the log so that it ends at `end` (at the start of the batch that holds it on disk, but the
  // log end is `end`, as in Kafka). At or past the log end: trims epochs only. Returns records cut;
  // `has_failed` tells whether they are.
  int64_t truncate_to(Offset end, Step& step);
  // Throws everything away and starts empty at `start`.
  void truncate_fully_and_start_at(Offset start, Step& step);

  // Seals the active segment and begins a new one; on its own only in tests and tools.
  ErrorCode roll(Offset base, Step& step);

  // Records below `start` are not wanted any more (DeleteRecords, or the leader's log start). True
  // if that is news. OFFSET_OUT_OF_RANGE above the high watermark.
  ErrorCode increment_log_start(Offset start, Step& step);
  // Retention: deletes whole segments, the oldest first, that lie below the log start, are too many
  // bytes or too old (cleanup.policy with delete). Returns how many.
  absl::StatusOr<int32_t> delete_old_segments(Step& step);
  // When the next files are to be removed; nothing: none wait.
  std::optional<int64_t> next_removal_ms() const;
  // Removes the files whose delay has passed.
  absl::Status remove_deleted(Step& step);

  // Forgets producers without news for producer.id.expiration.ms; Kafka does so each 10 minutes.
  void expire_producers(Step& step) {
    producers_.expire(step.wall.millis(), producer_id_expiration_.millis());
  }

  // How often the log was cut; a round of the cleaner that sees it change gives up.
  int64_t cuts() const { return cuts_; }
  // The earliest first timestamp of the sealed segments from the one that holds `from` on.
  absl::StatusOr<std::optional<int64_t>> first_timestamp_from(Offset from, Step& step);
  // Puts what the cleaner has made of `count` segments from `first` on in their place: `cleaned`
  // has files of kCleanedSuffix, and the base `first`.
  absl::Status replace_segments(Segment cleaned, Offset first, size_t count, Step& step);

  // Makes everything up to the log end durable and moves the recovery point there; or `has_failed`.
  void flush(Step& step);
  // What a clean stop does to a log: flush and close. The owner writes checkpoints and marker.
  void close(Step& step);

  // First record's leader epoch and the number of producers, for reports and state digests.
  static void fields(auto&& f) {
    f("partition", &PartitionLog::partition_);
    f("log_start", &PartitionLog::log_start_);
    f("log_end", &PartitionLog::log_end_);
    f("high_watermark", &PartitionLog::high_watermark_);
    f("recovery_point", &PartitionLog::recovery_point_);
    f("epochs", &PartitionLog::epochs_);
  }
  // The file of the active segment and others not yet durable, for a Flush effect.
  std::vector<sim::FileId> unflushed_files() const;
  // What rolls since the last call have sealed and no flush has made durable; nullopt: nothing.
  // Source: UnifiedLog.roll, which schedules "flush-log".
  std::optional<SealedSegments> take_sealed();
  // Call when a Flush effect begun at log end (or sealed end) `end` has completed.
  void on_flushed(Offset end, Step& step);
  const ProducerStates& producers() const { return producers_; }
  const std::vector<Segment>& segments() const { return segments_; }

 private:
  PartitionLog() = default;
  struct Removal {
    int64_t due_ms = 0;
    Offset base;
    bool snapshot = false;  // The producers' snapshot of that name, else the segment.
  };

  // partition_log_open.cc
  absl::Status load(const LogOpenOptions& options, LogRecovery& found, Step& step);
  absl::Status load_segments(const LogOpenOptions& options, LogRecovery& found, Step& step);
  absl::Status recover_unflushed(const LogOpenOptions& options, LogRecovery& found, Step& step);
  absl::StatusOr<int64_t> recover_segment(Segment& segment, const LogOpenOptions& options,
                                          LogRecovery& found, Step& step);
  absl::Status settle(const LogOpenOptions& options, Step& step);
  // partition_log_producers.cc
  static std::optional<CompletedTxn> follow(ProducerStates& producers, const BatchHeader& header,
                                            const absl::Cord& bytes);
  static absl::Status complete(ProducerStates& producers, const CompletedTxn& txn,
                               Segment* index_of, Step& step);
  static absl::Status take_in(ProducerStates& producers, const BatchHeader& header,
                              const absl::Cord& bytes, int64_t position, Segment* index_of,
                              Step& step);
  absl::Status rebuild_producers(ProducerStates& producers, Offset end, bool from_clean_stop,
                                 Step& step);
  absl::Status replay_producers(ProducerStates& producers, size_t segment, Offset from, Offset end,
                                Step& step);
  absl::Status take_durable_snapshot(ProducerStates& producers, Step& step) const;
  // partition_log_append.cc
  ErrorCode check_producer(const absl::Cord& batch, const BatchHeader& header, AppendOrigin origin,
                           std::optional<ProducerBatch>& known, Step& step) const;
  void note_unknown_producer(const BatchHeader& header, Step& step) const;
  ErrorCode begin_segment(Offset base, Step& step);
  ErrorCode roll_if_needed(const RollParams& append, Offset base, Step& step);
  ErrorCode check_copied(std::span<const WrittenBatch> batches) const;
  void note_epoch(const BatchHeader& header, Step& step);
  ErrorCode write(absl::Cord batch, const BatchHeader& header, Step& step);
  ErrorCode take_in_written(std::span<const WrittenBatch> written, Step& step);
  // partition_log_retention.cc
  absl::Status find_start_batch(Step& step);
  bool may_delete(size_t index, Step& step) const;
  template <class Condition>
  absl::StatusOr<int32_t> delete_while(const Condition& condition, Step& step);
  absl::Status delete_files(const std::vector<Segment>& segments, std::optional<Offset> replaced,
                            Step& step);
  absl::Status delete_segments(size_t first, size_t count, Step& step);
  absl::Status delete_snapshot(Offset at, Step& step);
  absl::Status swap(Segment cleaned, Offset first, size_t count, Step& step);
  // partition_log.cc
  size_t segment_of(Offset offset) const;
  static ReadResult fail_read();
  void save_epochs(Step& step);
  absl::Status flush_all(Step& step);
  // Takes note of a change that has failed.
  absl::Status settled(absl::Status status) {
    if (!status.ok()) failed_ = true;
    return status;
  }
  ErrorCode settled(ErrorCode error) {
    if (error == ErrorCode::kKafkaStorageError) failed_ = true;
    return error;
  }

  std::string directory_;
  TopicPartition partition_;
  TopicConfig config_;
  Offset log_start_;
  Offset start_batch_;  // Where the batch begins that holds the log's start, or follows it.
  Offset log_end_;
  Offset high_watermark_;
  Offset recovery_point_;
  bool sealed_ = false;  // A roll since `take_sealed`.
  bool failed_ = false;
  int64_t cuts_ = 0;
  sim::Duration producer_id_expiration_;
  EpochCache epochs_;
  ProducerStates producers_;
  std::vector<Segment> segments_;  // By base offset; the last is active.
  std::vector<sim::FileId> unsynced_snapshots_;
  std::vector<sim::FileId> flushing_snapshots_;  // Handed out by `take_sealed`.
  std::vector<Removal> removals_;                // By due time.
};

}  // namespace models

#endif  // MODELS_LOG_PARTITION_LOG_H_
