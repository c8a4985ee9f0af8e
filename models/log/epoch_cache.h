// SPDX-License-Identifier: Apache-2.0
//
// Where each leader epoch begins in one replica's log. Followers use it to find the point at which
// their log parted from the leader's, and cut there.
//
//   entries   (epoch 3 @ 100) (epoch 5 @ 140)      log end 170
//   offsets   100 ........ 139 140 ........ 169
//   end_of(3) = (3, 140)   end_of(4) = (3, 140)   end_of(5) = (5, 170)   end_of(6) = none
//
// A pure value; its owner writes `leader-epoch-checkpoint` whenever `assign` or a cut says that
// something changed. Source: storage/.../epoch/LeaderEpochFileCache.java.

#ifndef MODELS_LOG_EPOCH_CACHE_H_
#define MODELS_LOG_EPOCH_CACHE_H_

#include <optional>
#include <vector>

#include "models/common/ids.h"
#include "models/protocol/fetch.h"

namespace models {

struct EpochStart {
  LeaderEpoch epoch;
  Offset start;
  bool operator==(const EpochStart&) const = default;
  static void fields(auto&& f) {
    f("epoch", &EpochStart::epoch);
    f("start", &EpochStart::start);
  }
};

class EpochCache {
 public:
  // `epoch` begins at `start`. No-op if it is the latest and begins no later; entries that are not
  // before it in both columns are dropped first. Returns true if the cache changed.
  bool assign(LeaderEpoch epoch, Offset start);

  LeaderEpoch latest() const;
  std::optional<Offset> start_of(LeaderEpoch epoch) const;

  // The largest known epoch not above `epoch`, and where it ends here. For the latest epoch that is
  // (epoch, log_end). If all known epochs are above: (epoch, first start). Nothing if `epoch` is -1,
  // above all known, or nothing is known.
  std::optional<EpochEndOffset> end_of(LeaderEpoch epoch, Offset log_end) const;

  // Forgets entries that start at or past `end`, as the log is cut there. True if any.
  bool truncate_from_end(Offset end);
  // The log now starts at `start`: drops older entries, moves the last of them up. True if changed.
  bool truncate_from_start(Offset start);
  void clear() { entries_.clear(); }

  const std::vector<EpochStart>& entries() const { return entries_; }
  bool operator==(const EpochCache&) const = default;
  static void fields(auto&& f) { f("entries", &EpochCache::entries_); }

 private:
  std::vector<EpochStart> entries_;  // Both columns strictly increase.
};

}  // namespace models

#endif  // MODELS_LOG_EPOCH_CACHE_H_
