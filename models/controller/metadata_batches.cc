// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_batches.h"

#include <algorithm>
#include <optional>

#include "models/log/record_batch.h"

namespace models {

namespace {

absl::Status visit_batch(const absl::Cord& batch, const BatchHeader& header, Offset from,
                         absl::FunctionRef<void(const MetadataRecord&, Offset)> visit) {
  absl::Status status;
  absl::Status decoded = for_each_record(batch, header, [&](const RecordView& view) {
    if (!status.ok() || view.offset < from) return;
    absl::StatusOr<MetadataRecord> record = decode_metadata_record(view.value.value_or(""));
    status = record.status();
    if (record.ok()) visit(*record, view.offset);
  });
  return decoded.ok() ? status : decoded;
}

}  // namespace

absl::StatusOr<MetadataPosition> visit_metadata_records(
    const absl::Cord& batches, MetadataPosition from, Offset limit,
    absl::FunctionRef<void(const MetadataRecord&, Offset)> visit) {
  MetadataPosition reached = from;
  int64_t position = 0;
  const int64_t size = static_cast<int64_t>(batches.size());
  while (std::optional<BatchHeader> header = read_batch_header(batches, position)) {
    int64_t bytes = header->total_bytes();
    if (bytes < kBatchHeaderBytes) return absl::DataLossError("malformed metadata batch");
    if (position + bytes > size || header->next_offset() > limit) break;
    absl::Cord batch = batches.Subcord(static_cast<size_t>(position), static_cast<size_t>(bytes));
    if (!is_valid_batch(batch, *header)) return absl::DataLossError("corrupt metadata batch");
    if (!header->is_control()) {
      absl::Status visited = visit_batch(batch, *header, from.next, visit);
      if (!visited.ok()) return visited;
    }
    reached = {std::max(reached.next, header->next_offset()), header->leader_epoch,
               header->max_timestamp_ms, reached.bytes + bytes};
    position += bytes;
  }
  return reached;
}

}  // namespace models
