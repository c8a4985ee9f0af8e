// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_sqlite.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace scenarios {

namespace fs = std::filesystem;

namespace {

// Nothing here must survive a crash of this program: a file that is not whole is never in place.
constexpr const char* kSettings = R"(
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA temp_store = MEMORY;
  PRAGMA page_size = 8192;
  PRAGMA cache_size = -65536;
)";

constexpr const char* kTables = R"(
  CREATE TABLE run(scenario TEXT, scenario_text TEXT, seed INTEGER, digest TEXT, verdict TEXT,
                   version TEXT, schema_version INTEGER, events INTEGER);
  CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT);
  CREATE TABLE host(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE process(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE event(id INTEGER PRIMARY KEY, cause INTEGER, cause2 INTEGER, time INTEGER,
                     kind INTEGER, host INTEGER, process INTEGER, peer INTEGER, at INTEGER,
                     what INTEGER, sent INTEGER, size INTEGER, fields TEXT);
  CREATE TABLE client_op(event INTEGER, time INTEGER, client TEXT, kind TEXT, partition TEXT,
                         offset INTEGER, record TEXT);
  CREATE TABLE metric(time INTEGER, name TEXT, argument TEXT, value INTEGER);
  CREATE TABLE partition(time INTEGER, partition TEXT, leader INTEGER, epoch INTEGER, isr TEXT);
  CREATE TABLE fault(event INTEGER, began INTEGER, ended INTEGER, text TEXT, bit TEXT);
  CREATE TABLE finding(event INTEGER, time INTEGER, kind TEXT, text TEXT);
  CREATE VIEW message AS
    SELECT e.id, e.sent, CASE e.kind WHEN 0 THEN e.time END AS received,
           s.name AS "from", r.name AS "to", n.text AS name, e.size, e.kind = 1 AS dropped,
           CASE e.kind WHEN 1 THEN e.cause END AS why, e.fields
    FROM event e
    LEFT JOIN process s ON s.id = CASE e.kind WHEN 0 THEN e.peer ELSE e.process END
    LEFT JOIN process r ON r.id = CASE e.kind WHEN 0 THEN e.process ELSE e.peer END
    LEFT JOIN name n ON n.id = e.what
    WHERE e.size IS NOT NULL;
  CREATE VIEW event_text AS
    SELECT e.id, e.cause, e.cause2, e.time,
           CASE e.kind WHEN 0 THEN 'event' WHEN 1 THEN 'suppressed' WHEN 2 THEN 'fault'
                       ELSE 'note' END AS kind,
           h.name AS host, p.name AS process, o.name AS peer, a.text AS at, w.text AS what,
           e.sent, e.size, e.fields
    FROM event e
    LEFT JOIN host h ON h.id = e.host
    LEFT JOIN process p ON p.id = e.process
    LEFT JOIN process o ON o.id = e.peer
    LEFT JOIN name a ON a.id = e.at
    LEFT JOIN name w ON w.id = e.what;
)";

// Made at the end: sorting once costs less than keeping order at each row.
constexpr const char* kIndexes = R"(
  CREATE INDEX event_by_time ON event(time);
  CREATE INDEX event_by_cause ON event(cause);
  CREATE INDEX event_by_cause2 ON event(cause2) WHERE cause2 IS NOT NULL;
  CREATE INDEX event_by_kind ON event(kind, time) WHERE kind > 0;
  CREATE INDEX client_op_by_time ON client_op(time);
  CREATE INDEX metric_by_name ON metric(name, argument, time);
  CREATE INDEX partition_by_name ON partition(partition, time);
)";

// Absent is NULL, which takes no space in a row.
void bind_id(SqliteStatement& statement, int parameter, sim::EventId id) {
  if (id.value() == 0) {
    statement.bind_null(parameter);
  } else {
    statement.bind(parameter, static_cast<int64_t>(id.value()));
  }
}

void bind_number(SqliteStatement& statement, int parameter, int64_t number) {
  if (number < 0) {
    statement.bind_null(parameter);
  } else {
    statement.bind(parameter, number);
  }
}

}  // namespace

SqliteSink::SqliteSink(std::string path)
    : path_(std::move(path)),
      partial_(fmt::format("{}.{}.partial", path_, ::getpid())),
      known_(kKnown) {}

SqliteSink::~SqliteSink() {
  if (in_place_) return;
  statements_ = Statements();
  file_ = SqliteFile();
  std::remove(partial_.c_str());
}

