// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_reader.h"

#include "fmt/format.h"

namespace scenarios {

namespace {

std::string name_at(const std::vector<std::string>& names, int32_t number, std::string_view kind) {
  if (number >= 0 && static_cast<size_t>(number) < names.size())
    return names[static_cast<size_t>(number)];
  return fmt::format("{} {}", kind, number);
}

}  // namespace

absl::StatusOr<TraceRow> Trace::find(sim::EventId id) const {
  absl::StatusOr<std::optional<TraceRow>> found = source_->find(id);
  if (!found.ok()) return found.status();
  if (*found) return **std::move(found);
  if (info_.last.value() == 0) return absl::NotFoundError("the trace has no events");
  if (id < info_.first || id > info_.last) {
    return absl::NotFoundError(fmt::format("no event {}: the trace has events {} to {}", id.value(),
                                           info_.first.value(), info_.last.value()));
  }
  return absl::NotFoundError(
      fmt::format("event {} left no record (a step inside the network, or an event that never came "
                  "about); the trace has events {} to {}",
                  id.value(), info_.first.value(), info_.last.value()));
}

std::string Trace::name_of(sim::ProcessId process) const {
  return name_at(info_.names.processes, process.value(), "process");
}
std::string Trace::name_of(sim::HostId host) const {
  return name_at(info_.names.hosts, host.value(), "host");
}

absl::Status check_trace_schema(const std::string& path, int64_t schema) {
  if (schema == kTraceSchemaVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{} has schema version {}; this program reads version {}", path, schema,
                  kTraceSchemaVersion));
}

absl::StatusOr<Trace> open_trace_to_read(const std::string& path) {
  absl::StatusOr<TraceForm> form = form_of(path);
  if (!form.ok()) return form.status();
  return *form == TraceForm::kSqlite ? read_sqlite_trace(path) : read_jsonl_trace(path);
}

}  // namespace scenarios
