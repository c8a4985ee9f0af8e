// SPDX-License-Identifier: Apache-2.0

#include "scenarios/sqlite_file.h"

#include <sqlite3.h>

#include <utility>

#include "fmt/format.h"

namespace scenarios {

namespace {

absl::Status make_status(int code, const std::string& path, const char* words) {
  std::string text = fmt::format("{}: {}", path, words);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(text);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return absl::DataLossError(fmt::format("{}: damaged, not a whole SQLite file", path));
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::PermissionDeniedError(text);
    default:
      return absl::UnknownError(text);
  }
}

}  // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::bind(int parameter, int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter + 1, value);
}
void SqliteStatement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL.
  sqlite3_bind_text(statement_.get(), parameter + 1, text.data() == nullptr ? "" : text.data(),
                    static_cast<int>(text.size()), SQLITE_STATIC);
}
void SqliteStatement::bind_null(int parameter) {
  sqlite3_bind_null(statement_.get(), parameter + 1);
}

absl::StatusOr<bool> SqliteStatement::step() {
  int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* database = sqlite3_db_handle(statement_.get());
  std::string words = code == SQLITE_DONE ? "" : sqlite3_errmsg(database);
  reset();
  if (code == SQLITE_DONE) return false;
  const char* path = sqlite3_db_filename(database, "main");
  return make_status(code, path == nullptr ? "" : path, words.c_str());
}

int SqliteStatement::run() {
  int code = sqlite3_step(statement_.get());
  reset();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }

int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
std::string_view SqliteStatement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void SqliteFile::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

absl::StatusOr<SqliteFile> SqliteFile::open(const std::string& path, Mode mode) {
  int flags =
      mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteFile file;
  file.path_ = path;
  file.database_.reset(database);
  if (code != SQLITE_OK) return file.status_of(code);
  return file;
}

absl::Status SqliteFile::run(const char* sql) {
  return status_of(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
}

absl::StatusOr<SqliteStatement> SqliteFile::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return status_of(code);
  return SqliteStatement(statement);
}

absl::Status SqliteFile::status_of(int code) const {
  if (code == SQLITE_OK) return absl::OkStatus();
  return make_status(code, path_,
                     database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_.get()));
}

absl::Status SqliteFile::close() {
  int code = sqlite3_close(database_.get());
  if (code != SQLITE_OK) return status_of(code);
  (void)database_.release();
  return absl::OkStatus();
}

}  // namespace scenarios
