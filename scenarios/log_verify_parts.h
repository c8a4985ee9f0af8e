// SPDX-License-Identifier: Apache-2.0
//
// The parts of log_verify.h: a partition is walked once from its first batch to its last
// (log_verify_partition.cc, log_verify_segment.cc), and along the way each batch is shown to
// whoever has something to say about it: the checks of the indexes (log_verify_indexes.cc) and the
// state of the producers (log_verify_producers.cc).

#ifndef SCENARIOS_LOG_VERIFY_PARTS_H_
#define SCENARIOS_LOG_VERIFY_PARTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/log/epoch_cache.h"
#include "models/log/index_entries.h"
#include "models/log/producer_snapshot.h"
#include "scenarios/log_batches.h"
#include "scenarios/log_files.h"
#include "scenarios/log_verify.h"

namespace scenarios {

// Counts findings and hands them on, as long as a file has not had too many.
class FindingSink {
 public:
  FindingSink(VerifyTotals& totals, const std::function<void(const LogFinding&)>& report)
      : totals_(totals), report_(report) {}

  struct Place {
    std::string file;
    int64_t position = -1;
    models::Offset offset = models::kNoOffset;
  };
  void problem(const Place& place, std::string text) { add(true, place, std::move(text)); }
  void note(const Place& place, std::string text) { add(false, place, std::move(text)); }
  VerifyTotals& totals() { return totals_; }

 private:
  void add(bool is_problem, const Place& place, std::string text);

  VerifyTotals& totals_;
  const std::function<void(const LogFinding&)>& report_;
  absl::btree_map<std::pair<std::string, bool>, int64_t> counts_;
};

// What the root's files say about one partition.
struct PartitionContext {
  bool has_root = false;
  bool clean = false;  // It was closed in good order: Kafka will not look at it again.
  std::optional<models::Offset> recovery_point;
  std::optional<models::Offset> log_start;  // If it is above the first segment's base.
  bool compacted = false;

  // Will Kafka check a segment that ends before `next_base` at its next start?
  bool is_trusted(std::optional<models::Offset> next_base) const {
    return clean || (next_base && recovery_point && *next_base <= *recovery_point);
  }
  // What that means for damage in it: "; Kafka cuts the log here at its next start". Empty without
  // a root.
  std::string consequence(std::optional<models::Offset> next_base) const;
};

// --- Producers (log_verify_producers.cc) ---

// What a partition knows of its producers, gathered from its batches as Kafka does.
class ProducerWalk {
 public:
  // Begins with what a snapshot knows; `complete`: nothing before it is missing.
  void begin(const std::vector<models::ProducerSnapshotEntry>& known, bool complete);
  // The log could not be read without a break: from now on nothing is known for sure.
  void lose_track() { certain_ = false; }

  // A transaction that a marker ended.
  struct Ended {
    models::AbortedTxn txn;
    bool aborted = false;
    bool first_known = false;   // Its first batch was seen, ...
    bool stable_known = false;  // ... and those of all others that are open.
  };
  // Takes in a valid batch. `control`: of a control batch, its first record.
  std::optional<Ended> on_batch(const models::BatchHeader& header,
                                const std::optional<ControlRecord>& control,
                                int64_t control_timestamp_ms);

  // What is wrong with a snapshot taken here; `log_start`: the first offset there is. Empty:
  // nothing that can be seen.
  std::vector<std::string> differences(const std::vector<models::ProducerSnapshotEntry>& snapshot,
                                       models::Offset log_start, bool compacted) const;

 private:
  struct Producer {
    models::ProducerSnapshotEntry entry;
    bool whole = false;  // All of the entry is known, not only its last batch.
  };
  models::Offset first_open_of_others(models::ProducerId producer, models::Offset otherwise) const;

  absl::btree_map<int64_t, Producer> producers_;
  absl::btree_map<models::Offset, models::ProducerId> open_;  // Transactions, by first offset.
  bool complete_ = false;
  bool certain_ = true;
};

// --- Indexes (log_verify_indexes.cc) ---

// One index file of a segment, checked while the segment's batches pass by. Its entries are looked
// at in the order of what they point at, so that a wrong one does not make others look wrong.
class OffsetIndexCheck {
 public:
  OffsetIndexCheck(std::string path, std::string bytes, models::Offset base);
  void on_batch(const StoredBatch& batch, bool valid, FindingSink& sink);
  // No batch could be read in these bytes of the log.
  void on_unreadable(int64_t begin, int64_t end);
  void on_end(std::optional<models::Offset> next_base, const PartitionContext& context,
              FindingSink& sink);

