// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <utility>

#include "fmt/format.h"
#include "scenarios/sqlite_file.h"
#include "scenarios/trace_reader.h"

namespace scenarios {

namespace {

constexpr std::string_view kColumns =
    "SELECT id, cause, cause2, time, kind, host, process, peer, at, what, sent, size, fields FROM "
    "event ";

sim::EventId id_at(const SqliteStatement& row, int column) {
  return sim::EventId(static_cast<uint64_t>(row.integer(column)));
}

int32_t number_at(const SqliteStatement& row, int column) {
  return row.is_null(column) ? -1 : static_cast<int32_t>(row.integer(column));
}

class SqliteSource final : public TraceSource {
 public:
  absl::Status open(const std::string& path, TraceInfo& info);
  absl::StatusOr<std::optional<TraceRow>> find(sim::EventId id) override;
  absl::StatusOr<std::optional<TraceRow>> suppressed_during(sim::EventId id) override;
  absl::StatusOr<std::vector<TraceRow>> named(sim::TraceKind kind, std::string_view what,
                                              size_t most) override;
  absl::Status visit(const std::function<void(const TraceRow&)>& to) override;
  absl::StatusOr<std::vector<TraceFinding>> findings() override;

 private:
  using RowReader = std::function<void(const SqliteStatement&)>;
  absl::Status each(const std::string& sql, const RowReader& read);
  absl::Status read_run(const std::string& path, TraceInfo& info);
  absl::Status read_names(TraceInfo& info);
  std::string_view word(const SqliteStatement& row, int column) const;
  TraceRow row_of(const SqliteStatement& row) const;
  absl::StatusOr<std::optional<TraceRow>> one(SqliteStatement& statement, sim::EventId id);

