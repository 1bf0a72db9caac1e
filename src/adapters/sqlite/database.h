// A thin, exact wrapper of one SQLite connection. Source: https://sqlite.org/c3ref/intro.html
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret::sqlite {

class Database;

// A prepared statement; parameters and columns count from 1 and 0, as SQLite's do.
class Statement {
 public:
  Statement() = default;
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);  // copied
  Statement& bind_null(int index);
  // true: a row is there; false: done. Errors as Database::error().
  Result<bool> step();
  // Runs to the end and makes it ready for the next use.
  Result<void> run();
  void reset();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // valid until the next step
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  Database* database_ = nullptr;
};

class Database {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };
  // Errors: unavailable, with the file and SQLite's own words.
  static Result<Database> open(const std::string& path, Mode mode);

  Database(Database&& other) noexcept = default;
  Database& operator=(Database&& other) noexcept = default;

  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  Error error() const;
  // The last error was the file's content: it is damaged, or no database.
  bool is_damaged() const;
  bool in_transaction() const;
  // The file that was opened no longer stands at path().
  bool has_moved() const;
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  Database() = default;
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

}  // namespace lazaret::sqlite
