// SPDX-License-Identifier: Apache-2.0
//
// SQLite's C interface as values: a database and its prepared statements, closed at the end of
// their scopes, errors as absl::Status with the file's name and SQLite's words.

#ifndef SCENARIOS_SQLITE_FILE_H_
#define SCENARIOS_SQLITE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace scenarios {

// Parameters and columns count from 0. Must not outlive its database.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  void bind(int parameter, int64_t value);
  void bind(int parameter, std::string_view text);  // Not copied: must live until the next step.
  void bind_null(int parameter);
  // True: there is a row. False: it is over, and the statement is reset.
  absl::StatusOr<bool> step();
  // Runs a statement without rows, and makes it ready for the next values; SQLite's code.
  int run();
  void reset();

  int64_t integer(int column) const;  // NULL: 0.
  // Good until the next step or reset; NULL: empty.
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

class SqliteFile {
 public:
  enum class Mode : uint8_t { kRead, kCreate };
  static absl::StatusOr<SqliteFile> open(const std::string& path, Mode mode);

  absl::Status run(const char* sql);  // One or more statements without parameters.
  absl::StatusOr<SqliteStatement> prepare(std::string_view sql);
  // What a failed call of this database means.
  absl::Status status_of(int code) const;
  // Ends the connection; no statement may be left.
  absl::Status close();

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace scenarios

#endif  // SCENARIOS_SQLITE_FILE_H_
