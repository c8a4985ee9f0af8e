// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/findings.h"

#include <algorithm>
#include <string>
#include <utility>

namespace models {
namespace {

bool before(const Finding& a, const Finding& b) {
  return std::tie(a.partition, a.offset, a.record, a.other_offset) <
         std::tie(b.partition, b.offset, b.record, b.other_offset);
}

bool is_broken_promise(const Finding& finding) { return finding.permitted_by.empty(); }

// Keeps broken promises before what is permitted, but some of each permission.
void choose(std::vector<Finding>& found, size_t kept) {
  constexpr size_t kOfEach = 8;
  absl::btree_map<std::string_view, size_t> seen;
  std::vector<Finding> first, broken, rest;
  for (const Finding& finding : found) {
    bool is_first = ++seen[finding.permitted_by] <= kOfEach;
    (is_first ? first : is_broken_promise(finding) ? broken : rest).push_back(finding);
  }
  first.insert(first.end(), broken.begin(), broken.end());
  first.insert(first.end(), rest.begin(), rest.end());
  first.resize(std::min(first.size(), kept));
  found = std::move(first);
}

Anomaly told_in_full(AnomalyKind kind, const Finding& finding, const std::string& reader,
                     const RecordStore& records, const TopicTable& topics) {
  Anomaly anomaly;
  anomaly.kind = kind;
  anomaly.partition = topics.name_of(finding.partition);
  anomaly.offset = finding.offset;
  anomaly.other_offset = finding.other_offset;
  anomaly.record = finding.record;
  anomaly.reader = reader;
  anomaly.event = finding.event;
  anomaly.permitted_by = std::string(finding.permitted_by);
  const SentRecord* sent = records.find(finding.record);
  if (sent == nullptr || kind == AnomalyKind::kPhantom) return anomaly;
  anomaly.producer = records.producer(finding.record).name;
  anomaly.sent = sent->sent;
  if (sent->state == RecordState::kAcknowledged) anomaly.acknowledged = sent->decided;
  return anomaly;
}

}  // namespace

void Findings::add(AnomalyKind kind, int32_t reader, const Finding& finding) {
  ++counts_[{kind, reader, finding.partition}];
  found_[{kind, reader}].push_back(finding);
}

int64_t Findings::count(AnomalyKind kind, int32_t reader, int32_t topic, int32_t partition) const {
  int64_t count = 0;
  for (const auto& [key, found] : counts_) {
    const auto& [its_kind, its_reader, its_partition] = key;
    if (its_kind != kind || its_reader != reader) continue;
    if (topic >= 0 && its_partition.topic != topic) continue;
    if (partition >= 0 && its_partition.partition != partition) continue;
    count += found;
  }
  return count;
}

std::vector<AnomalyCount> Findings::counts(const std::vector<ReaderView>& readers) const {
  std::vector<AnomalyCount> counts;
  for (const auto& [key, found] : found_) {
    auto [kind, reader] = key;
    absl::btree_map<std::string_view, int64_t> by_permission;
    for (const Finding& finding : found) ++by_permission[finding.permitted_by];
    for (const auto& [permission, total] : by_permission) {
      counts.push_back(
          {kind, readers[static_cast<size_t>(reader)].plan, std::string(permission), total, 0});
    }
  }
  return counts;
}

std::vector<Anomaly> Findings::take(size_t kept, const std::vector<ReaderView>& readers,
                                    const RecordStore& records, const TopicTable& topics) {
  std::vector<Anomaly> anomalies;
  for (auto& [key, found] : found_) {
    auto [kind, reader] = key;
    std::stable_sort(found.begin(), found.end(), before);
    if (found.size() > kept) {
      choose(found, kept);
      std::stable_sort(found.begin(), found.end(), before);
    }
    for (const Finding& each : found)
      anomalies.push_back(
          told_in_full(kind, each, readers[static_cast<size_t>(reader)].plan, records, topics));
  }
  found_.clear();
  return anomalies;
}

}  // namespace models
