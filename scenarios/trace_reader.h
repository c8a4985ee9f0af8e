// SPDX-License-Identifier: Apache-2.0
//
// Reads a trace of either form. SQLite traces are read as they are asked for, so that one larger
// than memory opens at once; JSON lines are taken in whole.

#ifndef SCENARIOS_TRACE_READER_H_
#define SCENARIOS_TRACE_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scenarios/trace_file.h"

namespace scenarios {

// One record. `at` and `what` live as long as the trace.
struct TraceRow {
  sim::EventId id, cause, cause2;
  sim::SimTime time;
  sim::TraceKind kind = sim::TraceKind::kEvent;
  sim::HostId host{-1};
  sim::ProcessId process{-1};
  sim::ProcessId peer{-1};
  std::string_view at;
  std::string_view what;
  bool is_message = false;
  sim::SimTime sent;   // Of messages.
  int64_t size = 0;    // Of messages.
  std::string fields;  // JSON; may be empty.
};

struct TraceFinding {
  sim::EventId event;
  sim::SimTime at;
  std::string kind, text;
};

struct TraceInfo {
  TraceForm form{};
  std::string scenario, scenario_text, version;
  uint64_t seed = 0;
  int schema = 0;
  TraceNames names;
  std::string digest, verdict;  // Empty if the run's end is missing.
  bool complete = false;        // False: the run that wrote it did not come to its end.
  // Least and greatest id; 0 if there are no events.
  sim::EventId first, last;
};

// Where a trace's rows come from; one for each form.
class TraceSource {
 public:
  virtual ~TraceSource() = default;
  virtual absl::StatusOr<std::optional<TraceRow>> find(sim::EventId id) = 0;
  virtual absl::StatusOr<std::optional<TraceRow>> suppressed_during(sim::EventId id) = 0;
  virtual absl::StatusOr<std::vector<TraceRow>> named(sim::TraceKind kind, std::string_view what,
                                                      size_t most) = 0;
  virtual absl::Status visit(const std::function<void(const TraceRow&)>& to) = 0;
  virtual absl::StatusOr<std::vector<TraceFinding>> findings() = 0;
};

class Trace {
 public:
  Trace(TraceInfo info, std::unique_ptr<TraceSource> source)
      : info_(std::move(info)), source_(std::move(source)) {}

  const TraceInfo& info() const { return info_; }
  // NotFound says which ids there are.
  absl::StatusOr<TraceRow> find(sim::EventId id) const;
  // A message that reaches a dead process leaves no record of its own, only the suppressed one that
  // has it as second cause: that record, if there is one.
  absl::StatusOr<std::optional<TraceRow>> suppressed_during(sim::EventId id) const {
    return source_->suppressed_during(id);
  }
  // The first `most` records of that kind and name, in order of time.
  absl::StatusOr<std::vector<TraceRow>> named(sim::TraceKind kind, std::string_view what,
                                              size_t most) const {
    return source_->named(kind, what, most);
  }
  // All records, in order of time, then id.
  absl::Status visit(const std::function<void(const TraceRow&)>& to) const {
    return source_->visit(to);
  }
  absl::StatusOr<std::vector<TraceFinding>> findings() const { return source_->findings(); }

  // "process 7" where there is no name.
  std::string name_of(sim::ProcessId process) const;
  std::string name_of(sim::HostId host) const;

 private:
  TraceInfo info_;
  std::unique_ptr<TraceSource> source_;
};

// NotFound, InvalidArgument (no trace), FailedPrecondition (of a newer schema), DataLoss (damaged).
absl::StatusOr<Trace> open_trace_to_read(const std::string& path);

absl::StatusOr<Trace> read_sqlite_trace(const std::string& path);
absl::StatusOr<Trace> read_jsonl_trace(const std::string& path);
absl::Status check_trace_schema(const std::string& path, int64_t schema);

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_READER_H_
