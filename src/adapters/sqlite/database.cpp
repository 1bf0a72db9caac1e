#include "adapters/sqlite/database.h"

#include <optional>

namespace lazaret::sqlite {
namespace {

constexpr int busy_wait_ms = 5'000;

std::string remedy_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free space on the file system of the state directory; recording goes on by itself";
    case SQLITE_IOERR:
      return "look at the disk (dmesg); recording goes on by itself when writes work again";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "the state directory must be writable by the user of the daemon";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "restore a backup of the state directory";
    default:
      return "";
  }
}

}  // namespace

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  sqlite3_bind_text64(statement_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(database_->error());
}

Result<void> Statement::run() {
  Result<bool> row = step();
  while (row && *row) row = step();
  std::optional<Error> failed;
  if (!row) failed = row.error();
  reset();
  if (failed) return std::unexpected(*failed);
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes ? std::string_view(bytes, size) : std::string_view();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  Database database;
  database.path_ = path;
  const int flags =
      mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(database.error());
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, busy_wait_ms);
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error());
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error());
  statement.statement_.reset(raw);
  statement.database_ = this;
  return statement;
}

Error Database::error() const {
  const int code = handle_ ? sqlite3_extended_errcode(handle_.get()) : SQLITE_NOMEM;
  const std::string words = handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory";
  return {ErrorCode::unavailable, "the journal cannot be used: " + words, path_, remedy_for(code)};
}

bool Database::is_damaged() const {
  const int code = sqlite3_errcode(handle_.get());
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool Database::has_moved() const {
  int moved = 0;
  const int asked = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return asked == SQLITE_OK && moved != 0;
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

}  // namespace lazaret::sqlite
