// SPDX-License-Identifier: Apache-2.0

#include "tests/models/log/crash/log_audit.h"

#include <algorithm>

#include "tests/models/log/crash/log_model.h"

namespace models {

namespace {

struct Placed {
  BatchHeader header;
  int64_t position;
  int64_t largest_ms;  // Up to here.
};

std::string bytes_of(const std::string& path, sim::FileSystem& disk) {
  if (!disk.exists(path)) return "";
  auto file = disk.open(path, false);
  require(file.ok(), "cannot open " + path);
  auto bytes = disk.read(*file, 0, *disk.size(*file));
  (void)disk.close(*file);
  require(bytes.ok(), "cannot read " + path);
  return std::string(*bytes);
}

template <class Entry>
std::vector<Entry> entries_of(const std::string& path, sim::FileSystem& disk) {
  std::string bytes = bytes_of(path, disk);
  constexpr size_t kBytes = static_cast<size_t>(Entry::kBytes);
  require(bytes.size() % kBytes == 0, "a broken entry in " + path);
  std::vector<Entry> entries;
  for (size_t at = 0; at < bytes.size(); at += kBytes)
    entries.push_back(Entry::decode(bytes.data() + at));
  return entries;
}

std::vector<Placed> batches_at(const std::string& path, sim::FileSystem& disk) {
  std::vector<Placed> placed;
  int64_t position = 0;
  int64_t largest = -1;
  std::string bytes = bytes_of(path, disk);
  for (const StoredBatch& batch : batches_in(absl::Cord(bytes))) {
    largest = std::max(largest, batch.header.max_timestamp_ms);
    placed.push_back({batch.header, position, largest});
    position += batch.header.total_bytes();
  }
  require(position == static_cast<int64_t>(bytes.size()), "a torn batch in " + path);
  return placed;
}

void audit_segment(const Segment& segment, const std::string& directory, Offset end,
                   sim::FileSystem& disk) {
  auto path = [&](std::string_view suffix) {
    return directory + "/" + segment_file_name(segment.base_offset(), suffix);
  };
  std::vector<Placed> batches = batches_at(path(kLogSuffix), disk);
  auto batch_ending_at = [&](Offset last) {
    auto found = std::find_if(batches.begin(), batches.end(), [&](const Placed& batch) {
      return batch.header.last_offset() == last;
    });
    require(found != batches.end(), "an entry for " + std::to_string(last.value()) + " in " +
                                        path("") + ", where no batch ends");
    return *found;
  };
  for (const OffsetIndexEntry& entry :
       entries_of<OffsetIndexEntry>(path(kOffsetIndexSuffix), disk)) {
    Placed batch = batch_ending_at(segment.base_offset() + entry.relative_offset);
    require(batch.position == entry.position, "a wrong position in " + path(kOffsetIndexSuffix));
  }
  for (const TimeIndexEntry& entry : entries_of<TimeIndexEntry>(path(kTimeIndexSuffix), disk)) {
    Placed batch = batch_ending_at(segment.base_offset() + entry.relative_offset);
    bool right = batch.header.max_timestamp_ms == entry.timestamp_ms &&
                 batch.largest_ms == entry.timestamp_ms;
    require(right, "a wrong time in " + path(kTimeIndexSuffix));
  }
  for (const AbortedTxn& txn : entries_of<AbortedTxn>(path(kTxnIndexSuffix), disk)) {
    bool inside = txn.last_offset >= segment.base_offset() && txn.last_offset < end;
    require(inside && txn.first_offset < txn.last_offset,
            "a wrong transaction in " + path(kTxnIndexSuffix));
  }
  for (const Placed& batch : batches) {
    bool inside =
        batch.header.base_offset >= segment.base_offset() && batch.header.last_offset() < end;
    require(inside, "a batch outside its segment in " + path(kLogSuffix));
  }
}

}  // namespace

void audit_indexes(const PartitionLog& log, sim::FileSystem& disk) {
  const std::vector<Segment>& segments = log.segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    Offset end = i + 1 < segments.size() ? segments[i + 1].base_offset() : log.log_end_offset();
    audit_segment(segments[i], log.directory(), end, disk);
  }
}

}  // namespace models