absl::StatusOr<std::unique_ptr<SqliteSink>> SqliteSink::open(const std::string& path,
                                                             const TraceFacts& facts) {
  if (absl::Status status = check_replaceable(path); !status.ok()) return status;
  std::error_code error;
  // Moving a file to /dev/null would replace it for everybody.
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    return absl::InvalidArgumentError(path +
                                      " is no regular file, which SQLite needs; a name ending in "
                                      ".jsonl writes JSON lines");
  // A link stays a link: what it names is replaced.
  std::string target =
      fs::is_symlink(path, error) ? fs::weakly_canonical(path, error).string() : path;
  std::unique_ptr<SqliteSink> sink(new SqliteSink(target));
  std::remove(sink->partial_.c_str());
  if (absl::Status status = sink->begin(facts); !status.ok()) {
    return absl::Status(status.code(),
                        fmt::format("cannot write {}: {}", path, std::string(status.message())));
  }
  return sink;
}

absl::Status SqliteSink::begin(const TraceFacts& facts) {
  absl::StatusOr<SqliteFile> file = SqliteFile::open(partial_, SqliteFile::Mode::kCreate);
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  std::string settings =
      fmt::format("{} PRAGMA application_id = {};", kSettings, kTraceApplicationId);
  if (absl::Status status = file_.run(settings.c_str()); !status.ok()) return status;
  if (absl::Status status = file_.run(kTables); !status.ok()) return status;
  if (absl::Status status = file_.run("BEGIN"); !status.ok()) return status;
  if (absl::Status status = prepare_all(); !status.ok()) return status;
  if (absl::Status status = write_names("INSERT INTO host VALUES(?,?)", facts.names.hosts);
      !status.ok())
    return status;
  if (absl::Status status = write_names("INSERT INTO process VALUES(?,?)", facts.names.processes);
      !status.ok())
    return status;
  return write_run(facts);
}

absl::Status SqliteSink::prepare_all() {
  struct Prepared {
    SqliteStatement& statement;
    const char* sql;
  };
  const Prepared all[] = {
      {statements_.event, "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"},
      {statements_.name, "INSERT INTO name VALUES(?,?)"},
      {statements_.client_op, "INSERT INTO client_op VALUES(?,?,?,?,?,?,?)"},
      {statements_.metric, "INSERT INTO metric VALUES(?,?,?,?)"},
      {statements_.partition, "INSERT INTO partition VALUES(?,?,?,?,?)"},
      {statements_.fault, "INSERT INTO fault VALUES(?,?,?,?,?)"},
      {statements_.finding, "INSERT INTO finding VALUES(?,?,?,?)"},
  };
  for (const Prepared& each : all) {
    absl::StatusOr<SqliteStatement> statement = file_.prepare(each.sql);
    if (!statement.ok()) return statement.status();
    each.statement = *std::move(statement);
  }
  return absl::OkStatus();
}

