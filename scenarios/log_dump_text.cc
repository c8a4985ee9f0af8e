// SPDX-License-Identifier: Apache-2.0
//
// A dump for people: a table a file, its columns named once, times as dates (UTC).

#include <fmt/format.h>

#include <utility>

#include "scenarios/format.h"
#include "scenarios/log_dump.h"
#include "scenarios/printable.h"

namespace scenarios {

namespace {

constexpr size_t kLongestShown = 100;  // Of a key, a value or a header; JSON has all of it.

std::string shown(std::optional<std::string_view> bytes) {
  if (!bytes) return "null";
  bool cut = bytes->size() > kLongestShown;
  return printable(bytes->substr(0, kLongestShown)) + (cut ? "..." : "");
}

// "key [3 B] k17".
std::string labelled(std::string_view label, std::optional<std::string_view> bytes) {
  if (!bytes) return fmt::format("{} null", label);
  return fmt::format("{} [{} B] {}", label, with_commas(static_cast<int64_t>(bytes->size())),
                     shown(bytes));
}

std::string range(int64_t first, int64_t last) { return fmt::format("{}..{}", first, last); }

std::string without_blanks_at_end(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

class TextDump final : public DumpWriter {
 public:
  explicit TextDump(LineOut out) : out_(std::move(out)) {}

  void begin_file(const std::string& path, const LogFile& file, int64_t bytes) override {
    if (!std::exchange(first_, false)) out_("\n");
    heading_.clear();
    items_ = 0;
    kind_ = file.kind;
    std::string line = fmt::format("{}  {} bytes", printable(path), with_commas(bytes));
    if (!file.state.empty()) line += fmt::format("  ({}: not in use)", file.state.substr(1));
    put(line);
  }
  void batch(const StoredBatch& batch, bool valid) override;
  void record(const StoredBatch& batch, const models::RecordView& record) override;
  void control(const StoredBatch& batch, const models::RecordView& record,
               const ControlRecord& control) override;
  void offset_entry(models::Offset offset, int64_t position) override {
    head("                offset    position");
    put(fmt::format("  {:>20}  {:>10}", offset.value(), position));
  }
  void time_entry(int64_t timestamp_ms, models::Offset offset) override {
    head("  largest timestamp                      offset");
    put(fmt::format("  {:<23}  {:>20}", time_text(timestamp_ms), offset.value()));
  }
  void aborted_txn(const models::AbortedTxn& txn) override {
    head("    producer  aborted offsets            last stable offset");
    put(fmt::format("  {:>10}  {:<25}  {:>18}", txn.producer_id.value(),
                    range(txn.first_offset.value(), txn.last_offset.value()),
                    txn.last_stable_offset.value()));
  }
  void producer(const models::ProducerSnapshotEntry& entry) override;
  void epoch(const models::EpochStart& epoch) override {
    head("       epoch  begins at offset");
    put(fmt::format("  {:>10}  {:>16}", epoch.epoch.value(), epoch.start.value()));
  }
  void checkpoint(const models::TopicPartition& partition, models::Offset offset) override {
    head("                offset  partition");
    put(fmt::format("  {:>20}  {}-{}", offset.value(), printable(partition.topic),
                    partition.partition));
  }
  void property(std::string_view key, std::string_view value) override {
    head("");
    put(fmt::format("  {} = {}", printable(key), printable(value)));
  }
  void remark(const std::string& text) override {
    head("");
    put("  - " + text);
  }
  void trouble(int64_t position, const std::string& text) override {
    head("");
    std::string place = position >= 0 ? fmt::format("byte {}: ", position) : "";
    put("  ! " + place + text);
  }
  void end_file() override {
    if (items_ == 0 && kind_ != LogFileKind::kLock) put("  nothing in it");
  }

 private:
  void put(const std::string& line) { out_(line + "\n"); }
  // The names of the columns, when what follows is not as what came before.
  void head(const std::string& heading) {
    ++items_;
    if (heading.empty() || heading == heading_) return;
    heading_ = heading;
    put(heading);
  }

  LineOut out_;
  bool first_ = true;
  LogFileKind kind_ = LogFileKind::kUnknown;
  std::string heading_;
  int64_t items_ = 0;
};

std::string flags_of(const models::BatchHeader& header) {
  std::string flags;
  if (header.is_transactional()) flags += " transactional";
  if (header.is_control()) flags += " control";
  if (has_log_append_time(header)) flags += " append-time";
  if (auto horizon = delete_horizon_of(header)) flags += " delete-horizon=" + time_text(*horizon);
  return flags.empty() ? "" : " " + flags;
}

void TextDump::batch(const StoredBatch& batch, bool valid) {
  const models::BatchHeader& header = batch.header;
  head(
      "    position  offsets                count  epoch  producer     sequence             "
      "latest timestamp         size       codec   magic  crc");
  int64_t base = header.base_offset.value();
  std::string offsets = has_sane_offsets(header) ? range(base, header.last_offset().value())
                                                 : fmt::format("{}..?", base);
  std::string producer = "-", sequence = "-";
  if (header.has_producer())
    producer = fmt::format("{}:{}", header.producer_id.value(), header.producer_epoch.value());
  if (header.base_sequence != models::kNoSequence)
    sequence = range(header.base_sequence.value(), last_sequence_of(header).value());
  std::string line = fmt::format(
      "  {:>10}  {:<21}  {:>5}  {:>5}  {:<11}  {:<19}  {:<23}  {:>9}  {:<6}  {:>5}  {:08x}{}{}",
      batch.position, offsets, header.record_count, header.leader_epoch.value(), producer, sequence,
      time_text(header.max_timestamp_ms), header.total_bytes(), codec_of(header), header.magic,
      header.crc, valid ? "" : "  INVALID", flags_of(header));
  put(without_blanks_at_end(line));
}

// "    | 17  2024-01-01 00:00:00.005  sequence 4".
std::string place_text(const StoredBatch& batch, const models::RecordView& record) {
  std::string text =
      fmt::format("    | {}  {}", record.offset.value(), time_text(record.timestamp_ms));
  if (batch.header.base_sequence == models::kNoSequence) return text;
  int32_t delta = static_cast<int32_t>(record.offset - batch.header.base_offset);
  return text +
         fmt::format("  sequence {}", models::advance(batch.header.base_sequence, delta).value());
}

void TextDump::record(const StoredBatch& batch, const models::RecordView& record) {
  std::string line = place_text(batch, record) + "  " + labelled("key", record.key) + "  " +
                     labelled("value", record.value);
  for (const auto& [key, value] : record.headers)
    line += fmt::format("  {}", labelled("header " + shown(key), value));
  put(line);
}

void TextDump::control(const StoredBatch& batch, const models::RecordView& record,
                       const ControlRecord& control) {
  std::string line = place_text(batch, record);
  line += control.ends_transaction() ? fmt::format("  endTxnMarker {}", control.name)
                                     : fmt::format("  control {}", control.name);
  if (control.coordinator_epoch)
    line += fmt::format("  coordinator epoch {}", *control.coordinator_epoch);
  if (control.leader_id) line += fmt::format("  leader {}", *control.leader_id);
  put(line);
}

void TextDump::producer(const models::ProducerSnapshotEntry& entry) {
  head(
      "  producer     last offsets           last sequence  latest timestamp         "
      "coordinator epoch  open transaction since");
  std::string producer = fmt::format("{}:{}", entry.producer_id.value(), entry.epoch.value());
  int64_t last = entry.last_offset.value();
  std::string offsets = last < 0 ? "-" : range(last - entry.offset_delta, last);
  std::string open = entry.txn_first_offset == models::kNoOffset
                         ? "-"
                         : fmt::format("offset {}", entry.txn_first_offset.value());
  put(fmt::format("  {:<11}  {:<21}  {:>13}  {:<23}  {:>17}  {}", producer, offsets,
                  entry.last_sequence.value(), time_text(entry.timestamp_ms),
                  entry.coordinator_epoch, open));
}

}  // namespace

std::unique_ptr<DumpWriter> dump_as_text(LineOut out) {
  return std::make_unique<TextDump>(std::move(out));
}

}  // namespace scenarios
