// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_sqlite.h"

#include <gmock/gmock.h>

#include "tests/scenarios/trace_fixture.h"

namespace scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using TraceSqlite = TraceTest;

// All rows, columns joined by "|", NULL as "-".
std::vector<std::string> query(const std::string& path, const std::string& sql, int columns) {
  absl::StatusOr<SqliteFile> file = SqliteFile::open(path, SqliteFile::Mode::kRead);
  if (!file.ok()) return {file.status().ToString()};
  absl::StatusOr<SqliteStatement> statement = file->prepare(sql);
  if (!statement.ok()) return {statement.status().ToString()};
  std::vector<std::string> rows;
  while (*statement->step()) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row += (i == 0 ? "" : "|") + (statement->is_null(i) ? "-" : std::string(statement->text(i)));
    rows.push_back(row);
  }
  return rows;
}

TEST_F(TraceSqlite, BothFormsHoldTheSameEvents) {
  run_town(path("t.db"));
  run_town(path("t.jsonl"));
  Trace db = trace_at(path("t.db"));
  Trace lines = trace_at(path("t.jsonl"));
  EXPECT_EQ(db.info().form, TraceForm::kSqlite);
  EXPECT_EQ(lines.info().form, TraceForm::kJsonl);
  std::vector<std::string> rows = rows_of(db);
  EXPECT_GT(rows.size(), 100u);
  EXPECT_EQ(rows, rows_of(lines));
  EXPECT_EQ(db.info().digest, lines.info().digest);
  EXPECT_EQ(db.info().digest.size(), 16u);
  EXPECT_EQ(db.info().scenario_text, lines.info().scenario_text);
  EXPECT_EQ(db.info().names.processes, lines.info().names.processes);
  EXPECT_EQ(db.info().first, lines.info().first);
  EXPECT_EQ(db.info().last, lines.info().last);
  EXPECT_EQ(db.info().seed, 7u);
  EXPECT_TRUE(db.info().complete && lines.info().complete);
}

TEST_F(TraceSqlite, TheTraceDoesNotChangeTheRun) {
  run_town(path("t.db"));
  sim::toy::Town town = make_town();
  EXPECT_EQ(trace_at(path("t.db")).info().digest, fmt::format("{:016x}", run_world(town)));
}

TEST_F(TraceSqlite, MessagesHaveSenderReceiverAndFate) {
  run_town(path("t.db"));
  EXPECT_THAT(
      query(path("t.db"), R"(SELECT "from", "to", name, size, dropped, why, fields FROM message
                                     WHERE name = 'Ping' AND "from" = 'pinger 1' ORDER BY sent LIMIT 1)",
            7),
      ElementsAre("pinger 1|ponger|Ping|100|0|-|{\"number\":0}"));
  // The ping on its way when the ponger died was dropped because of the crash.
  EXPECT_THAT(query(path("t.db"), R"(SELECT DISTINCT "to", received, dropped, what FROM message
                                     JOIN event_text f ON f.id = why WHERE dropped = 1)",
                    4),
              ElementsAre("ponger|-|1|crash"));
  EXPECT_THAT(query(path("t.db"), "SELECT count(*) FROM message WHERE received < sent", 1),
              ElementsAre("0"));
}

TEST_F(TraceSqlite, RowsOfTheRunner) {
  std::unique_ptr<TraceFile> file = opened(path("t.db"), facts());
  sim::SimTime at = sim::SimTime::at_nanos(5);
  file->add_client_op(sim::EventId(3), at, "billing-1", "poll", "orders-0", 8, "k");
  file->add_client_op(sim::EventId(0), at, "billing-1", "poll", "orders-0", -1, "");
  file->add_metric(at, "lag", "billing", 3);
  file->add_partition(at, "orders-0", -1, 2, "1,3");
  file->add_fault(sim::EventId(3), at, sim::SimTime::at_nanos(6), "crash broker 2", "nothing");
  file->add_fault(sim::EventId(4), at, std::nullopt, "cut", "");
  file->add_finding(sim::EventId(3), at, "violation", "two leaders");
  ASSERT_TRUE(file->close({0xabc, "FAIL"}).ok());
  const std::string db = path("t.db");
  EXPECT_THAT(query(db, "SELECT * FROM client_op", 7),
              ElementsAre("3|5|billing-1|poll|orders-0|8|k", "-|5|billing-1|poll|orders-0|-|"));
  EXPECT_THAT(query(db, "SELECT * FROM metric", 4), ElementsAre("5|lag|billing|3"));
  EXPECT_THAT(query(db, "SELECT * FROM partition", 5), ElementsAre("5|orders-0|-|2|1,3"));
  EXPECT_THAT(query(db, "SELECT * FROM fault", 5),
              ElementsAre("3|5|6|crash broker 2|nothing", "4|5|-|cut|"));
  EXPECT_THAT(query(db, "SELECT * FROM finding", 4), ElementsAre("3|5|violation|two leaders"));
  EXPECT_THAT(query(db, "SELECT * FROM run", 8),
              ElementsAre("toy|{\"name\": \"toy\"}|7|0000000000000abc|FAIL|0.1.0|1|0"));
}

