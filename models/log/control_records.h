// SPDX-License-Identifier: Apache-2.0
//
// Control records: what brokers and controllers write between the records of clients. They stand in
// control batches, which consumers pass over.
//
//   key    i16 version 0 | i16 type
//   value  of a transaction's marker: i16 version 0 | i32 coordinator epoch
//          of the quorum's records: in Kafka's flexible encoding, each beginning with its version
//
// Source: clients/.../record/{ControlRecordType,EndTransactionMarker,ControlRecordUtils}.java and
// the messages that they name (clients/src/main/resources/common/message).

#ifndef MODELS_LOG_CONTROL_RECORDS_H_
#define MODELS_LOG_CONTROL_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/cord.h"
#include "models/common/ids.h"
#include "models/log/record_batch.h"

namespace models {

enum class ControlRecordType : int16_t {
  kUnknown = -1,  // Of a later Kafka: to be passed over.
  kAbort = 0,
  kCommit = 1,
  kLeaderChange = 2,
  kSnapshotHeader = 3,
  kSnapshotFooter = 4,
  kKRaftVersion = 5,
  kKRaftVoters = 6,
};

// `type` must be known.
std::string control_record_key(ControlRecordType type);
// Nothing for what is no key: shorter than four bytes, or of a negative version.
std::optional<ControlRecordType> control_record_type(std::string_view key);

// ---- Transactions ----

// The marker that ends a transaction on a partition.
struct EndTxnMarker {
  bool is_abort = false;
  int32_t coordinator_epoch = 0;
  bool operator==(const EndTxnMarker&) const = default;
};
// Nothing if the batch holds no marker: it is no control batch, of another kind, damaged, or was
// emptied by the cleaner.
std::optional<EndTxnMarker> end_txn_marker_of(const absl::Cord& batch, const BatchHeader& header);
// The batch that a broker appends for WriteTxnMarkers; the log gives it offset and leader epoch.
absl::Cord end_txn_batch(const EndTxnMarker& marker, ProducerId producer, ProducerEpoch epoch,
                         int64_t timestamp_ms);

// ---- The quorum's log and snapshots ----

// The first record of a leader's epoch. Kafka writes version 0, which leaves out directories.
struct LeaderChange {
  NodeId leader = kNoNode;
  std::vector<NodeId> voters;
  std::vector<NodeId> granting_voters;
  bool operator==(const LeaderChange&) const = default;
};
struct SnapshotHeader {
  int64_t last_contained_log_timestamp_ms = 0;
  bool operator==(const SnapshotHeader&) const = default;
};
struct SnapshotFooter {
  bool operator==(const SnapshotFooter&) const = default;
};
struct KRaftVersion {
  int16_t kraft_version = 0;
  bool operator==(const KRaftVersion&) const = default;
};
struct KRaftVoters {
  struct Endpoint {
    std::string name;
    std::string host;
    uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
  };
  struct Voter {
    NodeId id = kNoNode;
    Uuid directory;
    std::vector<Endpoint> endpoints;
    int16_t least_kraft_version = 0;
    int16_t most_kraft_version = 0;
    bool operator==(const Voter&) const = default;
  };
  std::vector<Voter> voters;
  bool operator==(const KRaftVoters&) const = default;
};

std::string encode(const LeaderChange& value);
std::string encode(const SnapshotHeader& value);
std::string encode(const SnapshotFooter& value);
std::string encode(const KRaftVersion& value);
std::string encode(const KRaftVoters& value);

// Each gives nothing for bytes that are not such a value. Fields of a later version are passed
// over.
std::optional<LeaderChange> decode_leader_change(std::string_view value);
std::optional<SnapshotHeader> decode_snapshot_header(std::string_view value);
std::optional<SnapshotFooter> decode_snapshot_footer(std::string_view value);
std::optional<KRaftVersion> decode_kraft_version(std::string_view value);
std::optional<KRaftVoters> decode_kraft_voters(std::string_view value);

}  // namespace models

#endif  // MODELS_LOG_CONTROL_RECORDS_H_
