// SPDX-License-Identifier: Apache-2.0
//
// The producers' state of a log: how it follows the batches, and how it is rebuilt.
// Source: storage/.../log/{UnifiedLog.rebuildProducerState,LogSegment.updateProducerState}.java.

#include <algorithm>

#include "models/log/partition_log.h"

namespace models {

// What the batch, which is all of `bytes`, says of its producer. A transaction that it ends is for
// the caller to complete.
std::optional<CompletedTxn> PartitionLog::follow(ProducerStates& producers,
                                                 const BatchHeader& header,
                                                 const absl::Cord& bytes) {
  if (!header.has_producer()) return std::nullopt;
  if (!header.is_control()) {
    producers.update(header);
    return std::nullopt;
  }
  std::optional<EndTxnMarker> marker = end_txn_marker_of(bytes, header);
  return marker ? producers.update_marker(header, *marker) : std::nullopt;
}

// `index_of`: the segment whose transaction index takes what is aborted; null when it knows
// already.
absl::Status PartitionLog::complete(ProducerStates& producers, const CompletedTxn& txn,
                                    Segment* index_of, Step& step) {
  absl::Status status;
  if (txn.is_aborted && index_of != nullptr) {
    status = index_of->append_aborted({AbortedTxn::kVersion, txn.producer_id, txn.first_offset,
                                       txn.last_offset, producers.last_stable_offset(txn)},
                                      step);
  }
  if (status.ok()) producers.complete(txn);
  return status;
}

// One batch of a log that is read again. `position`: of the batch in `bytes`.
absl::Status PartitionLog::take_in(ProducerStates& producers, const BatchHeader& header,
                                   const absl::Cord& bytes, int64_t position, Segment* index_of,
                                   Step& step) {
  absl::Status status;
  int64_t total = header.total_bytes();
  bool needs_bytes = header.has_producer() && header.is_control();
  absl::Cord batch;
  if (needs_bytes) batch = bytes.Subcord(static_cast<size_t>(position), static_cast<size_t>(total));
  if (auto txn = follow(producers, header, batch))
    status = complete(producers, *txn, index_of, step);
  producers.set_map_end(header.next_offset());
  return status;
}

absl::Status PartitionLog::take_durable_snapshot(ProducerStates& producers, Step& step) const {
  auto snapshot = producers.take_snapshot(directory_, step);
  if (!snapshot.ok() || !*snapshot) return snapshot.status();
  absl::Status synced = step.disk.sync(**snapshot);
  (void)step.disk.close(**snapshot);
  return synced;
}

absl::Status PartitionLog::replay_producers(ProducerStates& producers, size_t index, Offset from,
                                            Offset end, Step& step) {
  Segment& segment = segments_[index];
  auto begin = segment.position_of(from, step);
  if (!begin.ok()) return begin.status();
  int64_t limit = segment.size_bytes();
  if (index == segment_of(end)) {
    auto bound = segment.position_of(end, step);
    if (!bound.ok()) return bound.status();
    limit = *bound;
  }
  if (*begin >= limit) return absl::OkStatus();
  auto bytes = segment.read(*begin, limit - *begin, step);
  if (!bytes.ok()) return bytes.status();
  int64_t position = 0;
  while (auto header = read_batch_header(*bytes, position)) {
    if (header->total_bytes() < kBatchHeaderBytes) break;
    absl::Status taken = take_in(producers, *header, *bytes, position, nullptr, step);
    if (!taken.ok()) return taken;
    position += header->total_bytes();
  }
  return absl::OkStatus();
}

// Makes `producers` what they were at `end`: from the newest snapshot below, and the batches that
// follow it. A clean log without any snapshot is of before their time: nothing is read.
absl::Status PartitionLog::rebuild_producers(ProducerStates& producers, Offset end,
                                             bool from_clean_stop, Step& step) {
  std::vector<Offset> snapshots_wanted{end};
  for (size_t back = 1; back <= 2 && back <= segments_.size(); ++back)
    snapshots_wanted.push_back(segments_[segments_.size() - back].base_offset());
  std::sort(snapshots_wanted.begin(), snapshots_wanted.end());
  if (producers.snapshots().empty() && from_clean_stop) {
    for (Offset at : snapshots_wanted) {
      producers.set_map_end(at);
      if (absl::Status status = take_durable_snapshot(producers, step); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  bool was_empty = producers.is_empty() && producers.map_end() >= end;
  absl::Status loaded = producers.truncate_and_reload(
      directory_, log_start_, end, step.wall.millis(), producer_id_expiration_.millis(), step);
  if (!loaded.ok()) return loaded;
  if (end > producers.map_end() && !was_empty) {
    for (size_t i = segment_of(producers.map_end()); i < segments_.size(); ++i) {
      Offset base = segments_[i].base_offset();
      if (base >= end) break;
      Offset from = std::max({base, producers.map_end(), log_start_});
      producers.set_map_end(from);
      if (std::binary_search(snapshots_wanted.begin(), snapshots_wanted.end(), base)) {
        if (absl::Status status = take_durable_snapshot(producers, step); !status.ok())
          return status;
      }
      if (absl::Status status = replay_producers(producers, i, from, end, step); !status.ok())
        return status;
    }
  }
  producers.set_map_end(end);
  return take_durable_snapshot(producers, step);
}

}  // namespace models
