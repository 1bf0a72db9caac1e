#include "adapters/sqlite/history.h"

#include "adapters/sqlite/fold.h"

namespace lazaret::sqlite {

Result<History> History::open(const std::string& path) {
  auto database = Database::open(path, Database::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  return History(std::make_unique<Database>(std::move(*database)));
}

Result<std::vector<HistoryRow>> History::facts(const HistoryQuery& query) {
  auto select = database_->prepare(
      "SELECT number, wall, kind, cell, agent, task, body FROM facts WHERE number > ?1"
      " AND (?2 = '' OR kind = ?2) AND (?3 = '' OR cell = ?3) AND (?4 = '' OR agent = ?4)"
      " AND (?5 = '' OR task = ?5) ORDER BY number LIMIT ?6");
  if (!select) return std::unexpected(select.error());
  select->bind(1, static_cast<std::int64_t>(query.since)).bind(2, query.kind);
  select->bind(3, query.cell).bind(4, query.agent).bind(5, query.task);
  select->bind(6, static_cast<std::int64_t>(query.limit));
  std::vector<HistoryRow> rows;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    rows.push_back({static_cast<std::uint64_t>(select->integer(0)),
                    WallTime(Duration(select->integer(1))), std::string(select->text(2)),
                    std::string(select->text(3)), std::string(select->text(4)),
                    std::string(select->text(5)), std::string(select->text(6))});
  }
  if (!row) return std::unexpected(row.error());
  return rows;
}

Result<std::uint64_t> History::oldest() {
  auto select = database_->prepare("SELECT coalesce(min(number), 0) FROM facts");
  if (!select) return std::unexpected(select.error());
  auto row = select->step();
  if (!row) return std::unexpected(row.error());
  return static_cast<std::uint64_t>(select->integer(0));
}

Result<History::Recorded> History::state() {
  auto loaded = fold(*database_);
  if (!loaded) return std::unexpected(loaded.error());
  return Recorded{std::move(loaded->fleet), loaded->last};
}

}  // namespace lazaret::sqlite
