// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fstream>
#include <set>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "scenarios/printable.h"
#include "scenarios/trace_reader.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;  // Keeps the order of fields.

sim::EventId id_in(const Json& object, const char* key) {
  return sim::EventId(object.value(key, uint64_t{0}));
}

sim::SimTime time_in(const Json& object, const char* key) {
  return sim::SimTime::at_nanos(object.value(key, int64_t{0}));
}

// Throws for an unknown name, as nlohmann_json does for a wrong type.
sim::TraceKind kind_named(const std::string& name) {
  using sim::TraceKind;
  for (TraceKind kind :
       {TraceKind::kEvent, TraceKind::kSuppressed, TraceKind::kFault, TraceKind::kNote}) {
    if (sim::name_of(kind) == name) return kind;
  }
  throw Json::other_error::create(0, "unknown kind " + name, static_cast<const Json*>(nullptr));
}

// The beginning of a line, as a message can show it.
std::string shown(std::string_view line) {
  constexpr size_t kMost = 60;
  std::string text = printable(line.substr(0, kMost));
  return line.empty() ? "it is empty" : "\"" + text + "\"" + (line.size() > kMost ? " ..." : "");
}

class JsonlSource final : public TraceSource {
 public:
  absl::Status read(const std::string& path, TraceInfo& info);
  absl::StatusOr<std::optional<TraceRow>> find(sim::EventId id) override;
  absl::StatusOr<std::optional<TraceRow>> suppressed_during(sim::EventId id) override;
  absl::StatusOr<std::vector<TraceRow>> named(sim::TraceKind kind, std::string_view what,
                                              size_t most) override;
  absl::Status visit(const std::function<void(const TraceRow&)>& to) override;
  absl::StatusOr<std::vector<TraceFinding>> findings() override { return findings_; }

 private:
  // These throw Json::exception.
  void read_header(const Json& line, TraceInfo& info);
  void read_line(const Json& line, TraceInfo& info);
  TraceRow row_of(const Json& line);
  std::string_view keep(const std::string& word) { return *words_.insert(word).first; }
  void sort(TraceInfo& info);

  std::vector<TraceRow> rows_;                               // By id.
  std::vector<size_t> by_time_;                              // Indexes into rows_.
  std::vector<std::pair<sim::EventId, size_t>> suppressed_;  // By second cause.
  std::set<std::string> words_;
  std::vector<TraceFinding> findings_;
};

void JsonlSource::read_header(const Json& line, TraceInfo& info) {
  info.form = TraceForm::kJsonl;
  info.schema = line.value("schema", 0);
  info.scenario = line.value("scenario", "");
  info.scenario_text = line.value("scenario_text", "");
  info.seed = line.value("seed", uint64_t{0});
  info.version = line.value("version", "");
  info.names.hosts = line.value("hosts", std::vector<std::string>());
  info.names.processes = line.value("processes", std::vector<std::string>());
}

TraceRow JsonlSource::row_of(const Json& line) {
  TraceRow row;
  row.id = id_in(line, "id");
  row.cause = id_in(line, "cause");
  row.cause2 = id_in(line, "cause2");
  row.time = time_in(line, "time");
  row.kind = kind_named(line.value("kind", ""));
  row.host = sim::HostId(line.value("host", -1));
  row.process = sim::ProcessId(line.value("process", -1));
  row.peer = sim::ProcessId(line.value("peer", -1));
  row.at = keep(line.value("at", ""));
  row.is_message = line.contains("message");
  row.what = keep(line.value(row.is_message ? "message" : "what", ""));
  row.sent = time_in(line, "sent");
  row.size = line.value("size", int64_t{0});
  if (auto fields = line.find("fields"); fields != line.end()) row.fields = fields->dump();
  return row;
}

void JsonlSource::read_line(const Json& line, TraceInfo& info) {
  if (line.contains("id")) {
    rows_.push_back(row_of(line));
  } else if (auto found = line.find("finding"); found != line.end()) {
    findings_.push_back({id_in(*found, "event"), time_in(*found, "time"), found->value("kind", ""),
                         found->value("text", "")});
  } else if (auto end = line.find("end"); end != line.end()) {
    info.digest = end->value("digest", "");
    info.verdict = end->value("verdict", "");
    info.complete = true;
  }
}

absl::Status JsonlSource::read(const std::string& path, TraceInfo& info) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read " + path);
  std::string text;
  for (int64_t number = 1; std::getline(file, text); ++number) {
    // A line without its end was cut when the run died or the disk was full.
    if (file.eof()) break;
    try {
      Json line = Json::parse(text);
      if (number > 1) {
        read_line(line, info);
        continue;
      }
      read_header(line, info);
    } catch (const Json::exception& error) {
      (void)error;  // It tells of the library, not of the file.
      return absl::DataLossError(
          fmt::format("{}:{}: no line of a trace: {}", path, number, shown(text)));
    }
    if (absl::Status status = check_trace_schema(path, info.schema); !status.ok()) return status;
  }
  if (file.bad()) return absl::DataLossError("cannot read all of " + path);
  sort(info);
  return absl::OkStatus();
}

void JsonlSource::sort(TraceInfo& info) {
  std::sort(rows_.begin(), rows_.end(),
            [](const TraceRow& a, const TraceRow& b) { return a.id < b.id; });
  for (size_t i = 0; i < rows_.size(); ++i) {
    by_time_.push_back(i);
    if (rows_[i].kind == sim::TraceKind::kSuppressed) suppressed_.emplace_back(rows_[i].cause2, i);
  }
  std::sort(suppressed_.begin(), suppressed_.end());
  std::sort(by_time_.begin(), by_time_.end(), [&](size_t a, size_t b) {
    return std::tie(rows_[a].time, a) < std::tie(rows_[b].time, b);
  });
  if (rows_.empty()) return;
  info.first = rows_.front().id;
  info.last = rows_.back().id;
}

absl::StatusOr<std::optional<TraceRow>> JsonlSource::find(sim::EventId id) {
  auto row =
      std::lower_bound(rows_.begin(), rows_.end(), id,
                       [](const TraceRow& each, sim::EventId wanted) { return each.id < wanted; });
  if (row == rows_.end() || row->id != id) return std::optional<TraceRow>();
  return std::optional<TraceRow>(*row);
}

absl::StatusOr<std::optional<TraceRow>> JsonlSource::suppressed_during(sim::EventId id) {
  auto found = std::lower_bound(suppressed_.begin(), suppressed_.end(), std::pair(id, size_t{0}));
  if (found == suppressed_.end() || found->first != id) return std::optional<TraceRow>();
  return std::optional<TraceRow>(rows_[found->second]);
}

absl::StatusOr<std::vector<TraceRow>> JsonlSource::named(sim::TraceKind kind, std::string_view what,
                                                         size_t most) {
  std::vector<TraceRow> rows;
  for (size_t i : by_time_) {
    if (rows.size() < most && rows_[i].kind == kind && rows_[i].what == what)
      rows.push_back(rows_[i]);
  }
  return rows;
}

absl::Status JsonlSource::visit(const std::function<void(const TraceRow&)>& to) {
  for (size_t i : by_time_) to(rows_[i]);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Trace> read_jsonl_trace(const std::string& path) {
  TraceInfo info;
  auto source = std::make_unique<JsonlSource>();
  if (absl::Status status = source->read(path, info); !status.ok()) return status;
  return Trace(std::move(info), std::move(source));
}

}  // namespace scenarios
