// SPDX-License-Identifier: Apache-2.0

#include "models/log/batch_filter.h"

#include <optional>
#include <vector>

namespace models {

absl::StatusOr<absl::Cord> filter_batch(const absl::Cord& batch, const BatchHeader& header,
                                        const BatchFilter& filter) {
  std::vector<bool> stays;
  bool any = false;
  bool all = true;
  bool has_tombstone = false;
  absl::Status read = for_each_record(batch, header, [&](const RecordView& record) {
    bool keep = filter.keeps(record);
    stays.push_back(keep);
    any |= keep;
    all &= keep;
    has_tombstone |= keep && !record.value;
  });
  if (!read.ok()) return read;
  if (!any) return filter.keep_empty ? empty_batch(header) : absl::Cord();
  std::optional<int64_t> horizon = header.delete_horizon_ms();
  bool sets_horizon = (has_tombstone || filter.is_empty_marker) && !horizon;
  if (all && !sets_horizon) return batch;
  if (sets_horizon) horizon = filter.new_horizon_ms;
  BatchBuilder::Options options{
      .base_offset = header.base_offset,
      .leader_epoch = header.leader_epoch,
      .attributes = static_cast<int16_t>(
          header.attributes & (BatchHeader::kTransactionalFlag | BatchHeader::kControlFlag)),
      .producer_id = header.producer_id,
      .producer_epoch = header.producer_epoch,
      .base_sequence = header.base_sequence,
      .compression = {.type = header.codec().value_or(CompressionType::kNone)},
      .delete_horizon_ms = horizon};
  if (header.timestamp_type() == TimestampType::kLogAppendTime)
    options.log_append_time_ms = header.max_timestamp_ms;
  BatchBuilder builder(options);
  size_t index = 0;
  read = for_each_record(batch, header, [&](const RecordView& record) {
    if (stays[index++]) builder.add_at(record.offset, record);
  });
  if (!read.ok()) return read;
  builder.keep_last_offset(header.last_offset());
  return builder.build();
}

}  // namespace models
