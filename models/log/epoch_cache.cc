// SPDX-License-Identifier: Apache-2.0

#include "models/log/epoch_cache.h"

#include <algorithm>

namespace models {

bool EpochCache::assign(LeaderEpoch epoch, Offset start) {
  if (!entries_.empty() && entries_.back().epoch == epoch && start >= entries_.back().start)
    return false;
  while (!entries_.empty() && (entries_.back().epoch >= epoch || entries_.back().start >= start))
    entries_.pop_back();
  entries_.push_back({epoch, start});
  return true;
}

LeaderEpoch EpochCache::latest() const {
  return entries_.empty() ? kNoLeaderEpoch : entries_.back().epoch;
}

std::optional<Offset> EpochCache::start_of(LeaderEpoch epoch) const {
  for (const EpochStart& entry : entries_) {
    if (entry.epoch == epoch) return entry.start;
  }
  return std::nullopt;
}

std::optional<EpochEndOffset> EpochCache::end_of(LeaderEpoch epoch, Offset log_end) const {
  if (epoch == kNoLeaderEpoch || entries_.empty() || epoch > entries_.back().epoch)
    return std::nullopt;
  if (epoch == entries_.back().epoch) return EpochEndOffset{epoch, log_end};
  auto higher = std::find_if(entries_.begin(), entries_.end(),
                             [&](const EpochStart& entry) { return entry.epoch > epoch; });
  if (higher == entries_.begin()) return EpochEndOffset{epoch, higher->start};
  return EpochEndOffset{(higher - 1)->epoch, higher->start};
}

bool EpochCache::truncate_from_end(Offset end) {
  size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start >= end) entries_.pop_back();
  return entries_.size() != before;
}

bool EpochCache::truncate_from_start(Offset start) {
  // The last entry at or before `start` is in force there: it stays, moved up.
  size_t keep = 0;
  while (keep + 1 < entries_.size() && entries_[keep + 1].start <= start) ++keep;
  if (entries_.empty() || entries_[keep].start > start) return false;
  bool changed = keep > 0 || entries_[keep].start != start;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(keep));
  entries_.front().start = start;
  return changed;
}

}  // namespace models
