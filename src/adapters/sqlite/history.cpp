#include "adapters/sqlite/history.h"

#include <algorithm>
#include <limits>

#include "adapters/sqlite/fold.h"
#include "wire/fact_text.h"

namespace lazaret::sqlite {
namespace {

constexpr std::string_view columns =
    "SELECT number, mono, wall, kind, cell, agent, task, body FROM facts WHERE number > ?1"
    " AND (?2 = '' OR instr(',' || ?2 || ',', ',' || kind || ',') > 0)"
    " AND (?3 = '' OR cell = ?3) AND (?4 = '' OR agent = ?4) AND (?5 = '' OR task = ?5)"
    " AND wall >= ?6 AND wall <= ?7 ORDER BY number ";

std::int64_t wall_of(const std::optional<WallTime>& time, std::int64_t otherwise) {
  return time ? time->time_since_epoch().count() : otherwise;
}

void bind(Statement& select, const ports::FactQuery& query) {
  using Bounds = std::numeric_limits<std::int64_t>;
  select.bind(1, static_cast<std::int64_t>(query.since)).bind(2, query.kind);
  select.bind(3, query.cell).bind(4, query.agent).bind(5, query.task);
  select.bind(6, wall_of(query.from, Bounds::min())).bind(7, wall_of(query.until, Bounds::max()));
  const std::size_t rows = query.text.empty() ? query.limit : ports::searched_most;
  select.bind(8, static_cast<std::int64_t>(rows));
}

ports::FactRow row_of(const Statement& select) {
  const Stamp at{Instant(Duration(select.integer(1))), WallTime(Duration(select.integer(2)))};
  return {static_cast<std::uint64_t>(select.integer(0)),
          at,
          std::string(select.text(3)),
          std::string(select.text(4)),
          std::string(select.text(5)),
          std::string(select.text(6)),
          std::string(select.text(7))};
}

}  // namespace

Result<History> History::open(const std::string& path) {
  auto database = Database::open(path, Database::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  return History(std::make_unique<Database>(std::move(*database)));
}

Result<ports::FactPage> History::facts(const ports::FactQuery& query) {
  const char* order = query.newest ? "DESC LIMIT ?8" : "LIMIT ?8";
  auto select = database_->prepare(std::string(columns) + order);
  if (!select) return std::unexpected(select.error());
  bind(*select, query);
  ports::FactPage page;
  std::size_t searched = 0;
  auto row = select->step();
  for (; row && *row && page.rows.size() < query.limit; row = select->step()) {
    ports::FactRow one = row_of(*select);
    if (!query.text.empty()) {
      if (++searched == ports::searched_most) page.searched_to = one.number;
      if (!wire::row_says(one.kind, one.agent, one.task, one.body, query.text)) continue;
    }
    page.rows.push_back(std::move(one));
  }
  if (!row) return std::unexpected(row.error());
  if (query.newest) std::ranges::reverse(page.rows);
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
  return Recorded{std::move(loaded->fleet), loaded->last, loaded->next_fact - 1};
}

}  // namespace lazaret::sqlite
