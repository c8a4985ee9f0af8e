// SPDX-License-Identifier: Apache-2.0
//
// A `.snapshot` file: what a partition remembers of its producers at one offset, which is the
// file's name. With it a start need not read the log up to there.
//
//   [i16 version 1][u32 CRC-32C of all that follows][i32 count] count times:
//   [i64 producer id][i16 epoch][i32 last sequence][i64 last offset][i32 offset delta]
//   [i64 timestamp][i32 coordinator epoch][i64 first offset of its open transaction, or -1]
//
// Only the last batch of a producer is kept. Source: storage/.../log/ProducerStateManager.java,
// resources/message/ProducerSnapshot.json.

#ifndef MODELS_LOG_PRODUCER_SNAPSHOT_H_
#define MODELS_LOG_PRODUCER_SNAPSHOT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/ids.h"

namespace models {

struct ProducerSnapshotEntry {
  static constexpr int64_t kBytes = 46;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch epoch = kNoProducerEpoch;
  Sequence last_sequence = kNoSequence;  // -1: no batch is remembered.
  Offset last_offset = kNoOffset;
  int32_t offset_delta = 0;              // Last offset - first offset of the last batch.
  int64_t timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  Offset txn_first_offset = kNoOffset;
  bool operator==(const ProducerSnapshotEntry&) const = default;
};

std::string encode_producer_snapshot(const std::vector<ProducerSnapshotEntry>& entries);
// DataLoss if the file is cut, its version is not 1 or its checksum does not match.
absl::StatusOr<std::vector<ProducerSnapshotEntry>> decode_producer_snapshot(std::string_view bytes);

}  // namespace models

#endif  // MODELS_LOG_PRODUCER_SNAPSHOT_H_