absl::Status SqliteSink::write_names(const char* sql, const std::vector<std::string>& names) {
  absl::StatusOr<SqliteStatement> statement = file_.prepare(sql);
  if (!statement.ok()) return statement.status();
  for (size_t i = 0; i < names.size(); ++i) {
    statement->bind(0, static_cast<int64_t>(i));
    statement->bind(1, names[i]);
    if (absl::Status status = file_.status_of(statement->run()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteSink::write_run(const TraceFacts& facts) {
  absl::StatusOr<SqliteStatement> statement =
      file_.prepare("INSERT INTO run VALUES(?,?,?,NULL,NULL,?,?,0)");
  if (!statement.ok()) return statement.status();
  statement->bind(0, facts.scenario);
  statement->bind(1, facts.scenario_text);
  statement->bind(2, static_cast<int64_t>(facts.seed));
  statement->bind(3, facts.version);
  statement->bind(4, int64_t{kTraceSchemaVersion});
  return file_.status_of(statement->run());
}

void SqliteSink::run(SqliteStatement& statement) {
  if (!status_.ok()) return;
  if (int code = statement.run(); code != 0) status_ = file_.status_of(code);
}

int64_t SqliteSink::number_of(std::string_view word) {
  size_t slot = (reinterpret_cast<uintptr_t>(word.data()) * 0x9e3779b97f4a7c15u >> 40) % kKnown;
  Known& known = known_[slot];
  if (known.data == word.data() && known.size == word.size()) return known.number;
  auto [found, is_new] =
      numbers_.emplace(std::string(word), static_cast<int64_t>(numbers_.size()) + 1);
  if (is_new) {
    statements_.name.bind(0, found->second);
    statements_.name.bind(1, word);
    run(statements_.name);
  }
  known = {word.data(), word.size(), found->second};
  return found->second;
}

void SqliteSink::record(const sim::TraceEvent& event) {
  if (!status_.ok()) return;
  ++events_;
  SqliteStatement& row = statements_.event;
  row.bind(0, static_cast<int64_t>(event.id.value()));
  bind_id(row, 1, event.cause);
  bind_id(row, 2, event.cause2);
  row.bind(3, event.time.nanos());
  row.bind(4, static_cast<int64_t>(event.kind));
  bind_number(row, 5, event.host.value());
  bind_number(row, 6, event.process.value());
  bind_number(row, 7, event.peer.value());
  bind_number(row, 8, event.at.empty() ? -1 : number_of(event.at));
  bind_number(row, 9, event.what.empty() ? -1 : number_of(event.what));
  if (event.message != nullptr) {
    row.bind(10, event.sent.nanos());
    row.bind(11, event.size);
  } else {
    row.bind_null(10);
    row.bind_null(11);
  }
  std::string_view fields = fields_.of(event);
  if (fields.empty()) {
    row.bind_null(12);
  } else {
    row.bind(12, fields);
  }
  run(row);
}

void SqliteSink::add_client_op(sim::EventId event, sim::SimTime at, std::string_view client,
                               std::string_view kind, std::string_view partition, int64_t offset,
                               std::string_view record) {
  SqliteStatement& row = statements_.client_op;
  bind_id(row, 0, event);
  row.bind(1, at.nanos());
  row.bind(2, client);
  row.bind(3, kind);
  row.bind(4, partition);
  bind_number(row, 5, offset);
  row.bind(6, record);
  run(row);
}

void SqliteSink::add_metric(sim::SimTime at, std::string_view name, std::string_view argument,
                            int64_t value) {
  SqliteStatement& row = statements_.metric;
  row.bind(0, at.nanos());
  row.bind(1, name);
  row.bind(2, argument);
  row.bind(3, value);
  run(row);
}

void SqliteSink::add_partition(sim::SimTime at, std::string_view partition, int32_t leader,
                               int32_t epoch, std::string_view isr) {
  SqliteStatement& row = statements_.partition;
  row.bind(0, at.nanos());
  row.bind(1, partition);
  bind_number(row, 2, leader);
  row.bind(3, int64_t{epoch});
  row.bind(4, isr);
  run(row);
}

void SqliteSink::add_fault(sim::EventId event, sim::SimTime began,
                           std::optional<sim::SimTime> ended, std::string_view text,
                           std::string_view bit) {
  SqliteStatement& row = statements_.fault;
  bind_id(row, 0, event);
  row.bind(1, began.nanos());
  if (ended) {
    row.bind(2, ended->nanos());
  } else {
    row.bind_null(2);
  }
  row.bind(3, text);
  row.bind(4, bit);
  run(row);
}

void SqliteSink::add_finding(sim::EventId event, sim::SimTime at, std::string_view kind,
                             std::string_view text) {
  SqliteStatement& row = statements_.finding;
  bind_id(row, 0, event);
  row.bind(1, at.nanos());
  row.bind(2, kind);
  row.bind(3, text);
  run(row);
}

absl::Status SqliteSink::finish(const TraceEnd& end) {
  statements_ = Statements();
  {
    absl::StatusOr<SqliteStatement> statement =
        file_.prepare("UPDATE run SET digest = ?, verdict = ?, events = ?");
    if (!statement.ok()) return statement.status();
    std::string digest = fmt::format("{:016x}", end.digest);
    statement->bind(0, digest);
    statement->bind(1, end.verdict);
    statement->bind(2, events_);
    if (absl::Status status = file_.status_of(statement->run()); !status.ok()) return status;
  }
  if (absl::Status status = file_.run(kIndexes); !status.ok()) return status;
  if (absl::Status status = file_.run("COMMIT"); !status.ok()) return status;
  if (absl::Status status = file_.close(); !status.ok()) return status;
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) return absl::ErrnoToStatus(errno, path_);
  in_place_ = true;
  return absl::OkStatus();
}

absl::Status SqliteSink::close(const TraceEnd& end) {
  if (status_.ok()) status_ = finish(end);
  return status_;
}

}  // namespace scenarios
