// SPDX-License-Identifier: Apache-2.0
//
// A dump for programs: one JSON object a line. The keys are a promise; new ones may be added.

#include <utility>

#include "scenarios/json_line.h"
#include "scenarios/log_dump.h"

namespace scenarios {

namespace {

class JsonDump final : public DumpWriter {
 public:
  explicit JsonDump(LineOut out) : out_(std::move(out)) {}

  void begin_file(const std::string& path, const LogFile& file, int64_t bytes) override {
    file_ = path;
    JsonLine line = about("file");
    line.add("kind", name_of(file.kind)).add("bytes", bytes);
    put(line.add("baseOffset", some(file.base)).add("state", file.state));
  }
  void batch(const StoredBatch& batch, bool valid) override;
  void record(const StoredBatch& batch, const models::RecordView& record) override;
  void control(const StoredBatch& batch, const models::RecordView& record,
               const ControlRecord& control) override;
  void offset_entry(models::Offset offset, int64_t position) override {
    put(about("offsetIndexEntry").add("offset", offset.value()).add("position", position));
  }
  void time_entry(int64_t timestamp_ms, models::Offset offset) override {
    put(about("timeIndexEntry").add("timestamp", timestamp_ms).add("offset", offset.value()));
  }
  void aborted_txn(const models::AbortedTxn& txn) override {
    JsonLine line = about("abortedTxn");
    line.add("version", txn.version).add("producerId", txn.producer_id.value());
    line.add("firstOffset", txn.first_offset.value()).add("lastOffset", txn.last_offset.value());
    put(line.add("lastStableOffset", txn.last_stable_offset.value()));
  }
  void producer(const models::ProducerSnapshotEntry& entry) override;
  void epoch(const models::EpochStart& epoch) override {
    put(about("leaderEpoch")
            .add("epoch", epoch.epoch.value())
            .add("startOffset", epoch.start.value()));
  }
  void checkpoint(const models::TopicPartition& partition, models::Offset offset) override {
    JsonLine line = about("checkpoint");
    line.add("topic", partition.topic).add("partition", partition.partition);
    put(line.add("offset", offset.value()));
  }
  void property(std::string_view key, std::string_view value) override {
    put(about("property").add("key", key).add("value", value));
  }
  void remark(const std::string& text) override { put(about("remark").add("text", text)); }
  void trouble(int64_t position, const std::string& text) override {
    auto place = position >= 0 ? std::optional(position) : std::nullopt;
    put(about("trouble").add("position", place).add("text", text));
  }
  void end_file() override {}

 private:
  JsonLine about(std::string_view type) const {
    JsonLine line(type);
    line.add("file", file_);
    return line;
  }
  static std::optional<int64_t> some(models::Offset offset) {
    return offset == models::kNoOffset ? std::nullopt : std::optional(offset.value());
  }
  void put(const JsonLine& line) { out_(line.text()); }

  LineOut out_;
  std::string file_;
};

void JsonDump::batch(const StoredBatch& batch, bool valid) {
  const models::BatchHeader& header = batch.header;
  JsonLine line = about("batch");
  line.add("position", batch.position).add("size", header.total_bytes());
  line.add("baseOffset", header.base_offset.value());
  // Not last_offset(): a damaged header's sum may be beyond all numbers.
  line.add("lastOffset",
           has_sane_offsets(header) ? std::optional(header.last_offset().value()) : std::nullopt);
  line.add("count", header.record_count);
  line.add("baseSequence", header.base_sequence.value());
  line.add("lastSequence", last_sequence_of(header).value());
  line.add("producerId", header.producer_id.value());
  line.add("producerEpoch", header.producer_epoch.value());
  line.add("partitionLeaderEpoch", header.leader_epoch.value());
  line.add("isTransactional", header.is_transactional()).add("isControl", header.is_control());
  line.add("deleteHorizonMs", delete_horizon_of(header));
  line.add("timestampType", has_log_append_time(header) ? "LogAppendTime" : "CreateTime");
  line.add("baseTimestamp", header.base_timestamp_ms);
  line.add("maxTimestamp", header.max_timestamp_ms);
  line.add("magic", header.magic).add("compression", codec_of(header));
  put(line.add("crc", header.crc).add("valid", valid));
}

JsonLine& add_place(JsonLine& line, const StoredBatch& batch, const models::RecordView& record) {
  line.add("offset", record.offset.value()).add("timestamp", record.timestamp_ms);
  int64_t sequence = batch.header.base_sequence.value();
  if (batch.header.base_sequence != models::kNoSequence) {
    int32_t delta = static_cast<int32_t>(record.offset - batch.header.base_offset);
    sequence = models::advance(batch.header.base_sequence, delta).value();
  }
  return line.add("sequence", sequence);
}

void JsonDump::record(const StoredBatch& batch, const models::RecordView& record) {
  JsonLine line = about("record");
  add_place(line, batch, record);
  line.add("keySize", record.key ? static_cast<int64_t>(record.key->size()) : -1);
  line.add("valueSize", record.value ? static_cast<int64_t>(record.value->size()) : -1);
  std::string headers;
  for (const auto& [key, value] : record.headers) {
    JsonLine header;
    header.add_bytes("key", key).add_bytes("value", value);
    headers += (headers.empty() ? "" : ",") + header.text();
  }
  line.add_raw("headers", "[" + headers + "]");
  put(line.add_bytes("key", record.key).add_bytes("value", record.value));
}

void JsonDump::control(const StoredBatch& batch, const models::RecordView& record,
                       const ControlRecord& control) {
  JsonLine line = about(control.ends_transaction() ? "endTxnMarker" : "control");
  add_place(line, batch, record);
  line.add("control", control.name).add("controlType", control.type);
  if (control.coordinator_epoch) line.add("coordinatorEpoch", *control.coordinator_epoch);
  if (control.leader_id) line.add("leaderId", *control.leader_id);
  put(line);
}

void JsonDump::producer(const models::ProducerSnapshotEntry& entry) {
  JsonLine line = about("producer");
  line.add("producerId", entry.producer_id.value()).add("producerEpoch", entry.epoch.value());
  line.add("lastSequence", entry.last_sequence.value());
  line.add("lastOffset", entry.last_offset.value()).add("offsetDelta", entry.offset_delta);
  line.add("timestamp", entry.timestamp_ms).add("coordinatorEpoch", entry.coordinator_epoch);
  put(line.add("currentTxnFirstOffset", some(entry.txn_first_offset)));
}

}  // namespace

std::unique_ptr<DumpWriter> dump_as_json(LineOut out) {
  return std::make_unique<JsonDump>(std::move(out));
}

}  // namespace scenarios
