// SPDX-License-Identifier: Apache-2.0
//
// What is in the files of a log directory, as Kafka's own dump tool shows it: every batch and, if
// asked for, every record; every entry of the indexes; snapshots, checkpoints and properties.
//
//   auto writer = dump_as_text(out);          or dump_as_json(out): a line an item, stable keys
//   dump_path(files, "orders-0", {.records = true}, *writer)
//
// It shows and does not judge (log_verify.h does): a batch with a wrong CRC is marked, and where a
// file can't be read on, a line says where and why, and the next file follows.

#ifndef SCENARIOS_LOG_DUMP_H_
#define SCENARIOS_LOG_DUMP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/log/epoch_cache.h"
#include "models/log/index_entries.h"
#include "models/log/producer_snapshot.h"
#include "scenarios/log_batches.h"
#include "scenarios/log_files.h"
#include "sim/file_system.h"

namespace scenarios {

// Gets what a dump finds, in order. A file's items come between its `begin_file` and `end_file`.
class DumpWriter {
 public:
  virtual ~DumpWriter() = default;
  virtual void begin_file(const std::string& path, const LogFile& file, int64_t bytes) = 0;
  virtual void batch(const StoredBatch& batch, bool valid) = 0;
  virtual void record(const StoredBatch& batch, const models::RecordView& record) = 0;
  virtual void control(const StoredBatch& batch, const models::RecordView& record,
                       const ControlRecord& control) = 0;
  virtual void offset_entry(models::Offset offset, int64_t position) = 0;
  virtual void time_entry(int64_t timestamp_ms, models::Offset offset) = 0;
  virtual void aborted_txn(const models::AbortedTxn& txn) = 0;
  virtual void producer(const models::ProducerSnapshotEntry& entry) = 0;
  virtual void epoch(const models::EpochStart& epoch) = 0;
  virtual void checkpoint(const models::TopicPartition& partition, models::Offset offset) = 0;
  virtual void property(std::string_view key, std::string_view value) = 0;
  // A thing worth knowing that is no item: what is not shown, and how much of it there is.
  virtual void remark(const std::string& text) = 0;
  // The file cannot be read on from `position` (-1: at all).
  virtual void trouble(int64_t position, const std::string& text) = 0;
  virtual void end_file() = 0;
};

// `out` gets whole lines.
using LineOut = std::function<void(const std::string&)>;
std::unique_ptr<DumpWriter> dump_as_text(LineOut out);
std::unique_ptr<DumpWriter> dump_as_json(LineOut out);

struct DumpOptions {
  bool records = false;
  // How `path` is called in what is written, if not by itself.
  std::string shown_as;
};

// A file, or a directory with all that is below it ("" for the root of `files`). True: everything
// could be read. False: the writer was told of the trouble.
bool dump_path(sim::FileSystem& files, const std::string& path, const DumpOptions& options,
               DumpWriter& writer);

}  // namespace scenarios

#endif  // SCENARIOS_LOG_DUMP_H_
