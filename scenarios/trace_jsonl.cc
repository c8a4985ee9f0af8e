// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_jsonl.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace scenarios {

namespace {

constexpr size_t kBufferBytes = 1 << 20;

void append_list(std::string& json, std::string_view key, const std::vector<std::string>& names) {
  json.append(",\"").append(key).append("\":[");
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) json += ',';
    append_json_text(json, names[i]);
  }
  json += ']';
}

}  // namespace

absl::StatusOr<std::unique_ptr<JsonlSink>> JsonlSink::open(const std::string& path,
                                                           const TraceFacts& facts) {
  if (absl::Status status = check_replaceable(path); !status.ok()) return status;
  std::error_code error;
  std::filesystem::file_status status = std::filesystem::status(path, error);
  bool replaces = status.type() == std::filesystem::file_type::regular ||
                  status.type() == std::filesystem::file_type::not_found;
  std::string partial = replaces ? fmt::format("{}.{}.partial", path, ::getpid()) : "";
  std::FILE* file = std::fopen(replaces ? partial.c_str() : path.c_str(), "wb");
  if (file == nullptr) return absl::ErrnoToStatus(errno, path);
  return std::unique_ptr<JsonlSink>(new JsonlSink(path, std::move(partial), file, facts));
}

JsonlSink::~JsonlSink() {
  if (!partial_.empty()) std::remove(partial_.c_str());
}

JsonlSink::JsonlSink(std::string path, std::string partial, std::FILE* file,
                     const TraceFacts& facts)
    : path_(std::move(path)), partial_(std::move(partial)), file_(file) {
  std::setvbuf(file, nullptr, _IONBF, 0);  // `buffer_` is the buffer.
  buffer_.reserve(kBufferBytes + 4096);
  for (const std::string& name : facts.names.processes)
    append_json_text(names_.emplace_back(), name);
  write_header(facts);
  // Written now, so that a full disk or a broken pipe shows before the run.
  flush();
}

void JsonlSink::write_header(const TraceFacts& facts) {
  buffer_ += kJsonlBegin;
  integer("schema", kTraceSchemaVersion);
  text("scenario", facts.scenario);
  buffer_ += fmt::format(",\"seed\":{}", facts.seed);
  text("version", facts.version);
  append_list(buffer_, "hosts", facts.names.hosts);
  append_list(buffer_, "processes", facts.names.processes);
  text("scenario_text", facts.scenario_text);
  end_line("}");
}

void JsonlSink::integer(std::string_view key, int64_t value) {
  if (buffer_.back() != '{') buffer_ += ',';
  buffer_.append("\"").append(key).append("\":");
  append_integer(buffer_, value);
}

void JsonlSink::text(std::string_view key, std::string_view value) {
  if (buffer_.back() != '{') buffer_ += ',';
  buffer_.append("\"").append(key).append("\":");
  append_json_text(buffer_, value);
}

void JsonlSink::begin(std::string_view row) { buffer_.append("{\"").append(row).append("\":{"); }

void JsonlSink::end_line(std::string_view brackets) {
  buffer_.append(brackets).append("\n");
  if (buffer_.size() >= kBufferBytes) flush();
}

void JsonlSink::flush() {
  size_t written = status_.ok() ? std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) : 0;
  if (status_.ok() && written < buffer_.size()) status_ = absl::ErrnoToStatus(errno, path_);
  buffer_.clear();
}

void JsonlSink::record(const sim::TraceEvent& event) {
  ++events_;
  buffer_ += '{';
  integer("id", static_cast<int64_t>(event.id.value()));
  if (event.cause.value() != 0) integer("cause", static_cast<int64_t>(event.cause.value()));
  if (event.cause2.value() != 0) integer("cause2", static_cast<int64_t>(event.cause2.value()));
  integer("time", event.time.nanos());
  text("kind", sim::name_of(event.kind));
  if (event.host.value() >= 0) integer("host", event.host.value());
  if (event.process.value() >= 0) {
    integer("process", event.process.value());
    size_t number = static_cast<size_t>(event.process.value());
    if (number < names_.size()) buffer_.append(",\"name\":").append(names_[number]);
  }
  if (!event.at.empty()) text("at", event.at);
  if (event.peer.value() >= 0) integer("peer", event.peer.value());
  if (event.message != nullptr) {
    text("message", event.what);
    integer("size", event.size);
    integer("sent", event.sent.nanos());
  } else if (!event.what.empty()) {
    text("what", event.what);
  }
  if (std::string_view fields = fields_.of(event); !fields.empty())
    buffer_.append(",\"fields\":").append(fields);
  end_line("}");
}

void JsonlSink::add_client_op(sim::EventId event, sim::SimTime at, std::string_view client,
                              std::string_view kind, std::string_view partition, int64_t offset,
                              std::string_view record) {
  begin("client_op");
  integer("event", static_cast<int64_t>(event.value()));
  integer("time", at.nanos());
  text("client", client);
  text("op", kind);
  text("partition", partition);
  if (offset >= 0) integer("offset", offset);
  text("record", record);
  end_line("}}");
}

void JsonlSink::add_metric(sim::SimTime at, std::string_view name, std::string_view argument,
                           int64_t value) {
  begin("metric");
  integer("time", at.nanos());
  text("name", name);
  text("argument", argument);
  integer("value", value);
  end_line("}}");
}

void JsonlSink::add_partition(sim::SimTime at, std::string_view partition, int32_t leader,
                              int32_t epoch, std::string_view isr) {
  begin("partition");
  integer("time", at.nanos());
  text("partition", partition);
  if (leader >= 0) integer("leader", leader);
  integer("epoch", epoch);
  text("isr", isr);
  end_line("}}");
}

void JsonlSink::add_fault(sim::EventId event, sim::SimTime began, std::optional<sim::SimTime> ended,
                          std::string_view what, std::string_view bit) {
  begin("fault");
  integer("event", static_cast<int64_t>(event.value()));
  integer("began", began.nanos());
  if (ended) integer("ended", ended->nanos());
  text("text", what);
  text("bit", bit);
  end_line("}}");
}

void JsonlSink::add_finding(sim::EventId event, sim::SimTime at, std::string_view kind,
                            std::string_view what) {
  begin("finding");
  integer("event", static_cast<int64_t>(event.value()));
  integer("time", at.nanos());
  text("kind", kind);
  text("text", what);
  end_line("}}");
}

absl::Status JsonlSink::close(const TraceEnd& end) {
  begin("end");
  integer("events", events_);
  text("digest", fmt::format("{:016x}", end.digest));
  text("verdict", end.verdict);
  end_line("}}");
  flush();
  // Some file systems tell of a full disk only here.
  int failed = std::fclose(file_.release());
  if (status_.ok() && failed != 0) status_ = absl::ErrnoToStatus(errno, path_);
  if (!status_.ok() || partial_.empty()) return status_;
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
    status_ = absl::ErrnoToStatus(errno, path_);
  } else {
    partial_.clear();
  }
  return status_;
}

}  // namespace scenarios
