#include "adapters/sqlite/history.h"

#include "adapters/sqlite/fold.h"

namespace lazaret::sqlite {

Result<History> History::open(const std::string& path) {
  auto database = Database::open(path, Database::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  return History(std::make_unique<Database>(std::move(*database)));
}

Result<ports::FactPage> History::facts(const ports::FactQuery& query) {
  auto select = database_->prepare(
      "SELECT number, mono, wall, kind, cell, agent, task, body FROM facts WHERE number > ?1"
      " AND (?2 = '' OR kind = ?2) AND (?3 = '' OR cell = ?3) AND (?4 = '' OR agent = ?4)"
      " AND (?5 = '' OR task = ?5) ORDER BY number LIMIT ?6");
  if (!select) return std::unexpected(select.error());
  select->bind(1, static_cast<std::int64_t>(query.since)).bind(2, query.kind);
  select->bind(3, query.cell).bind(4, query.agent).bind(5, query.task);
  select->bind(6, static_cast<std::int64_t>(query.limit));
  ports::FactPage page;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    const Stamp at{Instant(Duration(select->integer(1))), WallTime(Duration(select->integer(2)))};
    page.rows.push_back({static_cast<std::uint64_t>(select->integer(0)), at,
                         std::string(select->text(3)), std::string(select->text(4)),
                         std::string(select->text(5)), std::string(select->text(6)),
                         std::string(select->text(7))});
  }
  if (!row) return std::unexpected(row.error());
  auto first = oldest();
  if (!first) return std::unexpected(first.error());
  page.oldest_kept = *first;
  return page;
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
