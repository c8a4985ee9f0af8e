// SPDX-License-Identifier: Apache-2.0

#include "models/log/producer_snapshot.h"

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"

namespace models {

namespace {

constexpr int16_t kVersion = 1;
constexpr size_t kCrcPosition = 2;
constexpr size_t kEntriesPosition = 6;  // Where the checksum begins to count.
constexpr size_t kHeaderBytes = 10;

ProducerSnapshotEntry decode_entry(const char* bytes) {
  ProducerSnapshotEntry entry;
  entry.producer_id = ProducerId(load_big_endian<int64_t>(bytes));
  entry.epoch = ProducerEpoch(load_big_endian<int16_t>(bytes + 8));
  entry.last_sequence = Sequence(load_big_endian<int32_t>(bytes + 10));
  entry.last_offset = Offset(load_big_endian<int64_t>(bytes + 14));
  entry.offset_delta = load_big_endian<int32_t>(bytes + 22);
  entry.timestamp_ms = load_big_endian<int64_t>(bytes + 26);
  entry.coordinator_epoch = load_big_endian<int32_t>(bytes + 34);
  entry.txn_first_offset = Offset(load_big_endian<int64_t>(bytes + 38));
  return entry;
}

}  // namespace

std::string encode_producer_snapshot(const std::vector<ProducerSnapshotEntry>& entries) {
  std::string out;
  append_big_endian(out, kVersion);
  append_big_endian(out, uint32_t{0});
  append_big_endian(out, static_cast<int32_t>(entries.size()));
  for (const ProducerSnapshotEntry& entry : entries) {
    append_big_endian(out, entry.producer_id.value());
    append_big_endian(out, entry.epoch.value());
    append_big_endian(out, entry.last_sequence.value());
    append_big_endian(out, entry.last_offset.value());
    append_big_endian(out, entry.offset_delta);
    append_big_endian(out, entry.timestamp_ms);
    append_big_endian(out, entry.coordinator_epoch);
    append_big_endian(out, entry.txn_first_offset.value());
  }
  store_big_endian(out.data() + kCrcPosition,
                   crc32c(std::string_view(out).substr(kEntriesPosition)));
  return out;
}

absl::StatusOr<std::vector<ProducerSnapshotEntry>> decode_producer_snapshot(
    std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return absl::DataLossError("a producer snapshot that is cut");
  if (load_big_endian<int16_t>(bytes.data()) != kVersion)
    return absl::DataLossError("a producer snapshot of an unknown version");
  if (load_big_endian<uint32_t>(bytes.data() + kCrcPosition) !=
      crc32c(bytes.substr(kEntriesPosition)))
    return absl::DataLossError("a producer snapshot whose checksum does not match");
  int64_t count = load_big_endian<int32_t>(bytes.data() + kEntriesPosition);
  int64_t room = static_cast<int64_t>(bytes.size() - kHeaderBytes);
  if (count < 0 || count * ProducerSnapshotEntry::kBytes != room)
    return absl::DataLossError("a producer snapshot whose length does not fit its count");
  std::vector<ProducerSnapshotEntry> entries;
  entries.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    entries.push_back(
        decode_entry(bytes.data() + kHeaderBytes + i * ProducerSnapshotEntry::kBytes));
  return entries;
}

}  // namespace models
