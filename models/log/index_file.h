// SPDX-License-Identifier: Apache-2.0
//
// An index of a segment: the file, and its entries in memory. Entries grow in all columns.
//
// Kafka maps the file of an active segment at its full size and cuts it when the segment is sealed
// or closed; here it is always as long as its entries. After a crash such a file ends in zeros, or
// in whatever the disk kept: `load` takes entries up to the first that does not grow.
// Source: storage/.../log/{AbstractIndex,OffsetIndex,TimeIndex}.java.

#ifndef MODELS_LOG_INDEX_FILE_H_
#define MODELS_LOG_INDEX_FILE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/step.h"
#include "models/log/index_entries.h"

namespace models {

inline bool follows(const OffsetIndexEntry& next, const OffsetIndexEntry& last) {
  return next.relative_offset > last.relative_offset && next.position > last.position;
}
inline bool follows(const TimeIndexEntry& next, const TimeIndexEntry& last) {
  return next.timestamp_ms > last.timestamp_ms && next.relative_offset >= last.relative_offset;
}
// The first entry of an offset index is never that of the segment's first batch.
inline bool may_be_first(const OffsetIndexEntry& entry) { return entry.position > 0; }
inline bool may_be_first(const TimeIndexEntry& entry) { return entry.timestamp_ms >= 0; }

template <class Entry>
class IndexFile {
 public:
  // Opens the file, or creates it empty.
  static absl::StatusOr<IndexFile> open(const std::string& path, Step& step) {
    IndexFile index;
    index.existed_ = step.disk.exists(path);
    auto file = step.disk.open(path, true);
    if (!file.ok()) return file.status();
    index.file_ = *file;
    return index;
  }

  absl::Status load(Step& step) {
    entries_.clear();
    auto size = step.disk.size(file_);
    if (!size.ok()) return size.status();
    auto bytes = step.disk.read(file_, 0, *size);
    if (!bytes.ok()) return bytes.status();
    std::string flat(*bytes);
    constexpr size_t kStep = static_cast<size_t>(Entry::kBytes);
    for (size_t at = 0; at + kStep <= flat.size(); at += kStep) {
      Entry entry = Entry::decode(flat.data() + at);
      bool good = entries_.empty() ? may_be_first(entry) : follows(entry, entries_.back());
      if (!good) break;
      entries_.push_back(entry);
    }
    if (static_cast<int64_t>(flat.size()) == bytes_used()) return absl::OkStatus();
    return step.disk.truncate(file_, bytes_used());
  }

  absl::Status append(const Entry& entry, Step& step) {
    std::string bytes;
    entry.encode(bytes);
    if (absl::Status status = step.disk.append(file_, absl::Cord(bytes)); !status.ok())
      return status;
    entries_.push_back(entry);
    return absl::OkStatus();
  }

  // Drops all but the first `count` entries.
  absl::Status keep(size_t count, Step& step) {
    if (count >= entries_.size()) return absl::OkStatus();
    entries_.resize(count);
    return step.disk.truncate(file_, bytes_used());
  }
  // Empties it, whatever the file holds.
  absl::Status reset(Step& step) {
    entries_.clear();
    return step.disk.truncate(file_, 0);
  }

  bool existed() const { return existed_; }
  sim::FileId file() const { return file_; }
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  const Entry& last() const { return entries_.back(); }

 private:
  int64_t bytes_used() const { return static_cast<int64_t>(entries_.size()) * Entry::kBytes; }

  sim::FileId file_;
  bool existed_ = false;
  std::vector<Entry> entries_;
};

using OffsetIndex = IndexFile<OffsetIndexEntry>;
using TimeIndex = IndexFile<TimeIndexEntry>;

}  // namespace models

#endif  // MODELS_LOG_INDEX_FILE_H_