 private:
  // An entry whose offset is above that of its batch: Kafka before 4.0 wrote the last offset of a
  // whole append there. Such entries come in numbers; one alone is damage.
  struct Loose {
    size_t entry;
    models::Offset target;
    models::Offset expected;
    bool found = false;  // A batch ends there.
  };
  void resolve_loose(models::Offset last_offset);
  FindingSink::Place place_of(size_t entry) const;

  std::string path_;
  std::string bytes_;
  models::Offset base_;
  std::vector<models::OffsetIndexEntry> entries_;
  std::vector<size_t> by_position_;
  size_t next_ = 0;  // In by_position_.
  std::vector<Loose> loose_;
  size_t unresolved_ = 0;  // In loose_.
};

class TimeIndexCheck {
 public:
  TimeIndexCheck(std::string path, std::string bytes, models::Offset base);
  void on_batch(const StoredBatch& batch, FindingSink& sink);
  // Something between the batches before and after could not be read.
  void on_unreadable() {
    doubtful_ = true;
    all_read_ = false;
  }
  void on_end(std::optional<models::Offset> next_base, const PartitionContext& context,
              FindingSink& sink);

 private:
  void check_entry(size_t entry, const StoredBatch& batch, FindingSink& sink);
  FindingSink::Place place_of(size_t entry) const;

  std::string path_;
  std::string bytes_;
  models::Offset base_;
  std::vector<models::TimeIndexEntry> entries_;
  std::vector<size_t> by_offset_;
  size_t next_ = 0;  // In by_offset_.
  int64_t largest_ms_ = -1;
  bool doubtful_ = false;  // Something before the next batch could not be read.
  bool all_read_ = true;
  // Entries that name a record inside the batch, as Kafka before 3.6 did: as above.
  std::vector<std::pair<size_t, std::string>> loose_;
};

class TxnIndexCheck {
 public:
  // `bytes`: nothing if there is no such file.
  TxnIndexCheck(std::string path, std::optional<std::string> bytes, models::Offset base);
  void on_ended(const ProducerWalk::Ended& ended) {
    if (ended.aborted) expected_.push_back(ended);
  }
  // `certain`: the segment has no damage and is not compacted, so that each marker has its entry.
  void on_end(std::optional<models::Offset> next_base, bool certain, FindingSink& sink);

 private:
  void check_entry(size_t index, bool certain, FindingSink& sink);
  FindingSink::Place place_of(size_t entry) const;

  std::string path_;
  std::string bytes_;
  models::Offset base_;
  std::vector<models::AbortedTxn> entries_;
  std::vector<ProducerWalk::Ended> expected_;  // By the offset of the marker.
  std::vector<bool> met_;                      // Of expected_.
};

// --- Batches (log_verify_segment.cc) ---

// What goes from one batch to the next, and from one segment to the next.
struct LogWalk {
  models::Offset least{0};  // Where the next batch begins; in a compacted log, or later.
  bool sure = true;         // Nothing unreadable lies before the next batch.
  models::LeaderEpoch epoch = models::kNoLeaderEpoch;
  // The last batches' epoch and what the checkpoint says instead, so that each difference is told
  // once.
  std::pair<models::LeaderEpoch, models::LeaderEpoch> wrong_epoch{models::kNoLeaderEpoch,
                                                                  models::kNoLeaderEpoch};
  bool compacted = false;
  std::vector<std::pair<FindingSink::Place, std::string>> gaps;  // Problems, unless compacted.
  bool cut = false;  // It was said where Kafka will cut the log.
  ProducerWalk producers;
  // Called with each offset that is reached, before what begins there is taken in.
  std::function<void(models::Offset)> on_reached;
};

struct SegmentTask {
  std::string directory;
  models::Offset base;
  std::optional<models::Offset> next_base;  // Of the segment after it.
  bool has_index = false;
  bool has_time_index = false;
  bool has_txn_index = false;
  const std::vector<models::EpochStart>* epochs = nullptr;  // Null: not known.
};
void verify_segment(sim::FileSystem& files, const SegmentTask& task,
                    const PartitionContext& context, LogWalk& walk, FindingSink& sink);
// A snapshot of the quorum's metadata: batches that stand for themselves.
void verify_metadata_snapshot(sim::FileSystem& files, const std::string& path, FindingSink& sink);

// --- Partitions (log_verify_partition.cc) ---

struct PartitionOutcome {
  bool has_segments = false;
  models::Offset first{0};  // Base of the first segment.
  models::Offset end{0};    // Behind the last batch that could be read.
  std::string topic_id;     // Empty: unknown.
};
PartitionOutcome verify_partition(sim::FileSystem& files, const std::string& directory,
                                  const PartitionContext& context, FindingSink& sink);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_VERIFY_PARTS_H_