TEST_F(TraceSqlite, ASeedOf64BitsComesBack) {
  TraceFacts about = facts();
  about.seed = UINT64_MAX;
  ASSERT_TRUE(opened(path("t.db"), about)->close({}).ok());
  EXPECT_EQ(trace_at(path("t.db")).info().seed, UINT64_MAX);
}

TEST_F(TraceSqlite, TimeRangesUseAnIndex) {
  run_town(path("t.db"));
  for (const char* where : {"time BETWEEN 5 AND 9", "cause = 5", "cause2 = 5"}) {
    std::vector<std::string> plan = query(
        path("t.db"), std::string("EXPLAIN QUERY PLAN SELECT * FROM event WHERE ") + where, 4);
    ASSERT_EQ(plan.size(), 1u);
    EXPECT_THAT(plan[0], HasSubstr("USING INDEX")) << where;
  }
}

TEST_F(TraceSqlite, WithoutCloseNothingIsLeftAndTheFormerTraceStays) {
  { opened(path("new.db"), facts()); }
  EXPECT_THAT(files(), IsEmpty());
  run_town(path("t.db"));
  std::string before = read(path("t.db"));
  {
    std::unique_ptr<TraceFile> file = opened(path("t.db"), facts());
    file->record(event_of(1, 0, 0));
  }
  EXPECT_EQ(read(path("t.db")), before);
  EXPECT_THAT(files(), ElementsAre("t.db"));
}

TEST_F(TraceSqlite, AFormerTraceOfEitherFormIsReplaced) {
  run_town(path("t.jsonl"));
  std::filesystem::rename(path("t.jsonl"), path("t.db"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(opened(path("t.db"), facts())->close({}).ok());
    EXPECT_EQ(trace_at(path("t.db")).info().last, sim::EventId(0));
  }
}

TEST_F(TraceSqlite, AnotherKindOfFileIsLeftAlone) {
  write(path("notes.txt"), "do not lose this");
  absl::StatusOr<SqliteFile> other = SqliteFile::open(path("other.db"), SqliteFile::Mode::kCreate);
  ASSERT_TRUE(other->run("CREATE TABLE mine(x)").ok());
  ASSERT_TRUE(other->close().ok());
  for (const char* name : {"notes.txt", "other.db"}) {
    std::string before = read(path(name));
    EXPECT_TRUE(absl::IsAlreadyExists(open_trace(path(name), facts()).status())) << name;
    EXPECT_EQ(read(path(name)), before);
    EXPECT_TRUE(absl::IsInvalidArgument(open_trace_to_read(path(name)).status())) << name;
  }
}

TEST_F(TraceSqlite, AnUnwritablePathIsAnErrorBeforeTheRun) {
  EXPECT_THAT(std::string(open_trace(path("missing/t.db"), facts()).status().message()),
              HasSubstr("missing/t.db"));
  EXPECT_THAT(std::string(open_trace("/dev/null", facts()).status().message()),
              HasSubstr("no regular file"));
  EXPECT_TRUE(absl::IsInvalidArgument(open_trace(path(""), facts()).status()));
}

TEST_F(TraceSqlite, AFullDiskShowsAtCloseAndLeavesNothing) {
  SmallFiles small(1 << 18);
  std::unique_ptr<TraceFile> file = opened(path("t.db"), facts());
  for (uint64_t id = 1; id < 20'000; ++id)
    file->record(event_of(id, id - 1, static_cast<int64_t>(id)));
  EXPECT_FALSE(file->close({}).ok());
  file.reset();
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(TraceSqlite, AnEventThatIsNotThereNamesTheRange) {
  run_town(path("t.db"));
  run_town(path("t.jsonl"));
  for (const char* name : {"t.db", "t.jsonl"}) {
    Trace trace = trace_at(path(name));
    absl::Status status = trace.find(sim::EventId(1'000'000)).status();
    EXPECT_TRUE(absl::IsNotFound(status));
    EXPECT_EQ(std::string(status.message()),
              fmt::format("no event 1000000: the trace has events {} to {}",
                          trace.info().first.value(), trace.info().last.value()));
  }
}

TEST_F(TraceSqlite, AMissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(open_trace_to_read(path("none.db")).status()));
}

TEST_F(TraceSqlite, ADamagedFileIsAnError) {
  run_town(path("t.db"));
  std::string bytes = read(path("t.db"));
  write(path("cut.db"), bytes.substr(0, 8192));
  absl::Status status = open_trace_to_read(path("cut.db")).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

}  // namespace
}  // namespace scenarios
