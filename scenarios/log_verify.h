// SPDX-License-Identifier: Apache-2.0
//
// Is a log directory sound? Holds every byte that Kafka relies on against whatever else says the
// same: checksums, framing, offsets and epochs that go on without a gap, records against their
// batch's header, each entry of an index against the batch it names, producer snapshots and aborted
// transactions against the log walked anew, checkpoints against the logs.
//
//   .log  [batch 0..4][batch 5..5][batch 6..9]      contiguous, CRC, epoch as in the checkpoint
//            ^           ^ .timeindex (t, 5): the largest timestamp up to there
//   .index (9, position of 6..9)   .snapshot at 10: what the walk knows of each producer at 10
//
// A problem is something wrong; a note is something that Kafka itself puts right at its next start,
// or that cannot be judged. What lies outside a batch's CRC (base offset, leader epoch) is held
// against its neighbours and `leader-epoch-checkpoint`. A compacted log lacks what would tell: a
// base offset there that still grows goes unseen, and so do a snapshot's numbers (not its CRC) and
// a first or last stable offset in a .txnindex that could be.
//
// Not checked, as nothing else knows them: topic ids that are the same everywhere, ids in
// meta.properties, offsets in checkpoints that are too low. Nor: records of compressed batches, as
// long as models::for_each_record does not read them (their CRC is); formats before Kafka 0.11.

#ifndef SCENARIOS_LOG_VERIFY_H_
#define SCENARIOS_LOG_VERIFY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "models/common/ids.h"
#include "scenarios/log_places.h"
#include "sim/file_system.h"

namespace scenarios {

struct LogFinding {
  bool is_problem = true;  // Else a note.
  std::string file;        // As a path of the file system; "" for the root.
  int64_t position = -1;   // In the file; -1: of the whole.
  models::Offset offset = models::kNoOffset;
  std::string text;
};

struct VerifyOptions {
  // Gaps between offsets are the cleaner's. Without it that is found out where it can be: from
  // cleaner-offset-checkpoint, Kafka's own compacted topics, batches that lack records.
  bool compacted = false;
};

// Kafka's own compacted topics: __consumer_offsets, __transaction_state, ...
bool is_compacted_by_kafka(const std::string& topic);

struct VerifyTotals {
  int64_t partitions = 0;
  int64_t segments = 0;
  int64_t batches = 0;
  int64_t records = 0;
  int64_t bytes = 0;  // Of batches.
  int64_t problems = 0;
  int64_t notes = 0;
};

// Reads only. `report` gets each finding once, in the order of the files. Of one file at most
// kMostFindings of a kind are reported; the totals count all.
inline constexpr int64_t kMostFindings = 100;
VerifyTotals verify_logs(sim::FileSystem& files, const LogPlace& place,
                         const VerifyOptions& options,
                         const std::function<void(const LogFinding&)>& report);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_VERIFY_H_
