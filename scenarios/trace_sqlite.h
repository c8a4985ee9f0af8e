// SPDX-License-Identifier: Apache-2.0
//
// A trace as one SQLite file. Schema version 1 (`run.schema_version`; the file's application_id is
// 0x464c5452). Times are nanoseconds of simulated time and may be negative (the warm-up); NULL
// means that there is none.
//
//   run         scenario, scenario_text, seed (its 64 bits as a signed integer), digest (hex),
//               verdict, version, schema_version, events       one row
//   name        id, text                      words used by event.at and event.what
//   host        id, name
//   process     id, name
//   event       id (order of creation), cause, cause2, time,
//               kind    0 event, 1 suppressed, 2 fault, 3 note (sim::TraceKind)
//               host, process, peer (the other process: of a message that arrived its sender, of a
//               suppressed one its receiver), at, what (ids of name), sent, size (of messages
//               only), fields (JSON; scenarios/trace_fields.h says what is cut)
//   client_op   event, time, client, kind, partition, offset, record     the history
//   metric      time, name, argument, value                              where it changed
//   partition   time, partition, leader, epoch, isr                      as committed
//   fault       event, began, ended, text, bit
//   finding     event, time, kind, text
//
// Views, for people and data frames:
//   message     id, sent, received (NULL: not), "from", "to" (names), name, size, dropped, why (the
//               fault's event), fields. What a cut network held back has a row with dropped = 1
//               and, if it came through later, one with dropped = 0.
//   event_text  event with the names in place of numbers
//
// Indexes: event by time, cause, cause2 and kind (other than events); client_op by time; metric by
// name, argument, time; partition by partition, time.
//
// Written under another name in the same folder and moved into place by `close`.

#ifndef SCENARIOS_TRACE_SQLITE_H_
#define SCENARIOS_TRACE_SQLITE_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "scenarios/sqlite_file.h"
#include "scenarios/trace_fields.h"
#include "scenarios/trace_file.h"

namespace scenarios {

inline constexpr uint32_t kTraceApplicationId = 0x464c5452;

class SqliteSink final : public TraceFile {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteSink>> open(const std::string& path,
                                                          const TraceFacts& facts);
  ~SqliteSink() override;

  void record(const sim::TraceEvent& event) override;
  void add_client_op(sim::EventId event, sim::SimTime at, std::string_view client,
                     std::string_view kind, std::string_view partition, int64_t offset,
                     std::string_view record) override;
  void add_metric(sim::SimTime at, std::string_view name, std::string_view argument,
                  int64_t value) override;
  void add_partition(sim::SimTime at, std::string_view partition, int32_t leader, int32_t epoch,
                     std::string_view isr) override;
  void add_fault(sim::EventId event, sim::SimTime began, std::optional<sim::SimTime> ended,
                 std::string_view text, std::string_view bit) override;
  void add_finding(sim::EventId event, sim::SimTime at, std::string_view kind,
                   std::string_view text) override;
  absl::Status close(const TraceEnd& end) override;

 private:
  struct Statements {
    SqliteStatement event, name, client_op, metric, partition, fault, finding;
  };
  explicit SqliteSink(std::string path);
  absl::Status begin(const TraceFacts& facts);
  absl::Status prepare_all();
  absl::Status write_names(const char* sql, const std::vector<std::string>& names);
  absl::Status write_run(const TraceFacts& facts);
  absl::Status finish(const TraceEnd& end);
  // The number of a word in table name.
  int64_t number_of(std::string_view word);
  void run(SqliteStatement& statement);

  std::string path_;
  std::string partial_;  // Where it is written until it is whole.
  bool in_place_ = false;
  SqliteFile file_;
  Statements statements_;
  std::unordered_map<std::string, int64_t> numbers_;
  // Words are static strings, so that their address finds them faster than their characters.
  struct Known {
    const char* data = nullptr;
    size_t size = 0;
    int64_t number = 0;
  };
  static constexpr size_t kKnown = 1024;
  std::vector<Known> known_;
  FieldText fields_;
  absl::Status status_;
  int64_t events_ = 0;
};

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_SQLITE_H_
