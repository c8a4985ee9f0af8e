// SPDX-License-Identifier: Apache-2.0

#include "models/log/control_records.h"

#include "models/log/byte_order.h"
#include "models/log/flexible_encoding.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr int16_t kVersion = 0;
constexpr size_t kKeyBytes = 4;
constexpr size_t kMarkerBytes = 6;
// The least that an entry of an array takes: an id and no tagged fields, and so on.
constexpr size_t kLeaderChangeVoterBytes = 5;
constexpr size_t kVoterBytes = 27;
constexpr size_t kEndpointBytes = 5;

std::optional<EndTxnMarker> marker_in(const RecordView& record) {
  if (!record.key || !record.value || record.value->size() < kMarkerBytes) return std::nullopt;
  std::optional<ControlRecordType> type = control_record_type(*record.key);
  if (type != ControlRecordType::kAbort && type != ControlRecordType::kCommit) return std::nullopt;
  if (load_big_endian<int16_t>(record.value->data()) < 0) return std::nullopt;
  return EndTxnMarker{type == ControlRecordType::kAbort,
                      load_big_endian<int32_t>(record.value->data() + 2)};
}

void write_nodes(FlexibleWriter& out, const std::vector<NodeId>& nodes) {
  out.size(nodes.size());
  for (NodeId node : nodes) {
    out.number(node.value());
    out.end_of_fields();
  }
}

// Version 1 gives each voter a directory.
std::vector<NodeId> read_nodes(FlexibleReader& in, int16_t version) {
  std::vector<NodeId> nodes;
  for (uint32_t i = in.size(kLeaderChangeVoterBytes); i > 0 && in.ok(); --i) {
    nodes.push_back(NodeId(in.number<int32_t>()));
    if (version >= 1) {
      in.number<int64_t>();
      in.number<int64_t>();
    }
    in.end_of_fields();
  }
  return nodes;
}

KRaftVoters::Voter read_voter(FlexibleReader& in) {
  KRaftVoters::Voter voter;
  voter.id = NodeId(in.number<int32_t>());
  voter.directory.words[0] = in.number<uint64_t>();
  voter.directory.words[1] = in.number<uint64_t>();
  for (uint32_t i = in.size(kEndpointBytes); i > 0 && in.ok(); --i) {
    KRaftVoters::Endpoint endpoint;
    endpoint.name = std::string(in.text());
    endpoint.host = std::string(in.text());
    endpoint.port = in.number<uint16_t>();
    in.end_of_fields();
    voter.endpoints.push_back(std::move(endpoint));
  }
  voter.least_kraft_version = in.number<int16_t>();
  voter.most_kraft_version = in.number<int16_t>();
  in.end_of_fields();
  in.end_of_fields();
  return voter;
}

