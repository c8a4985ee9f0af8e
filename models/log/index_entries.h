// SPDX-License-Identifier: Apache-2.0
//
// The entries of a segment's three indexes, as bytes and as values. All integers are big-endian,
// offsets and positions are relative to the segment.
//
//   .index      [i32 last offset - base][i32 position of its batch]               8 bytes
//   .timeindex  [i64 largest timestamp so far][i32 offset - base]                12 bytes
//   .txnindex   [i16 version 0][i64 producer id][i64 first][i64 last][i64 LSO]   34 bytes
//
// `encode` appends to a string; `decode` reads an entry that is there as a whole.
// Source: storage/.../log/{OffsetIndex,TimeIndex,AbortedTxn}.java.

#ifndef MODELS_LOG_INDEX_ENTRIES_H_
#define MODELS_LOG_INDEX_ENTRIES_H_

#include <cstdint>
#include <string>

#include "models/common/ids.h"
#include "models/log/byte_order.h"

namespace models {

struct OffsetIndexEntry {
  static constexpr int64_t kBytes = 8;
  int32_t relative_offset = 0;  // Of the last record of the batch.
  int32_t position = 0;
  bool operator==(const OffsetIndexEntry&) const = default;

  void encode(std::string& out) const {
    append_big_endian(out, relative_offset);
    append_big_endian(out, position);
  }
  static OffsetIndexEntry decode(const char* bytes) {
    return {load_big_endian<int32_t>(bytes), load_big_endian<int32_t>(bytes + 4)};
  }
};

struct TimeIndexEntry {
  static constexpr int64_t kBytes = 12;
  int64_t timestamp_ms = -1;
  int32_t relative_offset = 0;  // Of the last record of the batch that has this timestamp.
  bool operator==(const TimeIndexEntry&) const = default;

  void encode(std::string& out) const {
    append_big_endian(out, timestamp_ms);
    append_big_endian(out, relative_offset);
  }
  static TimeIndexEntry decode(const char* bytes) {
    return {load_big_endian<int64_t>(bytes), load_big_endian<int32_t>(bytes + 8)};
  }
};

// A transaction that was aborted: its records are no data to a read_committed consumer.
struct AbortedTxn {
  static constexpr int64_t kBytes = 34;
  static constexpr int16_t kVersion = 0;
  int16_t version = kVersion;
  ProducerId producer_id = kNoProducerId;
  Offset first_offset;
  Offset last_offset;         // Of the abort marker.
  Offset last_stable_offset;  // When the marker was written.
  bool operator==(const AbortedTxn&) const = default;

  void encode(std::string& out) const {
    append_big_endian(out, version);
    append_big_endian(out, producer_id.value());
    append_big_endian(out, first_offset.value());
    append_big_endian(out, last_offset.value());
    append_big_endian(out, last_stable_offset.value());
  }
  static AbortedTxn decode(const char* bytes) {
    return {load_big_endian<int16_t>(bytes), ProducerId(load_big_endian<int64_t>(bytes + 2)),
            Offset(load_big_endian<int64_t>(bytes + 10)), Offset(load_big_endian<int64_t>(bytes + 18)),
            Offset(load_big_endian<int64_t>(bytes + 26))};
  }
};

}  // namespace models

#endif  // MODELS_LOG_INDEX_ENTRIES_H_
