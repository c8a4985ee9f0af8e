// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a snapshot of the metadata log: record batches whose offsets count from 0, all of the
// epoch of the snapshot's id.
//
//   [header: control record][records ...][records ...][footer: control record]
//
// It knows nothing of what the records mean. What Kafka would write with kraft.version 0: a header
// without voters. Source: raft/.../snapshot/{RecordsSnapshotWriter,RecordsSnapshotReader}.java,
// metadata/.../image/writer/RaftSnapshotWriter.java.

#ifndef MODELS_RAFT_SNAPSHOT_RECORDS_H_
#define MODELS_RAFT_SNAPSHOT_RECORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/protocol/fetch.h"

namespace models {

struct SnapshotContent {
  SnapshotId id;
  int64_t last_contained_log_timestamp_ms = 0;  // Of the log's last batch that it stands for.
  std::vector<std::string> values;              // Of its records.
};

// `now_ms`: the time of its own batches.
absl::Cord encode_snapshot(const SnapshotContent& content, int64_t now_ms);

// How many bytes from a snapshot's beginning tell the header's time.
inline constexpr int64_t kSnapshotHeadBytes = 256;
// DataLoss if what stands at the beginning is no header.
absl::StatusOr<int64_t> last_contained_log_timestamp(const absl::Cord& head);

// Visits the value of each record of `snapshot`. DataLoss for a batch that is cut or not valid, or
// a beginning that is no header.
absl::Status for_each_snapshot_record(const absl::Cord& snapshot,
                                      absl::FunctionRef<void(std::string_view)> visit);

}  // namespace models

#endif  // MODELS_RAFT_SNAPSHOT_RECORDS_H_
