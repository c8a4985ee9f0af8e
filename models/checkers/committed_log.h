// SPDX-License-Identifier: Apache-2.0
//
// The committed history of one partition, as an observer outside the cluster keeps it: not the
// records, but a print of each batch that some leader's high watermark has passed. It only grows,
// unless the cluster is released from a part of it (see partition_memory.h).
//
// Cheap to copy: prints are kept in blocks, and full blocks are shared by all copies.

#ifndef MODELS_CHECKERS_COMMITTED_LOG_H_
#define MODELS_CHECKERS_COMMITTED_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/common/ids.h"
#include "models/log/record_batch.h"

namespace models {

// Two batches with equal prints hold equal records at equal offsets of equal epoch.
struct BatchPrint {
  Offset base;
  LeaderEpoch epoch = kNoLeaderEpoch;
  uint32_t crc = 0;
  int32_t last_offset_delta = 0;
  int32_t records = 0;
  int32_t length = 0;

  static BatchPrint of(const BatchHeader& header);
  Offset next() const { return base + last_offset_delta + 1; }
  bool operator==(const BatchPrint&) const = default;
};
// "118..121 of epoch 3 (crc 9a0277d1)".
std::string to_string(const BatchPrint& print);

class CommittedLog {
 public:
  bool empty() const { return blocks_.empty() && open_.empty(); }
  // Behind the last batch; 0 for an empty history.
  Offset end() const { return empty() ? Offset(0) : last().next(); }
  // Behind the last batch of `epoch` or an earlier one. Epochs never go back in what is committed.
  Offset end_of(LeaderEpoch epoch) const;
  // The batch that holds `offset`, null if there is none.
  const BatchPrint* holding(Offset offset) const;
  // The first batch that ends after `offset`, null if there is none.
  const BatchPrint* first_ending_after(Offset offset) const;
  // The last batch that ends at or before `offset`, null if there is none.
  const BatchPrint* last_ending_by(Offset offset) const;

  // `print` must begin at or past the end.
  void push(const BatchPrint& print);
  // Forgets every batch that does not end at or before `end`.
  void truncate(Offset end);

 private:
  using Block = std::vector<BatchPrint>;
  static constexpr size_t kBlockPrints = 1024;

  const BatchPrint& last() const { return open_.empty() ? blocks_.back()->back() : open_.back(); }
  // The last batch with a base not above `offset`.
  const BatchPrint* starting_by(Offset offset) const;

  std::vector<std::shared_ptr<const Block>> blocks_;  // Full and never changed.
  Block open_;                                        // The last prints.
};

}  // namespace models

#endif  // MODELS_CHECKERS_COMMITTED_LOG_H_
