// SPDX-License-Identifier: Apache-2.0
//
// One partition's directory: its files by name, then its segments in order.

#include <fmt/format.h>

#include <algorithm>

#include "models/log/log_file_name.h"
#include "scenarios/format.h"
#include "scenarios/log_verify_parts.h"

namespace scenarios {

using models::Offset;

namespace {

struct SegmentFiles {
  bool log = false, index = false, time_index = false, txn_index = false;
};

class PartitionCheck {
 public:
  PartitionCheck(sim::FileSystem& files, const std::string& directory,
                 const PartitionContext& context, FindingSink& sink)
      : files_(files), directory_(directory), context_(context), sink_(sink) {}

  PartitionOutcome run();

 private:
  struct Snapshot {
    std::string path;
    std::vector<models::ProducerSnapshotEntry> producers;
    bool valid = false;
  };

  void sort_files(const std::vector<std::string>& names);
  void take_file(const std::string& name, const LogFile& file);
  void note_leftovers();
  void drop_orphans();
  void load_epochs(const std::string& path);
  void load_snapshot(const std::string& path, Offset offset);
  void walk_segments();
  void reach(Offset offset);
  void check_ends();

  sim::FileSystem& files_;
  const std::string& directory_;
  const PartitionContext& context_;
  FindingSink& sink_;
  PartitionOutcome outcome_;
  absl::btree_map<Offset, SegmentFiles> segments_;
  absl::btree_map<Offset, Snapshot> snapshots_;
  absl::btree_map<std::string, int64_t> leftovers_;  // By state.
  std::optional<std::vector<models::EpochStart>> epochs_;
  bool epochs_broken_ = false;
  LogWalk walk_;
};

// --- Files ---

void PartitionCheck::sort_files(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string path = join_path(directory_, name);
    if (name.ends_with('/')) {
      sink_.note({path.substr(0, path.size() - 1)}, "a directory, which Kafka does not look into");
      continue;
    }
    LogFile file = log_file_of(name);
    if (file.kind == LogFileKind::kUnknown) {
      sink_.note({path}, "no file of Kafka's: not checked");
    } else if (!file.state.empty()) {
      ++leftovers_[std::string(file.state)];
    } else if (file.base > kHighestBase) {
      sink_.problem({path}, "no log reaches this offset");
    } else {
      take_file(path, file);
    }
  }
}

void PartitionCheck::take_file(const std::string& path, const LogFile& file) {
  switch (file.kind) {
    case LogFileKind::kLog:
      segments_[file.base].log = true;
      break;
    case LogFileKind::kOffsetIndex:
      segments_[file.base].index = true;
      break;
    case LogFileKind::kTimeIndex:
      segments_[file.base].time_index = true;
      break;
    case LogFileKind::kTxnIndex:
      segments_[file.base].txn_index = true;
      break;
    case LogFileKind::kProducerSnapshot:
      load_snapshot(path, file.base);
      break;
    case LogFileKind::kMetadataSnapshot:
      verify_metadata_snapshot(files_, path, sink_);
      break;
    case LogFileKind::kEpochCheckpoint:
      load_epochs(path);
      break;
    case LogFileKind::kPartitionMetadata: {
      auto text = read_whole_file(files_, path, kMostSmallFileBytes);
      auto id = text.ok() ? parse_partition_metadata(*text) : text;
      if (id.ok()) {
        outcome_.topic_id = *id;
      } else {
        sink_.problem({path}, std::string(id.status().message()));
      }
      break;
    }
    default:  // quorum-state, and what belongs to the root.
      break;
  }
}

void PartitionCheck::load_epochs(const std::string& path) {
  auto text = read_whole_file(files_, path, kMostSmallFileBytes);
  auto epochs = text.ok() ? parse_epoch_checkpoint(*text)
                          : absl::StatusOr<std::vector<models::EpochStart>>(text.status());
  epochs_broken_ = true;
  if (!epochs.ok()) {
    sink_.problem({path}, std::string(epochs.status().message()));
    return;
  }
  for (size_t i = 1; i < epochs->size(); ++i) {
    const models::EpochStart& before = (*epochs)[i - 1];
    const models::EpochStart& entry = (*epochs)[i];
    if (entry.epoch > before.epoch && entry.start > before.start) continue;
    sink_.problem(
        {path, -1, entry.start},
        fmt::format("epoch {} at {} after epoch {} at {}: both must grow", entry.epoch.value(),
                    entry.start.value(), before.epoch.value(), before.start.value()));
    return;
  }
  epochs_ = *std::move(epochs);
  epochs_broken_ = false;
}

void PartitionCheck::load_snapshot(const std::string& path, Offset offset) {
  Snapshot& snapshot = snapshots_[offset];
  snapshot.path = path;
  auto bytes = read_whole_file(files_, path, kMostSmallFileBytes);
  auto producers = bytes.ok()
                       ? models::decode_producer_snapshot(*bytes)
                       : absl::StatusOr<std::vector<models::ProducerSnapshotEntry>>(bytes.status());
  if (!producers.ok()) {
    sink_.problem({path, -1, offset}, std::string(producers.status().message()));
    return;
  }
  snapshot.producers = *std::move(producers);
  snapshot.valid = true;
}

void PartitionCheck::note_leftovers() {
  for (const auto& [state, count] : leftovers_) {
    std::string what = state == ".swap"      ? "Kafka puts them in place at its next start"
                       : state == ".deleted" ? "they wait to be deleted"
                                             : "Kafka removes them at its next start";
    sink_.note({directory_},
               fmt::format("{} files end in {}: {}; not checked", count, state, what));
  }
}

// Indexes without a log are of no use to anybody.
void PartitionCheck::drop_orphans() {
  int64_t without_time_index = 0;
  for (auto it = segments_.begin(); it != segments_.end();) {
    const SegmentFiles& segment = it->second;
    std::string log =
        join_path(directory_, models::segment_file_name(it->first, models::kLogSuffix));
    if (!segment.log) {
      sink_.note({log}, "is not there, but an index of it is: Kafka removes that");
      it = segments_.erase(it);
      continue;
    }
    if (!segment.index) {
      auto next = std::next(it);
      bool trusted =
          context_.is_trusted(next == segments_.end() ? std::nullopt : std::optional(next->first));
      std::string text = "has no .index: Kafka reads the whole segment and builds it";
      trusted ? sink_.problem({log}, text) : sink_.note({log}, text);
    }
    if (!segment.time_index) ++without_time_index;
    ++it;
  }
  if (without_time_index > 0) {
    sink_.note({directory_}, fmt::format("{} of {} segments have no .timeindex: Kafka begins an "
                                         "empty one",
                                         without_time_index, segments_.size()));
  }
}

// --- Batches ---

// A snapshot is of the moment before the batch that begins at its offset.
void PartitionCheck::reach(Offset offset) {
  while (!snapshots_.empty() && snapshots_.begin()->first <= offset) {
    const auto& [at, snapshot] = *snapshots_.begin();
    if (snapshot.valid && at > outcome_.first) {
      for (const std::string& difference :
           walk_.producers.differences(snapshot.producers, outcome_.first, walk_.compacted))
        sink_.problem({snapshot.path, -1, at}, difference);
    }
    snapshots_.erase(snapshots_.begin());
  }
}

void PartitionCheck::walk_segments() {
  outcome_.has_segments = true;
  outcome_.first = segments_.begin()->first;
  walk_.compacted = context_.compacted;
  walk_.least = outcome_.first;
  walk_.on_reached = [this](Offset offset) { reach(offset); };
  auto known = snapshots_.find(outcome_.first);
  bool has_snapshot = known != snapshots_.end() && known->second.valid;
  walk_.producers.begin(
      has_snapshot ? known->second.producers : std::vector<models::ProducerSnapshotEntry>{},
      has_snapshot || outcome_.first == Offset(0));
  for (auto it = segments_.begin(); it != segments_.end(); ++it) {
    SegmentTask task;
    task.directory = directory_;
    task.base = it->first;
    if (std::next(it) != segments_.end()) task.next_base = std::next(it)->first;
    task.has_index = it->second.index;
    task.has_time_index = it->second.time_index;
    task.has_txn_index = it->second.txn_index;
    task.epochs = epochs_ ? &*epochs_ : nullptr;
    verify_segment(files_, task, context_, walk_, sink_);
  }
  outcome_.end = walk_.least;
  reach(outcome_.end);
  if (walk_.compacted) return;
  for (const auto& [place, text] : walk_.gaps) sink_.problem(place, text);
}

// What lies behind the log's end, or before its beginning.
void PartitionCheck::check_ends() {
  auto finding = [&](const FindingSink::Place& place, const std::string& text) {
    context_.clean ? sink_.problem(place, text)
                   : sink_.note(place, text + "; Kafka drops that at its next start");
  };
  for (const auto& [offset, snapshot] : snapshots_)
    finding({snapshot.path, -1, offset},
            fmt::format("knows producers up to offset {}, but the log ends at {}", offset.value(),
                        outcome_.end.value()));
  std::string path = join_path(directory_, kEpochCheckpointFile);
  bool is_empty = outcome_.end == outcome_.first;
  if (epochs_ && epochs_->empty() && !is_empty) {
    std::string text = "knows no epoch, though the log has batches";
    context_.clean ? sink_.problem({path}, text) : sink_.note({path}, text);
  } else if (!epochs_ && !epochs_broken_ && !is_empty) {
    std::string text = "is not there: followers find out by their high watermark where to cut";
    context_.clean ? sink_.problem({path}, text) : sink_.note({path}, text);
  }
  if (!epochs_ || epochs_->empty()) return;
  const models::EpochStart& last = epochs_->back();
  if (last.start > outcome_.end) {
    finding({path, -1, last.start},
            fmt::format("epoch {} begins at offset {}, but the log ends at {}", last.epoch.value(),
                        last.start.value(), outcome_.end.value()));
  }
  const models::EpochStart& first = epochs_->front();
  Offset log_start = std::max(outcome_.first, context_.log_start.value_or(outcome_.first));
  if (first.start <= log_start || is_empty) return;
  std::string text =
      fmt::format("begins with offset {}, the log with {}", first.start.value(), log_start.value());
  context_.clean ? sink_.problem({path, -1, first.start}, text)
                 : sink_.note({path, -1, first.start}, text +
                                                           ": what lies between was deleted on "
                                                           "request, or its epoch is not known");
}

PartitionOutcome PartitionCheck::run() {
  ++sink_.totals().partitions;
  auto names = files_.list(directory_);
  if (!names.ok()) {
    sink_.problem({directory_}, std::string(names.status().message()));
    return outcome_;
  }
  sort_files(*names);
  note_leftovers();
  drop_orphans();
  if (segments_.empty()) {
    sink_.note({directory_}, "has no segment: Kafka begins an empty log");
    return outcome_;
  }
  walk_segments();
  check_ends();
  return outcome_;
}

}  // namespace

PartitionOutcome verify_partition(sim::FileSystem& files, const std::string& directory,
                                  const PartitionContext& context, FindingSink& sink) {
  return PartitionCheck(files, directory, context, sink).run();
}

}  // namespace scenarios
