// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_memory.h"

#include <algorithm>

namespace scenarios {

namespace {

class MemorySource final : public TraceSource {
 public:
  explicit MemorySource(std::vector<TraceRow> rows) : rows_(std::move(rows)) {
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const TraceRow& a, const TraceRow& b) { return a.id < b.id; });
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].kind == sim::TraceKind::kSuppressed && rows_[i].cause2.value() != 0)
        suppressed_.emplace_back(rows_[i].cause2, i);
    }
    std::stable_sort(suppressed_.begin(), suppressed_.end());
  }

  absl::StatusOr<std::optional<TraceRow>> find(sim::EventId id) override {
    auto found =
        std::lower_bound(rows_.begin(), rows_.end(), id,
                         [](const TraceRow& row, sim::EventId wanted) { return row.id < wanted; });
    if (found == rows_.end() || found->id != id) return std::optional<TraceRow>();
    return std::optional<TraceRow>(*found);
  }
  absl::StatusOr<std::optional<TraceRow>> suppressed_during(sim::EventId id) override {
    auto found = std::lower_bound(suppressed_.begin(), suppressed_.end(), std::pair(id, size_t{0}));
    if (found == suppressed_.end() || found->first != id) return std::optional<TraceRow>();
    return std::optional<TraceRow>(rows_[found->second]);
  }
  absl::StatusOr<std::vector<TraceRow>> named(sim::TraceKind kind, std::string_view what,
                                              size_t most) override {
    std::vector<TraceRow> found;
    for (const TraceRow& row : rows_) {
      if (found.size() < most && row.kind == kind && row.what == what) found.push_back(row);
    }
    return found;
  }
  absl::Status visit(const std::function<void(const TraceRow&)>& to) override {
    std::vector<const TraceRow*> by_time;
    for (const TraceRow& row : rows_) by_time.push_back(&row);
    std::stable_sort(by_time.begin(), by_time.end(),
                     [](const TraceRow* a, const TraceRow* b) { return a->time < b->time; });
    for (const TraceRow* row : by_time) to(*row);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<TraceFinding>> findings() override {
    return std::vector<TraceFinding>();
  }

 private:
  std::vector<TraceRow> rows_;                               // By id.
  std::vector<std::pair<sim::EventId, size_t>> suppressed_;  // By second cause.
};

}  // namespace

void MemoryTrace::record(const sim::TraceEvent& event) {
  TraceRow row;
  row.id = event.id;
  row.cause = event.cause;
  row.cause2 = event.cause2;
  row.time = event.time;
  row.kind = event.kind;
  row.host = event.host;
  row.process = event.process;
  row.peer = event.peer;
  row.at = event.at;
  row.what = event.what;
  row.is_message = event.message != nullptr;
  row.sent = event.sent;
  row.size = event.size;
  if (event.message == nullptr) row.fields = std::string(fields_.of(event));
  rows_.push_back(std::move(row));
}

Trace MemoryTrace::take(TraceInfo info) {
  auto source = std::make_unique<MemorySource>(std::exchange(rows_, {}));
  return Trace(std::move(info), std::move(source));
}

}  // namespace scenarios
