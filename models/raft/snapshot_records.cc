// SPDX-License-Identifier: Apache-2.0

#include "models/raft/snapshot_records.h"

#include <algorithm>
#include <optional>

#include "models/log/control_records.h"
#include "models/log/record_batch.h"

namespace models {

namespace {

// Kafka adds records so many at a time, and no such group lies in two batches.
constexpr size_t kGroupRecords = 1024;
constexpr int64_t kMaxBatchBytes = 8 << 20;
// Most that the length and the offset of a record take beyond its value.
constexpr int64_t kRecordOverheadBytes = 24;

BatchBuilder builder_at(Offset base, LeaderEpoch epoch, int16_t attributes = 0) {
  BatchBuilder::Options options;
  options.base_offset = base;
  options.leader_epoch = epoch;
  options.attributes = attributes;
  return BatchBuilder(options);
}

absl::Cord control_batch(Offset base, LeaderEpoch epoch, ControlRecordType type,
                         const std::string& value, int64_t now_ms) {
  BatchBuilder control = builder_at(base, epoch, BatchHeader::kControlFlag);
  control.add(now_ms, control_record_key(type), value);
  return control.build();
}

}  // namespace

absl::Cord encode_snapshot(const SnapshotContent& content, int64_t now_ms) {
  const LeaderEpoch epoch = content.id.epoch;
  SnapshotHeader header{content.last_contained_log_timestamp_ms};
  absl::Cord bytes =
      control_batch(Offset(0), epoch, ControlRecordType::kSnapshotHeader, encode(header), now_ms);
  Offset next(1);
  BatchBuilder batch = builder_at(next, epoch);
  for (size_t begin = 0; begin < content.values.size(); begin += kGroupRecords) {
    size_t end = std::min(begin + kGroupRecords, content.values.size());
    int64_t group = 0;
    for (size_t i = begin; i < end; ++i)
      group += static_cast<int64_t>(content.values[i].size()) + kRecordOverheadBytes;
    if (batch.record_count() > 0 && batch.size_bytes() + group > kMaxBatchBytes) {
      bytes.Append(batch.build());
      batch = builder_at(next, epoch);
    }
    for (size_t i = begin; i < end; ++i) batch.add(now_ms, std::nullopt, content.values[i]);
    next += static_cast<int64_t>(end - begin);
  }
  if (batch.record_count() > 0) bytes.Append(batch.build());
  bytes.Append(control_batch(next, epoch, ControlRecordType::kSnapshotFooter,
                             encode(SnapshotFooter{}), now_ms));
  return bytes;
}

absl::StatusOr<int64_t> last_contained_log_timestamp(const absl::Cord& head) {
  std::optional<BatchHeader> header = read_batch_header(head);
  std::optional<SnapshotHeader> found;
  if (header && header->is_control() && header->total_bytes() >= kBatchHeaderBytes &&
      header->total_bytes() <= static_cast<int64_t>(head.size())) {
    absl::Cord batch = head.Subcord(0, static_cast<size_t>(header->total_bytes()));
    absl::Status read = for_each_record(batch, *header, [&](const RecordView& record) {
      bool is_header =
          record.key && control_record_type(*record.key) == ControlRecordType::kSnapshotHeader;
      if (is_header && !found) found = decode_snapshot_header(record.value.value_or(""));
    });
    if (!read.ok()) found.reset();
  }
  if (!found) return absl::DataLossError("a snapshot without its header");
  return found->last_contained_log_timestamp_ms;
}

absl::Status for_each_snapshot_record(const absl::Cord& snapshot,
                                      absl::FunctionRef<void(std::string_view)> visit) {
  if (auto time = last_contained_log_timestamp(snapshot); !time.ok()) return time.status();
  const int64_t size = static_cast<int64_t>(snapshot.size());
  int64_t position = 0;
  while (std::optional<BatchHeader> header = read_batch_header(snapshot, position)) {
    int64_t bytes = header->total_bytes();
    if (bytes < kBatchHeaderBytes || position + bytes > size) break;
    absl::Cord batch = snapshot.Subcord(static_cast<size_t>(position), static_cast<size_t>(bytes));
    if (!is_valid_batch(batch, *header)) break;
    if (!header->is_control()) {
      absl::Status read = for_each_record(
          batch, *header, [&](const RecordView& record) { visit(record.value.value_or("")); });
      if (!read.ok()) return read;
    }
    position += bytes;
  }
  return position == size ? absl::OkStatus() : absl::DataLossError("a damaged snapshot");
}

}  // namespace models
