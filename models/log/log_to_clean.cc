// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_to_clean.h"

#include <algorithm>

#include "models/common/config.h"
#include "models/log/partition_log.h"

namespace models {

namespace {

// Index of the segment that holds `offset`, or the first.
size_t floor_of(const std::vector<Segment>& segments, Offset offset) {
  size_t index = segments.size() - 1;
  while (index > 0 && segments[index].base_offset() > offset) --index;
  return index;
}

int64_t bytes_between(const std::vector<Segment>& segments, Offset from, Offset to) {
  int64_t bytes = 0;
  if (from >= to) return bytes;
  for (size_t i = floor_of(segments, from); i < segments.size(); ++i) {
    if (segments[i].base_offset() >= to) break;
    bytes += segments[i].size_bytes();
  }
  return bytes;
}

Offset first_too_young(const PartitionLog& log, Offset first_dirty, Offset end, int64_t now_ms) {
  int64_t lag = log.config().min_compaction_lag_ms.millis();
  const std::vector<Segment>& segments = log.segments();
  if (lag <= 0) return end;
  for (size_t i = floor_of(segments, first_dirty); i + 1 < segments.size(); ++i) {
    if (segments[i].largest_timestamp_ms() > now_ms - lag)
      return std::min(end, segments[i].base_offset());
  }
  return end;
}

}  // namespace

int64_t LogToClean::ratio_millionths() const {
  if (total_bytes() == 0) return 0;
  return cleanable_bytes * Fraction::kOne / total_bytes();
}

absl::StatusOr<LogToClean> log_to_clean(PartitionLog& log, std::optional<Offset> cleaned_to,
                                        Step& step) {
  LogToClean found;
  found.first_dirty = cleaned_to.value_or(log.log_start_offset());
  if (found.first_dirty < log.log_start_offset() || found.first_dirty > log.log_end_offset()) {
    found.first_dirty = log.log_start_offset();
    found.was_reset = true;
  }
  const std::vector<Segment>& segments = log.segments();
  Offset active = segments.back().base_offset();
  // KAFKA-13194: without an open transaction, what is not yet committed was cleaned too.
  Offset stable = step.mutated(Mutation::kKafka13194)
                      ? log.producers().first_unstable_offset().value_or(log.log_end_offset())
                      : log.last_stable_offset();
  Offset end = std::min(stable, active);
  end = first_too_young(log, found.first_dirty, end, step.wall.millis());
  end = std::max(found.first_dirty, end);
  // Only whole segments are cleaned: the one that holds `end` and all behind it wait.
  size_t first_kept = end > active ? segments.size() - 1 : floor_of(segments, end);
  found.first_uncleanable = segments[first_kept].base_offset();
  found.clean_bytes = bytes_between(segments, Offset(-1), found.first_dirty);
  found.cleanable_bytes = bytes_between(
      segments, std::min(found.first_dirty, found.first_uncleanable), found.first_uncleanable);
  auto oldest = log.first_timestamp_from(found.first_dirty, step);
  if (!oldest.ok()) return oldest.status();
  int64_t clean_until = step.wall.millis() - log.config().max_compaction_lag_ms;
  found.is_due = *oldest && **oldest < clean_until;
  return found;
}

bool is_worth_cleaning(const LogToClean& what, const PartitionLog& log) {
  if (what.total_bytes() == 0) return false;
  if (what.is_due && what.cleanable_bytes > 0) return true;
  return what.ratio_millionths() > log.config().min_cleanable_dirty_ratio.millionths;
}

}  // namespace models
