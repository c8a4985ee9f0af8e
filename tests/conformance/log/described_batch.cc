// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/described_batch.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "models/log/control_records.h"
#include "models/log/record_batch.h"

namespace conformance {

using models::BatchBuilder;
using models::BatchHeader;
using models::ControlRecordType;
using models::Offset;
using nlohmann::json;

namespace {

std::string replace_percent(std::string text, int64_t index) {
  std::string shown = std::to_string(index);
  for (size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + shown.size()))
    text.replace(at, 1, shown);
  return text;
}

std::string pseudo_random(int64_t size, uint64_t x) {
  std::string bytes(static_cast<size_t>(size), '\0');
  for (char& byte : bytes) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(x >> 56);
  }
  return bytes;
}

int16_t attributes_of(const json& batch) {
  int16_t attributes = 0;
  if (batch.value("transactional", false) || batch.contains("marker"))
    attributes |= BatchHeader::kTransactionalFlag;
  if (is_control_batch(batch)) attributes |= BatchHeader::kControlFlag;
  return attributes;
}

BatchBuilder::Options options_of(const json& batch) {
  BatchBuilder::Options options{
      .base_offset = Offset(batch.value("base_offset", int64_t{0})),
      .leader_epoch = models::LeaderEpoch(batch.value("leader_epoch", -1)),
      .attributes = attributes_of(batch),
      .producer_id = models::ProducerId(batch.value("producer_id", int64_t{-1})),
      .producer_epoch = models::ProducerEpoch(batch.value("producer_epoch", int16_t{-1})),
      .base_sequence = models::Sequence(batch.value("base_sequence", -1))};
  options.compression.type = *models::compression_type_named(batch.value("codec", "none"));
  if (batch.contains("level")) options.compression.level = batch["level"].get<int>();
  if (batch.value("timestamp_type", "") == "LogAppendTime")
    options.log_append_time_ms = batch.value("append_time", int64_t{-1});
  if (batch.contains("delete_horizon"))
    options.delete_horizon_ms = batch["delete_horizon"].get<int64_t>();
  return options;
}

void add_records(const json& records, Offset next, BatchBuilder& builder) {
  for (const json& record : records) {
    int64_t repeat = record.value("repeat", int64_t{1});
    for (int64_t i = 0; i < repeat; ++i) {
      models::RecordView view;
      view.offset = record.contains("offset") ? Offset(record["offset"].get<int64_t>()) : next;
      view.timestamp_ms =
          record.value("timestamp", int64_t{-1}) + i * record.value("timestamp_step", int64_t{0});
      std::optional<std::string> key = described_bytes(record.value("key", json()), i);
      std::optional<std::string> value = described_bytes(record.value("value", json()), i);
      std::vector<std::pair<std::string, std::optional<std::string>>> headers;
      for (const json& header : record.value("headers", json::array()))
        headers.emplace_back(header[0].get<std::string>(), described_bytes(header[1], 0));
      view.key = key;
      view.value = value;
      view.headers.assign(headers.begin(), headers.end());
      builder.add_at(view.offset, view);
      next = view.offset + 1;
    }
  }
}

std::vector<models::NodeId> nodes(const json& ids) {
  std::vector<models::NodeId> all;
  for (const json& id : ids) all.emplace_back(id.get<int32_t>());
  return all;
}

struct ControlRecord {
  ControlRecordType type;
  std::string value;
};
ControlRecord control_record(const json& batch) {
  if (batch.contains("leader_change")) {
    const json& change = batch["leader_change"];
    return {ControlRecordType::kLeaderChange,
            encode(models::LeaderChange{
                .leader = models::NodeId(change.value("leader", 0)),
                .voters = nodes(change.value("voters", json::array())),
                .granting_voters = nodes(change.value("granting", json::array()))})};
  }
  if (batch.contains("snapshot_header"))
    return {ControlRecordType::kSnapshotHeader,
            encode(models::SnapshotHeader{batch["snapshot_header"].get<int64_t>()})};
  if (batch.contains("kraft_version"))
    return {ControlRecordType::kKRaftVersion,
            encode(models::KRaftVersion{batch["kraft_version"].get<int16_t>()})};
  return {ControlRecordType::kSnapshotFooter, encode(models::SnapshotFooter{})};
}

absl::Cord marker_batch(const json& batch) {
  absl::Cord bytes =
      end_txn_batch({.is_abort = batch["marker"] == "abort",
                     .coordinator_epoch = batch.value("coordinator_epoch", 0)},
                    models::ProducerId(batch.value("producer_id", int64_t{-1})),
                    models::ProducerEpoch(batch.value("producer_epoch", int16_t{-1})),
                    batch.value("timestamp", int64_t{0}));
  return stamp_batch(bytes, Offset(batch.value("base_offset", int64_t{0})),
                     models::LeaderEpoch(batch.value("leader_epoch", -1)));
}

}  // namespace

bool is_control_batch(const json& batch) {
  for (const char* kind :
       {"marker", "leader_change", "snapshot_header", "snapshot_footer", "kraft_version"}) {
    if (batch.contains(kind)) return true;
  }
  return batch.value("control", false);
}

bool depends_on_library(const json& batch) {
  std::string codec = batch.value("codec", "none");
  return codec == "snappy" || codec == "zstd";
}

std::optional<std::string> described_bytes(const json& spec, int64_t index) {
  if (spec.is_null()) return std::nullopt;
  if (spec.is_string()) return from_base64(spec.get<std::string>());
  if (spec.contains("text")) {
    if (spec.contains("modulo")) index %= spec["modulo"].get<int64_t>();
    return replace_percent(spec["text"].get<std::string>(), index);
  }
  return pseudo_random(spec["bytes"].get<int64_t>(),
                       static_cast<uint64_t>(spec.value("seed", int64_t{0}) + index));
}

absl::Cord described_batch(const json& batch) {
  if (batch.contains("raw")) return absl::Cord(from_base64(batch["raw"].get<std::string>()));
  if (batch.contains("marker")) return marker_batch(batch);
  BatchBuilder::Options options = options_of(batch);
  BatchBuilder builder(options);
  if (batch.contains("records") && batch["records"].empty()) {
    BatchHeader header{.base_offset = options.base_offset,
                       .leader_epoch = options.leader_epoch,
                       .attributes = options.attributes,
                       .max_timestamp_ms = batch.value("timestamp", int64_t{-1}),
                       .producer_id = options.producer_id,
                       .producer_epoch = options.producer_epoch,
                       .base_sequence = options.base_sequence};
    header.last_offset_delta =
        static_cast<int32_t>(batch["last_offset"].get<int64_t>() - options.base_offset.value());
    if (batch.value("timestamp_type", "") == "LogAppendTime")
      header.attributes |= BatchHeader::kLogAppendTimeFlag;
    return empty_batch(header);
  }
  if (batch.contains("records")) {
    add_records(batch["records"], options.base_offset, builder);
  } else {
    ControlRecord record = control_record(batch);
    builder.add(batch.value("timestamp", int64_t{0}), control_record_key(record.type),
                record.value);
  }
  if (batch.contains("last_offset"))
    builder.keep_last_offset(Offset(batch["last_offset"].get<int64_t>()));
  return builder.build();
}

std::string from_base64(std::string_view text) {
  std::string bytes;
  absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes);
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace conformance