  SqliteFile file_;
  SqliteStatement find_;
  SqliteStatement suppressed_;
  std::map<int64_t, std::string> words_;
};

absl::Status SqliteSource::open(const std::string& path, TraceInfo& info) {
  absl::StatusOr<SqliteFile> file = SqliteFile::open(path, SqliteFile::Mode::kRead);
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  if (absl::Status status = read_run(path, info); !status.ok()) return status;
  if (absl::Status status = read_names(info); !status.ok()) return status;
  auto prepare = [&](SqliteStatement& statement, std::string_view where) -> absl::Status {
    absl::StatusOr<SqliteStatement> prepared = file_.prepare(std::string(kColumns).append(where));
    if (prepared.ok()) statement = *std::move(prepared);
    return prepared.status();
  };
  if (absl::Status status = prepare(find_, "WHERE id = ?"); !status.ok()) return status;
  return prepare(suppressed_, "WHERE kind = 1 AND cause2 = ? ORDER BY id LIMIT 1");
}

absl::Status SqliteSource::each(const std::string& sql, const RowReader& read) {
  absl::StatusOr<SqliteStatement> statement = file_.prepare(sql);
  if (!statement.ok()) return statement.status();
  for (;;) {
    absl::StatusOr<bool> row = statement->step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    read(*statement);
  }
}

absl::Status SqliteSource::read_run(const std::string& path, TraceInfo& info) {
  info.form = TraceForm::kSqlite;
  absl::Status status = each(
      "SELECT scenario, scenario_text, version, seed, schema_version, digest, verdict FROM run",
      [&](const SqliteStatement& row) {
        info.scenario = row.text(0);
        info.scenario_text = row.text(1);
        info.version = row.text(2);
        info.seed = static_cast<uint64_t>(row.integer(3));
        info.schema = static_cast<int>(row.integer(4));
        info.digest = row.text(5);
        info.verdict = row.text(6);
        info.complete = !row.is_null(5);
      });
  if (!status.ok()) return status;
  if (status = check_trace_schema(path, info.schema); !status.ok()) return status;
  return each("SELECT min(id), max(id) FROM event", [&](const SqliteStatement& row) {
    info.first = id_at(row, 0);
    info.last = id_at(row, 1);
  });
}

absl::Status SqliteSource::read_names(TraceInfo& info) {
  absl::Status status = each("SELECT name FROM host ORDER BY id", [&](const SqliteStatement& row) {
    info.names.hosts.emplace_back(row.text(0));
  });
  if (!status.ok()) return status;
  status = each("SELECT name FROM process ORDER BY id", [&](const SqliteStatement& row) {
    info.names.processes.emplace_back(row.text(0));
  });
  if (!status.ok()) return status;
  return each("SELECT id, text FROM name", [&](const SqliteStatement& row) {
    words_.emplace(row.integer(0), std::string(row.text(1)));
  });
}

std::string_view SqliteSource::word(const SqliteStatement& row, int column) const {
  auto found = words_.find(row.integer(column));
  return found == words_.end() ? std::string_view() : std::string_view(found->second);
}

TraceRow SqliteSource::row_of(const SqliteStatement& row) const {
  TraceRow event;
  event.id = id_at(row, 0);
  event.cause = id_at(row, 1);
  event.cause2 = id_at(row, 2);
  event.time = sim::SimTime::at_nanos(row.integer(3));
  event.kind = static_cast<sim::TraceKind>(row.integer(4));
  event.host = sim::HostId(number_at(row, 5));
  event.process = sim::ProcessId(number_at(row, 6));
  event.peer = sim::ProcessId(number_at(row, 7));
  event.at = word(row, 8);
  event.what = word(row, 9);
  event.is_message = !row.is_null(11);
  event.sent = sim::SimTime::at_nanos(row.integer(10));
  event.size = row.integer(11);
  event.fields = row.text(12);
  return event;
}

absl::StatusOr<std::optional<TraceRow>> SqliteSource::one(SqliteStatement& statement,
                                                          sim::EventId id) {
  statement.bind(0, static_cast<int64_t>(id.value()));
  absl::StatusOr<bool> found = statement.step();
  if (!found.ok()) return found.status();
  std::optional<TraceRow> row;
  if (*found) row = row_of(statement);
  statement.reset();
  return row;
}

absl::StatusOr<std::optional<TraceRow>> SqliteSource::find(sim::EventId id) {
  return one(find_, id);
}

absl::StatusOr<std::optional<TraceRow>> SqliteSource::suppressed_during(sim::EventId id) {
  return one(suppressed_, id);
}

absl::StatusOr<std::vector<TraceRow>> SqliteSource::named(sim::TraceKind kind,
                                                          std::string_view what, size_t most) {
  std::vector<TraceRow> rows;
  for (const auto& [number, text] : words_) {
    if (text != what) continue;
    std::string sql = fmt::format("{} WHERE kind = {} AND what = {} ORDER BY time, id LIMIT {}",
                                  kColumns, static_cast<int>(kind), number, most);
    absl::Status status =
        each(sql, [&](const SqliteStatement& row) { rows.push_back(row_of(row)); });
    if (!status.ok()) return status;
  }
  return rows;
}

absl::Status SqliteSource::visit(const std::function<void(const TraceRow&)>& to) {
  return each(std::string(kColumns) + "ORDER BY time, id",
              [&](const SqliteStatement& row) { to(row_of(row)); });
}

absl::StatusOr<std::vector<TraceFinding>> SqliteSource::findings() {
  std::vector<TraceFinding> findings;
  absl::Status status =
      each("SELECT event, time, kind, text FROM finding ORDER BY rowid",
           [&](const SqliteStatement& row) {
             findings.push_back({id_at(row, 0), sim::SimTime::at_nanos(row.integer(1)),
                                 std::string(row.text(2)), std::string(row.text(3))});
           });
  if (!status.ok()) return status;
  return findings;
}

}  // namespace

absl::StatusOr<Trace> read_sqlite_trace(const std::string& path) {
  TraceInfo info;
  auto source = std::make_unique<SqliteSource>();
  if (absl::Status status = source->open(path, info); !status.ok()) return status;
  return Trace(std::move(info), std::move(source));
}

}  // namespace scenarios
