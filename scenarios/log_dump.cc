// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_dump.h"

#include <fmt/format.h>

#include "scenarios/format.h"
#include "scenarios/printable.h"

namespace scenarios {

namespace {

class Dump {
 public:
  Dump(sim::FileSystem& files, const DumpOptions& options, DumpWriter& writer)
      : files_(files), options_(options), writer_(writer) {}

  // `shown`: the path as the reader knows it.
  void directory(const std::string& path, const std::string& shown);
  void file(const std::string& path, const std::string& shown);
  bool all_read() const { return all_read_; }

 private:
  void trouble(int64_t position, const std::string& text) {
    all_read_ = false;
    writer_.trouble(position, text);
  }
  void trouble(const absl::Status& status) { trouble(-1, std::string(status.message())); }

  void content(const std::string& path, const LogFile& file, sim::FileId id, int64_t bytes);
  void batches(sim::FileId id, int64_t bytes);
  void records(const StoredBatch& batch);
  template <class Entry, class Show>
  void entries(std::string_view bytes, const Show& show);
  void index(const LogFile& file, std::string_view bytes);
  void snapshot(std::string_view bytes);
  void text(LogFileKind kind, const std::string& bytes);

  sim::FileSystem& files_;
  const DumpOptions& options_;
  DumpWriter& writer_;
  bool all_read_ = true;
};

void Dump::directory(const std::string& path, const std::string& shown) {
  auto names = files_.list(path);
  if (!names.ok()) {
    writer_.begin_file(shown, {}, 0);
    trouble(names.status());
    writer_.end_file();
    return;
  }
  for (std::string name : *names) {
    bool is_directory = name.ends_with('/');
    if (is_directory) name.pop_back();
    if (is_directory) {
      directory(join_path(path, name), join_path(shown, name));
    } else {
      file(join_path(path, name), join_path(shown, name));
    }
  }
}

void Dump::file(const std::string& path, const std::string& shown) {
  LogFile file = log_file_of(std::string_view(path).substr(path.rfind('/') + 1));
  auto id = files_.open(path, false);
  auto bytes = id.ok() ? files_.size(*id) : absl::StatusOr<int64_t>(id.status());
  writer_.begin_file(shown, file, bytes.ok() ? *bytes : 0);
  if (bytes.ok()) {
    content(path, file, *id, *bytes);
  } else {
    trouble(bytes.status());
  }
  writer_.end_file();
  if (id.ok()) (void)files_.close(*id);
}

void Dump::content(const std::string& path, const LogFile& file, sim::FileId id, int64_t bytes) {
  if (file.kind == LogFileKind::kLog || file.kind == LogFileKind::kMetadataSnapshot)
    return batches(id, bytes);
  if (file.kind == LogFileKind::kUnknown) return writer_.remark("no file of Kafka's: not shown");
  if (file.kind == LogFileKind::kLock) return;
  auto whole = read_whole_file(files_, path, kMostSmallFileBytes);
  if (!whole.ok()) return trouble(whole.status());
  switch (file.kind) {
    case LogFileKind::kOffsetIndex:
    case LogFileKind::kTimeIndex:
    case LogFileKind::kTxnIndex:
      return index(file, *whole);
    case LogFileKind::kProducerSnapshot:
      return snapshot(*whole);
    default:
      return text(file.kind, *whole);
  }
}

// --- Batches ---

void Dump::batches(sim::FileId id, int64_t bytes) {
  BatchScanner scanner(files_, id, bytes);
  for (;;) {
    auto batch = scanner.next();
    if (!batch.ok()) return trouble(batch.status());
    if (!*batch) break;
    bool valid = (*batch)->header.magic == 2 && (*batch)->computed_crc() == (*batch)->header.crc;
    writer_.batch(**batch, valid);
    if (options_.records) {
      if (valid) {
        records(**batch);
      } else {
        trouble((*batch)->position, "records not shown: the batch is not valid");
      }
    }
  }
  if (!scanner.trouble().empty()) trouble(scanner.position(), scanner.trouble());
}

void Dump::records(const StoredBatch& batch) {
  absl::Status read = for_each_stored_record(batch, [&](const models::RecordView& record) {
    auto control = batch.header.is_control() ? decode_control(record) : std::nullopt;
    if (control) {
      writer_.control(batch, record, *control);
    } else {
      writer_.record(batch, record);
    }
  });
  if (absl::IsFailedPrecondition(read)) {
    writer_.remark(std::string(read.message()) + ": records not shown");
  } else if (!read.ok()) {
    trouble(batch.position, std::string(read.message()));
  }
}

// --- Indexes and snapshots ---

// Entries up to the zeros that an index ends in while its segment is written to.
template <class Entry, class Show>
void Dump::entries(std::string_view bytes, const Show& show) {
  size_t used = bytes.find_last_not_of('\0');
  used = used == std::string_view::npos ? 0 : used + 1;
  // The last entry may end in zeros of its own.
  size_t whole = (used + Entry::kBytes - 1) / Entry::kBytes * Entry::kBytes;
  for (size_t at = 0; at + Entry::kBytes <= bytes.size() && at < whole; at += Entry::kBytes)
    show(Entry::decode(bytes.data() + at));
  size_t cut = bytes.size() % Entry::kBytes;
  if (whole < bytes.size() - cut) {
    writer_.remark(
        fmt::format("room for {} more entries",
                    with_commas(static_cast<int64_t>((bytes.size() - whole) / Entry::kBytes))));
  }
  if (cut != 0) {
    trouble(static_cast<int64_t>(bytes.size() - cut),
            fmt::format("{} bytes at the end are less than an entry", cut));
  }
}

void Dump::index(const LogFile& file, std::string_view bytes) {
  bool has_base = file.base != models::kNoOffset && file.base <= kHighestBase;
  if (!has_base) writer_.remark("offsets are relative: the name has no base offset");
  models::Offset base = has_base ? file.base : models::Offset(0);
  if (file.kind == LogFileKind::kOffsetIndex) {
    entries<models::OffsetIndexEntry>(bytes, [&](const models::OffsetIndexEntry& entry) {
      writer_.offset_entry(base + entry.relative_offset, entry.position);
    });
  } else if (file.kind == LogFileKind::kTimeIndex) {
    entries<models::TimeIndexEntry>(bytes, [&](const models::TimeIndexEntry& entry) {
      writer_.time_entry(entry.timestamp_ms, base + entry.relative_offset);
    });
  } else {
    entries<models::AbortedTxn>(bytes,
                                [&](const models::AbortedTxn& txn) { writer_.aborted_txn(txn); });
  }
}

void Dump::snapshot(std::string_view bytes) {
  auto producers = models::decode_producer_snapshot(bytes);
  if (!producers.ok()) return trouble(producers.status());
  for (const models::ProducerSnapshotEntry& entry : *producers) writer_.producer(entry);
}

// --- Text ---

void Dump::text(LogFileKind kind, const std::string& bytes) {
  if (kind == LogFileKind::kEpochCheckpoint) {
    auto epochs = parse_epoch_checkpoint(bytes);
    if (!epochs.ok()) return trouble(epochs.status());
    for (const models::EpochStart& epoch : *epochs) writer_.epoch(epoch);
  } else if (kind == LogFileKind::kOffsetCheckpoint) {
    auto lines = parse_offset_checkpoint(bytes);
    if (!lines.ok()) return trouble(lines.status());
    for (const auto& [partition, offset] : *lines) writer_.checkpoint(partition, offset);
  } else if (kind == LogFileKind::kPartitionMetadata) {
    auto id = parse_partition_metadata(bytes);
    if (!id.ok()) return trouble(id.status());
    writer_.property("topic_id", *id);
  } else if (kind == LogFileKind::kProperties) {
    auto properties = parse_properties(bytes);
    if (!properties.ok()) return trouble(properties.status());
    for (const auto& [key, value] : *properties) writer_.property(key, value);
  } else {
    writer_.property("content", bytes);
  }
}

}  // namespace

bool dump_path(sim::FileSystem& files, const std::string& path, const DumpOptions& options,
               DumpWriter& writer) {
  Dump dump(files, options, writer);
  std::string shown = options.shown_as.empty() ? path : options.shown_as;
  if (path.empty() || files.list(path).ok()) {
    dump.directory(path, shown);
  } else {
    dump.file(path, shown);
  }
  return dump.all_read();
}

}  // namespace scenarios
