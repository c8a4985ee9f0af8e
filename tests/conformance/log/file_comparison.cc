// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/file_comparison.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>
#include <vector>

#include "models/log/producer_snapshot.h"
#include "models/log/record_batch.h"

namespace conformance {

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    files[entry.path().filename().string()] = text.str();
  }
  return files;
}

bool has(const std::string& name, const std::string& part) {
  return name.find(part) != std::string::npos;
}

// The room that Kafka keeps in an index, if it is that.
void drop_room(const std::string& name, const std::string& shorter, std::string& longer) {
  bool is_index = has(name, ".index") || has(name, ".timeindex");
  if (!is_index || longer.size() <= shorter.size()) return;
  bool only_zeros = longer.find_first_not_of('\0', shorter.size()) == std::string::npos;
  if (only_zeros) longer.resize(shorter.size());
}

using SnapshotEntries =
    std::vector<std::tuple<int64_t, int16_t, int32_t, int64_t, int32_t, int64_t, int32_t, int64_t>>;
SnapshotEntries entries_of(const std::string& bytes) {
  SnapshotEntries entries;
  auto decoded = models::decode_producer_snapshot(bytes);
  if (!decoded.ok()) return entries;
  for (const models::ProducerSnapshotEntry& entry : *decoded) {
    entries.emplace_back(entry.producer_id.value(), entry.epoch.value(),
                         entry.last_sequence.value(), entry.last_offset.value(), entry.offset_delta,
                         entry.timestamp_ms, entry.coordinator_epoch,
                         entry.txn_first_offset.value());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::string hex(const std::string& bytes, size_t from) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = from; i < bytes.size() && i < from + 40; ++i) {
    text += kDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    text += kDigits[static_cast<unsigned char>(bytes[i]) & 15];
  }
  return text;
}

std::string describe_snapshot(const std::string& bytes) {
  std::string text;
  for (const auto& entry : entries_of(bytes)) {
    text += "\n      ";
    std::apply([&](auto... numbers) { ((text += std::to_string(numbers) + " "), ...); }, entry);
  }
  return text;
}

std::string describe(const std::string& name, const std::string& kafkas, const std::string& ours) {
  auto differ = std::mismatch(kafkas.begin(), kafkas.end(), ours.begin(), ours.end());
  auto at = static_cast<size_t>(differ.first - kafkas.begin());
  std::string text = "  " + name + ": Kafka's " + std::to_string(kafkas.size()) + " bytes, ours " +
                     std::to_string(ours.size()) + ", equal up to " + std::to_string(at);
  if (has(name, "checkpoint"))
    return text + "\n    Kafka: " + kafkas + "\n    ours: " + ours + "\n";
  if (has(name, ".snapshot"))
    return text + "\n    Kafka:" + describe_snapshot(kafkas) +
           "\n    ours:" + describe_snapshot(ours) + "\n";
  size_t from = at / 8 * 8;
  return text + "\n    Kafka: " + hex(kafkas, from) + "\n    ours:  " + hex(ours, from) + "\n";
}

void count_batches(const std::string& name, const std::string& bytes, Tally& tally) {
  if (!has(name, ".log")) return;
  absl::Cord log(bytes);
  int64_t at = 0;
  while (auto header = models::read_batch_header(log, at)) {
    if (header->total_bytes() < models::kBatchHeaderBytes) break;
    ++tally.batches;
    tally.records += header->record_count;
    at += header->total_bytes();
  }
}

}  // namespace

FileComparison compare_folders(const std::string& kafkas, const std::string& ours, bool closed) {
  FileComparison result;
  std::map<std::string, std::string> left = files_of(kafkas);
  std::map<std::string, std::string> right = files_of(ours);
  for (const auto& [name, bytes] : left) {
    if (!right.contains(name)) result.differences += "  " + name + ": only Kafka has it\n";
  }
  for (auto& [name, bytes] : right) {
    auto other = left.find(name);
    // Kafka makes an index when it is first asked something.
    bool unused = (!closed || has(name, ".deleted")) && bytes.empty() &&
                  (has(name, ".index") || has(name, ".timeindex"));
    if (other == left.end() && unused) continue;
    if (other == left.end()) {
      result.differences += "  " + name + ": only we have it\n";
      continue;
    }
    if (!closed || has(name, ".deleted")) drop_room(name, bytes, other->second);
    ++result.compared.files;
    result.compared.bytes += static_cast<int64_t>(bytes.size());
    count_batches(name, bytes, result.compared);
    if (other->second == bytes) continue;
    bool reordered = has(name, ".snapshot") && !entries_of(bytes).empty() &&
                     entries_of(bytes) == entries_of(other->second);
    if (reordered)
      ++result.reordered_snapshots;
    else
      result.differences += describe(name, other->second, bytes);
  }
  return result;
}

}  // namespace conformance