// The value once all its fields are read; nothing if they were not there.
template <class Value>
std::optional<Value> finished(FlexibleReader& in, Value value) {
  in.end_of_fields();
  return in.ok() ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace

std::string control_record_key(ControlRecordType type) {
  SIM_CHECK(type != ControlRecordType::kUnknown, "an unknown type has no key");
  std::string key;
  append_big_endian(key, kVersion);
  append_big_endian(key, static_cast<int16_t>(type));
  return key;
}

std::optional<ControlRecordType> control_record_type(std::string_view key) {
  if (key.size() < kKeyBytes || load_big_endian<int16_t>(key.data()) < 0) return std::nullopt;
  int16_t type = load_big_endian<int16_t>(key.data() + 2);
  if (type < 0 || type > static_cast<int16_t>(ControlRecordType::kKRaftVoters))
    return ControlRecordType::kUnknown;
  return static_cast<ControlRecordType>(type);
}

std::optional<EndTxnMarker> end_txn_marker_of(const absl::Cord& batch, const BatchHeader& header) {
  if (!header.is_control()) return std::nullopt;
  std::optional<EndTxnMarker> marker;
  int64_t seen = 0;
  // A marker stands alone; like Kafka, look at the first record only.
  absl::Status read = for_each_record(batch, header, [&](const RecordView& record) {
    if (seen++ == 0) marker = marker_in(record);
  });
  return read.ok() ? marker : std::nullopt;
}

absl::Cord end_txn_batch(const EndTxnMarker& marker, ProducerId producer, ProducerEpoch epoch,
                         int64_t timestamp_ms) {
  BatchBuilder builder({.attributes = BatchHeader::kTransactionalFlag | BatchHeader::kControlFlag,
                        .producer_id = producer,
                        .producer_epoch = epoch});
  std::string value;
  append_big_endian(value, kVersion);
  append_big_endian(value, marker.coordinator_epoch);
  builder.add(
      timestamp_ms,
      control_record_key(marker.is_abort ? ControlRecordType::kAbort : ControlRecordType::kCommit),
      value);
  return builder.build();
}

std::string encode(const LeaderChange& value) {
  FlexibleWriter out;
  out.number(kVersion);
  out.number(value.leader.value());
  write_nodes(out, value.voters);
  write_nodes(out, value.granting_voters);
  out.end_of_fields();
  return out.take();
}

std::optional<LeaderChange> decode_leader_change(std::string_view bytes) {
  FlexibleReader in(bytes);
  int16_t version = in.number<int16_t>();
  LeaderChange value;
  value.leader = NodeId(in.number<int32_t>());
  value.voters = read_nodes(in, version);
  value.granting_voters = read_nodes(in, version);
  return finished(in, std::move(value));
}

std::string encode(const SnapshotHeader& value) {
  FlexibleWriter out;
  out.number(kVersion);
  out.number(value.last_contained_log_timestamp_ms);
  out.end_of_fields();
  return out.take();
}

std::optional<SnapshotHeader> decode_snapshot_header(std::string_view bytes) {
  FlexibleReader in(bytes);
  in.number<int16_t>();
  SnapshotHeader value;
  value.last_contained_log_timestamp_ms = in.number<int64_t>();
  return finished(in, value);
}

std::string encode(const SnapshotFooter&) {
  FlexibleWriter out;
  out.number(kVersion);
  out.end_of_fields();
  return out.take();
}

std::optional<SnapshotFooter> decode_snapshot_footer(std::string_view bytes) {
  FlexibleReader in(bytes);
  in.number<int16_t>();
  return finished(in, SnapshotFooter{});
}

std::string encode(const KRaftVersion& value) {
  FlexibleWriter out;
  out.number(kVersion);
  out.number(value.kraft_version);
  out.end_of_fields();
  return out.take();
}

std::optional<KRaftVersion> decode_kraft_version(std::string_view bytes) {
  FlexibleReader in(bytes);
  in.number<int16_t>();
  KRaftVersion value;
  value.kraft_version = in.number<int16_t>();
  return finished(in, value);
}

std::string encode(const KRaftVoters& value) {
  FlexibleWriter out;
  out.number(kVersion);
  out.size(value.voters.size());
  for (const KRaftVoters::Voter& voter : value.voters) {
    out.number(voter.id.value());
    out.number(voter.directory.words[0]);
    out.number(voter.directory.words[1]);
    out.size(voter.endpoints.size());
    for (const KRaftVoters::Endpoint& endpoint : voter.endpoints) {
      out.text(endpoint.name);
      out.text(endpoint.host);
      out.number(endpoint.port);
      out.end_of_fields();
    }
    out.number(voter.least_kraft_version);
    out.number(voter.most_kraft_version);
    out.end_of_fields();
    out.end_of_fields();
  }
  out.end_of_fields();
  return out.take();
}

std::optional<KRaftVoters> decode_kraft_voters(std::string_view bytes) {
  FlexibleReader in(bytes);
  in.number<int16_t>();
  KRaftVoters value;
  for (uint32_t i = in.size(kVoterBytes); i > 0 && in.ok(); --i)
    value.voters.push_back(read_voter(in));
  return finished(in, std::move(value));
}

}  // namespace models
