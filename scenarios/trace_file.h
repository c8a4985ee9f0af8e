// SPDX-License-Identifier: Apache-2.0
//
// A trace file being written: the kernel's records (it is a sim::TraceSink), and what the runner
// knows beside them. Two forms hold the same: SQLite (trace_sqlite.h) and JSON lines
// (trace_jsonl.h).
//
//   auto trace = open_trace("run.db", {.scenario = ..., .names = names_of(world)});   // before the
//   run world.set_sink(trace->get());  ...  (*trace)->add_finding(...); absl::Status written =
//   (*trace)->close({.digest = ..., .verdict = "PASS"});
//
// Errors while writing (a full disk) are kept until `close`; the run goes on without them. A file
// that was not closed is not left behind (SQLite) or lacks its last line (JSON lines).

#ifndef SCENARIOS_TRACE_FILE_H_
#define SCENARIOS_TRACE_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/strong_id.h"
#include "sim/time.h"
#include "sim/trace_event.h"
#include "sim/world.h"

namespace scenarios {

// Raised when a reader of the former version would misread.
inline constexpr int kTraceSchemaVersion = 1;

// By number of host and process.
struct TraceNames {
  std::vector<std::string> hosts;
  std::vector<std::string> processes;
};
TraceNames names_of(const sim::World& world);

struct TraceFacts {
  std::string scenario;       // Its name.
  std::string scenario_text;  // The file, or as much of it as is at hand.
  uint64_t seed = 0;
  std::string version;  // Of Faultline.
  TraceNames names;
};

struct TraceEnd {
  uint64_t digest = 0;
  std::string verdict;  // "PASS", "FAIL", ...
};

class TraceFile : public sim::TraceSink {
 public:
  // What a client saw. `offset` < 0: none.
  virtual void add_client_op(sim::EventId event, sim::SimTime at, std::string_view client,
                             std::string_view kind, std::string_view partition, int64_t offset,
                             std::string_view record) = 0;
  virtual void add_metric(sim::SimTime at, std::string_view name, std::string_view argument,
                          int64_t value) = 0;
  // As the controller committed it; `leader` < 0: none. `isr` as text: "1,3".
  virtual void add_partition(sim::SimTime at, std::string_view partition, int32_t leader,
                             int32_t epoch, std::string_view isr) = 0;
  // `event`: the record of its beginning. `bit`: what it did, in words.
  virtual void add_fault(sim::EventId event, sim::SimTime began, std::optional<sim::SimTime> ended,
                         std::string_view text, std::string_view bit) = 0;
  // `kind`: "violation", "expectation", "anomaly", ... `event` 0: it has no place in the run.
  virtual void add_finding(sim::EventId event, sim::SimTime at, std::string_view kind,
                           std::string_view text) = 0;

  // Writes the rest; the first error there was. To be called once.
  virtual absl::Status close(const TraceEnd& end) = 0;
};

// JSON lines if `path` ends in ".jsonl", else SQLite. A Faultline trace (of either form) or empty
// file at `path` is replaced; another file is an error (AlreadyExists).
absl::StatusOr<std::unique_ptr<TraceFile>> open_trace(const std::string& path,
                                                      const TraceFacts& facts);

enum class TraceForm : uint8_t { kSqlite, kJsonl };
// Which form of trace stands at `path`; InvalidArgument: neither, NotFound and others as the system
// says.
absl::StatusOr<TraceForm> form_of(const std::string& path);
// Ok if a trace may be written to `path`.
absl::Status check_replaceable(const std::string& path);

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_FILE_H_
